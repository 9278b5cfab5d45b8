"""Finding one's order by number and address: led there, or told nothing that helps a guesser."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from shopfloor import on_sqlite

# Words and pages: what the databases do differently is tried where the panel is walked.
pytestmark = on_sqlite


def look_up(visitor, number, email="siti@contoh.test", **options):
    return visitor.post("/lacak", {"number": number, "email": email}, **options)


@pytest.mark.parametrize("written", ["{0}", " {0} ", "{1}"])
@pytest.mark.parametrize("email", ["siti@contoh.test", "  Siti@Contoh.test "])
def test_number_and_address_together_lead_to_the_order(shop, visitor, written, email):
    number = shop.buy()

    answer = look_up(visitor, written.format(number, number.removeprefix("INV-").lower()), email)

    assert (answer.status_code, answer.location) == (302, shop.path_of(number))


def test_a_wrong_number_and_a_wrong_address_look_the_same(shop, visitor):
    number = shop.buy()

    answers = [
        look_up(visitor, number, "lain@contoh.test"),
        look_up(visitor, "INV-9999"),
        look_up(visitor, "apa saja"),
        look_up(visitor, "INV-99999999999999999999"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    told = [answer.text.partition("<h1>")[2].partition("<form")[0] for answer in answers]
    assert len(set(told)) == 1
    assert "Pesanan tidak ditemukan" in told[0]
    assert answers[0].headers["Cache-Control"] == "no-store"


def test_what_was_typed_stays(shop, visitor):
    answer = look_up(visitor, "INV-9999", "lain@contoh.test")

    assert 'value="INV-9999"' in answer.text
    assert 'value="lain@contoh.test"' in answer.text


def test_an_empty_form_says_what_is_missing(visitor):
    answer = look_up(visitor, " ", "bukan alamat")

    assert answer.status_code == 422
    assert "wajib diisi" in answer.text
    assert "tidak benar" in answer.text


def test_guessing_from_one_place_ends_after_a_few_tries_and_opens_again(shop, visitor):
    number = shop.buy()
    tries = [look_up(visitor, f"INV-{2000 + place}").status_code for place in range(10)]

    refused = look_up(visitor, number)
    elsewhere = look_up(shop.visitor(), number, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16)):
        later = look_up(shop.visitor(), number)

    assert tries == [404] * 10
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "900")
    assert (elsewhere.status_code, later.status_code) == (302, 302)


def test_guessing_addresses_for_one_order_from_many_places_ends_too(shop, visitor):
    number = shop.buy()
    for place in range(20):
        look_up(visitor, number, "lain@contoh.test", environ_overrides={"REMOTE_ADDR": f"203.0.113.{place}"})

    assert look_up(visitor, number, environ_overrides={"REMOTE_ADDR": "203.0.113.99"}).status_code == 429
