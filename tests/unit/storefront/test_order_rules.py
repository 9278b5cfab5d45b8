"""An order's three axes: every pair of state and event, allowed or refused."""

from itertools import product

import pytest
from flask import Flask
from flask_babel import Babel

from storefront.orders.models import id_of_number
from storefront.orders.rules import (
    STATES,
    TRANSITIONS,
    OrderRefusedError,
    customer_label,
    may_cancel,
    next_state,
    require_shippable,
)

ALLOWED = {
    ("order", "open", "cancel"): "cancelled",
    ("payment", "unpaid", "pay"): "paid",
    ("payment", "unpaid", "expire"): "expired",
    ("payment", "unpaid", "cancel"): "cancelled",
    ("payment", "expired", "pay"): "paid",
    ("shipment", "none", "ship"): "shipped",
}
EVENTS = {"order": ("cancel",), "payment": ("pay", "expire", "cancel"), "shipment": ("ship",)}
ALL = [(axis, state, event) for axis, states in STATES.items() for state, event in product(states, EVENTS[axis])]


@pytest.mark.parametrize(("axis", "state", "event"), ALL)
def test_every_state_meets_every_event(axis, state, event):
    if (axis, state, event) in ALLOWED:
        assert next_state(axis, state, event) == ALLOWED[axis, state, event]
        return
    with pytest.raises(OrderRefusedError) as refusal:
        next_state(axis, state, event)
    assert (refusal.value.axis, refusal.value.current, refusal.value.event) == (axis, state, event)


def test_the_tables_name_only_known_states():
    for axis, table in TRANSITIONS.items():
        assert {state for state, _ in table} | set(table.values()) <= set(STATES[axis])
        assert {event for _, event in table} == set(EVENTS[axis])


def test_no_event_leads_out_of_paid_or_cancelled():
    """Outcomes never move backwards."""
    for state in ("paid", "cancelled"):
        assert not [event for current, event in TRANSITIONS["payment"] if current == state]


@pytest.mark.parametrize("states", list(product(*STATES.values())))
def test_goods_leave_only_for_an_open_paid_order_that_has_not_left(states):
    if states == ("open", "paid", "none"):
        require_shippable(*states)
        return
    with pytest.raises(OrderRefusedError):
        require_shippable(*states)


@pytest.mark.parametrize(("order", "payment"), list(product(STATES["order"], STATES["payment"])))
def test_a_shopper_cancels_only_what_is_open_and_unpaid(order, payment):
    assert may_cancel(order, payment) == ((order, payment) == ("open", "unpaid"))


@pytest.mark.parametrize(
    ("states", "label"),
    [
        (("open", "unpaid", "none"), "Menunggu Pembayaran"),
        (("open", "paid", "none"), "Pembayaran Diterima"),
        (("open", "paid", "shipped"), "Dikirim"),
        (("open", "expired", "none"), "Kedaluwarsa"),
        (("cancelled", "cancelled", "none"), "Dibatalkan"),
        (("cancelled", "paid", "none"), "Dibatalkan"),
    ],
)
def test_the_shopper_reads_one_label(states, label):
    app = Flask(__name__)
    Babel(app, default_locale="id")
    with app.app_context():
        assert customer_label(*states) == label


def test_every_combination_has_a_label():
    app = Flask(__name__)
    Babel(app, default_locale="id")
    with app.app_context():
        assert all(customer_label(*states) for states in product(*STATES.values()))


@pytest.mark.parametrize(
    ("written", "order_id"),
    [
        ("INV-1001", 1),
        ("inv-1001", 1),
        (" 1025 ", 25),
        ("INV-1000", None),
        ("INV-7", None),
        ("INV-", None),
        ("", None),
        ("INV-10x1", None),
        ("INV--1001", None),
        ("INV-١٠٠١", None),
        ("9" * 30, None),
    ],
)
def test_numbers_of_orders(written, order_id):
    assert id_of_number(written) == order_id
