"""The webhook endpoint's checks, in the contract's order: source, size, secret, signature."""

import hmac
import io
import time

import pytest
from flask import Flask
from flask_wtf import CSRFProtect
from hosts import bank, minimal
from hosts.ground import on_sqlite
from sqlalchemy import select
from werkzeug.middleware.proxy_fix import ProxyFix

from payments_moota.models import Delivery, Refusal

BODY = bank.body(bank.mutation(50_000))
GOOD = bank.sign(BODY)
MIB = 1024 * 1024
STRANGER = "203.0.113.9"

pytestmark = on_sqlite


def padded(size):
    """Return a well-formed body of exactly this many bytes."""
    return BODY + b" " * (size - len(BODY))


def refusals(host):
    with host.work() as work:
        rows = work.session.scalars(select(Refusal).order_by(Refusal.id))
        return [(row.reason, row.source_ip, row.signed, row.count) for row in rows]


def stored(host):
    with host.work() as work:
        return list(work.session.scalars(select(Delivery.body)))


@pytest.mark.parametrize(
    ("size", "secret", "signature", "status"),
    [
        (None, True, True, 403),
        (2 * MIB, True, True, 403),
        (None, False, True, 403),
        (None, True, False, 403),
    ],
    ids=["all else right", "and too large", "and no secret", "and unsigned"],
)
def test_a_wrong_source_beats_every_other_fault(make_host, size, secret, signature, status):
    host = make_host(MOOTA_WEBHOOK_SECRET=bank.SECRET if secret else None)
    body = padded(size) if size else BODY

    answer = host.post_webhook(body, source=STRANGER, signature=bank.sign(body) if signature else False)

    assert (status, "source") == (answer.status_code, answer.json["reason"])
    assert stored(host) == []


def test_a_body_too_large_is_refused_before_secret_and_signature(make_host):
    host = make_host(MOOTA_WEBHOOK_SECRET=None)

    answer = host.post_webhook(padded(MIB + 1), signature=False)

    assert (answer.status_code, answer.json["reason"]) == (413, "size")


def test_exactly_one_mebibyte_is_taken(host):
    answer = host.post_webhook(padded(MIB))

    assert answer.status_code == 200


def test_a_smaller_limit_of_the_host_does_not_shrink_the_webhook(make_host):
    """The shop's own limit for forms must not cost a payment."""
    host = make_host(MAX_CONTENT_LENGTH=100)

    assert host.post_webhook(BODY).status_code == 200


@pytest.mark.parametrize(("size", "status"), [(MIB, 200), (MIB + 1, 413)])
def test_the_size_is_checked_without_a_content_length_too(host, size, status):
    """A chunked request does not say how long it is."""
    body = padded(size)

    answer = host.client.post(
        "/webhook/moota",
        input_stream=io.BytesIO(body),
        headers={"Signature": bank.sign(body), "Transfer-Encoding": "chunked"},
        environ_overrides={"REMOTE_ADDR": "127.0.0.1", "wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )

    assert status == answer.status_code


@pytest.mark.parametrize("secret", [None, "", "   "])
def test_without_a_secret_nothing_is_trusted(make_host, secret):
    """Neither an unsigned request nor one signed with the empty secret."""
    host = make_host(MOOTA_WEBHOOK_SECRET=secret)

    for signature in (GOOD, bank.sign(BODY, ""), False):
        answer = host.post_webhook(BODY, signature=signature)

        assert (answer.status_code, answer.json["reason"]) == (503, "secret")
    assert stored(host) == []


WRONG_SIGNATURES = {
    "missing": False,
    "empty": "",
    "upper case": GOOD.upper(),
    "truncated": GOOD[:-1],
    "with a prefix": f"sha256={GOOD}",
    "padded": f"{GOOD}0",
    "of another secret": bank.sign(BODY, "another"),
    "of another body": bank.sign(b"[]"),
    "of the empty secret": bank.sign(BODY, ""),
    "not ASCII": "é" * 64,
    "twice": f"{GOOD}, {GOOD}",
}


@pytest.mark.parametrize("signature", WRONG_SIGNATURES.values(), ids=WRONG_SIGNATURES.keys())
def test_a_wrong_signature_is_refused(host, signature):
    answer = host.post_webhook(BODY, signature=signature)

    assert (answer.status_code, answer.json["reason"]) == (401, "signature")
    assert stored(host) == []


def test_the_signature_is_over_the_bytes_not_over_their_meaning(host):
    """One space more is another body: it is never parsed and written again before the check."""
    answer = host.post_webhook(BODY + b" ", signature=GOOD)

    assert answer.status_code == 401


@pytest.mark.parametrize("signature", [GOOD[:-1] + "0", GOOD[:10], "x" * 64], ids=["last", "short", "all"])
def test_signatures_are_compared_in_constant_time(host, monkeypatch, signature):
    compared = []
    real = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda mine, seen: compared.append(seen) or real(mine, seen))

    host.post_webhook(BODY, signature=signature)

    assert [signature.encode()] == compared


@pytest.mark.parametrize(
    ("allowed", "source", "status"),
    [
        ("203.0.113.0/24", "203.0.113.200", 200),
        ("203.0.113.0/24", "203.0.114.1", 403),
        ("198.51.100.7, 203.0.113.9", "203.0.113.9", 200),
        ("203.0.113.9", "::ffff:203.0.113.9", 200),
        ("2001:db8::/32", "2001:db8::1", 200),
        ("*", "2001:db8::1", 200),
        ("127.0.0.1", "", 403),
        ("127.0.0.1", "unknown", 403),
    ],
)
def test_addresses_and_networks_can_be_allowed(make_host, allowed, source, status):
    host = make_host(MOOTA_WEBHOOK_ALLOWED_IPS=allowed)

    assert status == host.post_webhook(BODY, source=source).status_code


def test_only_moota_may_send_when_nothing_is_configured(make_host):
    host = make_host(MOOTA_WEBHOOK_ALLOWED_IPS=None)

    assert host.post_webhook(BODY, source="103.236.201.178").status_code == 200
    assert host.post_webhook(BODY, source="103.28.52.182").status_code == 200
    assert host.post_webhook(BODY, source="127.0.0.1").status_code == 403


FORWARDED = {
    "X-Forwarded-For": "127.0.0.1",
    "X-Real-IP": "127.0.0.1",
    "Forwarded": "for=127.0.0.1",
    "CF-Connecting-IP": "127.0.0.1",
}


@pytest.mark.parametrize("header", FORWARDED)
def test_a_header_anyone_can_send_never_proves_a_source(host, header):
    answer = host.post_webhook(BODY, source=STRANGER, headers={header: FORWARDED[header]})

    assert answer.status_code == 403


def test_the_hop_a_trusted_proxy_vouches_for_is_the_source(make_host):
    """The proxy appends the address it saw; what stands before it was sent by the stranger."""
    host = make_host(MOOTA_WEBHOOK_ALLOWED_IPS="103.28.52.182")
    host.app.wsgi_app = ProxyFix(host.app.wsgi_app, x_for=1)

    believed = host.post_webhook(BODY, headers={"X-Forwarded-For": "9.9.9.9, 103.28.52.182"})
    forged = host.post_webhook(BODY, headers={"X-Forwarded-For": "103.28.52.182, 9.9.9.9"})

    assert (believed.status_code, forged.status_code) == (200, 403)


def test_a_very_long_forwarded_address_is_no_fault_of_ours(make_host):
    host = make_host(MOOTA_WEBHOOK_ALLOWED_IPS="*")
    host.app.wsgi_app = ProxyFix(host.app.wsgi_app, x_for=1)

    assert host.post_webhook(BODY, headers={"X-Forwarded-For": "9" * 500}).status_code == 200


@pytest.mark.parametrize("order", ["before", "after"])
def test_csrf_protection_leaves_the_webhook_alone_and_guards_the_rest(database_url, order):
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY="host",
        SQLALCHEMY_DATABASE_URI=database_url,
        MOOTA_WEBHOOK_SECRET=bank.SECRET,
        MOOTA_WEBHOOK_ALLOWED_IPS="127.0.0.1",
    )
    minimal.db.init_app(app)
    csrf = CSRFProtect()
    if order == "before":
        csrf.init_app(app)
    minimal.moota.init_app(app, session=minimal.db.session)
    if order == "after":
        csrf.init_app(app)
    app.add_url_rule("/form", "form", lambda: "sent", methods=["POST"])

    webhook = app.test_client().post("/webhook/moota", data=BODY, headers={"Signature": GOOD})

    assert webhook.status_code == 200
    assert app.test_client().post("/form").status_code == 400


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/x-www-form-urlencoded", None])
def test_the_content_type_does_not_matter(host, content_type):
    """The raw bytes are what is signed and stored, whatever they are called."""
    answer = host.post_webhook(BODY, content_type=content_type)

    assert answer.status_code == 200
    assert stored(host) == [BODY]


def test_other_methods_are_not_answered(host):
    assert [host.client.get("/webhook/moota").status_code, host.client.put("/webhook/moota").status_code] == [405, 405]


def test_refused_requests_are_counted_without_their_bodies(make_host):
    host = make_host()
    host.post_webhook(b"rahasia dagang", signature=False)
    host.post_webhook(b"rahasia dagang", signature=False)
    time.sleep(1.05)  # the counts are written once a second, so that a flood is no load
    host.post_webhook(b"rahasia dagang", source=STRANGER, signature=False)

    assert sorted(_merged(host)) == [("signature", "127.0.0.1", False, 2), ("source", STRANGER, False, 1)]
    assert stored(host) == []


def _merged(host):
    sums = {}
    for reason, source, signed, count in refusals(host):
        sums[reason, source, signed] = sums.get((reason, source, signed), 0) + count
    return [(*key, count) for key, count in sums.items()]


def test_a_well_signed_request_from_a_strange_address_is_told_apart_at_once(make_host):
    """It is Moota at an address the list lacks: the owner must hear of it, and nothing is taken."""
    host = make_host()
    host.post_webhook(b"[]", source=STRANGER, signature=False)
    for _ in range(3):
        assert host.post_webhook(BODY, source=STRANGER).status_code == 403

    assert ("source", STRANGER, True, 3) in refusals(host)
    assert stored(host) == []


def test_refusals_of_one_application_are_not_counted_in_another(make_host, databases, tmp_path):
    """Two shops in one process have two databases; neither learns who knocked at the other."""
    first, second = make_host(), make_host(url=f"sqlite:///{tmp_path / 'second.db'}")
    with second.app.app_context():
        second.run("upgrade")
    first.post_webhook(b"[]", signature=False)
    first.post_webhook(b"[]", signature=False, source=STRANGER)

    second.post_webhook(b"[]", signature=False, source="198.51.100.1")

    assert [source for _, source, _, _ in refusals(second)] == ["198.51.100.1"]


def test_a_refusal_that_cannot_be_counted_is_still_a_refusal(make_host):
    host = make_host(url="postgresql+psycopg://nobody@127.0.0.1:1/nothing")

    assert host.post_webhook(BODY, signature=False).status_code == 401
