"""The page of the webhooks: where they go, what was answered, and what can go wrong on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, redirect, render_template, request, url_for

from payments_moota.sandbox import oddities
from payments_moota.sandbox.bank import InsufficientBalanceError, StatementLine
from payments_moota.sandbox.pages import pages
from payments_moota.sandbox.state import sandbox

# With these routes added to it.
__all__ = ["pages"]

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from payments_moota.sandbox.webhook import Answer


@pages.get("/webhook")
def webhooks() -> str:
    """Show the registered webhooks and every delivery."""
    return _page(None)


@pages.post("/webhook/senyap")
def silence() -> AnyResponse:
    """Stop telling, or tell again; the API lists everything all the while."""
    here = sandbox()
    here.webhooks.is_silent = not here.webhooks.is_silent
    return redirect(url_for("pages.webhooks"), 303)


@pages.post("/webhook/kabari")
def tell() -> AnyResponse:
    """Tell all that has not been told, in one webhook."""
    oddities.tell_waiting(sandbox())
    return redirect(url_for("pages.webhooks"), 303)


@pages.post("/webhook/<webhook_id>/cek")
def check(webhook_id: str) -> str:
    """Try an address as Moota's dashboard does."""
    here = sandbox()
    webhook = next((each for each in here.webhooks.registered() if each.webhook_id == webhook_id), None)
    if webhook is None:
        abort(404)
    return _page(oddities.check_address(here, webhook))


@pages.post("/mutasi/<mutation_id>/<any(kembar, tarik, retur):what>")
def play(mutation_id: str, what: str) -> AnyResponse | tuple[str, int]:
    """Let something happen to a line: told twice, taken back by the bank, returned."""
    here, line = sandbox(), _line(mutation_id)
    try:
        if what == "kembar":
            made = oddities.tell_under_another_id(here, line)
        elif what == "tarik":
            made = oddities.take_back(here, line)
        else:
            made = oddities.give_back(here, line, request.form.get("note", ""))
    except InsufficientBalanceError:
        return render_template("error.html", title="Saldo tidak cukup", message="Rekening ini tidak cukup isinya."), 422
    return redirect(url_for("pages.index", kiriman=made.mutation_id, _anchor="hasil"), 303)


@pages.post("/mutasi/<mutation_id>/v1")
def v1(mutation_id: str) -> str:
    """Push a line the way of API V1."""
    line = _line(mutation_id)
    registered = sandbox().webhooks.registered()
    if not registered:
        abort(404)
    return _page(oddities.push_v1(registered[0], line, encoded_twice="twice" in request.form))


def _line(mutation_id: str) -> StatementLine:
    line = sandbox().bank.line(mutation_id)
    if line is None:
        abort(404)
    return line


def _page(answer: Answer | None) -> str:
    here = sandbox()
    return render_template(
        "webhooks.html",
        webhooks=here.webhooks.registered(),
        deliveries=here.webhooks.deliveries()[:50],
        is_silent=here.webhooks.is_silent,
        answer=answer,
    )
