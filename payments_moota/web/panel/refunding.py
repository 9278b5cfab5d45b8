"""What people do with a refund: its steps, messages and files, answers to complaints, a look at the full account."""

from collections.abc import Callable

from flask import Response, abort, flash, request, url_for

from ... import complaints, destinations, evidence, refunds
from ... import refund_steps as steps
from ...context import work_on_host_session
from ...errors import ApprovalRefused
from ...models import Refund
from ...models.refunds import EvidenceKind
from ...refund_steps import LONGEST_TEXT, clean_text
from ...work import Work
from ..answers import translator
from ..uploads import read_files
from ..words import Translate
from .access import own_pages, person
from .acting import acting, back_to, require_version, told
from .one_refund import APPROVALS, get_or_404, page, version_of
from .routes import Route

_APPROVING: dict[str, Callable[..., Refund]] = {"approve": refunds.approve, "retry": refunds.retry}
_OTHERS: dict[str, Callable[..., Refund]] = {
    "review": refunds.start_review,
    "reject": refunds.reject,
    "send": refunds.mark_sent,
    "complete": refunds.complete,
}
STEPS = frozenset({*_APPROVING, *_OTHERS, "ask"})


def step(ticket: str, name: str) -> Response:
    """Take one step."""
    if name not in STEPS:
        abort(404)
    t, note = translator(), _text("note")
    found = get_or_404(work_on_host_session("shop"), ticket)
    problems = _missing(name, note, t)
    is_fresh = False
    if not problems and name in APPROVALS and _is_own(found):
        is_fresh, problems = _check_password(t)
    if problems:
        return page(found, status=422, problems=problems, typed={"note": note or ""})
    try:
        with told(t("Tercatat, dan pembeli diberi tahu.")), acting(f"refund.{name}", ticket) as work:
            require_version(version_of(steps.lock_refund(work, ticket)))
            _take(work, ticket, name, note, is_fresh=is_fresh)
    except _OwnRequestError:
        problems = {"password": t("Orang lain yang harus menyetujui pengembalian ini.")}
        return page(get_or_404(work_on_host_session("shop"), ticket), status=403, problems=problems)
    return back_to(_page(ticket))


def papers(ticket: str) -> Response:
    """Write to the buyer, add files, or both: all of it or nothing."""
    t, text = translator(), _text("text")
    found = get_or_404(work_on_host_session("shop"), ticket)
    files, wrong = read_files(t)
    if wrong or not (text or files):
        problem = " ".join(wrong) or t("Tulis pesan, atau pilih berkas.")
        return page(found, status=422, problems={"papers": problem}, typed={"text": text or ""})
    kind: EvidenceKind = "proof" if request.form.get("is_proof") else "evidence"
    done = t("Terkirim; pembeli melihatnya di halaman pengembalian.")
    with told(done), acting("refund.message", ticket, files=len(files)) as work:
        if text:
            refunds.comment(work, ticket, text)
        for each in files:
            evidence.attach(work, ticket, each, side="owner", kind=kind)
    return back_to(_page(ticket))


def answer_complaint(ticket: str, complaint: str) -> Response:
    """Answer a complaint and close it."""
    t, text = translator(), _text("answer")
    work = work_on_host_session("shop")
    found = get_or_404(work, ticket)
    if all(each.ticket != complaint for each in complaints.complaints_of(work, found)):
        abort(404)
    if text is None:
        flash(t("Tulis jawabannya; pembeli membacanya."), "danger")
        return back_to(_page(ticket))
    with told(t("Jawaban terkirim, dan aduannya ditutup.")), acting("complaint.answer", complaint) as acted:
        complaints.answer_complaint(acted, complaint, text)
    return back_to(_page(ticket))


def account(ticket: str) -> Response:
    """Show the full account number to whoever makes the transfer; that is kept in the history."""
    get_or_404(work_on_host_session("shop"), ticket)
    with acting("refund.account_viewed", ticket) as work:
        destination = destinations.reveal(work, ticket)
    return page(get_or_404(work_on_host_session("shop"), ticket), destination=destination)


class _OwnRequestError(Exception):
    """Somebody else has to approve it."""


def _take(work: Work, ticket: str, name: str, note: str | None, *, is_fresh: bool) -> None:
    try:
        if name in _APPROVING:
            _APPROVING[name](work, ticket, note=note, fresh_password=is_fresh)
        elif name == "ask":
            destinations.renew_link(work, ticket)
        else:
            _OTHERS[name](work, ticket, note=note)
    except ApprovalRefused as error:
        raise _OwnRequestError from error


def _missing(name: str, note: str | None, t: Translate) -> dict[str, str]:
    """Say what a step cannot do without."""
    if name == "reject" and note is None:
        return {"note": t("Tulis alasannya; pembeli membacanya.")}
    has_proof = request.form.get("has_proof") == "1"
    if name == "complete" and note is None and not has_proof:
        return {"note": t("Tulis apa buktinya, misalnya nomor referensi transfer, atau lampirkan dulu buktinya.")}
    return {}


def _is_own(found: Refund) -> bool:
    return found.requested_by.casefold() == person().casefold()


def _check_password(t: Translate) -> tuple[bool, dict[str, str]]:
    """Have the host check that it is still this person; where it cannot, somebody else has to approve."""
    check, given = own_pages().check_password, request.form.get("password", "")
    if check is None or not given:
        needs_other = refunds.approval_needs(work_on_host_session("shop")) == "second_person"
        text = (
            t("Anda sendiri yang meminta pengembalian ini, jadi orang lain yang harus menyetujuinya.")
            if needs_other
            else t("Anda sendiri yang meminta pengembalian ini. Tulis kata sandi Anda untuk menyetujuinya.")
        )
        return False, {"password": text}
    problem = check(given)
    return problem is None, {"password": problem} if problem else {}


def _text(name: str) -> str | None:
    return clean_text(request.form.get(name, "").replace("\r\n", "\n")[:LONGEST_TEXT])


def _page(ticket: str) -> str:
    return url_for("moota_panel.refund", ticket=ticket)


ROUTES = (
    Route("/refunds/<ticket>/papers", "refund_papers", papers, "act", "POST"),
    Route("/refunds/<ticket>/account", "refund_account", account, "approve", "POST"),
    Route("/refunds/<ticket>/complaints/<complaint>", "refund_complaint", answer_complaint, "act", "POST"),
    Route("/refunds/<ticket>/steps/<name>", "refund_step", step, "approve", "POST"),
)
