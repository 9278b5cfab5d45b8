"""When an order still keeps its customer from being forgotten."""

from datetime import timedelta

import pytest

from storefront.customers.rules import why_open

OVER = {
    "payment_status": "paid",
    "shipment_status": "delivered",
    "hold_status": "none",
    "is_cancelled": False,
    "holds_stock": True,
    "sent_for": timedelta(days=1),
}


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({}, None),
        ({"payment_status": "unpaid", "shipment_status": "none", "sent_for": None}, "unpaid"),
        ({"payment_status": "expired", "shipment_status": "none", "sent_for": None}, "unpaid"),
        ({"payment_status": "expired", "shipment_status": "none", "sent_for": None, "holds_stock": False}, None),
        ({"payment_status": "cancelled", "is_cancelled": True}, None),
        ({"hold_status": "held"}, "held"),
        ({"shipment_status": "none", "sent_for": None}, "sending"),
        ({"shipment_status": "processing", "sent_for": None}, "sending"),
        ({"shipment_status": "shipped"}, "sending"),
        ({"shipment_status": "shipped", "sent_for": timedelta(days=30)}, None),
        ({"payment_status": "reversed", "shipment_status": "none", "sent_for": None}, "sending"),
        ({"payment_status": "refunded", "shipment_status": "none", "sent_for": None}, None),
    ],
)
def test_an_order_is_over_or_says_why_not(facts, why):
    assert why_open(**{**OVER, **facts}) == why
