from itertools import product
from typing import get_args

import pytest

from payments_moota.errors import InvalidTransition
from payments_moota.rules.states import (
    CHARGE,
    DELIVERY,
    MUTATION,
    REFUND,
    ChargeStatus,
    DeliveryStatus,
    MutationStatus,
    RefundStatus,
    next_state,
)

# Every status in rows, every event in columns; a dot is a step that is not allowed.
CHARGE_STEPS = """
            pay        expire     cancel     unpay      reopen
pending     paid       expired    cancelled  .          .
expired     paid       .          cancelled  .          pending
paid        .          .          .          pending    .
cancelled   .          .          .          .          pending
"""
DELIVERY_STEPS = """
            processed  failed     replay
received    processed  failed     received
processed   .          .          received
failed      .          .          received
"""
MUTATION_STEPS = """
            matched    unmatched  review     ignored
unmatched   matched    unmatched  review     ignored
review      matched    unmatched  review     ignored
matched     .          unmatched  .          .
ignored     matched    unmatched  .          .
"""
REFUND_STEPS = """
            review     approve   reject    withdraw   send  complete   return  retry
requested   in_review  approved  rejected  withdrawn  .     .          .       .
in_review   .          approved  rejected  withdrawn  .     .          .       .
approved    .          .         .         withdrawn  sent  completed  .       .
sent        .          .         .         .          .     completed  failed  .
completed   .          .         .         .          .     .          failed  .
failed      .          .         rejected  withdrawn  .     .          .       approved
rejected    .          .         .         .          .     .          .       .
withdrawn   .          .         .         .          .     .          .       .
"""


def steps(table, drawing):
    head, *rows = [line.split() for line in drawing.strip().splitlines()]
    for status, *following in rows:
        for event, after in zip(head, following, strict=True):
            yield pytest.param(table, status, event, after, id=f"{table.thing}: {status} + {event} = {after}")


ALL_STEPS = [
    step
    for table, drawing in [
        (CHARGE, CHARGE_STEPS),
        (DELIVERY, DELIVERY_STEPS),
        (MUTATION, MUTATION_STEPS),
        (REFUND, REFUND_STEPS),
    ]
    for step in steps(table, drawing)
]


@pytest.mark.parametrize(("table", "status", "event", "after"), ALL_STEPS)
def test_a_step_leads_where_the_drawing_says(table, status, event, after):
    if after != ".":
        assert next_state(table, status, event) == after
        return
    with pytest.raises(InvalidTransition) as refused:
        next_state(table, status, event)
    assert (refused.value.thing, refused.value.current, refused.value.wanted) == (table.thing, status, event)


@pytest.mark.parametrize(
    ("table", "statuses"),
    [(CHARGE, ChargeStatus), (DELIVERY, DeliveryStatus), (MUTATION, MutationStatus), (REFUND, RefundStatus)],
)
def test_the_drawings_leave_out_no_status_and_no_event(table, statuses):
    events = {event for _, event in table.moves}
    drawn = {(step.values[1], step.values[2]) for step in ALL_STEPS if step.values[0] is table}

    assert drawn == set(product(get_args(statuses), events))
    assert set(table.moves.values()) <= set(get_args(statuses))


@pytest.mark.parametrize(("current", "event"), [("unheard of", "pay"), ("pending", "unheard of"), ("", "")])
def test_an_unknown_status_or_event_is_refused(current, event):
    with pytest.raises(InvalidTransition, match=f'"{current}" does not allow "{event}"'):
        next_state(CHARGE, current, event)


@pytest.mark.parametrize("event", ["expire", "cancel", "pay"])
def test_no_event_moves_a_charge_that_is_paid(event):
    """A late expiry cannot take back a payment, and a second payment is not a second confirmation."""
    with pytest.raises(InvalidTransition):
        next_state(CHARGE, "paid", event)


@pytest.mark.parametrize("event", ["withdraw", "reject", "approve", "review", "retry", "send"])
def test_money_that_has_left_is_not_called_back_by_a_click(event):
    """Only the bank can return it."""
    for status in ("sent", "completed"):
        with pytest.raises(InvalidTransition):
            next_state(REFUND, status, event)


@pytest.mark.parametrize(
    ("table", "thing"), [(CHARGE, "charge"), (DELIVERY, "delivery"), (MUTATION, "mutation"), (REFUND, "refund")]
)
def test_a_refusal_says_what_is_refused(table, thing):
    with pytest.raises(InvalidTransition, match=f'^A {thing} that is "gone" does not allow "pay"'):
        next_state(table, "gone", "pay")


def test_tables_cannot_be_changed_by_accident():
    with pytest.raises(TypeError):
        CHARGE.moves["cancelled", "pay"] = "paid"
