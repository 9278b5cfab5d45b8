"""A refund's status page as data: where it stands, what comes next and until when, and what the shopper can do.

`RefundPage` is what a host's own `moota/refund.html` may rely on.
"""

from dataclasses import dataclass
from datetime import timedelta

from flask import url_for
from sqlalchemy import select

from .. import complaints, ledger
from ..context import State, pay_url
from ..models import Complaint, Event, Evidence, Refund
from ..rules import states
from ..rules.bank_codes import BANKS
from ..rules.masking import mask_email, mask_name, mask_number
from ..rules.money import format_rupiah
from ..work import Work
from .timeline import Step, history
from .words import Translate, day_text, moment_text, refund_reasons, refund_state, refund_tone, waits_for_account

# While the money has not left, the shopper may name another account.
_CHANGEABLE = frozenset({"requested", "in_review", "approved", "failed"})
# Asked anew only after a while: each time an e-mail goes out.
_LINK_PAUSE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFile:
    """A file that either side added."""

    url: str
    filename: str
    what: str
    at_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownComplaint:
    """A complaint with its own ticket; `answer` is None while it waits until `due_text`."""

    ticket: str
    message: str
    answer: str | None
    at_text: str
    due_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDestination:
    """Where the money goes, masked."""

    bank: str
    number: str
    holder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPage:
    """What the status page shows. Amounts in rupiah; texts in the reader's language.

    `next_text` is what comes next, with its day; `apology` is there when a promised day has passed; `help` is what to
    do when the money has not come.
    """

    ticket: str
    order_ref: str
    amount: int
    state: str
    tone: str
    title: str
    lead: str
    apology: str | None
    reason: str
    note: str | None
    steps: list[Step]
    next_text: str | None
    destination: ShownDestination | None
    destination_text: str | None
    email: str | None
    can_ask_link: bool
    files: list[ShownFile]
    proofs: list[ShownFile]
    complaints: list[ShownComplaint]
    help: list[str]
    can_withdraw: bool
    can_complain: bool
    pay_url: str
    order_url: str | None


def refund_page(work: Work, here: State, refund: Refund, *, token: str, t: Translate) -> RefundPage:
    """Gather a refund's status page; `token` is what stands for it in its addresses."""
    events = list(work.session.scalars(select(Event).where(Event.refund_id == refund.id).order_by(Event.id)))
    said = complaints.complaints_of(work, refund)
    files = _files(work, here, refund, token, t)
    proofs = [file for kind, file in files if kind == "proof"]
    return RefundPage(
        ticket=refund.ticket or "",
        order_ref=refund.charge.order_ref,
        amount=refund.amount,
        state=refund.status,
        tone=refund_tone(refund),
        title=refund_state(refund, t),
        lead=_lead(refund, here, events, t),
        apology=_apology(work, refund, here, t),
        reason=refund_reasons(t)[refund.reason],
        note=refund.note,
        steps=history(events, here, t),
        next_text=_next(refund, here, t),
        destination=_destination(refund),
        destination_text=_about_destination(work, refund, here, t),
        email=mask_email(refund.charge.customer_email) if refund.charge.customer_email else None,
        can_ask_link=may_ask_link(refund),
        files=[file for kind, file in files if kind != "proof"],
        proofs=proofs,
        complaints=[_complaint(each, here) for each in said],
        help=_help(refund, t, has_proof=bool(proofs)),
        can_withdraw=(refund.status, "withdraw") in states.REFUND.moves,
        can_complain=all(each.closed_at for each in said),
        pay_url=pay_url(refund.charge),
        order_url=here.order_url(refund.charge.order_ref),
    )


def may_ask_link(refund: Refund) -> bool:
    """Tell whether a new link for the account can be sent: to the shopper's own mailbox only, never shown here."""
    return refund.status in _CHANGEABLE and bool(refund.charge.customer_email)


def asked_just_now(work: Work, refund: Refund) -> bool:
    """Tell whether a link went out so recently that another one would only be a nuisance."""
    return refund.reminded_at is not None and refund.reminded_at > work.now() - _LINK_PAUSE


def _lead(refund: Refund, here: State, events: list[Event], t: Translate) -> str:
    amount, due = format_rupiah(refund.amount), day_text(refund.due_at, here)
    if waits_for_account(refund) and refund.status == "approved":
        return t("%(amount)s kami kirim begitu Anda memberi tahu rekening tujuannya.", amount=amount)
    if refund.status == "completed" and refund.completed_at:
        at = moment_text(refund.completed_at, here)
        return t("%(amount)s sudah keluar dari rekening kami, tercatat %(moment)s.", amount=amount, moment=at)
    if refund.status == "withdrawn":
        own = any(event.name == "refund.withdrawn" and event.actor == "customer" for event in events)
        return t("Anda menariknya kembali.") if own else t("Pengembalian ini tidak diperlukan lagi.")
    return {
        "requested": t("Kami menjawab paling lambat %(day)s.", day=due),
        "in_review": t("Kami menjawab paling lambat %(day)s.", day=due),
        "approved": t("%(amount)s kami kirim paling lambat %(day)s.", amount=amount, day=due),
        "sent": t("%(amount)s sudah kami kirim. Biasanya masuk paling lambat %(day)s.", amount=amount, day=due),
        "rejected": t("Alasannya tertulis di riwayat di bawah. Anda dapat membalas atau mengajukan pengaduan."),
        "failed": t("Bank mengirim %(amount)s kembali kepada kami. Uang itu tetap hak Anda.", amount=amount),
    }[refund.status]


def _next(refund: Refund, here: State, t: Translate) -> str | None:
    if waits_for_account(refund):
        return t("Berikutnya: Anda memberi tahu rekening tujuan.")
    day = day_text(refund.due_at, here)
    return {
        "requested": t("Berikutnya: jawaban dari toko, paling lambat %(day)s.", day=day),
        "in_review": t("Berikutnya: jawaban dari toko, paling lambat %(day)s.", day=day),
        "approved": t("Berikutnya: dana dikirim, paling lambat %(day)s.", day=day),
        "sent": t("Berikutnya: dana masuk ke rekening Anda, biasanya paling lambat %(day)s.", day=day),
        "failed": t("Berikutnya: dana dikirim ulang, paling lambat %(day)s.", day=day),
    }.get(refund.status)


def _apology(work: Work, refund: Refund, here: State, t: Translate) -> str | None:
    if refund.status not in ledger.OPEN_REFUNDS or refund.due_at > work.now() or waits_for_account(refund):
        return None
    day = day_text(refund.due_at, here)
    return t("Batas yang kami janjikan, %(day)s, sudah lewat. Maaf. Ajukan pengaduan di bawah.", day=day)


def _destination(refund: Refund) -> ShownDestination | None:
    if refund.destination_at is None or not (refund.bank_code and refund.bank_number and refund.bank_holder):
        return None
    bank = BANKS.get(refund.bank_code)
    name = bank.name if bank else refund.bank_code
    return ShownDestination(bank=name, number=mask_number(refund.bank_number), holder=mask_name(refund.bank_holder))


def _about_destination(work: Work, refund: Refund, here: State, t: Translate) -> str | None:
    """Say how the account can be named or changed; None once that is over."""
    if refund.status not in _CHANGEABLE:
        return None
    if not refund.charge.customer_email:
        return t("Untuk mengisi atau mengganti rekening, mintalah tautannya kepada toko.")
    until = refund.destination_until
    if refund.destination_at is None and until is not None and until > work.now():
        return t(
            "Tautan untuk mengisi rekening ada di e-mail %(email)s. Isi paling lambat %(day)s.",
            email=mask_email(refund.charge.customer_email),
            day=day_text(until, here),
        )
    return t("Rekening dapat diganti sampai dananya dikirim, lewat tautan baru di e-mail Anda.")


def _help(refund: Refund, t: Translate, *, has_proof: bool) -> list[str]:
    if refund.status not in {"sent", "completed"}:
        return []
    account = _destination(refund)
    look = t("Periksa mutasi rekening Anda.")
    if account:
        look = t("Periksa mutasi rekening Anda di %(bank)s, %(number)s.", bank=account.bank, number=account.number)
    ask = t("Belum ada juga pada hari kerja berikutnya? Mintalah bukti transfernya lewat pesan di bawah.")
    if has_proof:
        ask = t("Belum ada juga pada hari kerja berikutnya? Tunjukkan bukti transfer di halaman ini kepada bank Anda.")
    return [
        look,
        ask,
        t("Bila bank tidak menemukannya, ajukan pengaduan. Anda mendapat nomor pengaduan dan tanggal jawabannya."),
    ]


def _files(work: Work, here: State, refund: Refund, token: str, t: Translate) -> list[tuple[str, ShownFile]]:
    """List the files without reading their content."""
    columns = (Evidence.public_id, Evidence.side, Evidence.kind, Evidence.filename, Evidence.created_at)
    query = select(*columns).where(Evidence.refund_id == refund.id).order_by(Evidence.id)
    found = []
    for public_id, side, kind, filename, at in work.session.execute(query):
        what = t("dari Anda") if side == "customer" else t("dari toko")
        url = url_for("moota.refund_file", token=token, file_id=public_id)
        file = ShownFile(url=url, filename=filename, what=what, at_text=moment_text(at, here))
        found.append((str(kind), file))
    return found


def _complaint(complaint: Complaint, here: State) -> ShownComplaint:
    return ShownComplaint(
        ticket=complaint.ticket or "",
        message=complaint.message,
        answer=complaint.answer,
        at_text=moment_text(complaint.created_at, here),
        due_text=day_text(complaint.due_at, here),
    )
