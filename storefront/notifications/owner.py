"""Calling the shop's people: new orders and trouble are noted with the fact, and told by one letter per 15 minutes.

SHOP_OWNER_EMAIL is told of all trouble; who works in the panel chooses for themselves. What nobody wants to know is not
noted. The first thing is told at once; what follows waits for the next mail.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import current_app, url_for
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storefront.admin.models import StaffMember
from storefront.database import now
from storefront.extensions import db, moota
from storefront.formats import rupiah
from storefront.texts import _

from .models import OwnerAlert

OWNER_EMAIL = "owner_email"
NEW_ORDER = "new_order"
GAP = timedelta(minutes=15)
# A statement read for the first time can bring hundreds of unknown lines.
MOST_LINES = 30


class Line(NamedTuple):
    """One line of the mail: when, what, and where to look."""

    at: datetime
    text: str
    url: str


class Listener(NamedTuple):
    """Somebody who is told of new orders, of trouble, or of both."""

    email: str
    orders: bool
    trouble: bool

    def wants(self, kind: str) -> bool:
        """Tell whether this person is told of alerts of a kind."""
        return self.orders if kind == NEW_ORDER else self.trouble


def listeners(session: Session) -> list[Listener]:
    """Return everybody who is told of something, each address once."""
    query = select(StaffMember.email, StaffMember.told_orders, StaffMember.told_trouble).where(
        StaffMember.active, StaffMember.told_orders | StaffMember.told_trouble
    )
    found = {email.lower(): Listener(email, orders, trouble) for email, orders, trouble in session.execute(query)}
    owner = current_app.config["SHOP_OWNER_EMAIL"]
    if owner:
        known = found.get(owner.lower())
        found[owner.lower()] = Listener(owner, orders=known.orders if known else False, trouble=True)
    return list(found.values())


def is_called() -> bool:
    """Tell whether there is somebody to call about trouble."""
    return any(listener.trouble for listener in listeners(db.session()))


def note_alert(session: Session, kind: str, key: str, **data: Any) -> None:
    """Note something for those who want to know, in the current transaction; the same `key` again is noted once."""
    if not any(listener.wants(kind) for listener in listeners(session)):
        return
    if session.scalars(select(OwnerAlert.id).where(OwnerAlert.key == key)).first():
        return
    try:
        with session.begin_nested():
            session.add(OwnerAlert(key=key, kind=kind, data=data))
    except IntegrityError:
        return  # Another worker noted it in this very moment.


def tell_owner() -> None:
    """Ask for the e-mails about what has been noted, unless some went out in the last quarter of an hour. Commits."""
    session = db.session()
    if not _is_time(session):
        session.rollback()
        return
    moota.begin_write()
    moment = now()
    waiting = select(OwnerAlert).where(OwnerAlert.told_at.is_(None)).order_by(OwnerAlert.id).with_for_update()
    alerts = list(session.scalars(waiting.execution_options(populate_existing=True)))
    if alerts and _is_time(session):
        for alert in alerts:
            alert.told_at = moment
        bucket = int(moment.timestamp() // GAP.total_seconds())
        for listener in listeners(session):
            ids = [alert.id for alert in alerts if listener.wants(alert.kind)]
            if ids:
                key = f"owner:{bucket}:{listener.email}"[:200]
                moota.enqueue(OWNER_EMAIL, key, {"alerts": ids, "to": listener.email})
    session.commit()


def lines_of(session: Session, ids: list[int]) -> list[Line]:
    """Return the first lines of a mail; needs the request context of the address that links lead to."""
    query = select(OwnerAlert).where(OwnerAlert.id.in_(ids[:MOST_LINES])).order_by(OwnerAlert.id)
    return [Line(alert.at, _text(alert), _url(alert.data)) for alert in session.scalars(query)]


def _is_time(session: Session) -> bool:
    """Tell whether something waits and the last mail is long enough ago."""
    waits = session.scalars(select(OwnerAlert.id).where(OwnerAlert.told_at.is_(None)).limit(1)).first()
    last = session.scalars(select(func.max(OwnerAlert.told_at))).one()
    return waits is not None and (last is None or now() - last >= GAP)


def _text(alert: OwnerAlert) -> str:
    facts = {
        "number": "",
        "ticket": "",
        "label": "",
        "mutation": "",
        "complaint": "",
        "product": "",
        **alert.data,
        "amount": rupiah(alert.data.get("amount", 0)),
    }
    texts = {
        NEW_ORDER: _("Pesanan baru %(number)s sebesar %(amount)s.", **facts),
        "unmatched": _("%(amount)s masuk dan belum diketahui untuk pesanan mana.", **facts),
        "review": _("Mutasi %(amount)s perlu Anda putuskan sendiri.", **facts),
        "overpaid": _("Pesanan %(number)s dibayar lebih, atau sekali lagi: masuk %(amount)s.", **facts),
        "paid_after_cancel": _("Uang masuk untuk pesanan %(number)s yang sudah dibatalkan: %(amount)s.", **facts),
        "paid_again": _("Uang masuk lagi untuk pesanan %(number)s yang dananya ditarik: %(amount)s.", **facts),
        "reversed": _("Bank menarik kembali %(amount)s dari pesanan %(number)s. Jangan kirim dulu.", **facts),
        "unpaid": _("Transfer dilepas dari pesanan %(number)s; pesanan itu belum lunas lagi.", **facts),
        "no_stock": _("Pesanan %(number)s dibayar setelah barangnya habis. Pengembalian sudah diusulkan.", **facts),
        "refund_asked": _("Pembeli pesanan %(number)s meminta %(amount)s kembali (%(ticket)s).", **facts),
        "refund_to_approve": _(
            "Pengembalian %(ticket)s sebesar %(amount)s untuk pesanan %(number)s menunggu persetujuan.", **facts
        ),
        "refund_failed": _("Pengembalian %(ticket)s sebesar %(amount)s dikirim balik oleh bank.", **facts),
        "feed_silent": _(
            "Rekening %(label)s tidak terdengar lagi. Periksa di Moota; uang masuk bisa terlambat dikenali.", **facts
        ),
        "bank_login": _("Moota tidak bisa masuk ke rekening %(label)s. Perbarui kata sandinya di Moota.", **facts),
        "balance_gap": _("Saldo rekening %(label)s tidak sambung: ada mutasi yang belum sampai ke toko.", **facts),
        "contradicted": _(
            "Moota mengirim mutasi %(mutation)s dua kali dengan isi berbeda. Bandingkan dengan rekening koran.", **facts
        ),
        "api_refused": _("Moota menolak atau tidak menjawab toko. Periksa token aksesnya dengan flask moota doctor."),
        "api_v1": _("Moota masih mengirim notifikasi API V1 yang tidak bertanda tangan. Pindahlah ke webhook V2."),
        "refund_overdue": _("Pengembalian %(ticket)s sebesar %(amount)s melewati batas waktunya.", **facts),
        "refund_message": _("Pembeli menulis tentang pengembalian %(ticket)s.", **facts),
        "complaint": _("Pembeli mengadu tentang pengembalian %(ticket)s (%(complaint)s).", **facts),
        "product_review": _("Ada ulasan baru tentang %(product)s.", **facts),
        "question": _("Ada pertanyaan tentang %(product)s.", **facts),
        "complaint_overdue": _("Aduan %(complaint)s tentang pengembalian %(ticket)s belum dijawab.", **facts),
    }
    return texts[alert.kind]


def _url(data: dict[str, Any]) -> str:
    if data.get("ticket"):
        return url_for("moota_panel.refund", ticket=data["ticket"], _external=True)
    if data.get("feedback"):
        return url_for("admin_feedback.show", feedback_id=data["feedback"], _external=True)
    if data.get("number"):
        return url_for("admin.order", number=data["number"], _external=True)
    return url_for("admin.orders", _external=True)
