"""Who works in the panel is told of what they chose, in letters that gather."""

import pytest
from hosts import bank
from sqlalchemy import select

from storefront.admin.models import AuditEntry
from storefront.extensions import db
from storefront.notifications.models import OwnerAlert
from storefront.promotions.models import Voucher

ALERTS = "/admin/alerts"


def person(shop, email, role="staff", **wishes):
    shop.add_staff(email, role)
    visitor = shop.visitor()
    visitor.sign_in(email)
    assert visitor.post(ALERTS, wishes).status_code == 302
    return visitor


def letters(shop, email):
    shop.sweep()
    shop.process()
    return [message.body for message in shop.mails() if message.to == [email]]


def noted(shop):
    with shop.app.app_context():
        return [alert.kind for alert in db.session.scalars(select(OwnerAlert).order_by(OwnerAlert.id))]


def test_everybody_is_told_of_what_they_chose(shop):
    person(shop, "gudang@toko.test", told_orders="y")
    person(shop, "kas@toko.test", "bookkeeper", told_trouble="y")
    person(shop, "semua@toko.test", "owner", told_orders="y", told_trouble="y")

    number = shop.buy()
    shop.receive(bank.mutation(123_456, description="SETORAN", balance=0))

    (orders,) = letters(shop, "gudang@toko.test")
    (trouble,) = letters(shop, "kas@toko.test")
    (both,) = letters(shop, "semua@toko.test")
    assert number in orders
    assert "Rp123.456" not in orders
    assert number not in trouble
    assert "Rp123.456" in trouble
    assert number in both
    assert "Rp123.456" in both


def test_what_follows_soon_is_gathered(shop):
    person(shop, "gudang@toko.test", told_orders="y")
    shop.buy()
    assert len(letters(shop, "gudang@toko.test")) == 1

    shop.buy()
    shop.buy("teh_hijau")

    assert len(letters(shop, "gudang@toko.test")) == 1
    assert noted(shop) == ["new_order"] * 3


def test_an_order_that_costs_nothing_is_a_new_order_too_and_money_asked_by_hand_is_none(shop):
    person(shop, "gudang@toko.test", told_orders="y")
    with shop.app.app_context():
        db.session.add(Voucher(code="GRATIS", kind="percent", value=100))
        db.session.commit()
    visitor = shop.visitor()
    visitor.put_into_cart()
    form = visitor.checkout_form(voucher="GRATIS")
    visitor.client.post("/checkout", data={**form, "recount": "1"})
    assert visitor.client.post("/checkout", data=form).status_code == 302
    assert noted(shop) == ["new_order"]

    assert shop.run("moota", "charge", "create", "INV-9999", "10000").exit_code == 0
    assert noted(shop) == ["new_order"]


def test_what_nobody_wants_to_know_is_not_noted(shop):
    person(shop, "kas@toko.test", told_trouble="y")

    shop.buy()

    assert noted(shop) == []


def test_a_choice_is_taken_back_and_the_log_knows(shop):
    visitor = person(shop, "gudang@toko.test", told_orders="y")
    assert "checked" in visitor.get(ALERTS).text

    visitor.post(ALERTS, {})
    shop.buy()

    assert letters(shop, "gudang@toko.test") == []
    with shop.app.app_context():
        entries = list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "alerts.chosen")))
        assert [entry.after.get("told_orders") for entry in entries] == [True, False]


@pytest.mark.parametrize("role", ["owner", "staff", "bookkeeper"])
def test_everybody_chooses_for_themselves(shop, role):
    visitor = person(shop, "siapa@toko.test", role, told_orders="y")

    assert "siapa@toko.test" in visitor.get(ALERTS).text
