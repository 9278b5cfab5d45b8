"""The doctor names every precondition of taking money that is not met, and the one thing to do."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import time_machine
from hosts import bank, minimal, pretend
from hosts.ground import on_sqlite
from hosts.scripted import answer, serving

from payments_moota import Finding, heartbeat, pulling, watching
from payments_moota.models import Delivery

SECRET = "kunci-uji-yang-panjang-sekali-0123456789"


@pytest.fixture
def provider():
    with pretend.moota() as running:
        yield running


@pytest.fixture
def make_shop(make_host, provider):
    """Return a function that makes a shop in which everything is in order, but for what the test changes."""

    def make(**changes):
        settings = {
            "SECRET_KEY": "k" * 32,
            "MOOTA_WEBHOOK_SECRET": SECRET,
            "MOOTA_PUBLIC_URL": "https://toko.test",
            **provider.settings,
            **changes,
        }
        host = make_host(**settings)
        host.secret = SECRET
        return host

    return make


@pytest.fixture
def shop(make_shop):
    host = make_shop()
    host.json("accounts", "sync")
    host.json("webhook", "register")
    host.receive(bank.mutation(10_000))
    with host.work() as work:
        heartbeat.note(work, heartbeat.WORKER)
    with host.app.app_context():
        pulling.pull_when_due(timedelta())
    return host


def examine(host):
    result = host.run("doctor", "--json")
    document = json.loads(result.stdout)
    return result.exit_code, document["status"], {check["name"]: check for check in document["checks"]}


def found(host, name):
    code, _status, checks = examine(host)
    check = checks[name]
    assert (check["status"] == "ok") == (check["remedy"] is None)
    return check["status"], check["message"], check["remedy"], code


def test_when_everything_is_in_place_it_says_so(shop):
    code, status, checks = examine(shop)

    assert [check for check in checks.values() if check["status"] != "ok"] == []
    assert (code, status) == (0, "ok")


def test_the_list_can_be_read_by_people(shop):
    result = shop.run("doctor")

    assert result.exit_code == 0
    assert "ok       worker" in result.stdout
    assert "ERROR" not in result.stdout


def test_no_secret_and_no_token_is_told(shop):
    printed = shop.run("doctor").output + shop.run("doctor", "--json").output

    assert SECRET not in printed
    assert pretend.TOKEN not in printed


@on_sqlite
@pytest.mark.parametrize(
    ("changes", "name", "status", "remedy"),
    [
        ({"MOOTA_WEBHOOK_SECRET": ""}, "webhook_secret", "error", "MOOTA_WEBHOOK_SECRET"),
        ({"MOOTA_WEBHOOK_SECRET": "rahasia"}, "webhook_secret", "warning", "32 random characters"),
        ({"MOOTA_WEBHOOK_SECRET": "aaaaaaaaaaaaaaaaaaaa"}, "webhook_secret", "warning", "32 random characters"),
        ({"SECRET_KEY": "x"}, "secret_key", "error", "SECRET_KEY"),
        ({"MOOTA_PUBLIC_URL": ""}, "public_url", "warning", "https"),
        ({"MOOTA_PUBLIC_URL": "http://toko.test"}, "public_url", "warning", "https"),
        ({"MOOTA_WEBHOOK_ALLOWED_IPS": "*"}, "allowed_ips", "warning", "MOOTA_WEBHOOK_ALLOWED_IPS"),
        ({"MOOTA_ACCESS_TOKEN": ""}, "token", "warning", "personal access token"),
        ({"MOOTA_ACCESS_TOKEN": "wrong"}, "token", "error", "Make a new access token"),
        ({"MOOTA_BASE_URL": "http://127.0.0.1:9"}, "token", "error", "Try again later"),
        ({}, "webhook", "error", "webhook register"),
        ({"MOOTA_PULL_MINUTES": "0"}, "pull", "warning", "MOOTA_PULL_MINUTES"),
        ({}, "pull", "warning", "moota pull"),
        ({}, "accounts", "error", "accounts sync"),
        ({}, "accounts_synced", "warning", "accounts sync"),
        ({}, "worker", "error", "worker"),
        ({}, "last_delivery", "warning", "webhook register"),
    ],
)
def test_what_is_missing_has_a_remedy(make_shop, monkeypatch, changes, name, status, remedy):
    monkeypatch.setattr("payments_moota.api.transport._GAPS", ())

    told = found(make_shop(**changes), name)

    assert told[0] == status
    assert remedy in told[2]
    assert told[3] == 1


def test_a_wrong_registration_is_named(shop, provider):
    (ours,) = [each for each in provider.state.webhooks.registered() if "toko.test" in each.url]
    provider.state.webhooks.replace(ours.webhook_id, lambda _: None)
    provider.state.webhooks.register(ours.url, "lain", kinds="credit", first_code=1)

    status, message, _remedy, code = found(shop, "webhook")

    assert (status, code) == ("error", 1)
    assert message.endswith("codes, kinds, secret.")


@pytest.mark.parametrize(
    ("source", "remedy"), [("103.28.52.99", "moota inbox allow 103.28.52.99"), ("10.0.0.7", "TRUSTED_PROXIES")]
)
def test_authentic_webhooks_from_a_wrong_address_are_an_error(shop, source, remedy):
    assert shop.post_webhook(bank.body(bank.mutation(1)), source=source).status_code == 403

    status, message, told, _code = found(shop, "refused")

    assert (status, source in message, remedy in told) == ("error", True, True)


def test_an_address_that_the_owner_lets_in_is_taken_and_still_checked(shop):
    elsewhere, body = "103.28.52.99", bank.body(bank.mutation(1))
    assert shop.post_webhook(body, source=elsewhere).status_code == 403

    assert shop.json("inbox", "allow", elsewhere)["still_refused"] == []

    assert shop.post_webhook(body, source=elsewhere).status_code == 200
    assert shop.post_webhook(bank.body(bank.mutation(2)), source=elsewhere, signature="0" * 64).status_code == 403
    assert shop.post_webhook(bank.body(bank.mutation(3)), source="103.28.52.98").status_code == 403
    assert found(shop, "refused")[1].startswith("1 authentic webhooks from 103.28.52.98")


@pytest.mark.parametrize(("address", "words"), [("10.0.0.7", "TRUSTED_PROXIES"), ("toko", "no IP address")])
def test_a_proxy_or_nonsense_is_not_let_in(shop, address, words):
    result = shop.run("inbox", "allow", address)

    assert (result.exit_code, words in result.stderr) == (1, True)


def test_wrong_signatures_are_a_warning(shop):
    shop.post_webhook(bank.body(bank.mutation(1)), signature="0" * 64)

    assert found(shop, "signatures")[:2] == ("warning", "1 webhooks of the last week had a wrong signature.")


def test_a_webhook_that_waits_for_long_is_an_error(shop):
    shop.post_webhook(bank.body(bank.mutation(12_345)))
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6), tick=True):
        assert found(shop, "backlog")[0] == "error"


def test_failed_deliveries_are_a_warning(shop):
    shop.receive(bank.mutation(1))
    shop.post_webhook(b"no json")
    shop.process()

    assert found(shop, "failed_deliveries")[0] == "warning"


@on_sqlite
def test_a_price_whose_codes_run_out_is_named(make_shop):
    host = make_shop(MOOTA_UNIQUE_CODE_MAX="5")
    host.add_account()
    for _ in range(4):
        host.buy()
    assert found(host, "codes")[:2] == ("warning", "4 of 5 unique codes for Rp150.000 are taken on one account.")

    host.buy()

    assert found(host, "codes")[0] == "error"


def test_v1_still_active_is_a_warning_with_the_way_out(shop):
    with shop.work() as work:
        watching.note_v1(work)

    status, _message, remedy, _code = found(shop, "api_version")

    assert (status, "migrasi-v2" in remedy) == ("warning", True)


def test_a_feed_that_is_silent_is_named_with_its_account(shop):
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=2), tick=True):
        shop.sweep()
        assert found(shop, "feed_silent")[1].startswith(("BCA", "Mandiri", "BRI", "BNI", "QRIS"))


@on_sqlite
@pytest.mark.parametrize(
    ("ahead", "status"),
    [(timedelta(), "ok"), (timedelta(minutes=2), "warning"), (timedelta(hours=-3), "error")],
)
def test_a_clock_that_is_off_is_named(make_host, ahead, status):
    theirs = format_datetime(datetime.now(UTC) + ahead, usegmt=True)
    with serving() as script:
        script.then(answer({"data": [], "next_page_url": None}, Date=theirs))
        host = make_host(MOOTA_BASE_URL=script.url, MOOTA_ACCESS_TOKEN="x")

        assert found(host, "clock")[0] == status


def test_old_tables_end_the_examination_with_the_remedy(databases, kind, make_host):
    host = make_host(url=databases.empty(kind))

    code, status, checks = examine(host)

    assert (code, status, list(checks)) == (1, "error", ["migrations"])
    assert checks["migrations"]["remedy"] == "Run `flask moota upgrade`."


@on_sqlite
def test_a_host_adds_checks_of_its_own(make_shop):
    host = make_shop()

    @minimal.moota.doctor_check(host.app)
    def shelf():
        yield Finding(name="shelf", status="warning", message="It is empty.", remedy="Fill it.")

    assert found(host, "shelf")[:3] == ("warning", "It is empty.", "Fill it.")


def test_a_delivery_fetched_is_no_delivery_that_came(shop):
    with shop.work() as work:
        work.session.query(Delivery).update({"channel": "pull"})

    assert found(shop, "last_delivery")[0] == "warning"
