"""What people decide about a mutation: each form one verb, one transaction, safe to send twice."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from flask import Response, flash, request, url_for

from ... import by_hand, ignoring, incidents, settlement
from ...context import state, work_on_host_session
from ...models import Account, IgnoreRule, Mutation
from ...refund_steps import clean_text
from ...work import Work
from ..answers import answer, translator
from ..words import moment_text
from .acting import acting, back_to, require_version, told
from .one_mutation import get_or_404, read_parts, typed_parts
from .routes import Route
from .showing import account_labels, version_of
from .words import actor_text

_LONGEST_RULE = 200


def match(number: int) -> Response:
    """Give the money to one order, or parts of it to several; what is matched already is given anew."""
    t = translator()
    known = get_or_404(work_on_host_session("shop"), number)
    parts, problems = read_parts(known, typed_parts(request.form), t)
    reason = _reason()
    if problems:
        flash(" ".join(problems), "danger")
        return back_to(_page(number))
    with (
        told(t("Tercatat. Beginilah keadaannya sekarang.")),
        acting("mutation.match", known.mutation_id, parts=dict(parts)) as work,
    ):
        found = _current(work, number)
        if found.status == "matched":
            by_hand.reassign(work, found, parts, reason=reason or t("Dibagikan ulang"))
        elif len(parts) == 1:
            by_hand.match(work, found, parts[0][0], reason=reason)
        else:
            by_hand.split(work, found, parts, reason=reason)
    return back_to(_page(number))


def unmatch(number: int) -> Response:
    """Take a match back."""
    t, reason = translator(), _reason()
    if reason is None:
        return _missing_reason(number)
    with (
        told(t("Kecocokannya dibatalkan; uangnya menunggu keputusan lagi.")),
        _acting("mutation.unmatch", number) as work,
    ):
        by_hand.unmatch(work, _current(work, number), reason=reason)
    return back_to(_page(number))


def ignore(number: int) -> Response:
    """Say that a mutation is none of the shop's business; with a rule, that of all like it."""
    t, reason = translator(), _reason()
    if reason is None:
        return _missing_reason(number)
    rule = " ".join(request.form.get("rule", "").split())[:_LONGEST_RULE] if request.form.get("with_rule") else None
    with told(t("Mutasi ini diabaikan.")), _acting("mutation.ignore", number) as work:
        found = _current(work, number)
        by_hand.ignore(work, found, reason=reason)
        if rule is not None:
            ignoring.add_rule(work, text=rule, direction=found.direction, reason=reason, bank_id=_bank_of(found))
    return back_to(_page(number))


def look_again(number: int) -> Response:
    """Let the rules decide anew."""
    t = translator()
    with told(t("Aturan sudah menilainya lagi. Beginilah hasilnya.")), _acting("mutation.rerun", number) as work:
        by_hand.look_again(work, _current(work, number))
    return back_to(_page(number))


def note(number: int) -> Response:
    """Keep a remark."""
    t = translator()
    text = request.form.get("text", "")
    if not text.strip():
        flash(t("Tulis dulu catatannya."), "danger")
        return back_to(_page(number))
    with told(t("Catatan disimpan.")), _acting("mutation.note", number) as work:
        by_hand.note(work, get_or_404(work, number), text)
    return back_to(_page(number))


def acknowledge(number: int) -> Response:
    """Say that somebody has looked at what came twice and not the same."""
    t, reason = translator(), _reason()
    if reason is None:
        return _missing_reason(number)
    with told(t("Tercatat: perbedaannya sudah diperiksa.")), _acting("mutation.acknowledge", number) as work:
        incidents.acknowledge(work, get_or_404(work, number), reason=reason)
    return back_to(_page(number))


def rules() -> Response:
    """Show the rules by which mutations are ignored."""
    work, here, t = work_on_host_session("shop"), state(), translator()
    labels = account_labels(work)
    shown = [
        {
            "id": rule.id,
            "text": rule.text,
            "is_credit": rule.direction == "credit",
            "account": labels.get(rule.account_id) if rule.account_id else None,
            "reason": rule.reason,
            "by": actor_text(rule.actor, t),
            "at_text": moment_text(rule.created_at, here),
        }
        for rule in ignoring.list_rules(work)
    ]
    return answer("moota/panel/rules.html", rules=shown)


def end_rule(number: int) -> Response:
    """Stop a rule."""
    t = translator()
    with (
        told(t("Aturan ini tidak dipakai lagi; yang sudah diabaikan tetap diabaikan.")),
        acting("rule.end", str(number)) as work,
    ):
        # Clicked twice, the second click finds it ended and that is what was wanted.
        rule = work.session.get(IgnoreRule, number) if number < 2**62 else None
        if rule is None or rule.ended_at is None:
            ignoring.end_rule(work, number)
    return back_to(url_for("moota_panel.rules"))


def _acting(action: str, number: int) -> AbstractContextManager[Work]:
    return acting(action, get_or_404(work_on_host_session("shop"), number).mutation_id)


def _current(work: Work, number: int) -> Mutation:
    """Return the mutation locked, as it is now, which must be as the page showed it. Raises StaleError."""
    work.begin()
    found = settlement.lock_mutation(work, number)
    require_version(version_of(found))
    return found


def _bank_of(found: Mutation) -> str | None:
    account: Account | None = found.account
    return account.bank_id if account is not None and account.is_active and request.form.get("only_account") else None


def _reason() -> str | None:
    return clean_text(request.form.get("reason", "")[:2000])


def _missing_reason(number: int) -> Response:
    t = translator()
    flash(t("Tulis alasannya; itu disimpan di riwayat."), "danger")
    return back_to(_page(number))


def _page(number: int) -> str:
    return url_for("moota_panel.mutation", number=number)


def _post(name: str, view: Callable[..., Response]) -> Route:
    return Route(f"/mutations/<int:number>/{name}", f"mutation_{name}", view, "act", "POST")


ROUTES = (
    _post("match", match),
    _post("unmatch", unmatch),
    _post("ignore", ignore),
    _post("rerun", look_again),
    _post("note", note),
    _post("acknowledge", acknowledge),
    Route("/mutations/rules", "rules", rules),
    Route("/mutations/rules/<int:number>/end", "rules_end", end_rule, "act", "POST"),
)
