"""Customers come to exist with their first order."""

import threading
from datetime import timedelta

from shopfloor import on_postgresql, stock_up
from sqlalchemy import select

from storefront.customers.models import ConsentChange, Customer
from storefront.customers.service import change_consent, note_order
from storefront.extensions import db
from storefront.orders.models import Order, id_of_number
from storefront.throttle import Attempt, Limit, allows


def customers(shop):
    with shop.app.app_context():
        found = list(db.session.scalars(select(Customer).order_by(Customer.id)))
        db.session.expunge_all()
        return found


def test_orders_with_the_same_address_belong_to_one_customer(shop):
    first = shop.buy(email="Siti@contoh.test")
    second = shop.buy(email="siti@Contoh.test", name="Orang Lain")

    (customer,) = customers(shop)
    assert (customer.email, customer.name, customer.phone) == ("siti@contoh.test", "Siti Rahayu", "+6281234567890")
    assert {shop.order(first).customer_id, shop.order(second).customer_id} == {customer.id}


@on_postgresql
def test_two_first_orders_at_once_make_one_customer(bare_shop):
    stock_up(bare_shop)
    numbers = [bare_shop.buy(email=f"pembeli{n}@contoh.test") for n in range(2)]
    start = threading.Barrier(2)

    def note(number):
        with bare_shop.app.app_context():
            order = db.session.get(Order, id_of_number(number))
            order.email = "sama@contoh.test"
            db.session.flush()
            start.wait()
            note_order(db.session(), order)
            db.session.commit()

    threads = [threading.Thread(target=note, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (same,) = [customer for customer in customers(bare_shop) if customer.email == "sama@contoh.test"]
    assert {bare_shop.order(number).customer_id for number in numbers} == {same.id}


def test_consent_is_dated_and_every_change_is_kept_once(shop):
    shop.buy()
    with shop.app.app_context():
        customer = db.session.scalars(select(Customer)).one()
        assert customer.marketing_at is None
        for given, source in ((True, "checkout"), (True, "account"), (False, "letter")):
            change_consent(db.session(), customer, given=given, source=source)
        db.session.commit()

        assert (customer.marketing_at, customer.marketing_source) == (None, "")
        kept = [(change.given, change.source) for change in db.session.scalars(select(ConsentChange))]
        assert kept == [(True, "checkout"), (False, "letter")]


def test_attempts_are_counted_for_each_subject_and_leave_no_address_behind(shop):
    with shop.app.app_context():
        once = [Limit("letter", subject, 1, timedelta(hours=1)) for subject in "ab"]

        assert allows(db.session(), once[:1])
        assert not allows(db.session(), once)
        assert allows(db.session(), once[1:])
        assert all(len(row.key) == 64 for row in db.session.scalars(select(Attempt)))
