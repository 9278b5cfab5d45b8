"""Using a voucher and giving it back: counted so that no race can use one more often than allowed. Never commits."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storefront.database import now
from storefront.orders.models import Order

from .models import Voucher, VoucherUse
from .rules import Refusal, Terms, normalise_code, refusal


class VoucherRefusedError(Exception):
    """The voucher cannot be used; `why` says for what reason, `voucher` is None for a code that is none."""

    def __init__(self, why: Refusal, voucher: Voucher | None = None) -> None:
        super().__init__(f"the voucher was refused: {why}")
        self.why = why
        self.voucher = voucher


def list_vouchers(session: Session) -> list[Voucher]:
    """Return all vouchers: those that are switched on first, the newest of them at the top."""
    return list(session.scalars(select(Voucher).order_by(Voucher.active.desc(), Voucher.id.desc())))


def list_uses(session: Session, voucher: Voucher, *, most: int = 100) -> list[tuple[VoucherUse, Order]]:
    """Return the newest orders that used a voucher, those that gave it back among them."""
    query = select(VoucherUse, Order).join(Order, Order.id == VoucherUse.order_id)
    found = session.execute(query.where(VoucherUse.voucher_id == voucher.id).order_by(VoucherUse.id.desc()).limit(most))
    return [(use, order) for use, order in found]


def lock(session: Session, voucher_id: int) -> Voucher | None:
    """Return a voucher as it is now, locked until the transaction ends, or None."""
    query = select(Voucher).where(Voucher.id == voucher_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def create(session: Session, code: str, terms: Mapping[str, Any]) -> Voucher:
    """Make a voucher. Raises IntegrityError for a code that is taken."""
    voucher = Voucher(code=normalise_code(code), **terms)
    session.add(voucher)
    session.flush()
    return voucher


def change(session: Session, voucher: Voucher, terms: Mapping[str, Any]) -> None:
    """Give a voucher other terms; orders that hold it keep what they were promised."""
    for name, value in terms.items():
        setattr(voucher, name, value)
    session.flush()


def facts(voucher: Voucher) -> dict[str, Any]:
    """Return a voucher's terms by name, with the owner's name for it."""
    return {"name": voucher.name, **asdict(terms_of(voucher))}


def terms_of(voucher: Voucher) -> Terms:
    """Return a voucher as the rules see it."""
    return Terms(
        kind=voucher.kind,
        value=voucher.value,
        active=voucher.active,
        max_discount=voucher.max_discount,
        min_subtotal=voucher.min_subtotal,
        starts_at=voucher.starts_at,
        ends_at=voucher.ends_at,
        usage_limit=voucher.usage_limit,
        per_customer_limit=voucher.per_customer_limit,
        members_only=voucher.members_only,
    )


def usable(session: Session, code: str, *, subtotal: int, customer_key: str, is_member: bool) -> Voucher:
    """Return the voucher with this code as it is now, if this customer may use it on these goods.

    Raises VoucherRefusedError.
    """
    query = select(Voucher).where(Voucher.code == normalise_code(code)).execution_options(populate_existing=True)
    voucher = session.scalars(query).one_or_none()
    if voucher is None:
        raise VoucherRefusedError("unknown")
    why = refusal(
        terms_of(voucher),
        at=now(),
        subtotal=subtotal,
        used=voucher.used,
        used_by_customer=count_uses(session, voucher, customer_key),
        is_member=is_member,
    )
    if why is not None:
        raise VoucherRefusedError(why, voucher)
    return voucher


def count_uses(session: Session, voucher: Voucher, customer_key: str) -> int:
    """Return how many orders of this customer hold the voucher; nobody in particular has none."""
    if not customer_key:
        return 0
    query = select(func.count()).select_from(VoucherUse)
    mine = (VoucherUse.voucher_id == voucher.id, VoucherUse.customer_key == customer_key)
    return session.scalars(query.where(*mine, VoucherUse.released_at.is_(None))).one()


def hold(session: Session, voucher: Voucher, *, order_id: int, customer_key: str, discount: int) -> None:
    """Count a use for an order. Raises VoucherRefusedError when somebody else was faster.

    The guarded UPDATE comes first: whoever else holds the row has committed before the customer's own uses are counted.
    """
    if not _count_up(session, voucher.id):
        raise VoucherRefusedError("used_up", voucher)
    limit = voucher.per_customer_limit
    if limit is not None and count_uses(session, voucher, customer_key) >= limit:
        raise VoucherRefusedError("used_by_you", voucher)
    use = VoucherUse(voucher_id=voucher.id, order_id=order_id, customer_key=customer_key, discount=discount)
    session.add(use)
    session.flush()


def give_back(session: Session, order_id: int) -> None:
    """Let others use what an order held that ended unpaid; once, however often it is called."""
    given = session.scalars(
        update(VoucherUse)
        .where(VoucherUse.order_id == order_id, VoucherUse.released_at.is_(None))
        .values(released_at=now())
        .returning(VoucherUse.voucher_id)
    ).one_or_none()
    if given is not None:
        session.execute(update(Voucher).where(Voucher.id == given).values(used=Voucher.used - 1))


def take_again(session: Session, order_id: int) -> None:
    """Count the use of an order that came back to life; its price stands, even where no use is left by now."""
    use = session.scalars(
        select(VoucherUse).where(VoucherUse.order_id == order_id, VoucherUse.released_at.is_not(None)).with_for_update()
    ).one_or_none()
    if use is not None and _count_up(session, use.voucher_id):
        use.released_at = None
        session.flush()


def _count_up(session: Session, voucher_id: int) -> bool:
    is_left = Voucher.usage_limit.is_(None) | (Voucher.used < Voucher.usage_limit)
    counted = session.execute(
        update(Voucher)
        .where(Voucher.id == voucher_id, Voucher.active, is_left)
        .values(used=Voucher.used + 1)
        .execution_options(synchronize_session=False)
    )
    return counted.rowcount == 1  # type: ignore[attr-defined, no-any-return]
