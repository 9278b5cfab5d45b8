"""Checking out by virtual account and QRIS: prepared before anything is written, once, the cart kept."""

import threading

import pytest
from hosts import pretend
from shopfloor import fields, make_shop, stock_up
from sqlalchemy import func, select

from payments_moota.accounts import add_account, set_terms
from payments_moota.context import transaction
from payments_moota.models import ProviderTransaction
from storefront.extensions import db
from storefront.orders.models import Order

BY_NUMBER, BY_QRIS = f"virtual_account:{pretend.VA}", f"qris:{pretend.QRIS}"


@pytest.fixture
def provider():
    with pretend.moota() as running:
        yield running


@pytest.fixture
def shop(shop_address, tmp_path, provider):
    made = make_shop(tmp_path / "instance", shop_address, SHOP_BASE_URL="http://toko.test", **provider.settings)
    stock_up(made)
    with made.app.app_context(), transaction("test") as work:
        for bank_id, bank_type in ((pretend.VA, "bniVA"), (pretend.QRIS, "qris")):
            add_account(work, bank_id=bank_id, bank_type=bank_type, account_number="98810012", holder="Toko Contoh")
    yield made
    made.close()


@pytest.fixture
def visitor(shop):
    found = shop.visitor()
    found.put_into_cart()
    return found


def test_every_way_is_offered_with_what_it_costs(shop, visitor):
    with shop.app.app_context(), transaction("test") as work:
        set_terms(work, pretend.VA, fee_fixed=2_500)

    page = visitor.get("/checkout").text

    for words in ("Transfer ke BCA", "Virtual account BNI", "Biaya layanan Rp2.500.", "QRIS", "Tanpa biaya tambahan"):
        assert words in page


def test_a_way_that_is_too_narrow_for_the_sum_says_so_and_cannot_be_chosen(shop, visitor):
    with shop.app.app_context(), transaction("test") as work:
        set_terms(work, pretend.QRIS, maximum=20_000)

    assert "Paling banyak Rp20.000." in visitor.get("/checkout").text
    answer = visitor.check_out(way=BY_QRIS)

    assert (answer.status_code, shop.count_orders()) == (409, 0)


def test_a_chosen_way_that_went_meanwhile_is_told_and_not_exchanged_silently(shop, visitor):
    form = visitor.checkout_form(way=BY_QRIS)
    with shop.app.app_context(), transaction("test") as work:
        set_terms(work, pretend.QRIS, maximum=20_000)

    answer = visitor.client.post("/checkout", data=form)

    assert (answer.status_code, shop.count_orders()) == (409, 0)
    assert "cara bayar yang Anda pilih tidak tersedia lagi" in answer.text
    assert "Giling halus" in answer.text
    again = visitor.client.post("/checkout", data={**form, **fields(answer.text)})
    assert again.status_code == 302
    assert shop.charge(shop.newest_order().number)["method"] == "bank_transfer"


def test_an_order_by_number_is_paid_by_number(shop, visitor, provider):
    answer = visitor.check_out(way=BY_NUMBER)

    charge = shop.charge(shop.newest_order().number)
    assert (answer.status_code, charge["method"], charge["va_number"]) == (
        302,
        "virtual_account",
        provider.made.va_number,
    )
    assert charge["amount_due"] == 50_000
    shop.process()
    letter = shop.mails()[-1]
    assert provider.made.va_number in letter.body
    assert "tiga angka terakhir" not in letter.body


def test_an_order_by_qris_leads_to_the_code(shop, visitor, provider):
    visitor.check_out(way=BY_QRIS)

    shop.process()
    letter = shop.mails()[-1]
    assert "Pindai kode QRIS" in letter.body
    assert provider.made.total == 50_000


def test_when_moota_is_down_the_cart_and_what_was_typed_stay_and_nothing_is_written(shop, visitor, provider):
    provider.state.tokens.clear()

    answer = visitor.check_out(way=BY_NUMBER)

    assert answer.status_code == 409
    assert "sedang tidak bisa disiapkan" in answer.text
    assert "Siti" in answer.text
    assert (shop.count_orders(), shop.stock()) == (0, 10)
    assert visitor.check_out().status_code == 302


def test_the_same_form_sent_twice_at_once_makes_one_order_and_one_number(shop, visitor, provider):
    form = visitor.checkout_form(way=BY_NUMBER)
    answers = []

    def send():
        with visitor.client.session_transaction() as kept:
            cart = dict(kept)
        other = shop.app.test_client()
        with other.session_transaction() as fresh:
            fresh.update(cart)
        answers.append(other.post("/checkout", data=form).status_code)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [302] * 4
    with shop.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Order)) == 1
        assert db.session.scalar(select(func.count()).select_from(ProviderTransaction)) == 1
    assert len(provider.state.transactions.all()) == 1


def test_another_way_chosen_afterwards_brings_a_letter_of_its_own(shop, visitor, provider):
    visitor.check_out()
    number = shop.newest_order().number

    choosing = f"{shop.pay_path(number)}/method"
    assert visitor.post(choosing, {"way": BY_NUMBER}, on=choosing).status_code == 303
    shop.process()

    assert provider.made.va_number in shop.mails()[-1].body
    page = visitor.get(shop.path_of(number)).text
    assert "Cara bayar diganti" in page
    assert "Menunggu pembayaran Anda" in page
