"""Charges in the panel: found by anything, shown with their whole story, changed once by those who may."""

import io

import pytest
from hosts import bank
from hosts.panelled import standing
from PIL import Image
from sqlalchemy import select

from payments_moota import changes, proofs
from payments_moota.evidence import clean_file
from payments_moota.models import Charge
from payments_moota.web.panel import finding_charges

LIST = "/panel/charges"


def picture():
    made = io.BytesIO()
    Image.new("RGB", (4, 4), "white").save(made, "PNG")
    return made.getvalue()


@pytest.fixture
def host(database_url):
    with standing(database_url, MOOTA_UNIQUE_CODE_MAX="5") as made:
        yield made


@pytest.fixture
def owner(host):
    return host.visitor()


def page_of(host, ref="INV-1"):
    return f"{LIST}/{host.charge(ref)['charge_id']}"


def pay(host, ref="INV-1", amount=None):
    host.receive(
        bank.mutation(amount or host.charge(ref)["amount_due"], description=f"TRSF {host.charge(ref)['reference']}")
    )


class TestList:
    def test_without_charges_it_says_so(self, owner):
        assert "Belum ada tagihan" in owner.read(LIST)

    def test_every_filter_narrows(self, host, owner):
        host.buy(100_000)
        host.buy(200_000)
        host.buy(300_000)
        pay(host, "INV-2", 190_000)
        pay(host, "INV-3")

        for query, seen in {
            "status=paid": {"INV-3"},
            "status=pending": {"INV-1", "INV-2"},
            "exception=underpaid": {"INV-2"},
            "exception=any": {"INV-2"},
            "exception=underpaid&status=paid": set(),
            "text=inv-1": {"INV-1"},
            f"text={host.charge('INV-3')['reference'].lower()}": {"INV-3"},
            f"amount={host.charge('INV-1')['amount_due']}": {"INV-1"},
            "account=999": set(),
        }.items():
            text = owner.read(f"{LIST}?{query}")
            assert {ref for ref in ("INV-1", "INV-2", "INV-3") if f" {ref} " in text} == seen, query

    def test_what_is_out_of_the_ordinary_is_counted(self, host, owner):
        host.buy(100_000)
        host.buy(100_000)
        pay(host, "INV-1", 60_000)

        assert "Kurang bayar 1 " in owner.read(LIST)

    @pytest.mark.parametrize(
        "query", [f"amount=x&account={'9' * 40}&after={'9' * 40}", "status=x&exception=%22&after=-1"]
    )
    def test_nonsense_is_no_error(self, owner, query):
        assert owner.get(f"{LIST}?{query}").status_code == 200

    def test_page_follows_page_and_no_charge_is_shown_twice(self, host, owner, monkeypatch):
        monkeypatch.setattr(finding_charges, "PAGE", 2)
        monkeypatch.setattr(finding_charges, "REACH", 3)
        for number in range(7):
            host.buy(10_000 + number * 100)

        for query in ("?", "?text=inv&", "?status=pending&text=INV&"):
            seen, path = [], f"{LIST}{query}"
            for _ in range(20):
                html = owner.get(path).text
                seen += [int(part.partition("<")[0]) for part in html.split(">INV-")[1:]]
                following = html.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
                if not following:
                    break
                path = following
            assert seen == [7, 6, 5, 4, 3, 2, 1], query


class TestPage:
    def test_it_tells_the_money_and_the_story(self, host, owner):
        host.buy(100_000)
        pay(host, "INV-1", 60_000)

        text = owner.read(page_of(host))

        assert "Diterima Rp60.000" in text
        assert "Tagihan dibuat" in text
        assert "Dicatat untuk pesanan, masih kurang, Rp60.000" in text
        assert "hanya dapat diminta dari pesanan ini sampai" in text

    def test_more_time_is_given_once(self, host, owner):
        host.buy(100_000)
        page = page_of(host)
        form = owner.form(page, "/extend")
        before = host.charge("INV-1")["expires_at"]

        first = owner.send(page, "/extend", form=form, hours="6")
        after = host.charge("INV-1")["expires_at"]
        second = owner.send(page, "/extend", form=form, hours="6")

        assert "Batas waktunya diperpanjang" in first
        assert "Tidak ada yang diubah" in second
        assert before < after == host.charge("INV-1")["expires_at"]

    def test_cash_is_noted_with_its_reason(self, host, owner):
        host.buy(100_000)
        page = page_of(host)

        assert "Tulis alasannya" in owner.send(page, "/settle", reason=" ")
        assert host.charge("INV-1")["status"] == "pending"
        owner.send(page, "/settle", reason="Dibayar tunai")

        assert host.charge("INV-1")["exceptions"] == ["settled_by_hand"]
        assert host.acted == [("owner@toko.test", "charge.settle", "INV-1", {"reason": "Dibayar tunai"})]

    def test_it_is_cancelled_and_lives_again(self, host, owner):
        host.buy(100_000)
        page = page_of(host)

        owner.send(page, "/cancel", reason="Stok rusak")
        assert host.charge("INV-1")["status"] == "cancelled"
        owner.send(page, "/reopen", hours="24")

        assert host.charge("INV-1")["status"] == "pending"

    def test_what_has_changed_since_is_not_changed_blindly(self, host, owner):
        host.buy(100_000)
        page = page_of(host)
        form = owner.form(page, "/cancel")
        pay(host)

        assert "Tidak ada yang diubah" in owner.send(page, "/cancel", form=form, reason="x")
        assert host.charge("INV-1")["status"] == "paid"

    def test_a_proof_is_shown_to_those_who_decide(self, host, owner):
        host.buy(100_000)
        with host.work("customer") as work:
            kept = proofs.hand_in(work, "INV-1", clean_file("bukti.png", picture())).public_id
        page = page_of(host)

        assert "bukti.png" in owner.read(page)
        assert owner.get(f"{page}/proofs/{kept}").status_code == 200
        assert host.visitor("bookkeeper").get(f"{page}/proofs/{kept}").status_code == 403
        assert owner.get(f"{page}/proofs/tidakada").status_code == 404
        assert "dilihat oleh owner@toko.test" in owner.send(page, "/proofs")

    def test_an_unknown_one_is_404(self, owner):
        assert owner.get(f"{LIST}/tidakada").status_code == 404

    def test_the_mark_for_the_list_follows_the_exceptions(self, host):
        host.buy(100_000)
        host.buy(100_000)
        pay(host, "INV-1", 60_000)
        with host.work() as work:
            changes.cancel(work, "INV-2", reason="x")
            marked = {charge.order_ref: charge.is_exceptional for charge in work.session.scalars(select(Charge))}

        assert marked == {"INV-1": True, "INV-2": False}


def test_the_pools_of_codes_are_drawn_the_fullest_first(host, owner):
    assert "Belum ada kode yang dipakai" in owner.read("/panel/codes")
    for amount in (100_000, 100_000, 100_000, 100_000, 50_000):
        host.buy(amount)

    answer = owner.get("/panel/codes")

    assert answer.text.index("4 dari 5") < answer.text.index("1 dari 5")
    assert '<rect width="80"' in answer.text
    assert "hampir habis" in answer.text
    assert "style=" not in answer.text
