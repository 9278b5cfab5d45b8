"""What the pretend Moota refuses, and what it takes in more than one spelling; asked with plain requests."""

import json

import pytest
import requests
from hosts.pretend import TOKEN, VA, running
from hosts.scripted import answer, serving

from payments_moota.sandbox import create_sandbox

BCA = "Vq3LmZt8RkX"


@pytest.fixture
def hook():
    """Return a receiver that takes everything."""
    with serving() as script:
        yield script.then(answer({"status": "received"}))


@pytest.fixture
def ask(hook):
    """Return a function that asks the API and gives status and body."""
    app = create_sandbox(f"{hook.url}/webhook/moota", "rahasia", token=TOKEN, retry_gaps=())
    with running(app) as url, requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {TOKEN}"

        def asked(verb, path, body=None, **query):
            answered = session.request(verb, f"{url}/api/v2/{path}", json=body, params=query, timeout=10)
            return answered.status_code, answered.json()

        yield asked


def order(**changes):
    asked = {
        "order_id": "INV-77",
        "bank_account_id": VA,
        "customers": {"name": "Ani", "phone": "62811000111"},
        "items": [{"name": "Buku", "qty": 1, "price": 150_000}],
        "total": 150_000,
    }
    return {**asked, **changes}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "banyak"}, "amount"),
        ({"amount": "10000.50"}, "amount"),
        ({"amount": 0}, "amount"),
        ({"amount": "9" * 400}, "amount"),
        ({"date": "kemarin"}, "date"),
        ({"type": "transfer"}, "type"),
        ({"type": "DB", "amount": 99_000_000}, "amount"),
    ],
)
def test_a_dummy_that_cannot_be_booked_is_named_by_its_field(ask, hook, changes, field):
    status, body = ask("POST", f"mutation/store/{BCA}", {"type": "CR", "amount": 10_000, **changes})

    assert (status, set(body["errors"]), hook.asked) == (422, {field}, [])


@pytest.mark.parametrize("amount", [12_111, "12111", "12111.00", 12_111.0])
def test_a_dummys_amount_is_taken_in_every_spelling_of_moota(ask, amount):
    ask("POST", f"mutation/store/{BCA}", {"type": "cr", "amount": amount})

    assert ask("GET", "mutation")[1]["data"][0]["amount"] == "12111.00"


def test_a_dummys_moment_is_jakartas(ask, hook):
    ask("POST", f"mutation/store/{BCA}", {"type": "CR", "amount": 10_000, "date": "2026-01-02 23:30:00"})

    assert hook.asked[0].body[0]["date"] == "2026-01-02 23:30:00"
    assert ask("GET", "mutation", date="2026-01-02")[1]["data"][0]["date"] == "2026-01-02 00:00:00"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"expired_in_minutes": "besok"}, "expired_in_minutes"),
        ({"expired_in_minutes": -5}, "expired_in_minutes"),
        ({"expired_in_minutes": 600_000}, "expired_in_minutes"),
        ({"total": "seratus"}, "total"),
        ({"items": ["Buku"]}, "items"),
        ({"customers": "Ani"}, "customers"),
    ],
)
def test_nonsense_in_a_transaction_is_refused_by_its_field(ask, changes, field):
    status, body = ask("POST", "create-transaction", order(**changes))

    assert (status, set(body["errors"])) == (422, {field})


def test_a_number_for_an_order_id_is_the_same_order_again(ask):
    first, again = (ask("POST", "create-transaction", order(order_id=77))[1]["data"] for _ in range(2))

    assert first["trx_id"] == again["trx_id"]


def test_numbers_are_not_given_out_again_by_the_next_sandbox(hook):
    numbers = set()
    for _ in range(2):
        app = create_sandbox(hook.url, "rahasia", token=TOKEN)
        asking = app.test_client()
        made = asking.post("/api/v2/create-transaction", json=order(), headers={"Authorization": f"Bearer {TOKEN}"})
        numbers.add(made.json["data"]["va_number"])

    assert len(numbers) == 2


@pytest.mark.parametrize("scopes", ["api", {"api": True}])
def test_scopes_are_a_list(ask, scopes):
    status, body = ask("POST", "auth/login", {"email": "a@b.test", "password": "x", "scopes": scopes})

    assert (status, set(body["errors"])) == (422, {"scopes"})


@pytest.mark.parametrize("query", [{"date": "kemarin"}, {"start_date": "2026-13-01"}, {"end_date": "32"}])
def test_a_date_that_is_none_is_refused(ask, query):
    assert ask("GET", "mutation", **query)[0] == 422


@pytest.mark.parametrize("names", ["INV-1", [["INV-1"]], None])
def test_tags_that_are_none_are_refused(ask, names):
    ask("POST", f"mutation/store/{BCA}", {"type": "CR", "amount": 10_000})
    identity = ask("GET", "mutation")[1]["data"][0]["mutation_id"]

    status, body = ask("POST", f"tagging/mutation/{identity}", {"name": names})

    assert (status, body) == (422, {"error": True, "message": "Data tidak ditemukan"})


def test_a_tag_has_one_id_everywhere_and_a_mutation_its_first_moment(ask, hook):
    ask("POST", f"mutation/store/{BCA}", {"type": "CR", "amount": 10_000})
    identity = ask("GET", "mutation")[1]["data"][0]["mutation_id"]
    tag = ask("POST", "tagging", {"name": "INV-1"})[1]["tagging"]
    ask("POST", f"tagging/mutation/{identity}", {"name": ["INV-1"]})

    ask("POST", f"mutation/{identity}/webhook", {})

    first, again = (asked.body[0] for asked in hook.asked)
    assert again["taggings"] == [tag] == ask("GET", "mutation")[1]["data"][0]["taggings"]
    assert again["created_at"] == first["created_at"]


@pytest.mark.parametrize(
    ("verb", "path"),
    [("GET", "nothing"), ("PATCH", "mutation"), ("PUT", "tagging/nobody"), ("DELETE", "tagging/nobody")],
)
def test_what_is_not_there_is_told_as_json(ask, verb, path):
    status, body = ask(verb, path, {"name": "x"})

    assert status in {404, 405}
    assert body["message"]


def test_links_of_a_page_begin_with_the_one_before_and_end_with_the_one_after(ask):
    for amount in (10_001, 10_002, 10_003):
        ask("POST", f"mutation/store/{BCA}", {"type": "CR", "amount": amount})

    page = ask("GET", "mutation", per_page=1, page=2, type="CR")[1]

    assert [link["label"] for link in page["links"]] == ["&laquo; Previous", "1", "2", "3", "Next &raquo;"]
    assert [link["active"] for link in page["links"]] == [False, False, True, False, False]
    assert page["links"][-1]["url"] == page["next_page_url"]
    assert "type=CR" in page["next_page_url"]
    assert page["path"].endswith("/api/v2/mutation")
    assert json.dumps(page["data"]).count("10002.00") == 1
