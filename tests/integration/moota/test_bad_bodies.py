"""Signed bodies that cannot be read, wholly or in part: a clear outcome for each, and no neighbour is held up."""

import json

import pytest
from hosts import bank
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

GOOD = bank.mutation(1, mutation_id="Good0000001")


def posted(host, body):
    """Post a signed body, let the worker read it, and return the delivery as `inbox show` tells it."""
    answer = host.post_webhook(body)
    assert answer.status_code == 200
    host.process()
    return host.delivery(answer.json["delivery"])


UNREADABLE = {
    "not JSON": b"amount=50000&type=CR",
    "cut off": b'[{"amount": 50000',
    "an object": json.dumps(GOOD).encode(),
    "a wrapper": json.dumps({"mutations": [GOOD]}).encode(),
    "a number": b"17",
    "null": b"null",
    "text": b'"[]"',
    "NaN": b'[{"amount": NaN}]',
    "not UTF-8": b'[{"description": "\xff\xfe"}]',
    "binary": bytes(range(256)),
    "nested too deep to read": b"[" * 100_000,
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_body_that_is_no_list_ends_as_failed_with_its_reason(host, body):
    """Once and for all: the same bytes would be no list the next time either."""
    delivery = posted(host, body)

    assert (delivery["status"], delivery["mutations"], delivery["attempts"]) == ("failed", 0, 1)
    assert delivery["error"].startswith("The body is not ")
    assert [delivery["id"]] == [each["id"] for each in host.json("inbox", "list", "--status", "failed")]
    assert host.json("mutation", "list") == []


@pytest.mark.parametrize("body", [b"[]", b"", b" \n"], ids=["an empty list", "nothing", "blank"])
def test_a_body_without_mutations_is_processed_and_means_nothing(host, body):
    """Moota's check of an address may come without a body."""
    delivery = posted(host, body)

    assert (delivery["status"], delivery["mutations"], delivery["error"]) == ("processed", 0, None)


def broken(**changes):
    return {**bank.mutation(75_000, mutation_id="Broken00001"), **changes}


def without(name):
    return {key: value for key, value in broken(token=None).items() if key != name}


BROKEN = {
    "null": None,
    "a number": 7,
    "text": "CR 50000",
    "a list": [GOOD],
    "an empty object": {},
    "no id at all": without("mutation_id"),
    "an empty id": broken(mutation_id="", token=""),
    "an id that is a list": broken(mutation_id=["a"], token=["a"]),
    "an id too long": broken(mutation_id="x" * 65),
    "no amount": without("amount"),
    "amount null": broken(amount=None),
    "amount true": broken(amount=True),
    "amount in words": broken(amount="lima puluh ribu"),
    "amount with thousands": broken(amount="50.000"),
    "amount an object": broken(amount={"value": 5}),
    "amount beyond any bank": broken(amount=10**30),
    "amount with an exponent beyond any number": "BIG-EXPONENT",
    "amount of 5000 digits": "5000-DIGITS",
    "no date": without("date"),
    "a date that does not exist": broken(date="2026-02-30 10:00:00"),
    "a date before all calendars": broken(date="0001-01-01 00:00:00"),
    "a date that is a number": broken(date=1_760_000_000),
    "no direction": without("type"),
    "an unknown direction": broken(type="XX"),
    "a direction that is a list": broken(type=["CR"]),
    "an account id too long": broken(bank_id="x" * 65),
    "an account id that is an object": broken(bank_id={"id": 1}),
    "a description that is a list": broken(description=["a"]),
    "an account row that is text": broken(bank="bca"),
    "a balance in words": broken(balance="banyak"),
    "deep in nesting": "DEEP",
}


def encoded(element):
    """Return an element as JSON text; some cannot be made by Python's encoder."""
    if element == "BIG-EXPONENT":
        return json.dumps(broken(amount="@")).replace('"@"', "1e99999999999999999999")
    if element == "5000-DIGITS":
        return json.dumps(broken(amount="@")).replace('"@"', "9" * 5000)
    if element == "DEEP":
        return "[" * 700 + "]" * 700
    return json.dumps(element)


def assert_only_the_broken_one_is_left(host, element, place):
    charge = host.buy()
    elements = [json.dumps(bank.mutation(charge["amount_due"]))]
    elements.insert(place, encoded(element))

    delivery = posted(host, f"[{','.join(elements)}]".encode())

    assert host.order_state("INV-1") == "paid"
    assert (delivery["status"], delivery["mutations"]) == ("processed", 2)
    (kept,) = host.json("mutation", "list", "--status", "review")
    assert (kept["reason"], kept["progress"]) == ("invalid", "done")
    assert f"Element {place + 1} cannot be read" in kept["error"]
    assert sorted(each["status"] for each in delivery["results"]) == ["matched", "review"]


@pytest.mark.parametrize("element", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_element_is_kept_for_a_person_and_its_neighbour_is_paid(host, element):
    assert_only_the_broken_one_is_left(host, element, place=0)


@pytest.mark.parametrize("name", ["null", "amount null", "deep in nesting"])
def test_a_broken_element_at_the_end_does_not_undo_what_came_before_it(host, name):
    assert_only_the_broken_one_is_left(host, BROKEN[name], place=1)


ODD_BUT_READABLE = {
    "NUL in the description": {"description": "BUDI\x00SANTOSO"},
    "half a surrogate pair": {"description": "BUDI \ud83d", "note": "\udc00"},
    "NUL everywhere": {"note": "\x00", "account_number": "1\x002", "extra\x00": {"\x00": ["\ud800"]}},
    "numbers for text": {"account_number": 1112223334, "description": 5, "note": None},
    "account number with decimals": {"account_number": 12.0},
    "no optional field": {"description": None, "note": None, "balance": None, "taggings": None, "bank": None},
    "an empty balance": {"balance": ""},
    "a negative balance": {"balance": -5},
    "a very long description": {"description": "x" * 200_000},
    "unknown fields": {"surprise": {"a": [1, 2.5, None, True, 10**40]}},
    "a number as id": {"mutation_id": 123456789},
}


@pytest.mark.parametrize("changes", ODD_BUT_READABLE.values(), ids=ODD_BUT_READABLE.keys())
def test_odd_text_and_missing_extras_do_not_cost_a_payment(host, changes):
    charge = host.buy()
    line = {**bank.mutation(charge["amount_due"]), **changes}

    delivery = posted(host, json.dumps([line]).encode())

    assert delivery["status"] == "processed"
    assert host.order_state("INV-1") == "paid"


SPELLINGS = ["{}", '"{}"', '"{}.00"', '"{}.0"', "{}.0", "{}.00", '" {} "']


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_money_counts_in_every_spelling_moota_uses(host, spelling):
    charge = host.buy()
    body = bank.body(bank.mutation("@")).replace(b'"@"', spelling.format(charge["amount_due"]).encode())

    posted(host, body)

    assert host.order_state("INV-1") == "paid"


def test_the_id_may_come_as_token_only(host):
    charge = host.buy()
    line = {**bank.mutation(charge["amount_due"], mutation_id="Tok1"), "mutation_id": None}

    posted(host, bank.body(line))

    assert host.mutation("Tok1")["order_ref"] == "INV-1"


def test_the_account_may_be_named_in_the_account_row_only(host):
    charge = host.buy()
    line = {**bank.mutation(charge["amount_due"]), "bank_id": ""}

    posted(host, bank.body(line))

    assert host.order_state("INV-1") == "paid"


def test_an_unreadable_delivery_can_be_replayed_and_says_the_same(host):
    delivery = posted(host, b"{}")

    (again,) = host.json("inbox", "replay", delivery["id"])

    assert ("failed", delivery["error"]) == (again["status"], again["error"])


def test_replaying_does_not_store_a_broken_element_twice(host):
    delivery = posted(host, bank.body(None, 7))

    host.json("inbox", "replay", delivery["id"])

    assert len(host.json("mutation", "list")) == 2


_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_fields = st.sampled_from([*GOOD, "payment_detail", "surprise"])
_altered = st.dictionaries(_fields, _anything, max_size=4).map(lambda changes: {**GOOD, **changes})
_relaxed = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@_relaxed
@given(elements=st.lists(_altered | _anything, max_size=4), indent=st.sampled_from([None, 1]))
def test_no_list_of_anything_stops_the_worker(host, elements, indent):
    """Whatever stands in a list, the delivery comes to an end and the order beside it is paid."""
    charge = host.buy(100_000 + host.serial * 1000)
    line = bank.mutation(charge["amount_due"])

    delivery = posted(host, json.dumps([*elements, line], indent=indent).encode())

    assert ("processed", len(elements) + 1) == (delivery["status"], delivery["mutations"])
    assert host.order_state(charge["order_ref"]) == "paid"


@_relaxed
@given(
    body=st.binary(max_size=300) | _anything.map(lambda value: json.dumps(value).encode()),
    headers=st.dictionaries(
        st.sampled_from(["X-Moota-User", "User-Agent", "Signature", "Content-Type", "Accept", "Content-Encoding"]),
        st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=40),
        max_size=3,
    ),
    is_signed=st.booleans(),
    path=st.sampled_from(["", "?a=b", "?%ff=%00"]),
)
def test_no_request_whatever_ends_in_a_500(host, body, headers, is_signed, path):
    if is_signed:
        headers = {**headers, "Signature": bank.sign(body)}
    answer = host.client.post(
        f"/webhook/moota{path}", data=body, headers=headers, environ_overrides={"REMOTE_ADDR": "127.0.0.1"}
    )

    assert (200 if is_signed else 401) == answer.status_code
    host.process()
    assert host.json("inbox", "list", "--status", "received") == []
