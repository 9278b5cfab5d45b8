"""A host with the extension's panel behind its own login: who is signed in, and what a browser sends from a page."""

import re
from contextlib import contextmanager
from html import unescape
from html.parser import HTMLParser

from flask import Flask, abort, redirect, session
from flask_sqlalchemy import SQLAlchemy
from hosts import bank, minimal
from hosts.ground import Host

from payments_moota import MootaPayments, Panel, signals

RIGHTS = {
    "owner": {"look", "act", "approve", "settings"},
    "staff": {"look", "act"},
    "bookkeeper": {"look"},
}


def let_in(right):
    """Let people in by their role; strangers are sent to the host's login."""
    role = session.get("role")
    if role is None:
        abort(redirect("/login"))
    if right not in RIGHTS[role]:
        abort(403)
    return f"{role}@toko.test"


def check_password(password):
    return None if password == "rahasia" else "Kata sandi ini tidak cocok."


def make_panelled(url, *, panel=let_in, **config):
    """Return a host whose panel is open to whoever `/login/<role>` made somebody."""
    app = Flask(__name__)
    app.config.from_mapping(SECRET_KEY="host", SQLALCHEMY_DATABASE_URI=url, MOOTA_WEBHOOK_SECRET=bank.SECRET)
    app.config.from_mapping(MOOTA_WEBHOOK_ALLOWED_IPS="127.0.0.1", **config)
    db = SQLAlchemy(app, model_class=minimal.Base)
    moota = MootaPayments()
    moota.init_app(app, session=db.session, panel=panel and Panel(panel, "/panel", check_password=check_password))

    @app.get("/login/<role>")
    def login(role):
        session["role"] = role
        return ""

    @app.post("/orders/<ref>")
    def check_out(ref):
        from flask import jsonify, request

        charge = moota.create_charge(ref, int(request.form["total"]))
        db.session.commit()
        return jsonify(moota.charge_object(charge)), 201

    acted = app.extensions["acted"] = []

    @signals.panel_acted.connect_via(app)
    def keep(_app, actor, action, subject, data, **_extra):
        acted.append((actor, action, subject, data))

    return app, db


class PanelHost(Host):
    """A host whose panel somebody uses."""

    def visitor(self, role="owner"):
        browser = Browser(self.app.test_client())
        if role:
            browser.client.get(f"/login/{role}")
        return browser

    @property
    def acted(self):
        return self.app.extensions["acted"]


@contextmanager
def standing(url, **config):
    """Put up a host with a panel and one account at BCA; at the end it lets go of the database."""
    app, db = make_panelled(url, **config)
    made = PanelHost(app)
    made.add_account()
    yield made
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


class _Forms(HTMLParser):
    """Collects the forms of a page: action, and what a browser would send."""

    def __init__(self):
        super().__init__()
        self.forms = []
        self._select = None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.forms.append({"action": given.get("action"), "method": given.get("method", "get"), "fields": []})
        elif self.forms and tag == "input" and given.get("name"):
            is_ticked = given.get("type") not in {"checkbox", "radio"} or "checked" in given
            if is_ticked:
                self.forms[-1]["fields"].append((given["name"], given.get("value", "")))


class Browser:
    """Somebody at the panel: follows links, fills forms in, keeps cookies."""

    def __init__(self, client):
        self.client = client

    def get(self, path):
        return self.client.get(path)

    def read(self, path):
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return words(answer.text)

    def forms(self, path):
        parser = _Forms()
        parser.feed(self.client.get(path).text)
        return parser.forms

    def form(self, path, action):
        """Return the first form on a page whose address ends in `action`."""
        return next(form for form in self.forms(path) if (form["action"] or "").endswith(action))

    def send(self, path, action, *, follow=True, form=None, **typed):
        """Fill a form of a page in and send it; return what a reader sees then."""
        form = form or self.form(path, action)
        fields = [(name, value) for name, value in form["fields"] if name not in typed]
        fields += [
            (name, each) for name, given in typed.items() for each in ([given] if isinstance(given, str) else given)
        ]
        data = {}
        for name, value in fields:
            data.setdefault(name, []).append(value)
        answer = self.client.post(form["action"], data=data, follow_redirects=follow)
        return words(answer.text) if follow else answer


def words(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html.partition("<main")[2] or html)).split())
