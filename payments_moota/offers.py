"""What a shopper can choose from: the ways to pay an amount, each with its fee and whether it can be had."""

from dataclasses import dataclass

from . import accounts
from .errors import MethodUnavailable
from .models import Account
from .rules.methods import Method, Obstacle, Terms, fee_of, limits, obstacle
from .rules.money import Rupiah, format_rupiah
from .work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One way to pay `amount` rupiah: on which account, for which fee, `total` before any unique code.

    `needs_provider`: Moota makes a number or a code for every payment, see `prepare_payment`. `obstacle` says why it
    cannot be had for this amount, within `minimum` and `maximum`; None when it can.
    """

    method: Method
    bank_id: str
    bank_type: str
    label: str
    holder: str
    amount: Rupiah
    fee: Rupiah
    minimum: Rupiah | None
    maximum: Rupiah | None
    needs_provider: bool
    obstacle: Obstacle | None

    @property
    def total(self) -> Rupiah:
        """Return what the payer pays, the unique code of a transfer not included."""
        return self.amount + self.fee


def offers(work: Work, amount: Rupiah) -> list[Offer]:
    """Return every way to pay that an account in use gives: transfers first, then virtual accounts, then QRIS."""
    in_use = [account for account in accounts.list_accounts(work) if account.is_offered]
    found = [offer for account in in_use for offer in offers_of(account, amount)]
    order = ("bank_transfer", "virtual_account", "qris")
    return sorted(found, key=lambda offer: order.index(offer.method))


def offers_of(account: Account, amount: Rupiah) -> list[Offer]:
    """Return the ways to pay by one account: its own, and QRIS where the owner has given a static code for it."""
    own = _offer(account, account.kind, amount, needs_provider=account.kind != "bank_transfer")
    if account.kind == "bank_transfer" and account.static_qris:
        return [own, _offer(account, "qris", amount, needs_provider=False)]
    return [own]


def choose(work: Work, amount: Rupiah, *, method: Method, bank_id: str | None) -> list[Offer]:
    """Return the offers of a method that can be had, on one account or on any.

    Raises UnknownAccount, or MethodUnavailable saying what stands in the way.
    """
    if bank_id is None:
        found = [offer for offer in offers(work, amount) if offer.method == method]
    else:
        found = [offer for offer in offers_of(_in_use(work, bank_id), amount) if offer.method == method]
    if not found:
        raise MethodUnavailable(_NOBODY[method])
    possible = [offer for offer in found if offer.obstacle is None]
    if not possible:
        raise MethodUnavailable(_out_of_limits(found[0]))
    return possible


def _in_use(work: Work, bank_id: str) -> Account:
    account = accounts.get_account(work, bank_id)
    if not account.is_offered:
        raise MethodUnavailable(f"{account.label} is not used for new orders; choose another account.")
    return account


def terms_of(account: Account) -> Terms:
    """Return what the owner has decided about an account."""
    return Terms(account.minimum, account.maximum, account.fee_fixed, account.fee_basis_points)


_NOBODY: dict[Method, str] = {
    "bank_transfer": "No active bank account can receive transfers; add one with `flask moota accounts add`.",
    "virtual_account": "No active account offers virtual_account; fetch them with `flask moota accounts sync`.",
    "qris": "No active account offers qris; fetch them with `flask moota accounts sync`.",
}


def _offer(account: Account, method: Method, amount: Rupiah, *, needs_provider: bool) -> Offer:
    terms = terms_of(account)
    fee = fee_of(method, amount, terms)
    least, most = limits(method, terms)
    return Offer(
        method=method,
        bank_id=account.bank_id,
        bank_type=account.bank_type,
        label=account.label,
        holder=account.holder,
        amount=amount,
        fee=fee,
        minimum=least,
        maximum=most,
        needs_provider=needs_provider,
        obstacle=obstacle(method, amount + fee, terms),
    )


def _out_of_limits(offer: Offer) -> str:
    if offer.obstacle == "too_little":
        return f"{offer.label} takes {offer.method} from {format_rupiah(offer.minimum or 0)} on; choose another way."
    return f"{offer.label} takes {offer.method} up to {format_rupiah(offer.maximum or 0)}; choose another way."
