"""'I have paid': the wish outlives everything, Moota is asked within limits, and the payer gets an honest answer."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from hosts import pretend
from hosts.ground import on_sqlite
from hosts.scripted import answer, page, serving
from sqlalchemy import select

from payments_moota import looks, pulling, tasks
from payments_moota.models import Event, Look

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)  # 12.00 WIB


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


@pytest.fixture
def provider(clock):
    with pretend.moota() as running:
        yield running


@pytest.fixture
def shop(provider, make_host):
    host = make_host(MOOTA_PULL_MINUTES="0", **provider.settings)
    host.add_account()
    return host


def path(charge):
    return "/pay/" + charge["pay_url"].rpartition("/pay/")[2]


def says_paid(host, charge):
    response = host.client.post(path(charge) + "/check")
    assert (response.status_code, response.headers["Location"]) == (303, path(charge) + "#cek")


def look(host):
    """Do what the worker's thread does every two seconds; return how many accounts were looked at."""
    with host.app.app_context():
        made = pulling.look_where_wanted()
        tasks.process_everything()
        return made


def words(host, charge):
    """Return what the section about looking says."""
    html = unescape(host.client.get(path(charge)).text)
    section = html.partition("data-check>")[2].partition("</section>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", section).split())


def check(host, charge):
    return host.client.get(path(charge) + "/status.json").json["check"]


def test_the_money_that_no_webhook_brought_is_found_at_once(shop, provider):
    charge = shop.buy()
    provider.transfer(charge["amount_due"], at=NOON, tell=False)

    says_paid(shop, charge)
    assert look(shop) == 1

    assert shop.charge("INV-1")["status"] == "paid"
    assert "data-check" not in shop.client.get(path(charge)).text


def test_the_wish_waits_for_a_worker_and_the_answer_is_honest(shop, clock):
    charge = shop.buy()
    assert "Saya sudah bayar" in words(shop, charge)

    says_paid(shop, charge)
    assert "Sedang kami tanyakan sejak pukul 12.00 WIB" in words(shop, charge)
    assert check(shop, charge)["state"] == "waiting"
    clock.shift(timedelta(minutes=3))
    assert "Belum terjawab sejak pukul 12.00 WIB" in words(shop, charge)

    look(shop)

    told = words(shop, charge)
    assert "Diperiksa pukul 12.03 WIB: transfer Anda belum tercatat di bank kami." in told
    assert "sampai 20 menit. Jangan transfer lagi" in told
    assert check(shop, charge)["looked_at"] == "2026-11-24T12:03:00+07:00"
    clock.shift(timedelta(minutes=30))
    says_paid(shop, charge)
    look(shop)
    assert "Sudah lebih dari 20 menit. Periksa di bank Anda" in words(shop, charge)


def test_one_payer_is_heard_once_a_minute_and_thirty_times_a_day(shop, clock):
    charge = shop.buy()
    for _ in range(3):
        says_paid(shop, charge)
    look(shop)
    assert "Dapat diperiksa lagi pukul 12.01 WIB" in words(shop, charge)
    assert "Saya sudah bayar" not in words(shop, charge)

    for _ in range(40):
        clock.shift(timedelta(minutes=1))
        says_paid(shop, charge)

    with shop.work() as work:
        asked = work.session.scalars(select(Event.at).where(Event.name == "charge.look_asked")).all()
    assert len(asked) == looks.MOST_A_DAY
    assert check(shop, charge)["next_at"] == "2026-11-25T12:00:00+07:00"


def test_many_payers_cost_one_look_at_their_account(shop, clock):
    charges = [shop.buy() for _ in range(4)]
    for charge in charges[:3]:
        says_paid(shop, charge)
    assert look(shop) == 1
    says_paid(shop, charges[3])
    assert look(shop) == 0, "the account was looked at a moment ago"

    clock.shift(looks.EVERY)

    assert look(shop) == 1
    assert {check(shop, charge)["state"] for charge in charges} == {"done"}


def test_a_wish_that_comes_while_moota_is_read_is_kept(shop, clock):
    first, second = shop.buy(), shop.buy()
    says_paid(shop, first)
    with shop.work("worker") as work:
        claimed = looks.claim(work, looks.due(work)[0])
    clock.shift(timedelta(seconds=1))
    says_paid(shop, second)
    with shop.work("worker") as work:
        looks.finish(work, claimed.id, succeeded=True)

    assert [check(shop, charge)["state"] for charge in (first, second)] == ["done", "waiting"]
    clock.shift(looks.EVERY)
    assert look(shop) == 1


def test_of_two_workers_one_looks_and_a_killed_one_is_not_waited_for(shop, clock):
    says_paid(shop, shop.buy())
    with shop.work("worker") as work:
        (wanted,) = looks.due(work)
        assert looks.claim(work, wanted)
    with shop.work("worker") as work:
        assert looks.claim(work, wanted) is None

    clock.shift(timedelta(minutes=2, seconds=1))

    assert look(shop) == 1


def test_a_moota_that_does_not_answer_is_admitted(clock, make_host):
    with serving() as script:
        script.then(answer({"message": "rusak"}, 500))
        host = make_host(MOOTA_BASE_URL=script.url, MOOTA_ACCESS_TOKEN="x")
        host.add_account()
        charge = host.buy()
        says_paid(host, charge)
        host.app.extensions["moota"].client()._transport._sleep = lambda _: None

        look(host)

    assert "Pukul 12.00 WIB kami tidak mendapat jawaban. Kami coba lagi" in words(host, charge)
    assert check(host, charge)["state"] == "failed"


class TestLookingIntoTheBankItself:
    def test_costs_points_and_is_off_unless_the_owner_wants_it(self, shop, provider):
        before = provider.state.points
        says_paid(shop, shop.buy())
        look(shop)

        assert provider.state.points == before

    def test_happens_once_in_the_time_given_and_the_list_is_read_again(self, provider, make_host, clock):
        host = make_host(MOOTA_REFRESH_MINUTES="5", MOOTA_PULL_MINUTES="0", **provider.settings)
        host.add_account()
        before, charge = provider.state.points, host.buy()
        says_paid(host, charge)

        assert look(host) == 1
        assert (provider.state.points < before, check(host, charge)["state"]) == (True, "waiting")
        provider.transfer(charge["amount_due"], at=NOON, tell=False)
        assert look(host) == 0
        clock.shift(looks.EVERY)
        assert look(host) == 1

        assert host.charge("INV-1")["status"] == "paid"
        after = provider.state.points
        says_paid(host, host.buy())
        clock.shift(looks.EVERY)
        look(host)
        assert provider.state.points == after


@pytest.mark.usefixtures("clock")
class TestWithoutAToken:
    def test_the_page_says_how_it_is_looked_at_anyway(self, make_host):
        host = make_host()
        host.add_account()
        charge = host.buy()

        says_paid(host, charge)

        told = words(host, charge)
        assert "Saya sudah bayar" not in told
        assert "Rekening ini dilihat dengan sendirinya, biasanya setiap 15 menit." in told
        with host.work() as work:
            assert work.session.scalars(select(Look)).all() == []


def test_moota_says_when_the_bank_was_last_looked_at(make_host, clock):
    with serving() as script:
        script.then(
            page([]),
            page(
                [
                    {
                        "bank_id": "Vq3LmZt8RkX",
                        "bank_type": "bca",
                        "atas_nama": "Toko Contoh",
                        "account_number": "1112223334",
                        "last_update": "2026-11-24T04:51:00Z",
                    }
                ]
            ),
        )
        host = make_host(MOOTA_BASE_URL=script.url, MOOTA_ACCESS_TOKEN="x")
        host.add_account()
        charge = host.buy()
        says_paid(host, charge)
        look(host)

    assert "Bank terakhir dilihat 11.51 WIB." in words(host, charge)


def test_the_periodic_pull_counts_as_a_look(shop, clock):
    charge = shop.buy()
    with shop.app.app_context():
        pulling.pull_mutations()

    assert check(shop, charge) | {"seen_at": None} == {
        "state": "none",
        "asked_at": None,
        "looked_at": "2026-11-24T12:00:00+07:00",
        "seen_at": None,
        "next_at": None,
    }


def test_a_forged_link_asks_nothing(shop):
    assert shop.client.post("/pay/palsu/check").status_code == 404


@on_sqlite
def test_what_is_over_is_not_looked_for(shop):
    charge = shop.buy()
    shop.json("charge", "cancel", "INV-1", "--reason", "batal")

    says_paid(shop, charge)

    assert look(shop) == 0
