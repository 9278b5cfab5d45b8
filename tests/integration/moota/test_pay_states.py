"""The payment page in every state: the right figures, plain words, the next step, and nobody's details."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from hosts import bank, minimal
from hosts.ground import on_sqlite
from hosts.refunding import give

from payments_moota import (
    Customer,
    by_hand,
    changes,
    charges,
    current_moota,
    expiry,
    ledger,
    links,
    mutations,
    refunds,
)
from payments_moota.rules.money import format_rupiah as rp

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)  # 12.00 WIB
EMAIL, PHONE, ACCOUNT = "sari.dewi@contoh.test", "+6281234567890", "1112223334"


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def at(**delta):
    return time_machine.travel(NOON + timedelta(**delta), tick=False)


def order(host, ref="INV-1", amount=150_000):
    """Open a charge for a customer with e-mail and phone; return it as JSON."""
    with host.work("shop") as work:
        work.session.add(minimal.Order(ref=ref, total=amount))
        customer = Customer(name="Sari Dewi", email=EMAIL, phone=PHONE)
        charges.create_charge(work, ref, amount, customer=customer)
    return host.charge(ref)


def pay(host, charge, amount=None, **fields):
    """Let money come in that the charge's reference names."""
    fields.setdefault("description", f"TRSF E-BANKING CR BUDI/SANTOSO {charge['reference']}")
    host.receive(bank.mutation(charge["amount_open"] if amount is None else amount, **fields))
    return host.charge(charge["order_ref"])


def path(host, ref="INV-1"):
    return "/pay/" + host.charge(ref)["pay_url"].rpartition("/pay/")[2]


def page(host, ref="INV-1"):
    answer = host.client.get(path(host, ref))
    assert answer.status_code == 200
    return unescape(answer.text)


def words(html):
    """Return what a reader reads."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<main")[2]).split())


def amount_to_copy(html):
    return re.findall(r'data-copy="(\d+)" data-copied="Nominal tersalin"', html)


def cancel(host, ref="INV-1"):
    with host.work("customer") as work:
        changes.cancel(work, ref, reason="tidak jadi")


def expire(host, ref="INV-1"):
    with host.work("worker") as work:
        expiry.expire(work, charges.get_charge(work, ref).id)


def tickets(host, ref="INV-1"):
    with host.work() as work:
        found = refunds.list_refunds(work, order_ref=ref)
        return {refund.ticket: links.refund_url(refund) for refund in found}


class TestWaiting:
    def test_it_asks_for_the_exact_amount_until_the_deadline(self, host):
        charge = order(host)

        html = page(host)

        assert amount_to_copy(html) == [str(charge["amount_due"])]
        assert "Menunggu pembayaran Bayar sebelum 25 November 2026 12.00 WIB" in words(html)
        assert "1112 2233 34" in html
        assert "Ajukan pengembalian" not in html

    def test_after_a_part_it_asks_for_exactly_the_rest(self, host):
        charge = pay(host, order(host), 100_000)
        rest = charge["amount_due"] - 100_000

        html = page(host)

        assert (charge["amount_open"], amount_to_copy(html)) == (rest, [str(rest)])
        assert f"Belum lunas, masih kurang {rp(rest)} Bayar sisanya sebelum 25 November" in words(html)
        assert "Rp100.000 sudah kami terima" in words(html)
        assert f"Tagihannya {rp(charge['amount_due'])}, jadi masih kurang {rp(rest)}." in words(html)

    def test_the_rest_may_be_so_small_that_no_three_digits_are_left(self, host):
        charge = order(host)
        pay(host, charge, charge["amount_due"] - 47)

        html = page(host)

        assert amount_to_copy(html) == ["47"]
        assert 'Rp<span class="moota-tail">47</span>' in html
        assert "tiga angka terakhir" not in html.partition("Salin nominal")[0].partition("Transfer tepat sisanya")[2]

    def test_the_rest_pays_it(self, host):
        charge = pay(host, pay(host, order(host), 100_000))

        text = words(page(host))

        assert charge["status"] == "paid"
        assert "Lunas. Terima kasih!" in text
        assert text.count("Transfer masuk") == 2

    def test_what_the_bank_took_back_of_a_part_is_asked_for_again(self, host):
        charge = order(host)
        pay(host, charge, 100_000)

        host.receive(bank.mutation(100_000, kind="DB", description="KOREKSI REVERSAL"))

        html = page(host)
        assert amount_to_copy(html) == [str(charge["amount_due"])]
        assert "Menunggu pembayaran" in words(html)
        assert "Bank menarik kembali Rp100.000" in words(html)
        assert "transfer jumlah di bawah ini" in words(html)


class TestPaid:
    def test_it_says_so_and_asks_for_nothing(self, host):
        charge = pay(host, order(host))

        html = page(host)

        assert "Lunas. Terima kasih! Pembayaran Anda sudah kami terima." in words(html)
        assert "data-copy" not in html
        assert f"Jumlah diterima {rp(charge['amount_due'])}" in words(html)
        assert "24 November 2026 12.00 WIB" in words(html)

    def test_a_bank_that_knows_only_the_day_is_quoted_with_the_day(self, host):
        pay(host, order(host), date="2026-11-24 00:00:00")

        assert "Transfer masuk 24 November 2026 Rp" in words(page(host))

    def test_settled_by_hand_is_plainly_paid(self, host):
        order(host)
        with host.work("pemilik@toko.test") as work:
            by_hand.settle_by_hand(work, "INV-1", reason="tunai")

        text = words(page(host))

        assert "Lunas. Terima kasih!" in text
        assert "Diterima dan dicatat oleh toko" in text
        assert "pemilik" not in text
        assert "tunai" not in text

    def test_what_the_shop_let_go_need_not_be_paid(self, host):
        charge = order(host)
        host.receive(bank.mutation(charge["amount"], mutation_id="Mut-let-go"))
        with host.work("pemilik@toko.test") as work:
            by_hand.match(work, mutations.get_mutation(work, "Mut-let-go"), "INV-1")

        text = words(page(host))

        assert "Lunas. Terima kasih!" in text
        assert f"Yang tercatat {rp(charge['amount'])} dari tagihan {rp(charge['amount_due'])}" in text
        assert "Sisanya tidak perlu Anda bayar." in text

    def test_late_says_so_and_what_may_come(self, host):
        charge = order(host)
        with at(hours=30):
            pay(host, charge)
            text = words(page(host))

        assert "Lunas. Terima kasih!" in text
        assert "uangnya masuk setelah batas waktu 25 November 2026 12.00 WIB" in text
        assert "Bila tidak, uang Anda dikembalikan" in text

    def test_too_much_names_the_surplus_and_its_ticket(self, host):
        charge = order(host)
        pay(host, charge, charge["amount_due"] + 50_000)
        (ticket, url), *_ = tickets(host).items()

        html = page(host)

        assert "Kelebihan Rp50.000" in words(html)
        assert f"Yang masuk {rp(charge['amount_due'] + 50_000)}, sedangkan tagihannya" in words(html)
        assert "Uang itu kami ajukan untuk dikembalikan" in words(html)
        assert f'href="{url}">{ticket}</a>' in html

    def test_twice_names_the_second_payment_and_its_ticket(self, host):
        charge = order(host)
        for _ in range(2):
            pay(host, charge, charge["amount_due"])
        ((ticket, url),) = tickets(host).items()

        html = page(host)

        assert "Anda membayar dua kali" in words(html)
        assert f"masih masuk {rp(charge['amount_due'])} lagi. Pesanan Anda tetap kami proses" in words(html)
        assert f'href="{url}">{ticket}</a>' in html

    def test_late_and_too_much_are_both_said(self, host):
        charge = order(host)
        with at(hours=30):
            pay(host, charge, charge["amount_due"] + 5_000)
            text = words(page(host))

        assert "Transfer Anda masuk setelah batas waktu" in text
        assert "Kelebihan Rp5.000" in text

    def test_a_rejected_proposal_leaves_the_way_to_ask(self, host):
        charge = order(host)
        pay(host, charge, charge["amount_due"] + 50_000)
        (ticket,) = tickets(host)
        with host.work("pemilik@toko.test") as work:
            refunds.reject(work, ticket, note="sudah dipakai untuk pesanan lain")

        html = page(host)

        assert "Anda dapat mengajukan pengembaliannya di bawah." in words(html)
        assert "Ajukan pengembalian dana" in words(html)
        assert "Pengajuan ditolak" in words(html)


class TestReversed:
    def test_the_order_is_held_and_nobody_is_asked_to_pay(self, host):
        charge = pay(host, order(host))
        host.receive(bank.mutation(charge["amount_due"], kind="DB", description="KOREKSI REVERSAL"))

        html = page(host)

        text = words(html)
        assert "Uangnya ditarik kembali oleh bank Pesanan kami tahan dulu, tidak kami batalkan." in text
        assert f"Sekarang tercatat Rp0 dari tagihan {rp(charge['amount_due'])}." in text
        assert "Hubungi toko" in text
        assert "Lunas. Terima kasih" not in text
        assert "data-copy" not in html
        assert "Bukti pembayaran" not in html

    def test_of_two_payments_one_stays(self, host):
        charge = order(host)
        for _ in range(2):
            pay(host, charge, charge["amount_due"])
        with host.work() as work:
            give(work, "INV-1", charge["amount_due"], kind="reversal")
            ledger.refresh(work, charges.get_charge(work, "INV-1"))

        text = words(page(host))

        assert "Lunas. Terima kasih!" in text
        assert "Tagihan Anda tetap lunas." in text
        assert "Anda membayar dua kali" not in text


class TestEnded:
    def test_expired_without_money(self, host):
        order(host)
        with at(hours=25):
            expire(host)
            html = page(host)

        assert "Waktu pembayaran habis Batasnya 25 November 2026 12.00 WIB." in words(html)
        assert "jangan transfer lagi untuk tagihan ini" in words(html)
        assert "data-copy" not in html

    def test_expired_with_a_part_of_the_money(self, host):
        charge = pay(host, order(host), 100_000)
        with at(hours=25):
            expire(host)
            html = page(host)

        text = words(html)
        assert "Waktu pembayaran habis, belum lunas" in text
        assert f"masih kurang {rp(charge['amount_due'] - 100_000)}" in text
        assert "setelah 28 November 2026 12.00 WIB, atau ajukan sendiri sekarang" in text
        assert "/refund" in html
        assert "data-copy" not in html

    def test_when_the_late_window_has_ended_the_money_is_on_its_way_back(self, host):
        pay(host, order(host), 100_000)
        with at(hours=25):
            expire(host)
        with at(days=5):
            with host.work("worker") as work:
                expiry.end_late_window(work, charges.get_charge(work, "INV-1").id)
            text = words(page(host))

        (ticket,) = tickets(host)
        assert "Uang itu kami ajukan untuk dikembalikan" in text
        assert f"{ticket} Jumlah transfer keliru" in text

    def test_cancelled(self, host):
        order(host)
        cancel(host)

        html = page(host)

        assert "Dibatalkan Jangan transfer untuk pesanan ini." in words(html)
        assert "data-copy" not in html

    @pytest.mark.parametrize("first", ["the money", "the cancellation"])
    def test_cancelled_with_money(self, host, first):
        charge = order(host)
        if first == "the money":
            pay(host, charge, 100_000)
            cancel(host)
        else:
            cancel(host)
            pay(host, charge, charge["amount_due"])
        came = host.charge("INV-1")["amount_paid"]
        ((ticket, url),) = tickets(host).items()

        html = page(host)

        assert "Dibatalkan Uang Anda tercatat. Jangan transfer lagi" in words(html)
        assert f"{rp(came)} masuk untuk pesanan ini" in words(html)
        assert f'href="{url}">{ticket}</a>' in html

    def test_money_that_has_gone_back_is_called_so_only_then(self, host):
        charge = pay(host, order(host))
        with host.work("customer") as work:
            ticket = refunds.request_refund(work, "INV-1", charge["amount_due"], reason="goods").ticket
        assert "Lunas. Terima kasih!" in words(page(host))
        assert "sudah dikembalikan" not in words(page(host))

        with host.work("pemilik@toko.test") as work:
            refunds.approve(work, ticket)
            refunds.complete(work, ticket, note="bukti")

        text = words(page(host))
        assert "Dana sudah dikembalikan" in text
        assert f"-{rp(charge['amount_due'])}" in text
        assert "Setelah pengembalian Rp0" in text


class TestReceipt:
    def receipt(self, host):
        return host.client.get(f"{path(host)}/receipt")

    def test_it_has_the_figures_and_masks_who_paid(self, host):
        charge = pay(host, pay(host, order(host), 100_000))

        answer = self.receipt(host)

        text = words(unescape(answer.text))
        assert answer.status_code == 200
        assert "Pesanan INV-1, 24 November 2026 12.00 WIB" in text
        assert f"Jumlah tagihan {rp(charge['amount_due'])}" in text
        assert "Transfer masuk 24 November 2026 12.00 WIB Rp100.000" in text
        assert f"Jumlah diterima {rp(charge['amount_due'])}" in text
        assert "s•••@contoh.test" in text
        assert "••••••••••890" in text
        for secret in (EMAIL, PHONE, PHONE[3:], ACCOUNT, "BUDI"):
            assert secret not in answer.text

    @pytest.mark.parametrize("state", ["pending", "underpaid", "expired", "cancelled", "reversed"])
    def test_there_is_none_before_the_money_is_there(self, host, state):
        charge = order(host)
        if state == "underpaid":
            pay(host, charge, 100_000)
        if state == "cancelled":
            cancel(host)
        if state == "reversed":
            pay(host, charge)
            host.receive(bank.mutation(charge["amount_due"], kind="DB", description="KOREKSI REVERSAL"))
        with at(hours=25):
            if state == "expired":
                expire(host)
            answer = self.receipt(host)

        assert (answer.status_code, answer.location) == (302, path(host))
        assert "/receipt" not in page(host)

    def test_what_the_shop_let_go_is_written_down(self, host):
        charge = order(host)
        host.receive(line := bank.mutation(150_000))
        assert host.run("mutation", "match", line["mutation_id"], "INV-1").exit_code == 0

        text = words(unescape(self.receipt(host).text))

        assert "Jumlah diterima Rp150.000" in text
        assert f"Tidak ditagih oleh toko {rp(charge['amount_due'] - 150_000)}" in text


@on_sqlite
class TestPrivacy:
    def test_no_cache_and_no_search_engine_keeps_a_page(self, host):
        pay(host, order(host))
        for address in (path(host), f"{path(host)}/receipt", f"{path(host)}/refund", f"{path(host)}/status.json"):
            answer = host.client.get(address)

            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "no-store"
            assert "noindex" in answer.headers["X-Robots-Tag"]
            assert answer.headers["Referrer-Policy"] == "same-origin"

    @pytest.mark.parametrize("tail", ["", "/receipt", "/refund", "/status.json"])
    def test_a_forged_link_finds_nothing(self, host, tail):
        pay(host, order(host))
        for token in ("x", path(host).removeprefix("/pay/") + "x", "%00", path(host).removeprefix("/pay/").swapcase()):
            assert host.client.get(f"/pay/{token}{tail}").status_code == 404

    def test_the_payers_details_are_not_on_the_page(self, host):
        pay(host, order(host))

        html = page(host)

        for secret in (EMAIL, PHONE[3:], "BUDI", "Sari"):
            assert secret not in html


@on_sqlite
class TestNews:
    def test_the_page_knows_what_the_script_compares(self, host):
        charge = pay(host, order(host), 100_000)
        names = ("amount_open", "exceptions", "amount_paid", "amount_refunded", "amount_refundable")
        told = "|".join(",".join(charge[name]) if name == "exceptions" else str(charge[name]) for name in names)

        assert f'data-known="pending|bank_transfer||{told}"' in page(host)
        assert told == f"{charge['amount_open']}|underpaid|100000|0|100000"

    def test_a_compressing_proxy_still_gets_not_modified(self, host):
        order(host)
        address = f"{path(host)}/status.json"
        etag = host.client.get(address).headers["ETag"]

        assert host.client.get(address, headers={"If-None-Match": f"W/{etag}"}).status_code == 304


class TestStory:
    def story(self, host, ref="INV-1"):
        with host.app.test_request_context():
            return [(line.text, line.detail, line.url) for line in current_moota.story(ref)]

    def test_it_tells_payment_and_refunds_in_one(self, host):
        charge = pay(host, pay(host, order(host), 100_000))
        with host.work("customer") as work:
            refund = refunds.request_refund(work, "INV-1", 25_000, reason="goods", note="pecah", origin="customer")
            ticket = refund.ticket
            refunds.comment(work, ticket, "tolong")
        with host.work("pemilik@toko.test") as work:
            refunds.approve(work, ticket)

        told = self.story(host)

        due, rest = charge["amount_due"], charge["amount_due"] - 100_000
        assert [(text, detail) for text, detail, _ in told] == [
            ("Menunggu pembayaran", rp(due)),
            ("Pembayaran masuk, masih kurang", f"Rp100.000 masuk, kurang {rp(rest)}"),
            ("Pembayaran diterima", rp(rest)),
            ("Pengembalian dana diajukan", f"{ticket}, Rp25.000"),
            ("Disetujui", f"{ticket}, Rp25.000"),
        ]
        assert [bool(url) for _, _, url in told] == [False, False, False, True, True]
        assert host.client.get(told[-1][2]).status_code == 200

    def test_who_cancelled_and_until_when_more_time_was_given(self, host):
        order(host)
        with host.work("pemilik@toko.test") as work:
            changes.extend(work, "INV-1", until=NOON + timedelta(days=2))
        cancel(host)

        told = self.story(host)

        assert told[1:] == [
            ("Batas waktu pembayaran diperpanjang", "sampai 26 November 2026 12.00 WIB", None),
            ("Tagihan dibatalkan", "oleh Anda", None),
        ]

    def test_the_times_are_aware_and_in_order(self, host):
        pay(host, order(host))
        with host.app.test_request_context():
            moments = [line.at for line in current_moota.story("INV-1")]

        assert moments == sorted(moments)
        assert all(moment.tzinfo for moment in moments)
