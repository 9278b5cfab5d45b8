"""`flask moota complaint`: complaints about refunds, each with a ticket of its own and a day it is answered by."""

from typing import Any

import click

from .. import complaints
from ..context import transaction
from ..models import Complaint
from ..objects import complaint_objects
from ..work import Work
from .output import as_json, command, details, show, table

_ticket = click.argument("ticket")


@click.group()
def complaint() -> None:
    """Complaints about refunds ("the money has not come"), each with its own ticket."""


@complaint.command("list")
@click.option("--all", "with_closed", is_flag=True, help="Also those that have been answered.")
@click.option("--overdue", is_flag=True, help="Only those whose answer is late.")
@as_json
@command
def list_(*, with_closed: bool, overdue: bool, as_json: bool) -> None:
    """List the complaints that wait for an answer, the most urgent first."""
    if with_closed and overdue:
        raise click.UsageError("--all and --overdue do not go together.")
    with transaction("cli") as work:
        rows = complaint_objects(work, _asked_for(work, with_closed=with_closed, overdue=overdue))
    columns = ("ticket", "refund", "order_ref", "message", "due_at", "closed_at")
    show(rows, as_json=as_json, text=table(rows, columns, empty="No complaints."))


@complaint.command("show")
@_ticket
@as_json
@command
def show_(*, ticket: str, as_json: bool) -> None:
    """Show the complaint TICKET (ADU-…) and its answer."""
    with transaction("cli") as work:
        row = _object(work, ticket)
    show(row, as_json=as_json, text=details(row))


@complaint.command("file")
@click.argument("refund_ticket")
@click.option("--message", required=True, help="What the shopper says is wrong.")
@as_json
@command
def file_(*, refund_ticket: str, message: str, as_json: bool) -> None:
    """Take down a complaint about the refund REFUND_TICKET that came by telephone, say."""
    with transaction("cli") as work:
        filed = complaints.file_complaint(work, refund_ticket, message)
        row = _object(work, filed.ticket)
    show(row, as_json=as_json, text=details(row))


@complaint.command("answer")
@_ticket
@click.option("--note", "--answer", "answer", required=True, help="The answer; the shopper reads it.")
@as_json
@command
def answer_(*, ticket: str, answer: str, as_json: bool) -> None:
    """Answer the complaint TICKET and close it."""
    with transaction("cli") as work:
        complaints.answer_complaint(work, ticket, answer)
        row = _object(work, ticket)
    show(row, as_json=as_json, text=details(row))


def _asked_for(work: Work, *, with_closed: bool, overdue: bool) -> list[Complaint]:
    if overdue:
        return complaints.overdue_complaints(work)
    return complaints.list_complaints(work) if with_closed else complaints.open_complaints(work)


def _object(work: Work, ticket: str | None) -> dict[str, Any]:
    return complaint_objects(work, [complaints.get_complaint(work, ticket or "")])[0]
