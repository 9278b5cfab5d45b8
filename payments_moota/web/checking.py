"""'I have paid': the payer asks for a look at the bank now, and reads what came of it, honestly."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Response, make_response, redirect, url_for

from .. import looks, watching
from ..context import State, charge_of_token, state, transaction, work_on_host_session
from ..models import Charge
from ..objects import moment
from ..work import Work
from .answers import link_invalid, private
from .words import Translate, hour_text

_USUAL_INTERVAL = 15
# A look takes seconds; after this it says that something is in the way.
_SLOW = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What stands below "I have paid": `url` to ask at, or None while that is not possible.

    `lines` say what came of asking, in a `tone` of wait, bad or mute; empty before the payer asked. `again` says when
    to ask next, `habit` how often the bank is looked at anyway, `seen` when it last was.
    """

    url: str | None
    tone: str
    lines: tuple[str, ...]
    again: str | None
    habit: str
    seen: str | None


def ask(token: str) -> Response:
    """Wish for a look at the bank, and show the page again; asked too often, it says when it may be asked again."""
    charge = charge_of_token(work_on_host_session("customer"), token)
    if charge is None:
        return link_invalid()
    if can_look(state()) and looks.can_be_asked(charge):
        with transaction("customer") as work:
            looks.ask(work, charge.order_ref)
    return private(make_response(redirect(url_for("moota.pay", token=token, _anchor="cek"), 303)))


def can_look(here: State) -> bool:
    """Tell whether there is a way to ask Moota."""
    return here.settings.access_token is not None


def check_of(work: Work, here: State, charge: Charge, *, token: str, t: Translate) -> Check | None:
    """Return what the payment page says about looking; None once no money is waited for."""
    if not looks.can_be_asked(charge):
        return None
    stands = looks.standing(work, charge)
    seen = _seen_at(work, charge)
    may_ask = can_look(here) and stands.next_at is None
    return Check(
        url=url_for("moota.pay_check", token=token) if may_ask else None,
        tone={"failed": "bad", "done": "mute"}.get(stands.state, "wait"),
        lines=_answer(stands, here, work.now(), t),
        again=_again(stands, here, t),
        habit=_habit(charge, t),
        seen=t("Bank terakhir dilihat %(moment)s.", moment=hour_text(seen, here)) if seen else None,
    )


def check_object(work: Work, here: State, charge: Charge) -> dict[str, Any]:
    """Return how far the payer's wish is as JSON, for the page that polls."""
    stands, zone = looks.standing(work, charge), here.settings.zone
    return {
        "state": stands.state,
        "asked_at": moment(stands.asked_at, zone),
        "looked_at": moment(stands.looked_at, zone),
        "seen_at": moment(_seen_at(work, charge), zone),
        "next_at": moment(stands.next_at, zone),
    }


def _seen_at(work: Work, charge: Charge) -> datetime | None:
    """Return when the bank was last looked at, by what Moota says; for numbers and codes, when Moota was last asked."""
    if charge.method == "bank_transfer":
        return watching.heard_of(work, charge.account)
    return looks.standing(work, charge).looked_at


def _habit(charge: Charge, t: Translate) -> str:
    if charge.method != "bank_transfer":
        return t("Pembayaran ini dikabarkan kepada kami dengan sendirinya, biasanya dalam hitungan detik.")
    minutes = charge.account.interval_minutes or _USUAL_INTERVAL
    return t("Rekening ini dilihat dengan sendirinya, biasanya setiap %(minutes)d menit.", minutes=minutes)


def _answer(stands: looks.Standing, here: State, now: datetime, t: Translate) -> tuple[str, ...]:
    """Say what came of asking; nothing before anybody asked."""
    if stands.state == "done" and stands.looked_at is not None:
        return _not_there(stands, here, now, t)
    if stands.state == "failed" and stands.failed_at is not None:
        at = hour_text(stands.failed_at, here)
        return (
            t("Pukul %(time)s kami tidak mendapat jawaban.", time=at),
            t(
                "Kami coba lagi dengan sendirinya. Uang Anda tidak hilang: begitu terlihat di bank, "
                "halaman ini berubah."
            ),
        )
    if stands.state == "waiting" and stands.asked_at is not None:
        return (_under_way(stands.asked_at, here, now, t),)
    return ()


def _not_there(stands: looks.Standing, here: State, now: datetime, t: Translate) -> tuple[str, ...]:
    minutes = int(here.settings.feed_delay.total_seconds() // 60)
    at = hour_text(stands.looked_at or now, here)
    found = t("Diperiksa pukul %(time)s: transfer Anda belum tercatat di bank kami.", time=at)
    if stands.first_asked_at is not None and now - stands.first_asked_at > here.settings.feed_delay:
        return (
            found,
            t(
                "Sudah lebih dari %(minutes)d menit. Periksa di bank Anda apakah transfernya berhasil, "
                "ke nomor ini, dan nominalnya persis.",
                minutes=minutes,
            ),
        )
    wait = t(
        "Bank bisa perlu sampai %(minutes)d menit. Jangan transfer lagi; halaman ini berubah sendiri.", minutes=minutes
    )
    return (found, wait)


def _under_way(asked_at: datetime, here: State, now: datetime, t: Translate) -> str:
    at = hour_text(asked_at, here)
    if now - asked_at > _SLOW:
        return t("Belum terjawab sejak pukul %(time)s. Uang Anda tetap tercatat begitu terlihat di bank.", time=at)
    return t("Sedang kami tanyakan sejak pukul %(time)s; sebentar lagi jawabannya ada di sini.", time=at)


def _again(stands: looks.Standing, here: State, t: Translate) -> str | None:
    if stands.next_at is None or stands.state == "waiting":
        return None
    return t("Dapat diperiksa lagi pukul %(time)s.", time=hour_text(stands.next_at, here))
