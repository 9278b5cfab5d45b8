"""An order follows its payment, and its goods go back exactly once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import update

from payments_moota import tasks
from storefront import payments
from storefront.extensions import db
from storefront.orders.models import Order, id_of_number


def states(order):
    return (order.order_status, order.payment_status, order.shipment_status)


def names(order):
    return [event.name for event in order.events]


def after(**delta):
    return time_machine.travel(datetime.now(UTC) + timedelta(**delta))


def expire(shop, hours=25):
    """Let the deadline pass, and the worker see it."""
    with after(hours=hours), shop.app.app_context():
        tasks.expire_due()


def test_a_paid_order_says_so(shop, visitor):
    number = shop.buy()

    shop.pay(number)

    order = shop.order(number)
    assert states(order) == ("open", "paid", "none")
    assert names(order) == ["order.created", "order.paid"]
    assert order.paid_at is not None
    page = visitor.get(shop.path_of(number)).text
    assert "Pembayaran Diterima" in page
    assert "minta uang kembali" in page


def test_the_order_page_links_to_the_payment_page_and_back(shop, visitor):
    number = shop.buy()

    assert shop.pay_path(number) in visitor.get(shop.path_of(number)).text
    assert shop.path_of(number) in visitor.get(shop.pay_path(number)).text


@pytest.mark.parametrize(
    "change", [lambda t: t + "x", lambda t: "x" + t, lambda t: t[:-1], lambda _: "abc", lambda _: "é.é"]
)
def test_a_forged_or_altered_link_finds_nothing(shop, visitor, change):
    path = shop.path_of(shop.buy())
    token = path.removeprefix("/orders/")

    assert visitor.get(f"/orders/{change(token)}").status_code == 404


def test_the_link_of_one_purpose_opens_nothing_else(shop, visitor):
    number = shop.buy()
    pay_token = shop.pay_path(number).removeprefix("/pay/")
    order_token = shop.path_of(number).removeprefix("/orders/")

    assert visitor.get(f"/orders/{pay_token}").status_code == 404
    assert visitor.get(f"/pay/{order_token}").status_code == 404


def test_the_shopper_cancels_while_unpaid_and_the_goods_go_back_once(shop, visitor):
    number = shop.buy(quantity=4)
    path = shop.path_of(number)

    first = visitor.post(f"{path}/cancel", on=path)
    again = visitor.post(f"{path}/cancel", on="/produk/kopi-tubruk")

    assert (first.status_code, first.location) == (302, path)
    assert again.status_code == 302
    order = shop.order(number)
    assert states(order) == ("cancelled", "cancelled", "none")
    assert names(order) == ["order.created", "order.cancelled", "order.stock_released"]
    assert shop.stock() == 10
    assert shop.charge(number)["status"] == "cancelled"
    page = visitor.get(path).text
    assert "sudah tidak dapat dibatalkan" in page
    assert "oleh Anda" in page
    assert page.count("Pesanan dibatalkan") == 1
    assert "Tagihan dibatalkan" not in page


def test_two_cancellations_at_once_give_the_goods_back_once(shop):
    number = shop.buy(quantity=4)
    path = shop.path_of(number)
    visitors = [shop.visitor() for _ in range(3)]
    tokens = [visitor.token(path) for visitor in visitors]
    start = threading.Barrier(3)

    def cancel(visitor, token):
        start.wait()
        visitor.client.post(f"{path}/cancel", data={"csrf_token": token})

    threads = [threading.Thread(target=cancel, args=pair) for pair in zip(visitors, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert shop.stock() == 10
    assert names(shop.order(number)).count("order.stock_released") == 1


def test_cancelling_needs_the_token_of_the_form(shop, visitor):
    path = shop.path_of(shop.buy())

    assert visitor.client.post(f"{path}/cancel").status_code == 400


def test_the_owner_cancels_by_command_and_the_shopper_reads_it(shop, visitor):
    number = shop.buy()

    result = shop.run("moota", "charge", "cancel", number, "--reason", "stok rusak")

    assert result.exit_code == 0, result.output
    assert states(shop.order(number)) == ("cancelled", "cancelled", "none")
    assert "oleh toko" in visitor.get(shop.path_of(number)).text
    assert shop.stock() == 10


def test_an_expired_order_keeps_its_goods_until_no_transfer_can_show_up_any_more(shop):
    number = shop.buy(quantity=2)

    with after(hours=24, minutes=1), shop.app.app_context():
        tasks.sweep()
    assert states(shop.order(number)) == ("open", "expired", "none")
    assert shop.stock() == 8

    for _ in range(2):
        with after(hours=24, minutes=21), shop.app.app_context():
            tasks.sweep()
    assert shop.stock() == 10
    assert names(shop.order(number)) == ["order.created", "order.expired", "order.stock_released"]


def test_two_sweeps_at_once_give_the_goods_back_once(shop):
    numbers = [shop.buy(quantity=2) for _ in range(3)]
    expire(shop)
    with shop.app.app_context():
        db.session.execute(update(Order).values(hold_until=datetime(2020, 1, 1, tzinfo=UTC)))
        db.session.commit()
    start = threading.Barrier(3)

    def sweep():
        start.wait()
        with shop.app.app_context():
            payments.release_held_stock()

    threads = [threading.Thread(target=sweep) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert shop.stock() == 10
    assert all(names(shop.order(number)).count("order.stock_released") == 1 for number in numbers)


def test_money_that_came_in_time_but_was_seen_late_revives_the_order(shop):
    number = shop.buy(quantity=2)
    moment = datetime.now(UTC)
    expire(shop)

    shop.pay(number, at=moment)

    order = shop.order(number)
    assert states(order) == ("open", "paid", "none")
    assert order.hold_until is None
    assert shop.stock() == 8


def test_goods_already_given_back_are_taken_again(shop):
    number = shop.buy(quantity=2)
    moment = datetime.now(UTC)
    expire(shop)
    _release_now(shop)
    assert shop.stock() == 10

    shop.pay(number, at=moment)

    order = shop.order(number)
    assert (order.payment_status, order.needs_attention, order.stock_released_at) == ("paid", None, None)
    assert shop.stock() == 8


def test_when_the_goods_are_gone_by_then_the_owner_is_called(shop):
    number = shop.buy(quantity=2)
    moment = datetime.now(UTC)
    expire(shop)
    _release_now(shop)
    shop.change_product(stock=1)

    shop.pay(number, at=moment)

    order = shop.order(number)
    assert order.payment_status == "paid"
    with shop.app.test_request_context():
        assert "barang sudah habis" in order.needs_attention
    assert shop.stock() == 1
    assert order.hold_status == "held"
    assert names(order)[-2:] == ["order.paid", "order.held"]


def _release_now(shop):
    with after(hours=26), shop.app.app_context():
        payments.release_held_stock()


def test_a_charge_that_belongs_to_no_order_is_paid_all_the_same(shop):
    assert shop.run("moota", "charge", "create", "LAIN-7", "70000").exit_code == 0

    shop.pay("LAIN-7")

    assert shop.charge("LAIN-7")["status"] == "paid"


def test_the_history_of_an_order_cannot_be_rewritten(shop):
    number = shop.buy()
    with shop.app.app_context():
        order = db.session.get(Order, id_of_number(number))
        order.events[0].actor = "somebody else"
        with pytest.raises(TypeError, match="history"):
            db.session.flush()
