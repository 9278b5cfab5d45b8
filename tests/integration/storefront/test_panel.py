"""The extension's panel in the shop: its people by their roles, its look, and its own log of what was changed."""

import pytest
from hosts import bank
from shopfloor import DEEDS, fields
from sqlalchemy import select

from payments_moota.models import Mutation
from storefront.extensions import db

WORK = "/admin/payments/mutations"


@pytest.fixture
def person(shop):
    """Return a function that signs somebody in."""

    def sign_in(role="owner"):
        shop.add_staff(f"{role}@toko.test", role)
        visitor = shop.visitor()
        visitor.sign_in(f"{role}@toko.test")
        return visitor

    return sign_in


@pytest.fixture
def unclear(shop):
    """Let money come in that fits no order; return the address of its page."""
    shop.receive(bank.mutation(12_345, mutation_id="Mut-unclear"))
    with shop.app.app_context():
        return f"{WORK}/{db.session.scalars(select(Mutation.id)).one()}"


def test_a_stranger_signs_in_and_is_led_back(shop, unclear):
    answer = shop.visitor().get(unclear)

    assert answer.status_code == 302
    assert answer.location.startswith("/admin/login?next=")
    assert "mutations" in answer.location


def test_the_pages_have_the_panels_look_and_stay_out_of_caches(person, unclear):
    answer = person().get(unclear)

    assert answer.status_code == 200
    assert "panel-nav" in answer.text
    assert answer.text.count("<main") == 1
    assert answer.headers["Cache-Control"] == "no-store"
    assert "script-src" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(("role", "status"), [("owner", 303), ("staff", 303), ("bookkeeper", 403)])
def test_deciding_needs_more_than_looking(person, unclear, role, status):
    somebody = person(role)
    form = {**fields(somebody.get(unclear).text), "reason": "Bunga bank"}

    assert somebody.client.post(f"{unclear}/ignore", data=form).status_code == status


def test_what_is_changed_is_in_the_shops_log(shop, person, unclear):
    owner = person()
    page = owner.get(unclear).text

    owner.client.post(f"{unclear}/ignore", data={**fields(page), "reason": "Bunga bank"})

    with shop.app.app_context():
        entry = db.session.scalars(DEEDS).one()
        assert (entry.actor, entry.action, entry.subject) == (
            "owner@toko.test",
            "payments.mutation.ignore",
            "Mut-unclear",
        )
