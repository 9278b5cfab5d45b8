"""The shop as people meet it: gunicorn, worker and pretend bank as processes, letters in a real SMTP server."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import Any

import requests
from aiosmtpd.controller import Controller
from sqlalchemy import select

import storefront
from payments_moota.sandbox import SAMPLE_ACCOUNTS, SAMPLE_TOKEN
from storefront import demo
from storefront.catalog.models import Product
from storefront.catalog.sample import SHOP_NAME
from storefront.extensions import db, moota
from storefront.orders import links
from storefront.orders.models import Order

OWNER = "pemilik@toko.test"
PASSWORD = "kopi-tubruk-pagi"
BCA = SAMPLE_ACCOUNTS[0]
BUYER = {
    "name": "Siti Rahayu",
    "email": "siti@contoh.test",
    "phone": "0812-3456-7890",
    "address": "Jl. Melati No. 5, RT 02/RW 03, Kel. Kutowinangun, Kec. Tingkir",
    "city": "Salatiga",
    "province": "Jawa Tengah",
    "postal_code": "50711",
    "note": "Giling halus",
}
_READY_WITHIN_SECONDS = 40
_STOP_WITHIN_SECONDS = 8


@dataclass(frozen=True)
class Placed:
    """An order that somebody placed; the paths carry its secret links."""

    number: str
    pay_path: str
    order_path: str
    amount_due: int


class Mailbox:
    """An SMTP server that keeps what it is given."""

    def __init__(self):
        self._letters = []
        self._arrived = threading.Condition()

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - the name that aiosmtpd calls
        with self._arrived:
            self._letters.append(message_from_bytes(envelope.content, policy=policy.default))
            self._arrived.notify_all()
        return "250 OK"

    def wait_for(self, address, words, *, within=10):
        """Return the letter to `address` whose subject contains `words`, as soon as it is there."""

        def found():
            return [letter for letter in self._letters if letter["To"] == address and words in letter["Subject"]]

        with self._arrived:
            assert self._arrived.wait_for(found, within), f"no letter “{words}” to {address}: {self.subjects()}"
            return found()[-1]

    def subjects(self):
        return [f"{letter['To']}: {letter['Subject']}" for letter in self._letters]


class RunningShop:
    """One shop with its sample goods, its owner and its bank, from `with` to the end of it."""

    def __init__(self, folder):
        self._folder = folder
        self._children = []
        self._ending = ExitStack()
        self.mailbox = Mailbox()
        port = _two_free_ports()
        self.url, self.bank_url = (f"http://127.0.0.1:{number}" for number in (port, port + 1))
        self._commands = demo.commands(port)
        self.settings = {
            "STOREFRONT_INSTANCE": str(folder / "instance"),
            "SHOP_NAME": SHOP_NAME,
            "SHOP_WHATSAPP": "0812-1112-2233",
            "SHOP_BASE_URL": self.url,
            "MOOTA_WEBHOOK_ALLOWED_IPS": "127.0.0.1",
            "MOOTA_WEBHOOK_SECRET": "rahasia-peramban",
            "MOOTA_BASE_URL": self.bank_url,
            "MOOTA_ACCESS_TOKEN": SAMPLE_TOKEN,
        }

    def __enter__(self):
        with ExitStack() as ending:
            mail = Controller(self.mailbox, hostname="127.0.0.1", port=_free_port())
            mail.start()
            ending.callback(mail.stop)
            self.settings["MAIL_URL"] = f"smtp://127.0.0.1:{mail.port}"
            self.app = self.make_app()
            ending.callback(self.close_app, self.app)
            self._prepare()
            ending.callback(self._stop)
            for name, command in self._commands.items():
                self._start(name, command)
            self._wait_until_ready()
            self._ending = ending.pop_all()
        return self

    def __exit__(self, *_):
        self._ending.close()

    def make_app(self, **settings):
        """Return the shop on the same data in this process, for the commands and for buyers without a browser."""
        return storefront.create_app({**self.settings, "WTF_CSRF_ENABLED": False, **settings})

    @staticmethod
    def close_app(app):
        with app.app_context():
            db.engine.dispose()
        app.extensions["huey"].storage.close()

    def run(self, *arguments, **options):
        """Run a `flask` command, which must succeed; return what it printed."""
        result = self.app.test_cli_runner().invoke(args=list(arguments), **options)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *arguments) -> Any:
        return json.loads(self.run("moota", *arguments, "--json"))

    def stock(self, slug):
        with self.app.app_context():
            return db.session.scalars(select(Product).where(Product.slug == slug)).one().stock

    def change_product(self, slug, **values):
        with self.app.app_context():
            moota.begin_write()
            product = db.session.scalars(select(Product).where(Product.slug == slug)).one()
            for name, value in values.items():
                owners = product.variants if name in {"stock", "price"} else [product]
                for owner in owners:
                    setattr(owner, name, value)
            db.session.commit()

    def buy(self, slug="kopi-tubruk-pawon", *, app=None, **typed):
        """Let somebody without a browser buy one piece."""
        visitor = (app or self.app).test_client()
        visitor.post(f"/keranjang/tambah/{slug}", data={"quantity": 1})
        answer = visitor.post("/checkout", data={**BUYER, "way": f"bank_transfer:{BCA.bank_id}", **typed})
        assert answer.status_code == 302, answer.text
        return self.newest_order()

    def newest_order(self):
        with self.app.test_request_context(base_url=self.url):
            order = db.session.scalars(select(Order).order_by(Order.id.desc()).limit(1)).one()
            charge = moota.get_charge(order.number)
            pay_path = moota.pay_url(charge).removeprefix(self.url)
            return Placed(order.number, pay_path, links.order_url(order.id), charge.amount_due)

    def pay(self, order):
        """Transfer what is due at the bank and wait until the shop knows."""
        form = {"account": BCA.bank_id, "amount": str(order.amount_due), "note": ""}
        requests.post(f"{self.bank_url}/transfer", data=form, timeout=10).raise_for_status()
        self.wait_for_status(order.number, "paid")

    def wait_for_status(self, number, status, *, within=15):
        deadline = time.monotonic() + within
        while (seen := self.json("charge", "show", number)["status"]) != status:
            assert time.monotonic() < deadline, f"{number} is still {seen}"
            time.sleep(0.1)

    def _prepare(self):
        self.run("init")
        self.run("seed")
        self.run("create-admin", OWNER, "--password-stdin", input=f"{PASSWORD}\n")
        for account in SAMPLE_ACCOUNTS:
            identity = ("--bank-id", account.bank_id, "--bank-type", account.bank_type, "--label", account.label)
            owner = ("--number", account.account_number, "--holder", account.holder)
            self.run("moota", "accounts", "add", *identity, *owner)

    def _start(self, name, command):
        with (self._folder / f"{name}.log").open("wb") as log:
            child = subprocess.Popen(
                command,
                cwd=self._folder,  # a developer's .env stays out of it
                env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), **self.settings},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._children.append((name, child))

    def _wait_until_ready(self):
        deadline = time.monotonic() + _READY_WITHIN_SECONDS
        while not (_answers(f"{self.url}/readyz") and _answers(self.bank_url)):
            ended = [name for name, child in self._children if child.poll() is not None]
            assert not ended, f"{ended[0]} has ended:\n{self._log_of(ended[0])}"
            assert time.monotonic() < deadline, "\n".join(self._log_of(name) for name, _ in self._children)
            time.sleep(0.1)

    def _log_of(self, name):
        return f"[{name}] {(self._folder / f'{name}.log').read_text(errors='replace')}"

    def _stop(self):
        for _, child in self._children:
            child.terminate()
        deadline = time.monotonic() + _STOP_WITHIN_SECONDS
        for _, child in self._children:
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0.1, deadline - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _two_free_ports():
    """Return a port whose next one is free too: the bank has it."""
    while True:
        port = _free_port()
        with suppress(demo.DemoError):
            return demo.find_port(str(port))


def _answers(url):
    with suppress(requests.ConnectionError, requests.Timeout):
        return requests.get(url, timeout=2).ok
    return False
