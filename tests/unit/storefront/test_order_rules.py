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
    is_shippable,
    may_ask_back,
    may_cancel,
    next_state,
    require_shippable,
)

ALLOWED = {
    ("order", "open", "cancel"): "cancelled",
    ("order", "cancelled", "reopen"): "open",
    ("payment", "unpaid", "pay"): "paid",
    ("payment", "unpaid", "expire"): "expired",
    ("payment", "unpaid", "cancel"): "cancelled",
    ("payment", "expired", "pay"): "paid",
    ("payment", "expired", "cancel"): "cancelled",
    ("payment", "expired", "reopen"): "unpaid",
    ("payment", "cancelled", "reopen"): "unpaid",
    ("payment", "paid", "reverse"): "reversed",
    ("payment", "refunded", "reverse"): "reversed",
    ("payment", "reversed", "reverse"): "reversed",
    ("payment", "reversed", "pay"): "paid",
    ("payment", "paid", "unpay"): "unpaid",
    ("payment", "reversed", "unpay"): "unpaid",
    ("payment", "refunded", "unpay"): "unpaid",
    ("payment", "paid", "refund"): "refunded",
    ("payment", "refunded", "return"): "paid",
    ("shipment", "none", "process"): "processing",
    ("shipment", "none", "ship"): "shipped",
    ("shipment", "processing", "ship"): "shipped",
    ("shipment", "shipped", "deliver"): "delivered",
    ("hold", "none", "hold"): "held",
    ("hold", "held", "hold"): "held",
    ("hold", "held", "release"): "none",
}
EVENTS = {
    "order": ("cancel", "reopen"),
    "payment": ("pay", "expire", "cancel", "reopen", "reverse", "unpay", "refund", "return"),
    "shipment": ("process", "ship", "deliver"),
    "hold": ("hold", "release"),
}
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


def test_time_and_the_shopper_move_nothing_that_is_paid_or_over():
    """Outcomes never move backwards: only what the bank did, or a person decided, leads out of them."""
    for state in ("paid", "cancelled", "reversed", "refunded"):
        events = {event for current, event in TRANSITIONS["payment"] if current == state}
        assert not events & {"expire", "cancel"}
        assert "pay" not in events or state == "reversed"


@pytest.mark.parametrize("states", list(product(*STATES.values())))
def test_goods_leave_only_for_an_open_paid_order_that_is_not_held_and_has_not_left(states):
    if states in set(product(["open"], ["paid", "reversed"], ["none", "processing"], ["none"])):
        require_shippable(*states)
        assert is_shippable(*states)
        return
    assert not is_shippable(*states)
    with pytest.raises(OrderRefusedError):
        require_shippable(*states)


@pytest.mark.parametrize("states", list(product(*STATES.values())))
def test_goods_are_got_ready_once_and_only_where_they_may_leave(states):
    assert is_shippable(*states, event="process") == (is_shippable(*states) and states[2] == "none")


@pytest.mark.parametrize(("order", "payment"), list(product(STATES["order"], STATES["payment"])))
def test_a_shopper_cancels_only_what_is_open_and_unpaid(order, payment):
    assert may_cancel(order, payment) == ((order, payment) == ("open", "unpaid"))


@pytest.mark.parametrize("states", list(product(STATES["order"], STATES["payment"], STATES["shipment"])))
def test_a_shopper_asks_back_what_is_paid_and_still_here(states):
    assert may_ask_back(*states) == (states in {("open", "paid", "none"), ("open", "paid", "processing")})


@pytest.mark.parametrize(
    ("states", "label"),
    [
        (("open", "unpaid", "none", "none"), "Menunggu Pembayaran"),
        (("open", "paid", "none", "none"), "Pembayaran Diterima"),
        (("open", "paid", "none", "held"), "Pembayaran Diterima"),
        (("open", "paid", "processing", "none"), "Sedang Disiapkan"),
        (("open", "paid", "processing", "held"), "Pembayaran Diterima"),
        (("open", "paid", "shipped", "none"), "Dikirim"),
        (("open", "paid", "shipped", "none", "pickup"), "Siap Diambil"),
        (("open", "paid", "delivered", "none"), "Sudah Diterima"),
        (("open", "paid", "delivered", "none", "pickup"), "Sudah Diambil"),
        (("open", "unpaid", "delivered", "held"), "Menunggu Pembayaran"),
        (("open", "expired", "none", "none"), "Kedaluwarsa"),
        (("cancelled", "cancelled", "none", "none"), "Dibatalkan"),
        (("cancelled", "paid", "none", "none"), "Dibatalkan"),
        (("open", "reversed", "none", "held"), "Dana Ditarik Kembali"),
        (("open", "reversed", "none", "none"), "Dana Ditarik Kembali"),
        (("open", "reversed", "shipped", "held"), "Dana Ditarik Kembali"),
        (("open", "reversed", "shipped", "none"), "Dikirim"),
        (("cancelled", "refunded", "none", "none"), "Dana Dikembalikan"),
        (("open", "refunded", "shipped", "none"), "Dana Dikembalikan"),
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
        combinations = product(*STATES.values(), ("courier", "pickup"))
        assert all(customer_label(*states) for states in combinations)


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
