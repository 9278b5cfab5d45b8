"""The shop's pages of the panel stay quick however much there is: as many queries as ever, and an index for each."""

import pytest
from hosts import bank
from shopfloor import on_sqlite

from benchmarks.plans import Questions, walks
from storefront import searching
from storefront.admin import audit, order_text
from storefront.admin import orders as order_search
from storefront.catalog.models import Product
from storefront.customers import segments
from storefront.customers.models import Customer
from storefront.extensions import db
from storefront.feedback.models import Feedback, Message
from storefront.orders.models import Order

# How many queries each page asks at most, whoever is signed in looked up among them.
PAGES = {
    "/admin/": 26,
    "/admin/orders": 11,
    "/admin/orders?older=900": 11,
    "/admin/orders?newer=1": 11,
    **{f"/admin/orders?queue={name}": 11 for name in order_search.QUEUES},
    "/admin/orders?payment=paid&shipment=none": 11,
    "/admin/orders?since=2020-01-01&until=2030-01-01": 13,
    "/admin/orders?q=siti": 12,
    "/admin/orders?q=siti+rahayu": 12,
    "/admin/orders?q=0812-3456": 13,
    "/admin/orders?q=Rp75.000": 13,
    "/admin/orders?q=INV-1001": 12,
    "/admin/orders/INV-1001": 25,
    "/admin/orders/ship": 6,
    "/admin/orders/papers/slips?order=INV-1001&order=INV-1002": 7,
    "/admin/customers": 5,
    "/admin/customers?q=siti": 7,
    "/admin/customers?agreed=1": 5,
    "/admin/customers?members=1": 5,
    "/admin/customers?orders=2&spent=1000": 7,
    "/admin/customers?quiet=30": 6,
    "/admin/customers/1": 9,
    "/admin/products": 7,
    "/admin/products?show=low": 7,
    "/admin/products/1": 7,
    "/admin/categories": 5,
    "/admin/feedback": 6,
    "/admin/feedback?status=shown&kind=review": 6,
    "/admin/feedback?status=shown&older=900": 6,
    "/admin/messages": 6,
    "/admin/messages?done=1": 6,
    "/admin/audit": 4,
    "/admin/audit?older=900": 4,
    "/admin/audit?q=stock": 5,
    "/admin/audit?q=INV-1001&since=2020-01-01&until=2030-01-01": 7,
    "/admin/exports": 4,
    "/admin/system": 15,
    "/admin/vouchers": 5,
    "/admin/imports": 5,
    "/admin/staff": 5,
    "/admin/security": 6,
    "/admin/settings": 17,
}


@pytest.fixture
def owner(shop):
    shop.add_staff()
    visitor = shop.visitor()
    visitor.sign_in()
    return visitor


def live_on(shop, start):
    """Let the shop have some more of everything, ordered, paid, asked back, said and noted."""
    shop.change_product(stock=50)
    for number in range(start, start + 2):
        placed = shop.buy(name=f"Siti Rahayu {number}", email=f"siti{number}@contoh.test")
        shop.pay(placed)
        shop.receive(bank.mutation(7_000_000 + number))
        shop.buy(email=f"siti{number}@contoh.test")
    shop.visitor().post(f"{shop.path_of(placed)}/cancel", on=shop.path_of(placed))
    with shop.app.app_context():
        base = db.session.query(Order).order_by(Order.id).first()
        product = db.session.query(Product.id).first()
        kept = {column.key: getattr(base, column.key) for column in Order.__mapper__.column_attrs}
        del kept["id"], kept["checkout_key"]
        more = range(100 * start, 100 * start + 60)
        db.session.add_all(Order(**kept, checkout_key=f"k{number}") for number in more)
        db.session.add_all(Customer(email=f"{number}@contoh.test", name=f"Orang {number}") for number in more)
        db.session.add_all(Message(name="A", email="a@contoh.test", text="?") for number in more)
        question = {"kind": "question", "product_id": product.id, "name": "A", "email": "a@contoh.test", "text": "?"}
        db.session.add_all(Feedback(**question, status="waiting") for number in more)
        for number in more:
            audit.note(db.session(), "stock.changed", f"barang-{number}")
        db.session.commit()


def in_this_shop(page):
    """Name the first orders, goods and customer as they are numbered here: PostgreSQL goes on after earlier tests."""
    first, second = db.session.scalars(db.select(Order).order_by(Order.id).limit(2))
    product = db.session.scalars(db.select(Product.id).order_by(Product.id)).first()
    customer = db.session.scalars(db.select(Customer.id).order_by(Customer.id)).first()
    page = page.replace("INV-1001", first.number).replace("INV-1002", second.number)
    return page.replace("products/1", f"products/{product}").replace("customers/1", f"customers/{customer}")


def asked_by(shop, owner, page):
    with shop.app.app_context():
        engine = db.engine
        page = in_this_shop(page) if "1" in page else page
    owner.get(page)
    with Questions(engine) as questions:
        assert owner.get(page).status_code == 200, page
    return engine, questions.asked


def test_every_page_asks_little_of_an_index_and_no_more_as_the_shop_grows(shop, owner):
    live_on(shop, 1)
    before = {page: len(asked_by(shop, owner, page)[1]) for page in PAGES}
    live_on(shop, 3)
    wrong = []
    for page, most in PAGES.items():
        engine, asked = asked_by(shop, owner, page)
        if len(asked) > most or len(asked) != before[page]:
            wrong.append((page, before[page], len(asked)))
        wrong += [(page, walk) for walk in walks(engine, asked, force=True)]

    assert wrong == []


@on_sqlite
def test_a_few_questions_are_found_among_many_reviews_by_an_index_of_their_own(shop, owner):
    engine, asked = asked_by(shop, owner, "/admin/feedback?status=shown&kind=question")
    with engine.connect() as connection:
        plans = [
            row[-1]
            for statement, parameters in asked
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]

    assert any("ix_feedback_status_kind_id" in plan for plan in plans), plans


@on_sqlite
@pytest.mark.parametrize(
    ("path", "more"),
    [("/admin/orders?q=siti", "INV-"), ("/admin/customers?q=contoh", "Orang"), ("/admin/audit?q=stock", "barang")],
)
def test_what_very_many_match_is_found_step_by_step(shop, owner, monkeypatch, path, more):
    live_on(shop, 1)
    every = [line for line in owner.get(path).text.split() if more in line]
    for module in (searching, audit, order_text):
        monkeypatch.setattr(module, "FEW", 1)
    for module in (order_search, audit, segments):
        monkeypatch.setattr(module, "REACH", 10)

    seen, steps = [], 0
    while path:
        page = owner.get(path).text
        seen += [line for line in page.split() if more in line]
        following = [part for part in page.split('"') if "older=" in part]
        path = following[0].replace("&amp;", "&") if following else None
        steps += 1

    assert set(every) <= set(seen)
    assert steps > 3
