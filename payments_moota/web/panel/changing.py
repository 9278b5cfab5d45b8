"""What people change about a charge: more time, a second life, an end, and money that no bank shows."""

from collections.abc import Callable
from datetime import timedelta

from flask import Response, flash, request, url_for

from ... import by_hand, changes, charges, proofs
from ...context import work_on_host_session
from ...models import Charge
from ...refund_steps import clean_text
from ...work import Work
from ..answers import translator
from .acting import acting, back_to, require_version, told
from .one_charge import get_or_404, version_of
from .routes import Route

# Hours that a waiting charge can be given more at once.
_TERMS = (6, 24, 72, 168)


def extend(charge_id: str) -> Response:
    """Wait longer for the money."""
    t = translator()

    def change(work: Work, found: Charge) -> None:
        changes.extend(work, found.order_ref, until=max(found.expires_at, work.now()) + _term())

    return _change(charge_id, "extend", change, t("Batas waktunya diperpanjang."))


def reopen(charge_id: str) -> Response:
    """Let an ended charge wait again."""
    t = translator()

    def change(work: Work, found: Charge) -> None:
        changes.reopen(work, found.order_ref, until=work.now() + _term())

    return _change(charge_id, "reopen", change, t("Tagihannya menunggu pembayaran lagi."))


def cancel(charge_id: str) -> Response:
    """Stop asking for payment."""
    t, reason = translator(), _reason()

    def change(work: Work, found: Charge) -> None:
        changes.cancel(work, found.order_ref, reason=reason or "")

    return _change(charge_id, "cancel", change, t("Tagihannya dibatalkan."), needs_reason=True)


def settle(charge_id: str) -> Response:
    """Take a charge as paid on a person's word."""
    t, reason = translator(), _reason()

    def change(work: Work, found: Charge) -> None:
        by_hand.settle_by_hand(work, found.order_ref, reason=reason or "")

    return _change(charge_id, "settle", change, t("Dicatat lunas."), needs_reason=True)


def see_proofs(charge_id: str) -> Response:
    """Say that the payer's proofs have been looked at."""
    t = translator()
    found = get_or_404(work_on_host_session("shop"), charge_id)
    with told(t("Tercatat: buktinya sudah dilihat.")), acting("charge.proofs_seen", found.order_ref) as work:
        proofs.note_seen(work, found.order_ref)
    return back_to(_page(charge_id))


def _change(
    charge_id: str, name: str, change: Callable[[Work, Charge], None], done: str, *, needs_reason: bool = False
) -> Response:
    t, reason = translator(), _reason()
    order_ref = get_or_404(work_on_host_session("shop"), charge_id).order_ref
    if needs_reason and reason is None:
        flash(t("Tulis alasannya; itu disimpan di riwayat."), "danger")
        return back_to(_page(charge_id))
    with told(done), acting(f"charge.{name}", order_ref, **({"reason": reason} if reason else {})) as work:
        work.begin()
        found = charges.lock_charge(work, order_ref)
        require_version(version_of(found))
        change(work, found)
    return back_to(_page(charge_id))


def _term() -> timedelta:
    hours = request.form.get("hours", "")
    return timedelta(hours=int(hours) if hours in {str(each) for each in _TERMS} else _TERMS[1])


def _reason() -> str | None:
    return clean_text(request.form.get("reason", "")[:2000])


def _page(charge_id: str) -> str:
    return url_for("moota_panel.charge", charge_id=charge_id)


def _post(name: str, view: Callable[..., Response]) -> Route:
    return Route(f"/charges/<charge_id>/{name}", f"charge_{name}", view, "act", "POST")


ROUTES = (
    _post("extend", extend),
    _post("reopen", reopen),
    _post("cancel", cancel),
    _post("settle", settle),
    _post("proofs", see_proofs),
)
