"""Nothing is missed: what webhooks did not bring is fetched, the feed is watched, and nothing is counted twice."""

import json
import shutil
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hosts import bank, minimal, pretend
from hosts.ground import on_sqlite
from hosts.scripted import answer, page, serving
from sqlalchemy import func, select

from payments_moota import alerts, pulling, signals, tasks
from payments_moota.models import Account, Alert, Allocation, Delivery, Event, OutboxMessage

db, moota = minimal.db, minimal.moota


@pytest.fixture
def provider():
    with pretend.moota() as running:
        yield running


@pytest.fixture
def shop(provider, make_host):
    """Return a running shop that the pretend Moota tells of money, and that may ask it."""
    host = make_host(MOOTA_PULL_MINUTES="15", **provider.settings)
    host.add_account()
    with pretend.running(host.app) as url:
        provider.tell(url)
        host.app.extensions["moota"].configured = _with_address(host, url)
        yield host


def _with_address(host, url):
    from dataclasses import replace

    return replace(host.app.extensions["moota"].settings, public_url=url)


def pull(host, *options):
    return host.json("pull", *options)


def channels(host):
    return [delivery["channel"] for delivery in host.json("inbox", "list")]


def paid_once(host, *refs):
    with host.work() as work:
        assert work.session.scalar(select(func.count()).select_from(Allocation)) == len(refs)
    return all(host.charge(ref)["status"] == "paid" for ref in refs)


class TestPulling:
    def test_an_hour_without_webhooks_is_repaired_and_every_order_is_paid_once(self, shop, provider):
        provider.state.webhooks.is_silent = True
        for _ in range(5):
            provider.transfer(shop.buy()["amount_due"])
        assert shop.charge("INV-1")["status"] == "pending"

        first = pull(shop)

        assert (first["seen"], first["new"], first["failed"]) == (5, 5, {})
        assert paid_once(shop, *(f"INV-{number}" for number in range(1, 6)))
        assert shop.json("reconcile")["ties"] is True
        assert pull(shop)["new"] == 0
        assert channels(shop) == ["pull"]

    def test_what_a_webhook_has_brought_is_left_alone(self, shop, provider):
        provider.transfer(shop.buy()["amount_due"])
        shop.process()

        assert (pull(shop)["seen"], pull(shop)["new"]) == (1, 0)
        assert paid_once(shop, "INV-1")
        assert channels(shop) == ["webhook"]

    def test_a_webhook_that_comes_after_its_pull_changes_nothing(self, shop, provider):
        line = provider.transfer(shop.buy()["amount_due"], tell=False)
        pull(shop)

        provider.state.webhooks.announce([line])
        shop.process()

        assert paid_once(shop, "INV-1")
        told = shop.mutation(line.mutation_id)
        assert (told["status"], told["reason"]) == ("matched", "exact")
        with shop.work() as work:
            names = set(work.session.scalars(select(Event.name)))
        assert "mutation.repeated" in names
        assert "mutation.contradicted" not in names

    def test_pull_and_webhook_at_once_pay_once(self, shop, provider):
        lines = [provider.transfer(shop.buy()["amount_due"], tell=False) for _ in range(8)]

        def announce():
            for line in lines:
                provider.state.webhooks.announce([line])

        def fetch():
            for _ in range(3):
                with shop.app.app_context():
                    pulling.pull_mutations()
                    tasks.process_everything()

        threads = [threading.Thread(target=work) for work in (announce, fetch, fetch)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        shop.process()

        assert paid_once(shop, *(f"INV-{number}" for number in range(1, 9)))

    def test_a_line_that_moota_tells_otherwise_now_is_an_incident_told_once(self, shop, provider):
        line = provider.transfer(shop.buy()["amount_due"])
        shop.process()
        line.amount += 1

        assert [pull(shop)["new"], pull(shop)["new"]] == [1, 0]
        with shop.work() as work:
            found = work.session.scalars(select(Event).where(Event.name == "mutation.contradicted")).all()
            assert len(found) == 1
        assert shop.charge("INV-1")["status"] == "paid"

    def test_days_can_be_chosen(self, shop, provider):
        provider.transfer(10_000, at=datetime.now(UTC) - timedelta(days=40), tell=False)

        assert pull(shop)["seen"] == 0
        assert pull(shop, "--since", (datetime.now(UTC) - timedelta(days=41)).strftime("%Y-%m-%d"))["new"] == 1

    def test_from_the_last_known_day_it_reaches_back_three(self, shop, provider):
        provider.transfer(11_000, at=datetime.now(UTC) - timedelta(days=5), tell=False)
        pull(shop)
        for days in (9, 7):
            provider.transfer(10_000 + days, at=datetime.now(UTC) - timedelta(days=days), tell=False)

        assert pull(shop)["new"] == 1

    def test_a_row_nobody_can_read_is_kept_once(self, make_host):
        broken = {"mutation_id": "M1", "amount": "seribu", "type": "CR", "date": "2026-11-24"}
        with serving() as script:
            script.then(page([broken]))
            host = make_host(MOOTA_BASE_URL=script.url, MOOTA_ACCESS_TOKEN="x")
            host.add_account()

            assert [pull(host)["new"], pull(host)["new"]] == [1, 0]
        (kept,) = host.json("mutation", "list")
        assert (kept["status"], kept["reason"]) == ("review", "invalid")

    def test_an_account_that_moota_does_not_know_stops_no_other(self, shop, provider):
        shop.add_account("Nobody", "bri")
        provider.transfer(shop.buy()["amount_due"], tell=False)

        result = shop.run("pull", "--json")

        assert result.exit_code == 1
        assert "Nobody" in result.stderr
        assert "Bank tidak ditemukan" in result.stderr
        assert json.loads(result.stdout)["new"] == 1
        assert paid_once(shop, "INV-1")

    def test_a_token_that_is_refused_is_said_in_one_line(self, shop, provider):
        provider.state.tokens.clear()

        result = shop.run("pull", "--json")

        assert (result.exit_code, len(result.stderr.strip().splitlines())) == (1, 1)
        assert "Make a new access token" in result.stderr

    def test_progress_is_shown_to_people_only(self, shop, provider):
        provider.transfer(10_000, tell=False)

        told = shop.run("pull")

        assert told.stdout.strip() == "1 mutations read, 1 of them were missing."

    @on_sqlite
    def test_without_a_token_the_setting_is_named(self, own_host):
        assert "MOOTA_ACCESS_TOKEN" in own_host.run("pull").stderr

    def test_virtual_accounts_are_repaired_as_well(self, shop, provider):
        shop.add_account(pretend.VA, "bniVA")
        with shop.app.app_context():
            db.session.add(minimal.Order(ref="INV-9", total=150_000))
            moota.create_charge("INV-9", 150_000, method="virtual_account", customer=minimal.Customer(phone="+62811"))
            db.session.commit()
        provider.pay(tell=False)

        pull(shop)

        assert shop.charge("INV-9")["status"] == "paid"


class TestMissedDeliveries:
    def test_what_moota_tried_to_deliver_and_we_never_got_is_taken_from_its_history(self, shop, provider):
        line = provider.transfer(shop.buy()["amount_due"], tell=False)
        (webhook,) = provider.state.webhooks.registered()
        provider.state.webhooks.replace(webhook.webhook_id, lambda each: _elsewhere(each, "http://127.0.0.1:9/"))
        provider.state.webhooks.announce([line])
        provider.state.webhooks.replace(webhook.webhook_id, lambda each: _elsewhere(each, webhook.url))
        provider.state.bank.remove([line.mutation_id])  # the list does not have it

        assert pull(shop)["accounts"]["history"]["new"] == 1
        assert paid_once(shop, "INV-1")
        assert channels(shop) == ["history"]
        (tried,) = shop.json("webhook", "history")
        assert (tried["status"], tried["mutations"]) == ("failed", 1)


def _elsewhere(webhook, url):
    from dataclasses import replace

    return replace(webhook, url=url)


class TestByItself:
    def test_the_worker_pulls_once_in_an_interval_however_many_there_are(self, shop, provider):
        provider.transfer(shop.buy()["amount_due"], tell=False)

        with shop.app.app_context():
            reports = [pulling.pull_when_due(timedelta(minutes=15)) for _ in range(2)]
        shop.process()

        assert (reports[0].total_new, reports[1]) == (1, None)
        assert shop.charge("INV-1")["status"] == "paid"

    def test_after_the_interval_it_pulls_again(self, shop):
        with time_machine.travel(datetime.now(UTC), tick=True) as clock, shop.app.app_context():
            assert pulling.pull_when_due(timedelta(minutes=15)) is not None
            clock.shift(timedelta(minutes=16))
            assert pulling.pull_when_due(timedelta(minutes=15)) is not None

    def test_a_moota_that_refuses_is_an_alert_until_it_answers_again(self, shop, provider):
        tokens = dict(provider.state.tokens)
        provider.state.tokens.clear()
        with shop.app.app_context():
            pulling.pull_when_due(timedelta(0))
            assert standing(shop) == ["api_refused"]
            provider.state.tokens.update(tokens)
            pulling.pull_when_due(timedelta(0))

        assert standing(shop) == []


def standing(host):
    with host.work() as work:
        return [alert.kind for alert in alerts.standing(work)]


class TestSyncing:
    def test_accounts_come_from_moota_with_what_it_says_of_them(self, provider, make_host):
        host = make_host(**provider.settings)

        report = host.json("accounts", "sync")

        assert (len(report["added"]), report["updated"], report["gone"]) == (5, [], [])
        kinds = {account["bank_id"]: account["kind"] for account in host.json("accounts", "list")}
        assert (kinds[bank.BCA], kinds[pretend.VA], kinds[pretend.QRIS]) == ("bank_transfer", "virtual_account", "qris")
        with host.work() as work:
            account = work.session.scalars(select(Account).where(Account.bank_id == bank.BCA)).one()
            assert (account.interval_minutes, account.balance_hundredths, account.fault) == (15, 1_000_000_000, None)
            assert account.checked_at

    def test_what_the_owner_decided_stays(self, provider, make_host):
        host = make_host(**provider.settings)
        host.json("accounts", "sync")
        host.json("accounts", "terms", pretend.VA, "--fee-fixed", "4000", "--maximum", "2000000")

        assert len(host.json("accounts", "sync")["updated"]) == 5

        (account,) = [each for each in host.json("accounts", "list") if each["bank_id"] == pretend.VA]
        assert (account["fee_fixed"], account["maximum"]) == (4_000, 2_000_000)

    def test_what_moota_lists_no_more_is_offered_no_more_and_what_was_added_by_hand_stays(self, make_host):
        row = {"bank_id": "B1", "bank_type": "bca", "account_number": "1", "atas_nama": "Toko"}
        with serving() as script:
            script.then(page([row, {**row, "bank_id": "B2"}]), page([row]))
            host = make_host(MOOTA_BASE_URL=script.url, MOOTA_ACCESS_TOKEN="x")
            host.add_account("Mine")
            host.json("accounts", "sync")

            assert host.json("accounts", "sync")["gone"] == ["B2"]
        assert [account["bank_id"] for account in host.json("accounts", "list")] == ["Mine", "B1"]

    @pytest.mark.parametrize(("facts", "word"), [({"login_retry": 5}, "log in"), ({"is_active": False}, "watch")])
    def test_an_account_that_moota_cannot_see_is_an_alert_until_it_can(self, make_host, facts, word):
        row = {"bank_id": "B1", "bank_type": "bca", "account_number": "1", "atas_nama": "Toko"}
        with serving() as script, time_machine.travel(datetime.now(UTC), tick=True) as clock:
            script.then(page([{**row, **facts}]), page([row]))
            host = make_host(MOOTA_BASE_URL=script.url, MOOTA_ACCESS_TOKEN="x")
            host.json("accounts", "sync")
            host.sweep()
            assert standing(host) == ["bank_login"]
            with host.work() as work:
                assert word in alerts.find_standing(work, "login:B1").data["fault"]
            host.json("accounts", "sync")
            clock.shift(timedelta(minutes=6))
            host.sweep()
        assert standing(host) == []

    @pytest.mark.parametrize(
        ("bank_type", "told", "offered"),
        [("bca", False, False), ("bca", None, True), ("bca", "1", True), ("bniVA", 0, True), ("qris", "0", True)],
    )
    def test_a_bank_that_is_not_watched_is_not_offered_and_what_needs_no_watching_is(
        self, make_host, bank_type, told, offered
    ):
        row = {"bank_id": "B1", "bank_type": bank_type, "account_number": "1", "atas_nama": "T", "is_active": told}
        with serving() as script:
            script.then(page([row]))
            host = make_host(MOOTA_BASE_URL=script.url, MOOTA_ACCESS_TOKEN="x")
            host.json("accounts", "sync")

        assert bool(host.json("accounts", "list")) is offered


class TestRegistering:
    def listed(self, provider):
        return [
            (webhook.kinds, webhook.first_code, webhook.last_code, webhook.secret, sorted(webhook.bank_ids))
            for webhook in provider.state.webhooks.registered()
        ]

    def test_one_step_registers_everything_and_may_be_repeated(self, shop, provider):
        for webhook in provider.state.webhooks.registered():
            provider.state.webhooks.replace(webhook.webhook_id, lambda _: None)

        first, again = shop.json("webhook", "register"), shop.json("webhook", "register")

        assert (first["made"], again["made"], len(again["kept"])) == (1, 0, 1)
        assert self.listed(provider) == [("both", 0, 999, bank.SECRET, [])]

    def test_a_wrong_registration_of_ours_is_replaced_and_others_stay(self, shop, provider):
        webhooks = provider.state.webhooks
        (ours,) = webhooks.registered()
        webhooks.replace(ours.webhook_id, lambda _: None)
        webhooks.register(ours.url, "lama", kinds="credit", first_code=1, last_code=500)
        webhooks.register("https://other.test/hook", "x")
        assert [row["faults"] for row in shop.json("webhook", "list")] == [["kinds", "codes", "secret"], []]

        done = shop.json("webhook", "register")

        assert (done["made"], len(done["removed"])) == (1, 1)
        assert [webhook.url for webhook in webhooks.registered()] == ["https://other.test/hook", ours.url]

    def test_where_moota_wants_one_for_each_account_it_gets_them(self, make_host):
        no = answer({"message": "invalid", "errors": {"bank_account_id": ["Kolom bank_account_id harus diisi."]}}, 422)
        with serving() as script:
            script.then(page([]), no, answer({"status": False, "message": "OK"}))
            host = make_host(MOOTA_BASE_URL=script.url, MOOTA_ACCESS_TOKEN="x", MOOTA_PUBLIC_URL="https://toko.test")
            host.add_account()
            host.add_account(bank.MANDIRI, "mandiri")

            assert host.json("webhook", "register")["made"] == 2
        assert [asked.body["bank_account_id"] for asked in script.asked[1:]] == ["", bank.BCA, bank.MANDIRI]

    def test_no_secret_is_printed(self, shop):
        printed = shop.run("webhook", "list").output + shop.run("webhook", "register").output

        assert bank.SECRET not in printed

    @on_sqlite
    @pytest.mark.parametrize(
        ("missing", "settings"),
        [
            ("MOOTA_WEBHOOK_SECRET", {"MOOTA_WEBHOOK_SECRET": "", "MOOTA_PUBLIC_URL": "https://toko.test"}),
            ("MOOTA_PUBLIC_URL", {}),
            ("MOOTA_ACCESS_TOKEN", {"MOOTA_PUBLIC_URL": "https://toko.test", "MOOTA_ACCESS_TOKEN": ""}),
        ],
    )
    def test_what_is_missing_is_named(self, make_host, missing, settings):
        host = make_host(**{"MOOTA_ACCESS_TOKEN": "x", **settings})

        result = host.run("webhook", "register")

        assert (result.exit_code, missing in result.stderr) == (1, True)


class TestSilence:
    def test_an_account_that_moota_has_not_looked_at_for_an_hour_is_an_alert(self, shop):
        with time_machine.travel(datetime.now(UTC), tick=True) as clock:
            shop.json("accounts", "sync")
            shop.sweep()
            assert standing(shop) == []
            clock.shift(timedelta(minutes=70))
            shop.sweep()
            assert set(standing(shop)) == {"feed_silent"}
            shop.json("accounts", "sync")
            clock.shift(timedelta(minutes=6))
            shop.sweep()
            assert standing(shop) == []

    def test_a_balance_that_does_not_continue_is_an_alert(self, own_host):
        host = own_host
        now = datetime.now(UTC) - timedelta(hours=3)
        host.receive(bank.mutation(10_000, balance=110_000, at=now))
        host.receive(bank.mutation(10_000, balance=170_000, at=now + timedelta(minutes=5)))

        host.sweep()

        assert standing(host) == ["balance_gap"]

    def test_the_host_hears_of_alerts_and_of_their_end(self, own_host):
        heard = []
        signals.alert_raised.connect(lambda _app, alert: heard.append(("raised", alert.kind)), own_host.app, weak=False)
        signals.alert_ended.connect(lambda _app, alert: heard.append(("ended", alert.kind)), own_host.app, weak=False)

        with own_host.work() as work:
            assert [alerts.raise_alert(work, "feed_silent", "feed:B") for _ in range(2)] == [True, False]
            assert [alerts.end_alert(work, "feed:B") for _ in range(2)] == [True, False]

        assert heard == [("raised", "feed_silent"), ("ended", "feed_silent")]


V1_ROW = {"id": 1234, "bank_id": 5, "account_number": 111, "bank_type": "bca", "date": "10-10-2017", "amount": 50000}


class TestV1:
    @pytest.mark.parametrize(
        ("body", "headers", "query"),
        [
            (json.dumps([V1_ROW]), {}, ""),
            (json.dumps(json.dumps([{**V1_ROW, "amount": "50000"}])), {}, ""),
            ("[]", {"Authorization": "Basic kunci:"}, ""),
            ("[]", {}, "?apikey=kunci"),
        ],
    )
    def test_a_push_of_v1_is_refused_with_the_steps_and_is_an_alert(self, host, body, headers, query):
        answered = host.client.post(f"/webhook/moota{query}", data=body, headers=headers)

        assert (answered.status_code, answered.json["reason"]) == (401, "v1")
        assert "API Push Notif" in answered.json["message"]
        assert host.json("inbox", "list") == []

    def test_it_is_told_to_the_owner_once(self, own_host):
        for _ in range(3):
            own_host.client.post("/webhook/moota", data=json.dumps([V1_ROW]))

        assert standing(own_host) == ["api_v1"]

    def test_with_both_active_money_counts_once(self, host):
        due = host.buy()["amount_due"]
        host.client.post("/webhook/moota", data=json.dumps([{**V1_ROW, "amount": due}]))
        host.receive(bank.mutation(due))

        assert paid_once(host, "INV-1")

    @pytest.mark.parametrize("body", [bank.body(bank.mutation(1)), b"", b"{}", b"[1]", b"\xff", b'["a"]', b"[" * 9_999])
    def test_anything_else_unsigned_is_only_unsigned(self, host, body):
        assert host.post_webhook(body, signature="x").json["reason"] == "signature"


class TestTags:
    def test_a_matched_mutation_is_tagged_with_order_and_shop(self, shop, provider):
        line = provider.transfer(shop.buy()["amount_due"])

        shop.process()

        assert line.tags == ["INV-1", "toko"]

    def test_a_mutation_that_moota_does_not_know_is_let_go(self, shop):
        shop.receive(bank.mutation(shop.buy()["amount_due"]))

        with shop.work() as work:
            assert [message.status for message in work.session.scalars(select(OutboxMessage))] == ["sent"]

    def test_when_moota_does_not_answer_it_is_tried_again(self, shop, provider):
        provider.transfer(shop.buy()["amount_due"])
        provider.state.tokens.clear()

        shop.process()

        with shop.work() as work:
            assert [message.status for message in work.session.scalars(select(OutboxMessage))] == ["waiting"]
        assert shop.charge("INV-1")["status"] == "paid"

    @on_sqlite
    @pytest.mark.parametrize("settings", [{"MOOTA_TAG_MUTATIONS": "no", "MOOTA_ACCESS_TOKEN": "x"}, {}])
    def test_nothing_is_asked_for_where_it_is_off(self, make_host, settings):
        host = make_host(**settings)
        host.add_account()
        host.receive(bank.mutation(host.buy()["amount_due"]))

        with host.work() as work:
            assert list(work.session.scalars(select(OutboxMessage))) == []


@on_sqlite
def test_after_a_backup_is_restored_one_command_closes_the_gap(shop, provider, tmp_path):
    """Webhooks between the backup and the crash are gone with the database, and Moota will not send them again."""
    path = shop.app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")
    orders = [shop.buy() for _ in range(4)]
    provider.transfer(orders[0]["amount_due"])
    shop.process()
    with shop.app.app_context():
        db.engine.dispose()
    with shop.work() as work:
        work.session.connection().exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(path, tmp_path / "backup.db")
    for order in orders[1:3]:
        provider.transfer(order["amount_due"])
    shop.process()
    assert shop.charge("INV-2")["status"] == "paid"

    with shop.app.app_context():
        db.engine.dispose()
    for suffix in ("-wal", "-shm"):
        (tmp_path / f"host.db{suffix}").unlink(missing_ok=True)
    shutil.copy(tmp_path / "backup.db", path)
    provider.transfer(orders[3]["amount_due"])
    shop.process()
    assert [shop.charge(f"INV-{number}")["status"] for number in (1, 2, 3, 4)] == ["paid", "pending", "pending", "paid"]

    assert pull(shop)["new"] == 2

    assert paid_once(shop, "INV-1", "INV-2", "INV-3", "INV-4")
    assert shop.json("reconcile")["ties"] is True


def test_the_history_of_deliveries_tells_the_channel(shop, provider):
    provider.transfer(10_000, tell=False)
    pull(shop)

    with shop.work() as work:
        delivery = work.session.scalars(select(Delivery)).one()
        assert (delivery.channel, delivery.source_ip, delivery.status) == ("pull", "", "processed")
        assert work.session.scalar(select(func.count()).select_from(Alert)) == 0
