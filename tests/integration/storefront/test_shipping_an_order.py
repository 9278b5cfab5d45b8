"""The way of an order's goods: got ready, sent or ready to be fetched, arrived; each told once."""

import pytest
from shopfloor import DEEDS
from sqlalchemy import update

from storefront.admin.models import AuditEntry
from storefront.extensions import db
from storefront.orders.models import Order, id_of_number

PARCEL = {"courier": "SiCepat BEST", "tracking_number": "000123456789"}


@pytest.fixture
def staff(shop):
    """Return somebody who signed in as a helper."""
    shop.add_staff("staf@toko.test", "staff")
    visitor = shop.visitor()
    visitor.sign_in("staf@toko.test")
    return visitor


@pytest.fixture
def number(shop):
    """Return the number of a paid order, of which the shopper has been told."""
    placed = shop.buy()
    shop.pay(placed)
    shop.process()
    shop.mails().clear()
    return placed


def fetched(shop, number):
    """Let an order be one that the buyer comes for."""
    with shop.app.app_context():
        db.session.execute(update(Order).where(Order.id == id_of_number(number)).values(delivery_kind="pickup"))
        db.session.commit()


def step(staff, number, name, data=None):
    return staff.post(f"/admin/orders/{number}/{name}", data, on="/admin/orders")


def states(shop, number):
    return shop.order(number).shipment_status


def received(shop, number, times=1):
    shopper = shop.visitor()
    path = shop.path_of(number)
    token = shopper.token("/produk/kopi-tubruk")
    return [shopper.client.post(f"{path}/received", data={"csrf_token": token}).status_code for _ in range(times)]


def test_a_parcel_is_got_ready_sent_and_received_and_each_is_seen_by_the_shopper(shop, staff, number):
    seen = []
    for name, data in (("process", None), ("ship", PARCEL), ("deliver", None)):
        assert step(staff, number, name, data).status_code == 302
        seen.append((states(shop, number), shop.visitor().get(shop.path_of(number)).text))

    assert [state for state, _ in seen] == ["processing", "shipped", "delivered"]
    for (_, page), words in zip(seen, ("Sedang Disiapkan", "sedang di jalan", "Sudah Diterima"), strict=True):
        assert words in page
    order = shop.order(number)
    assert order.processed_at <= order.shipped_at <= order.delivered_at
    assert [event.name for event in order.events][-3:] == ["order.processing", "order.shipped", "order.delivered"]
    with shop.app.app_context():
        entries = list(db.session.scalars(DEEDS.order_by(AuditEntry.id)))
    assert [(entry.actor, entry.subject) for entry in entries] == [("staf@toko.test", number)] * 3
    assert entries[1].after == {"shipment": "shipped", "courier": "SiCepat BEST", "tracking": "000123456789"}


def test_the_shopper_follows_the_parcel_on_the_couriers_page(shop, staff, number):
    step(staff, number, "ship", PARCEL)

    assert 'href="https://www.sicepat.com/checkAwb/000123456789"' in shop.visitor().get(shop.path_of(number)).text


def test_a_courier_we_do_not_know_has_no_link_but_a_number(shop, staff, number):
    step(staff, number, "ship", {"courier": "Paman Budi", "tracking_number": "7"})

    page = shop.visitor().get(shop.path_of(number)).text
    assert "Paman Budi" in page
    assert "Lacak di situs kurir" not in page


def test_the_letters_say_how_it_travels_and_that_it_arrived(shop, staff, number):
    step(staff, number, "ship", PARCEL)
    shop.process()
    step(staff, number, "deliver")
    shop.process()

    sent, arrived = shop.mails()
    assert (sent.subject, arrived.subject) == (f"Pesanan {number} sudah dikirim", f"Pesanan {number} sudah diterima")
    for text in (sent.body, sent.alternatives[0][0]):
        assert "SiCepat BEST" in text
        assert "https://www.sicepat.com/checkAwb/000123456789" in text
    assert shop.path_of(number) in arrived.body


def test_a_letter_about_the_way_is_not_sent_after_the_arrival(shop, staff, number):
    step(staff, number, "ship", PARCEL)
    step(staff, number, "deliver")
    shop.process()

    assert shop.subjects() == [f"Pesanan {number} sudah diterima"]


def test_the_letters_are_in_the_shoppers_language(shop, staff, number):
    with shop.app.app_context():
        db.session.execute(update(Order).values(locale="en"))
        db.session.commit()

    step(staff, number, "ship", PARCEL)
    shop.process()

    assert shop.subjects() == [f"Order {number} has been sent"]


def test_what_the_shopper_received_is_noted_once_and_needs_no_letter(shop, staff, number):
    step(staff, number, "ship", PARCEL)
    shop.process()

    assert received(shop, number, times=2) == [302, 302]

    order = shop.order(number)
    assert order.shipment_status == "delivered"
    assert [(event.name, event.actor) for event in order.events][-1] == ("order.delivered", "customer")
    assert [event.name for event in order.events].count("order.delivered") == 1
    shop.process()
    assert shop.subjects() == [f"Pesanan {number} sudah dikirim"]


def test_nobody_receives_what_was_not_sent(shop, number):
    assert received(shop, number) == [302]

    assert states(shop, number) == "none"


def test_an_order_to_be_fetched_is_ready_and_then_collected_without_a_courier(shop, staff, number):
    fetched(shop, number)

    assert step(staff, number, "ship").status_code == 302
    shop.process()
    page = shop.visitor().get(shop.path_of(number)).text
    step(staff, number, "deliver")
    shop.process()

    assert "Siap Diambil" in page
    assert "Nomor resi" not in page
    assert shop.subjects() == [f"Pesanan {number} siap diambil", f"Pesanan {number} sudah diambil"]
    order = shop.order(number)
    assert (order.courier, order.shipment_status) == (None, "delivered")
    assert [event.name for event in order.events][-2:] == ["order.ready", "order.collected"]
    assert "Diambil" in staff.get(f"/admin/orders/{number}").text


def test_a_wrong_tracking_number_is_corrected_and_told(shop, staff, number):
    step(staff, number, "ship", PARCEL)
    shop.process()

    step(staff, number, "tracking", {"courier": "JNE", "tracking_number": "JP1"})
    step(staff, number, "tracking", {"courier": "JNE", "tracking_number": "JP1"})
    shop.process()

    assert shop.order(number).tracking_number == "JP1"
    assert [event.name for event in shop.order(number).events].count("order.tracking_corrected") == 1
    assert "JP1" in shop.mails()[-1].body
    assert len(shop.mails()) == 2


def test_no_number_is_corrected_before_the_parcel_has_left_or_after_it_came(shop, staff, number):
    step(staff, number, "tracking", PARCEL)
    assert shop.order(number).tracking_number is None

    step(staff, number, "ship", PARCEL)
    step(staff, number, "deliver")
    step(staff, number, "tracking", {"courier": "JNE", "tracking_number": "JP1"})
    assert shop.order(number).tracking_number == PARCEL["tracking_number"]


def test_an_unpaid_order_is_not_got_ready_and_a_step_taken_twice_is_taken_once(shop, staff):
    number = shop.buy()
    step(staff, number, "process")
    assert states(shop, number) == "none"

    shop.pay(number)
    step(staff, number, "process")
    step(staff, number, "process")

    assert [event.name for event in shop.order(number).events].count("order.processing") == 1
    assert "belum atau tidak lagi dapat disiapkan" in staff.get("/admin/orders").text


def test_money_asked_back_while_the_goods_are_got_ready_holds_them(shop, staff, number):
    step(staff, number, "process")
    shopper, path = shop.visitor(), shop.path_of(number)

    shopper.post(f"{path}/cancel", on=path)

    assert shop.order(number).hold_status == "held"
    step(staff, number, "ship", PARCEL)
    assert states(shop, number) == "processing"


@pytest.mark.parametrize("name", ["process", "ship", "deliver", "tracking"])
def test_a_bookkeeper_moves_nothing(shop, number, name):
    shop.add_staff("buku@toko.test", "bookkeeper")
    visitor = shop.visitor()
    visitor.sign_in("buku@toko.test")

    assert step(visitor, number, name, PARCEL).status_code == 403
