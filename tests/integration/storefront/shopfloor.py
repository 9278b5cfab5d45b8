"""A running shop, a visitor who uses it as a browser does, and the bank that pays."""

import atexit
import dataclasses
import re
import shutil
import tempfile
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hosts import bank
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import event, select

import storefront
from payments_moota import tasks
from payments_moota.accounts import add_account
from payments_moota.context import transaction
from payments_moota.models import metadata as moota_metadata
from payments_moota.web.webhook import REFUSALS, RefusalCounter
from storefront.admin.models import AuditEntry
from storefront.admin.service import create_staff
from storefront.catalog.models import Product, Variant
from storefront.customers.models import Customer
from storefront.database import Base
from storefront.extensions import db, moota
from storefront.orders.models import Order, id_of_number
from storefront.queue import prepare_storage

PASSWORD = "kopi-tubruk-pagi"
# What people did in the panel besides coming and going.
DEEDS = select(AuditEntry).where(AuditEntry.action.not_in(("staff.signed_in", "staff.signed_out")))
TYPED = {
    "name": "Siti Rahayu",
    "email": "siti@contoh.test",
    "phone": "0812-3456-7890",
    "address": "Jl. Melati 5\nRT 02/RW 03",
    "city": "Salatiga",
    "province": "Jawa Tengah",
    "postal_code": "50711",
    "note": "Giling halus",
}


class _Fields(HTMLParser):
    """Collects what a browser would send: inputs, what is chosen or ticked, and texts."""

    def __init__(self):
        super().__init__()
        self.values = {}
        self._area = None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name = given.get("name")
        if tag == "textarea":
            self._area = name
            self.values[name] = ""
        elif tag == "input" and name and (given.get("type") not in {"radio", "checkbox"} or "checked" in given):
            self.values[name] = given.get("value", "")

    def handle_data(self, data):
        if self._area:
            self.values[self._area] += data.removeprefix("\r\n").removeprefix("\n")

    def handle_endtag(self, tag):
        if tag == "textarea":
            self._area = None


def fields(page):
    """Return the form values a page offers, by name."""
    parser = _Fields()
    parser.feed(page)
    return parser.values


@dataclass
class Visitor:
    """A browser: keeps cookies, sends the token of the page it is on."""

    client: FlaskClient
    typed: dict = field(default_factory=lambda: dict(TYPED))

    def get(self, path, **options):
        return self.client.get(path, **options)

    def token(self, path):
        return fields(self.get(path).text)["csrf_token"]

    def post(self, path, data=None, *, on=None, **options):
        """Send a form that stands on the page `on` (default: the same address)."""
        return self.client.post(path, data={"csrf_token": self.token(on or path), **(data or {})}, **options)

    def put_into_cart(self, slug="kopi-tubruk", quantity=1):
        return self.post(f"/keranjang/tambah/{slug}", {"quantity": quantity}, on=f"/produk/{slug}")

    def checkout_form(self, **typed):
        """Return the checkout form of the page, filled in."""
        return {**fields(self.get("/checkout").text), **self.typed, **typed}

    def check_out(self, **typed):
        return self.client.post("/checkout", data=self.checkout_form(**typed))

    def sign_in(self, email="pemilik@toko.test", password=PASSWORD, **options):
        return self.post("/admin/login", {"email": email, "password": password}, **options)

    def flashes(self, path="/keranjang"):
        return re.findall(r'class="alert alert-\w+">([^<]+)<', self.get(path).text)


@dataclass
class Shop:
    """A running shop, and what a test does behind its counter."""

    app: Flask

    def visitor(self):
        return Visitor(self.app.test_client())

    def buy(self, slug="kopi-tubruk", quantity=1, **typed):
        """Let a new visitor buy something; return the order's number."""
        visitor = self.visitor()
        assert visitor.put_into_cart(slug, quantity).status_code == 302
        answer = visitor.check_out(**typed)
        assert answer.status_code == 302, answer.text
        return self.newest_order().number

    def newest_order(self):
        """Return the newest order, detached, with its lines and events."""
        with self.app.app_context():
            order = db.session.scalars(select(Order).order_by(Order.id.desc()).limit(1)).one()
            return self._loaded(order)

    def order(self, number):
        with self.app.app_context():
            return self._loaded(db.session.get(Order, id_of_number(number)))

    def count_orders(self):
        with self.app.app_context():
            return len(db.session.scalars(select(Order.id)).all())

    def path_of(self, number):
        with self.app.app_context():
            return f"/orders/{db.session.get(Order, id_of_number(number)).token}"

    def charge(self, number):
        """Return the charge object of an order."""
        with self.app.test_request_context():
            found = moota.get_charge(number)
            return moota.charge_object(found) if found else None

    def pay_path(self, number):
        return urlsplit(self.charge(number)["pay_url"]).path

    def stock(self, slug="kopi-tubruk"):
        with self.app.app_context():
            return db.session.scalars(select(Product).where(Product.slug == slug)).one().stock

    def change_product(self, slug="kopi-tubruk", **values):
        with self.app.app_context():
            product = db.session.scalars(select(Product).where(Product.slug == slug)).one()
            for name, value in values.items():
                setattr(product.variants[0] if name in {"price", "stock", "weight_grams"} else product, name, value)
            db.session.commit()

    def pay(self, number, amount=None, **fields_of_mutation):
        """Let the bank see an amount (default: exactly what is due), and the worker see the bank's webhook."""
        due = self.charge(number)["amount_due"]
        self.receive(bank.mutation(due if amount is None else amount, **fields_of_mutation))

    def reverse(self, number, amount=None):
        """Let the bank take back what it had credited."""
        taken = amount or self.charge(number)["amount_paid"]
        self.receive(bank.mutation(taken, kind="DB", description="KOREKSI REV TRSF E-BANKING CR"))

    def receive(self, *mutations):
        """Let the worker see lines of the bank's statement."""
        content = bank.body(*mutations)
        headers = {"Signature": bank.sign(content)}
        answer = self.app.test_client().post(
            "/webhook/moota", data=content, headers=headers, content_type="application/json"
        )
        assert answer.status_code == 200, answer.text
        self.process()

    def process(self):
        with self.app.app_context():
            return tasks.process_everything()

    def sweep(self):
        with self.app.app_context():
            tasks.sweep()

    def mails(self):
        return getattr(self.app.extensions["mailman"], "outbox", [])

    def subjects(self, to="siti@contoh.test"):
        """Return the subjects of all letters to somebody, oldest first."""
        return [message.subject for message in self.mails() if message.to == [to]]

    def refunds(self, number):
        """Return the refund objects of an order, oldest first."""
        with self.app.test_request_context():
            return [moota.refund_object(refund) for refund in reversed(moota.list_refunds(number))]

    def add_staff(self, email="pemilik@toko.test", role="owner"):
        with self.app.app_context():
            create_staff(db.session(), email, PASSWORD, role)
            db.session.commit()

    def customer(self, email="siti@contoh.test"):
        """Return a visitor who is signed in as the customer with this address."""
        visitor = self.visitor()
        with self.app.app_context(), visitor.client.session_transaction() as kept:
            customer = db.session.scalars(select(Customer).where(Customer.email == email)).one()
            kept["customer"] = f"{customer.id}.{customer.session_key}"
        return visitor

    def everything(self):
        """Return every value of every table, as one text."""
        tables = [*Base.metadata.sorted_tables, *moota_metadata.sorted_tables]
        with self.app.app_context():
            return "\n".join(f"{table.name} {row}" for table in tables for row in db.session.execute(select(table)))

    @contextmanager
    def statements(self):
        """Note every statement that goes to the database meanwhile."""
        seen = []
        with self.app.app_context():
            engine = db.engine

        def note(*facts):
            seen.append(facts[2])

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    def run(self, *arguments, **options):
        return self.app.test_cli_runner().invoke(args=list(arguments), **options)

    @staticmethod
    def _loaded(order):
        if order is not None:
            assert order.lines is not None
            assert order.events is not None
            db.session.expunge_all()
        return order

    def close(self):
        with self.app.app_context():
            db.engine.dispose()
        self.app.extensions["huey"].storage.close()


def make_shop(folder, address, **config):
    """Make a shop that keeps its files in `folder` and its data at `address`."""
    app = storefront.create_app(
        {
            "TESTING": True,
            "STOREFRONT_INSTANCE": str(folder),
            "DATABASE_URL": address,
            "SECRET_KEY": "kunci-uji",
            "MAIL_BACKEND": "locmem",
            "MOOTA_WEBHOOK_SECRET": bank.SECRET,
            "MOOTA_WEBHOOK_ALLOWED_IPS": "127.0.0.1",
            **config,
        }
    )
    # Compiling the pages anew for each of hundreds of shops would take most of the time.
    app.jinja_env.bytecode_cache = _compiled_pages()
    return Shop(app)


@contextmanager
def as_it_was(shop):
    """Put back what a test changes of a shop that others use after it: settings, hooks, letters, files, queue."""
    app, here = shop.app, shop.app.extensions["moota"]
    config, extensions = dict(app.config), {name: _kept(value) for name, value in app.extensions.items()}
    kept = {part.name: _kept(getattr(here, part.name)) for part in dataclasses.fields(here)}
    yield
    shop.close()
    for mapping, before in ((app.config, config), (app.extensions, extensions)):
        mapping.clear()
        mapping.update(before)
    for name, value in kept.items():
        setattr(here, name, value)
    app.extensions[REFUSALS] = RefusalCounter()
    shop.mails().clear()
    for left in Path(app.instance_path).iterdir():
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()
    prepare_storage(app.extensions["huey"])


def _kept(value):
    return copy(value) if isinstance(value, dict | list) else value


@cache
def _compiled_pages():
    folder = tempfile.TemporaryDirectory(prefix="pages-")
    atexit.register(folder.cleanup)
    return FileSystemBytecodeCache(folder.name)


def stock_up(shop):
    """Fill the shelves: what the tests buy, and two accounts that money can go to."""
    with shop.app.app_context():
        coffee = storefront.catalog.models.Category(slug="kopi", name="Kopi", position=1)
        tea = storefront.catalog.models.Category(slug="teh", name="Teh", position=2)
        db.session.add_all(
            [
                _product("kopi-tubruk", "Kopi Tubruk 100%", coffee, 50_000, 10, 0),
                _product("cafe-creme", "Café Crème", coffee, 75_000, 5, 1),
                _product("teh-melati", "Teh Melati", tea, 20_000, 0, 2),
                _product("teh_hijau", "Teh_Hijau", tea, 30_000, 3, 3),
            ]
        )
        db.session.commit()
    with shop.app.app_context(), transaction("test") as work:
        for bank_id, bank_type in ((bank.BCA, "bca"), (bank.MANDIRI, "mandiri")):
            add_account(work, bank_id=bank_id, bank_type=bank_type, account_number="1112223334", holder="Toko Contoh")


def _product(slug, name, category, price, stock, position):
    return Product(
        slug=slug,
        name=name,
        category=category,
        variants=[Variant(price=price, stock=stock)],
        position=position,
        summary=f"Rasa {name}",
        description="Enak.",
        drawing=f"drawings/{slug}.svg",
    )


on_sqlite = pytest.mark.parametrize("shop_address", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize(
    "shop_address", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
