"""The pretend Moota, really running on a port of this machine, and the shop that it tells of money."""

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from hosts import bank
from werkzeug.serving import WSGIRequestHandler, make_server

from payments_moota.sandbox import create_sandbox
from payments_moota.sandbox.state import EXTENSION, Sandbox

VA, QRIS = "Rk4JpNz8LwC", "Yd6VbMs3QxT"
TOKEN = "sandbox-token"


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_):
        pass


@contextmanager
def running(app):
    """Serve an application on a free port; give its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Pretend:
    """The pretend Moota: its address and what it holds."""

    url: str
    state: Sandbox

    @property
    def settings(self):
        """Return what a shop sets to use it."""
        return {"MOOTA_BASE_URL": self.url, "MOOTA_ACCESS_TOKEN": TOKEN}

    @property
    def made(self):
        """Return the newest transaction."""
        return self.state.transactions.all()[0]

    def tell(self, shop_url):
        """Send webhooks to a running shop, and to nobody else."""
        for webhook in self.state.webhooks.registered():
            self.state.webhooks.replace(webhook.webhook_id, lambda _: None)
        self.state.webhooks.register(f"{shop_url}/webhook/moota", bank.SECRET)

    def transfer(self, amount, *, bank_id=bank.BCA, kind="CR", text="TRSF E-BANKING CR BUDI", at=None, tell=True):
        """Book money on an account."""
        line = self.state.bank.book(bank_id, amount, kind=kind, description=text, occurred_at=at or datetime.now(UTC))
        if tell:
            self.state.webhooks.announce([line])
        return line

    def pay(self, made=None, amount=None, *, tell=True):
        """Pay a number or a code."""
        made = made or self.made
        amount = amount or made.total
        line = self.state.bank.book(
            made.account.bank_id,
            amount,
            kind="CR",
            description="PAYMENT",
            occurred_at=datetime.now(UTC),
            paid_to=made.va_number,
            payment=made.payment_detail(amount),
        )
        if tell:
            self.state.webhooks.announce([line])
        return line


@contextmanager
def moota(**options):
    """Run a pretend Moota that tells nobody yet."""
    app = create_sandbox("http://127.0.0.1:9/webhook/moota", bank.SECRET, retry_gaps=(), token=TOKEN, **options)
    with running(app) as url:
        yield Pretend(url, app.extensions[EXTENSION])
