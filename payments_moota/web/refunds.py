"""A refund's own page, for whoever has its link: where it stands, messages and files, withdrawing, complaining.

The pages know no login and no session: the link in the shopper's mailbox is the key, and nobody can guess it. That is
also what guards the forms against other sites (CSRF), since these cannot know the address; a host that has a CSRF
protection of its own gets its token as well, see `moota/_csrf.html`.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Response, abort, make_response, redirect, request, url_for

from .. import complaints, destinations, evidence, refunds
from ..context import state, transaction, work_on_host_session
from ..errors import RefusedError
from ..links import refund_of_token
from ..models import Refund
from ..refund_steps import LONGEST_TEXT, lock_refund
from ..work import Work
from .answers import answer, link_invalid, private, translator
from .errors import in_words
from .forms import UnfitError, read_text
from .refund_page import asked_just_now, refund_page
from .uploads import MAX_FILES, MAX_MEGABYTES, hand_out, read_files
from .words import Translate

log = logging.getLogger("payments_moota")


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that came back: what was written, and what is wrong with it, by the form's name."""

    texts: dict[str, str] = field(default_factory=dict)
    problems: dict[str, list[str]] = field(default_factory=dict)


def refund(token: str) -> Response:
    """Show the page, or take one of its forms and show it again."""
    found = refund_of_token(work_on_host_session("customer"), token)
    if found is None:
        return link_invalid()
    if request.method == "POST":
        return _take(found.ticket or "", token)
    return _page(found, token, Filled())


def file(token: str, file_id: str) -> Response:
    """Hand out one file of this refund: pictures to look at, anything else to keep."""
    work = work_on_host_session("customer")
    found = refund_of_token(work, token)
    if found is None or not (file_id.isascii() and file_id.isalnum()):
        return link_invalid()
    try:
        kept = evidence.get_evidence(work, found, file_id)
    except RefusedError:
        return link_invalid()
    return hand_out(kept)


def _page(found: Refund, token: str, filled: Filled) -> Response:
    t, work = translator(), work_on_host_session("customer")
    return answer(
        "moota/refund.html",
        status=422 if filled.problems else 200,
        page=refund_page(work, state(), found, token=token, t=t),
        filled=filled,
        done=_news(t).get(request.args.get("done", "")),
        max_files=MAX_FILES,
        max_megabytes=MAX_MEGABYTES,
        longest_text=LONGEST_TEXT,
    )


def _take(ticket: str, token: str) -> Response:
    """Do what a form asks, then show the page anew, so that reloading it sends nothing twice."""
    name = request.form.get("do", "")
    action = _ACTIONS.get(name) or abort(400)
    t = translator()
    try:
        news = action(ticket, t)
    except UnfitError as error:
        problems = error.problems
    except RefusedError as error:
        log.info("A shopper's %s on %s was refused: %s", name, ticket, error)
        problems = [in_words(error, t)]
    else:
        return private(make_response(redirect(url_for("moota.refund", token=token, done=news, _anchor="kabar"), 303)))
    found = refund_of_token(work_on_host_session("customer"), token) or abort(404)
    return _page(found, token, Filled({name: request.form.get("text", "")}, {name: problems}))


def _say(ticket: str, t: Translate) -> str:
    """Add a message, files or both: all of it or nothing."""
    text = read_text(t)
    files, problems = read_files(t)
    if problems:
        raise UnfitError(*problems, t("Tidak ada yang terkirim. Perbaiki, lalu pilih lagi berkasnya dan kirim ulang."))
    if not (text or files):
        raise UnfitError(t("Tulis pesan, atau pilih berkas."))
    with transaction("customer") as work:
        if text:
            refunds.comment(work, ticket, text)
        for each in files:
            evidence.attach(work, ticket, each, side="customer")
    return "message"


def _withdraw(ticket: str, _t: Translate) -> str:
    with transaction("customer") as work:
        refunds.withdraw(work, ticket)
    return "withdrawn"


def _complain(ticket: str, t: Translate) -> str:
    text = read_text(t)
    if not text:
        raise UnfitError(t("Ceritakan apa yang tidak beres."))
    with transaction("customer") as work:
        found = lock_refund(work, ticket)
        if any(each.closed_at is None for each in complaints.complaints_of(work, found)):
            raise UnfitError(
                t("Pengaduan Anda sebelumnya belum dijawab. Tulisan ini ada di kotak pesan; kirim dari sana.")
            )
        complaints.file_complaint(work, ticket, text)
    return "complaint"


def _ask_link(ticket: str, t: Translate) -> str:
    """Have a new link sent to the shopper's mailbox; it is never shown to whoever has the status link."""
    with transaction("customer") as work:
        _require_mailbox(work, lock_refund(work, ticket), t)
        destinations.renew_link(work, ticket)
    return "link"


def _require_mailbox(work: Work, found: Refund, t: Translate) -> None:
    if not found.charge.customer_email:
        raise UnfitError(t("Toko tidak punya alamat e-mail Anda. Mintalah tautannya kepada toko."))
    if asked_just_now(work, found):
        raise UnfitError(t("Tautannya baru saja dikirim. Periksa e-mail Anda, juga folder spam."))


_ACTIONS: dict[str, Callable[[str, Translate], str]] = {
    "message": _say,
    "withdraw": _withdraw,
    "complaint": _complain,
    "link": _ask_link,
}


def _news(t: Translate) -> dict[str, str]:
    """Say what has just been done, by the word in the address that the redirect leads to."""
    return {
        "requested": t("Pengajuan Anda sudah kami terima. Simpan nomor tiketnya."),
        "message": t("Pesan Anda sudah terkirim."),
        "withdrawn": t("Pengajuan ini sudah Anda tarik kembali."),
        "complaint": t("Pengaduan Anda sudah tercatat; nomornya ada di bawah."),
        "link": t("Tautan baru sudah dikirim ke e-mail Anda."),
        "destination": t("Rekening tujuan sudah dicatat."),
    }
