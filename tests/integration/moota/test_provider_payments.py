"""Virtual accounts and QRIS against the pretend Moota over HTTP: from the request to the money, and what goes wrong."""

import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
import zxingcpp
from hosts import bank, minimal, pretend
from hosts.ground import on_sqlite
from hosts.scripted import answer, serving, silence
from PIL import Image

from payments_moota import ApiError, Customer, InvalidAmount, MethodUnavailable, RefusedError, signals
from payments_moota.models import ProviderTransaction
from payments_moota.rules.qris import read_qris, write

SARI = Customer(name="Sari", email="sari@contoh.test", phone="+6281200001111")
db, moota = minimal.db, minimal.moota


@pytest.fixture
def provider():
    with pretend.moota() as running:
        yield running


@pytest.fixture
def shop(provider, make_host):
    """Return a running shop with a bank account, a virtual account and QRIS, which the pretend Moota tells of money."""
    host = make_host(**provider.settings)
    host.add_account()
    host.add_account(pretend.VA, "bniVA")
    host.add_account(pretend.QRIS, "qris")
    with pretend.running(host.app) as url:
        provider.tell(url)
        yield host


def ask(host, method, ref="INV-1", amount=150_000, **more):
    with host.app.app_context():
        db.session.add(minimal.Order(ref=ref, total=amount))
        moota.create_charge(ref, amount, method=method, customer=SARI, **more)
        db.session.commit()
    return host.charge(ref)


def buy(host):
    return ask(host, "bank_transfer")


def refused(host, error, method, **more):
    with pytest.raises(error) as caught:
        ask(host, method, **more)
    with host.app.app_context():
        db.session.rollback()
        assert moota.get_charge("INV-1") is None
    return str(caught.value)


def change(host, method, account, ref="INV-1"):
    with host.app.app_context():
        moota.change_method(ref, method=method, account=account)
        db.session.commit()
    return host.charge(ref)


def test_a_virtual_account_has_the_number_that_moota_made(shop, provider):
    charge = ask(shop, "virtual_account")

    assert charge["va_number"] == provider.made.va_number
    assert (charge["method"], charge["status"], charge["unique_code"]) == ("virtual_account", "pending", 0)
    assert charge["amount_due"] == charge["amount_open"] == 150_000
    assert charge["account"]["bank_id"] == pretend.VA
    assert charge["payment_url"].startswith(provider.url)
    assert provider.made.contact == {"name": "Sari", "email": "sari@contoh.test", "phone": "6281200001111"}
    assert provider.made.order_id == "INV-1"


def test_money_on_the_number_pays_the_order(shop, provider):
    ask(shop, "virtual_account")

    line = provider.pay()
    shop.process()

    assert shop.charge("INV-1")["status"] == "paid"
    told = shop.mutation(line.mutation_id)
    assert (told["status"], told["reason"], told["order_ref"]) == ("matched", "virtual_account", "INV-1")


def test_money_by_the_code_pays_the_order(shop, provider):
    ask(shop, "qris")
    ask(shop, "qris", ref="INV-2")  # the same amount at the same merchant

    line = provider.pay(provider.state.transactions.all()[1])
    shop.process()

    assert (shop.charge("INV-1")["status"], shop.charge("INV-2")["status"]) == ("paid", "pending")
    assert shop.mutation(line.mutation_id)["reason"] == "qris"


def test_the_command_line_opens_them_and_simulates_their_money(shop, provider):
    opened = shop.json(
        *("charge", "create", "INV-1", "150000", "--method", "virtual_account", "--phone", "+6281200001111")
    )
    with shop.app.app_context():
        db.session.add(minimal.Order(ref="INV-1", total=150_000))
        db.session.commit()
    assert opened["va_number"] == provider.made.va_number

    sent = shop.run("simulate", "INV-1", "--url", provider.state.webhooks.registered()[0].url)
    shop.process()

    assert sent.exit_code == 0, sent.output
    assert shop.charge("INV-1")["status"] == "paid"


def test_the_code_on_the_payment_page_carries_the_amount_when_moota_tells_its_text(make_host):
    with pretend.moota(tells_qr_text=True) as provider:
        host = make_host(**provider.settings)
        host.add_account(pretend.QRIS, "qris")
        charge = ask(host, "qris")

    assert read_qris(charge["qr_string"]).amount == 150_000
    assert decoded(host, charge) == charge["qr_string"]


def test_where_moota_tells_only_an_address_the_picture_comes_from_our_own(shop, provider):
    charge = ask(shop, "qris")

    assert charge["qr_string"] is None
    assert read_qris(decoded(shop, charge)).amount == 150_000
    page = shop.client.get(charge["pay_url"]).text
    assert provider.url not in page.split('<div class="moota-qr">')[1].split("</div>")[0]


def test_a_picture_that_could_not_be_had_at_first_is_fetched_when_it_is_looked_at(shop, provider):
    charge = ask(shop, "qris")
    with shop.work() as work:
        work.session.query(ProviderTransaction).update({"qr_image": None})

    assert read_qris(decoded(shop, charge)).amount == 150_000

    with shop.work() as work:
        assert work.session.query(ProviderTransaction).one().qr_image


def decoded(host, charge):
    picture = host.client.get(f"{charge['pay_url']}/qr.png")
    assert (picture.status_code, picture.mimetype) == (200, "image/png")
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.data)))
    return found.text


def test_the_code_can_be_downloaded_under_the_orders_name(shop):
    charge = ask(shop, "qris", ref="INV/1")

    kept = shop.client.get(f"{charge['pay_url']}/qr.png?download=1")

    assert kept.headers["Content-Disposition"] == 'attachment; filename="QRIS-INV-1.png"'


def test_a_transfer_has_no_picture(shop):
    charge = buy(shop)

    assert shop.client.get(f"{charge['pay_url']}/qr.png").status_code == 404


@on_sqlite
@pytest.mark.parametrize("method", ["virtual_account", "qris"])
@pytest.mark.parametrize(("amount", "words"), [(9_999, "from Rp10.000 on"), (50_000_001, "up to Rp")])
def test_what_moota_would_refuse_is_refused_before_it_is_asked(shop, provider, method, amount, words):
    assert words in refused(shop, MethodUnavailable, method, amount=amount)
    assert provider.state.transactions.all() == []


@on_sqlite
def test_a_virtual_account_needs_a_phone_number(shop):
    with shop.app.app_context(), pytest.raises(RefusedError, match="phone number"):
        moota.create_charge("INV-1", 150_000, method="virtual_account", customer=Customer(name="Sari"))


@on_sqlite
def test_a_fee_is_on_top_and_told_to_moota(shop, provider):
    shop.json("accounts", "terms", pretend.VA, "--fee-fixed", "2500", "--fee-percent", "0.7")

    charge = ask(shop, "virtual_account")

    assert (charge["amount"], charge["fee"], charge["amount_due"]) == (150_000, 3_550, 153_550)
    assert provider.made.total == 153_550
    assert "Biaya layanan" in shop.client.get(charge["pay_url"]).text
    provider.pay()
    shop.process()
    paid = shop.charge("INV-1")
    assert (paid["status"], paid["exceptions"], paid["difference"]) == ("paid", [], 0)


@on_sqlite
def test_qris_never_costs_the_buyer(shop):
    result = shop.run("accounts", "terms", pretend.QRIS, "--fee-fixed", "1000")

    assert (result.exit_code, "may not cost the buyer" in result.stderr) == (1, True)


def test_the_same_attempt_again_is_the_same_payment(shop, provider):
    with shop.app.app_context():
        first, again = (
            moota.prepare_payment("SF-1", 150_000, method="virtual_account", customer=SARI) for _ in range(2)
        )

    assert first.va_number == again.va_number
    assert len(provider.state.transactions.all()) == 1


def test_a_name_that_moota_has_for_another_sum_gets_another_name(shop, provider):
    with shop.app.app_context():
        first = moota.prepare_payment("SF-1", 150_000, method="virtual_account", customer=SARI)
        second = moota.prepare_payment("SF-1", 160_000, method="virtual_account", customer=SARI)

    assert first.order_id == "SF-1"
    assert second.order_id.startswith("SF-1.")
    assert second.va_number != first.va_number


def test_an_order_that_has_a_charge_is_not_asked_for_again(shop, provider):
    ask(shop, "virtual_account")

    with shop.app.app_context(), pytest.raises(RefusedError, match="already has a charge"):
        moota.create_charge("INV-1", 150_000, method="virtual_account", customer=SARI)
    assert len(provider.state.transactions.all()) == 1


def test_what_was_prepared_for_another_sum_is_refused(shop):
    with shop.app.app_context():
        prepared = moota.prepare_payment("INV-1", 150_000, method="virtual_account", customer=SARI)

    assert "prepare it anew" in refused(shop, InvalidAmount, "virtual_account", amount=140_000, prepared=prepared)


def test_what_was_prepared_pays_one_order(shop):
    with shop.app.app_context():
        prepared = moota.prepare_payment("INV-1", 150_000, method="virtual_account", customer=SARI)
    ask(shop, "virtual_account", prepared=prepared)

    with pytest.raises(RefusedError, match="pays an order already"):
        ask(shop, "virtual_account", ref="INV-2", prepared=prepared)


def test_a_transaction_that_has_written_does_not_wait_for_moota(shop, provider):
    with shop.app.app_context():
        db.session.add(minimal.Order(ref="INV-9", total=1))
        db.session.flush()
        with pytest.raises(RefusedError, match="prepare_payment before you write"):
            moota.create_charge("INV-1", 150_000, method="virtual_account", customer=SARI)
        db.session.rollback()

    assert provider.state.transactions.all() == []


def test_an_order_that_is_only_added_may_be_asked_for(shop, provider):
    with shop.app.app_context():
        db.session.add(minimal.Order(ref="INV-9", total=150_000))
        charge = moota.create_charge("INV-9", 150_000, method="virtual_account", customer=SARI)
        number = charge.va_number
        db.session.commit()

    assert shop.charge("INV-9")["va_number"] == number


@on_sqlite
def test_without_a_token_the_setting_is_named(make_host):
    host = make_host()
    host.add_account(pretend.VA, "bniVA")

    result = host.run("charge", "create", "INV-1", "150000", "--method", "virtual_account", "--phone", "+628120000111")

    assert (result.exit_code, "MOOTA_ACCESS_TOKEN" in result.stderr) == (1, True)


@on_sqlite
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (silence, "may have been carried out"),
        (answer({"error": "Unauthenticated."}, 401), "Make a new access token"),
        (answer({"errors": {"total": ["Minimal 10000."]}, "message": "invalid"}, 422), "Minimal 10000"),
        (answer("<html>"), "not JSON"),
        (answer({"status": "success", "data": {"total": 150_000}}), "made no virtual account number"),
        (answer({"status": "success", "data": {"total": 149_000, "va_number": "1"}}), "asks for Rp149.000"),
    ],
)
def test_when_moota_fails_nothing_is_written_and_the_cause_is_told(make_host, monkeypatch, fault, words):
    monkeypatch.setattr("payments_moota.context.TIMEOUT", (1, 0.3))
    with serving() as script:
        script.then(fault)
        host = make_host(MOOTA_BASE_URL=script.url, MOOTA_ACCESS_TOKEN="x")
        host.add_account(pretend.VA, "bniVA")

        assert words in refused(host, (ApiError, MethodUnavailable), "virtual_account")


def test_a_number_that_ends_earlier_ends_the_charge(shop, provider):
    charge = ask(shop, "virtual_account", ttl_minutes=30)

    assert datetime.fromisoformat(charge["expires_at"]) <= datetime.now(UTC) + timedelta(minutes=30)
    assert provider.made.expires_at <= datetime.now(UTC) + timedelta(minutes=30)


class TestChangingTheWayToPay:
    def test_from_transfer_to_virtual_account_the_old_amount_still_pays(self, shop, provider):
        old = buy(shop)

        new = change(shop, "virtual_account", pretend.VA)

        assert (new["method"], new["amount_due"], new["unique_code"]) == ("virtual_account", 150_000, 0)
        provider.transfer(old["amount_due"])
        shop.process()
        assert shop.charge("INV-1")["status"] == "paid"

    def test_from_virtual_account_to_transfer_the_old_number_is_a_persons_to_judge(self, shop, provider):
        ask(shop, "virtual_account")

        new = change(shop, "bank_transfer", bank.BCA)

        assert (new["va_number"], new["payment_url"]) == (None, None)
        assert new["amount_due"] == 150_000 + new["unique_code"]
        line = provider.pay()
        shop.process()
        told = shop.mutation(line.mutation_id)
        assert (told["status"], told["reason"]) == ("review", "method_changed")
        assert [miss["order_ref"] for miss in told["near_misses"]] == ["INV-1"]
        assert shop.charge("INV-1")["status"] == "pending"
        shop.json("mutation", "match", line.mutation_id, "INV-1")
        assert shop.charge("INV-1")["amount_paid"] == 150_000

    def test_from_one_number_to_a_code_there_is_one_payment_at_a_time(self, shop, provider):
        ask(shop, "virtual_account")

        new = change(shop, "qris", pretend.QRIS)

        assert (new["method"], new["va_number"], provider.made.order_id) == ("qris", None, "INV-1.2")
        provider.pay()
        shop.process()
        assert shop.charge("INV-1")["status"] == "paid"

    def test_the_same_way_again_changes_nothing(self, shop, provider):
        before = ask(shop, "virtual_account")

        assert change(shop, "virtual_account", pretend.VA) == before
        assert len(provider.state.transactions.all()) == 1

    def test_the_host_hears_of_it(self, shop):
        heard = []

        @signals.charge_moved.connect_via(shop.app)
        def moved(_app, charge, **_extra):
            heard.append((charge.method, charge.amount_open))

        buy(shop)
        change(shop, "qris", pretend.QRIS)

        assert heard == [("qris", 150_000)]

    def test_the_rest_of_a_part_can_only_be_transferred(self, shop, provider):
        ask(shop, "virtual_account")
        provider.pay(amount=100_000)
        shop.process()

        with shop.app.app_context(), pytest.raises(RefusedError, match="only be transferred"):
            moota.change_method("INV-1", method="qris", account=pretend.QRIS)
        rest = change(shop, "bank_transfer", bank.BCA)

        assert rest["amount_open"] == 50_000 + rest["unique_code"]
        assert rest["amount_due"] == 150_000 + rest["unique_code"]
        provider.transfer(rest["amount_open"])
        shop.process()
        paid = shop.charge("INV-1")
        assert (paid["status"], paid["exceptions"], paid["difference"]) == ("paid", [], 0)

    def test_the_page_leads_to_a_transfer_for_the_rest(self, shop, provider):
        charge = ask(shop, "virtual_account")
        provider.pay(amount=100_000)
        shop.process()

        page = shop.client.get(charge["pay_url"]).text

        assert "Bayar sisanya" in page
        assert "Rp50.000" in page
        assert f'data-copy="{charge["va_number"]}"' not in page

    def test_a_number_that_has_run_out_is_not_shown_and_another_is_made(self, shop, provider):
        with time_machine.travel(datetime.now(UTC), tick=True) as clock:
            first = ask(shop, "virtual_account", ttl_minutes=30)
            shop.json("charge", "extend", "INV-1", "--minutes", "600")
            clock.shift(timedelta(minutes=31))

            page = shop.client.get(first["pay_url"]).text
            assert "Pilih cara bayar" in page
            assert f'data-copy="{first["va_number"]}"' not in page
            way = {"way": f"virtual_account:{pretend.VA}"}
            assert shop.client.post(f"{first['pay_url']}/method", data=way).status_code == 303

            second = shop.charge("INV-1")
            assert second["va_number"] not in {None, first["va_number"]}
            provider.pay()
            shop.process()
        assert shop.charge("INV-1")["status"] == "paid"

    def test_the_story_tells_it(self, shop):
        buy(shop)
        change(shop, "virtual_account", pretend.VA)

        with shop.app.test_request_context():
            told = [(line.text, line.detail) for line in moota.story("INV-1")]

        assert told[-1] == ("Cara bayar diganti", "Rp150.000")

    def test_an_ended_charge_stays_as_it_is(self, shop):
        buy(shop)
        shop.json("charge", "cancel", "INV-1", "--reason", "habis")

        result = shop.run("charge", "move", "INV-1", pretend.VA, "--method", "virtual_account")

        assert (result.exit_code, "only one that waits can move" in result.stderr) == (1, True)

    def test_the_page_changes_it_and_tells_what_each_way_costs(self, shop, provider):
        shop.json("accounts", "terms", pretend.VA, "--fee-fixed", "2500")
        charge = buy(shop)
        assert "Ganti cara bayar" in shop.client.get(charge["pay_url"]).text

        page = shop.client.get(f"{charge['pay_url']}/method").text
        answered = shop.client.post(f"{charge['pay_url']}/method", data={"way": f"virtual_account:{pretend.VA}"})

        assert "Virtual account BNI" in page
        assert "Biaya layanan Rp2.500." in page
        assert (answered.status_code, answered.location) == (303, charge["pay_url"])
        paying = shop.client.get(charge["pay_url"]).text
        assert provider.made.va_number in paying
        assert "Rp152.500" in paying

    @pytest.mark.parametrize("way", ["", "virtual_account:", "virtual_account:Nobody", "cash:1", "qris:" + bank.BCA])
    def test_a_way_that_is_none_keeps_the_old_one_and_says_so(self, shop, way):
        charge = buy(shop)

        answered = shop.client.post(f"{charge['pay_url']}/method", data={"way": way})

        assert answered.status_code == 409
        assert 'role="alert"' in answered.text
        assert shop.charge("INV-1") == charge

    def test_when_moota_is_down_the_old_way_holds(self, shop, provider):
        charge = buy(shop)
        provider.state.tokens.clear()

        answered = shop.client.post(f"{charge['pay_url']}/method", data={"way": f"qris:{pretend.QRIS}"})

        assert (answered.status_code, "sedang tidak bisa disiapkan" in answered.text) == (409, True)
        assert shop.charge("INV-1") == charge


class TestTheShopsOwnCode:
    STATIC = write(
        [
            *(("00", "01"), ("01", "11"), ("26", "0011ID.DANA.WWW0215936009150000001"), ("52", "5411"), ("53", "360")),
            *(("58", "ID"), ("59", "TOKO CONTOH"), ("60", "BANDUNG"), ("61", "40111")),
        ]
    )

    def test_is_off_until_the_owner_gives_it(self, shop):
        with shop.app.app_context():
            assert [offer.bank_id for offer in moota.offers(150_000) if offer.method == "qris"] == [pretend.QRIS]

    def test_shows_the_exact_amount_with_a_unique_code_and_pays_by_it(self, shop, provider):
        given = shop.json("accounts", "terms", bank.BCA, "--static-qris", self.STATIC)
        assert given["has_static_qris"] is True

        charge = ask(shop, "qris", account=bank.BCA)

        assert charge["unique_code"] > 0
        assert read_qris(charge["qr_string"]).amount == charge["amount_due"]
        assert decoded(shop, charge) == charge["qr_string"]
        provider.transfer(charge["amount_due"])
        shop.process()
        assert shop.charge("INV-1")["status"] == "paid"

    @pytest.mark.parametrize("text", ["halo", "000201"])
    def test_a_text_that_is_no_code_is_refused(self, shop, text):
        result = shop.run("accounts", "terms", bank.BCA, "--static-qris", text)

        assert (result.exit_code, "QRIS" in result.stderr) == (1, True)
