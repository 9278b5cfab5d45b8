"""Money in: what is unclear is decided from the panel, once, by those who may, and the page tells the whole story."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from hosts import bank
from hosts.panelled import make_panelled, standing
from sqlalchemy import select

from payments_moota.models import Mutation
from payments_moota.web.panel import finding

WORK, ALL = "/panel/mutations", "/panel/mutations/all"


@pytest.fixture
def host(database_url):
    with standing(database_url) as made:
        yield made


@pytest.fixture
def owner(host):
    return host.visitor()


def unclear(host, amount=150_000, **fields):
    """Let money come in that fits no order; return the address of its page."""
    line = bank.mutation(amount, **fields)
    host.receive(line)
    return page_of(host, line["mutation_id"])


def page_of(host, mutation_id):
    with host.work() as work:
        number = work.session.scalars(select(Mutation.id).where(Mutation.mutation_id == mutation_id)).one()
    return f"{WORK}/{number}"


class TestWhoMayWhat:
    def test_where_the_panel_stands_its_first_page_is(self, owner):
        for path in ("/panel", "/panel/"):
            assert "Tidak ada yang menunggu keputusan" in owner.client.get(path, follow_redirects=True).text

    def test_without_the_callable_there_are_no_such_pages(self, database_url):
        app, db = make_panelled(database_url, panel=None)

        assert [rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/panel")] == []
        with app.app_context():
            db.engine.dispose()

    def test_strangers_are_sent_where_the_host_says(self, host):
        stranger = host.visitor(role=None)

        for rule in host.app.url_map.iter_rules():
            if rule.rule.startswith("/panel"):
                method = "POST" if "POST" in rule.methods else "GET"
                path = rule.rule.replace("<int:number>", "1")
                answer = stranger.client.open(path, method=method)
                assert (path, answer.status_code, answer.location) == (path, 302, "/login")

    def test_whoever_may_only_look_changes_nothing(self, host):
        page = unclear(host)
        bookkeeper = host.visitor("bookkeeper")

        assert bookkeeper.get(page).status_code == 200
        assert [form for form in bookkeeper.forms(page) if form["method"] == "post"] == []
        changing = [
            rule for rule in host.app.url_map.iter_rules() if rule.rule.startswith("/panel") and "POST" in rule.methods
        ]
        assert changing
        for rule in changing:
            assert bookkeeper.client.post(rule.rule.replace("<int:number>", "1")).status_code == 403

    def test_a_form_from_elsewhere_is_refused(self, host, owner):
        page = unclear(host)

        answer = owner.client.post(f"{page}/ignore", data={"reason": "x"})

        assert answer.status_code == 400
        assert "Tidak ada yang diubah" in answer.text
        assert host.acted == []

    def test_nothing_is_kept_in_a_cache(self, owner):
        assert owner.get(WORK).headers["Cache-Control"] == "no-store"


class TestFindingTheOrder:
    """Few know an order's number by heart."""

    @pytest.mark.parametrize("typed", ["rahayu", "+62812", "siti@", "INV", "due"])
    def test_what_is_known_of_the_order_leads_to_it_and_to_what_would_happen(self, host, owner, typed):
        who = ("--name", "Siti Rahayu", "--email", "siti@contoh.test", "--phone", "+6281234567890")
        charge = host.json("charge", "create", "INV-1", 150_000, "--method", "bank_transfer", *who)
        page = unclear(host, 999_999)
        looked_for = {"due": f"{charge['amount_due']:,}".replace(",", ".")}.get(typed, typed)

        found = owner.get(f"{page}/confirm?order={quote(looked_for)}").text

        assert "Yang mana?" in found
        assert "Ya, catat begitu" not in found
        then = owner.read(re.search(r'href="([^"]+order=INV-1)"', found)[1])
        assert "Pesanan ini menjadi lunas" in then

    def test_what_nobody_has_is_said(self, host, owner):
        host.buy(150_000)
        page = unclear(host, 999_999)

        assert "Tidak ada tagihan untuk pesanan sidoarjo." in owner.read(f"{page}/confirm?order=sidoarjo")

    def test_money_that_left_is_looked_for_too(self, host, owner):
        host.buy(150_000)
        page = unclear(host, 20_000, kind="DB")

        assert "bukan pengembalian dana atau penarikan" in owner.read(page)
        assert "Pilih INV-1" in owner.read(f"{page}/confirm?order=inv")


class TestWorkList:
    def test_when_all_is_decided_it_says_so(self, owner):
        assert "Tidak ada yang menunggu keputusan" in owner.read(WORK)

    def test_a_near_miss_says_why_it_did_not_match_and_what_a_click_does(self, host, owner):
        charge = host.buy(150_000)
        unclear(host)

        text = owner.read(WORK)

        off = charge["unique_code"]
        assert "INV-1 Menunggu pembayaran" in text
        assert f"Kode uniknya tidak ikut ditransfer: kurang Rp{off}." in text
        assert f"Pesanan ini menjadi lunas; kekurangan Rp{off} dari kode uniknya direlakan." in text

    def test_one_click_gives_it_to_the_order(self, host, owner):
        host.buy(150_000)
        page = unclear(host)

        text = owner.send(WORK, "/match")

        assert "Tercatat." in text
        assert host.charge("INV-1")["status"] == "paid"
        assert "INV-1 Rp150.000 pembayaran" in text
        assert "Dicocokkan oleh orang toko" in owner.read(page)
        assert "owner@toko.test" in owner.read(page)

    def test_from_one_decided_line_a_link_leads_on_to_what_is_still_unclear(self, host, owner):
        host.buy(150_000)
        page = unclear(host)
        assert "Lanjut ke yang belum jelas" not in owner.read(page)
        host.receive(bank.mutation(123_456))

        assert "Lanjut ke yang belum jelas: masih 1" in owner.send(WORK, "/match")

    def test_a_second_click_changes_nothing_and_says_so(self, host, owner):
        host.buy(150_000)
        unclear(host)
        form = owner.form(WORK, "/match")
        owner.send(WORK, "/match", form=form)

        text = owner.send(WORK, "/match", form=form)

        assert "Tidak ada yang diubah" in text
        assert [action for _, action, _, _ in host.acted] == ["mutation.match"]
        assert host.charge("INV-1")["amount_paid"] == 150_000

    def test_the_host_is_told_who_did_what_to_which(self, host, owner):
        host.buy(150_000)
        unclear(host, mutation_id="Mut-x")

        owner.send(WORK, "/match")

        assert host.acted == [("owner@toko.test", "mutation.match", "Mut-x", {"parts": {"INV-1": 150_000}})]

    def test_money_that_left_has_a_list_of_its_own(self, host, owner):
        unclear(host, 77_000, kind="DB", description="TARIK TUNAI")

        assert "TARIK TUNAI" not in owner.read(WORK)
        assert "TARIK TUNAI" in owner.read(f"{WORK}?direction=debit")

    def test_an_old_one_says_how_long_it_waits(self, host, owner):
        unclear(host)
        with host.work() as work:
            line = work.session.scalars(select(Mutation)).one()
            line.created_at = datetime.now(UTC) - timedelta(days=5, hours=1)

        assert "menunggu 5 hari" in owner.read(WORK)


class TestOneMutation:
    def test_an_order_is_chosen_by_its_number_after_what_would_happen_was_read(self, host, owner):
        host.buy(100_000)
        page = unclear(host, 60_000)

        text = owner.read(f"{page}/confirm?order=INV-1")
        assert "Pesanan ini menjadi kurang bayar; sisanya" in text
        owner.send(f"{page}/confirm?order=INV-1", "/match")

        assert host.charge("INV-1")["exceptions"] == ["underpaid"]

    @pytest.mark.parametrize(
        ("query", "problem"),
        [
            ("order=INV-9", "Tidak ada tagihan untuk pesanan INV-9."),
            ("order=INV-1&amount=banyak", "tidak terbaca"),
            ("order=INV-1&amount=10.000", "keduanya harus tepat sama"),
            ("order=INV-1&amount=30.000&order=INV-1&amount=30.000", "satu kali saja"),
        ],
    )
    def test_what_cannot_be_is_said_and_kept_in_the_form(self, host, owner, query, problem):
        host.buy(100_000)
        page = unclear(host, 60_000)

        assert problem in owner.read(f"{page}/confirm?{query}")
        assert all("/match" not in (form["action"] or "") for form in owner.forms(f"{page}/confirm?{query}"))

    def test_it_is_split_over_several_orders(self, host, owner):
        first, second = host.buy(100_000), host.buy(50_000)
        page = unclear(host, first["amount_due"] + second["amount_due"])
        parts = "&".join(f"order={each['order_ref']}&amount={each['amount_due']}" for each in (first, second))

        owner.send(f"{page}/confirm?{parts}", "/match")

        assert [host.charge(ref)["status"] for ref in ("INV-1", "INV-2")] == ["paid", "paid"]

    def test_a_match_is_taken_back_with_a_reason(self, host, owner):
        charge = host.buy(100_000)
        page = unclear(host, charge["amount_due"])
        assert host.charge("INV-1")["status"] == "paid"

        text = owner.send(page, "/unmatch", reason="Salah orang")

        assert "menunggu keputusan lagi" in text
        assert "Salah orang" in text
        assert host.charge("INV-1")["status"] == "pending"

    def test_without_a_reason_nothing_is_taken_back(self, host, owner):
        charge = host.buy(100_000)
        page = unclear(host, charge["amount_due"])

        assert "Tulis alasannya" in owner.send(page, "/unmatch", reason=" ")
        assert host.charge("INV-1")["status"] == "paid"

    def test_it_is_given_to_another_order(self, host, owner):
        charge = host.buy(100_000)
        host.buy(100_000)
        page = unclear(host, charge["amount_due"])

        owner.send(f"{page}/confirm?order=INV-2", "/match", reason="Tertukar")

        assert host.charge("INV-1")["amount_paid"] == 0
        assert host.charge("INV-2")["amount_paid"] == charge["amount_due"]

    def test_it_is_ignored_and_so_are_those_like_it(self, host, owner):
        page = unclear(host, 12_345, description="BUNGA TABUNGAN NOV")

        owner.send(page, "/ignore", reason="Bunga bank", with_rule="1", rule="bunga tabungan")
        later = unclear(host, 23_456, description="BUNGA TABUNGAN DES")

        assert "Diabaikan" in owner.read(page)
        assert "Cocok dengan aturan abaikan." in owner.read(later)
        assert "bunga tabungan" in owner.read(f"{WORK}/rules")

    def test_a_rule_is_ended_once(self, host, owner):
        page = unclear(host, 12_345, description="BUNGA TABUNGAN NOV")
        owner.send(page, "/ignore", reason="Bunga bank", with_rule="1", rule="bunga tabungan")
        form = owner.form(f"{WORK}/rules", "/end")

        first, second = (owner.send(f"{WORK}/rules", "/end", form=form) for _ in range(2))

        assert "tidak dipakai lagi" in first
        assert "tidak dipakai lagi" in second
        assert "Belum ada aturan" in owner.read(f"{WORK}/rules")

    def test_too_short_a_rule_is_refused_and_the_line_stays_open(self, host, owner):
        page = unclear(host, 12_345)

        assert "Ditolak" in owner.send(page, "/ignore", reason="x", with_rule="1", rule="abc")
        assert "Belum jelas" in owner.read(page)

    def test_the_rules_look_again_once_something_else_is_known(self, host, owner):
        page = unclear(host, 55_000, bank_id=bank.MANDIRI)
        host.add_account(bank.MANDIRI, "mandiri")

        assert "Aturan sudah menilainya lagi" in owner.send(page, "/rerun")

    def test_notes_stay_in_the_story(self, host, owner):
        page = unclear(host)

        assert "Sudah saya telepon" in owner.send(page, "/note", text="Sudah saya telepon")

    def test_what_came_twice_differently_is_acknowledged(self, host, owner):
        page = unclear(host, 50_000, mutation_id="Mut-2x")
        host.receive(bank.mutation(51_000, mutation_id="Mut-2x"))

        assert "Pernah dilaporkan lagi sebagai +Rp51.000." in owner.read(page)
        text = owner.send(page, "/acknowledge", reason="Di bank 50.000")

        assert "Sudah diperiksa oleh owner@toko.test: Di bank 50.000" in text

    @pytest.mark.parametrize("number", ["999999", "9" * 30])
    def test_an_unknown_one_is_404(self, owner, number):
        assert owner.get(f"{WORK}/{number}").status_code == 404


class TestAllMutations:
    def test_every_filter_narrows(self, host, owner):
        charge = host.buy(100_000)
        host.receive(bank.mutation(charge["amount_due"], description="BAYAR KOPI"))
        host.receive(bank.mutation(33_000, description="SETOR 100% TUNAI"))
        host.receive(bank.mutation(44_000, kind="DB", description="TARIK"))

        assert "SETOR" not in owner.read(f"{ALL}?status=matched")
        assert "BAYAR KOPI" in owner.read(f"{ALL}?status=matched")
        assert "BAYAR KOPI" not in owner.read(f"{ALL}?direction=debit")
        assert "SETOR" in owner.read(f"{ALL}?amount=33.000")
        assert "SETOR" in owner.read(f"{ALL}?text=100%25+tunai")
        assert "SETOR" not in owner.read(f"{ALL}?text=100_")
        assert "BAYAR KOPI" in owner.read(f"{ALL}?text=INV-1")
        assert "Tidak ada mutasi yang cocok" in owner.read(f"{ALL}?until=2020-01-01")
        assert "SETOR" in owner.read(f"{ALL}?since=2020-01-01&status=unmatched&direction=credit")

    @pytest.mark.parametrize(
        "query",
        [
            f"since=kemarin&until=0001-01-01&amount={'9' * 40}&account={'9' * 40}&after={'9' * 40}.1",
            "status=lost&direction=up&after=x.y&account=-1&text=%27%22%3Cb%3E",
            "since=9999-12-31&until=9999-12-31&after=9999999999999999.9999999999999999",
        ],
    )
    def test_nonsense_is_no_error(self, owner, query):
        assert owner.get(f"{ALL}?{query}").status_code == 200

    def test_page_follows_page_and_no_line_is_shown_twice(self, host, owner, monkeypatch):
        monkeypatch.setattr(finding, "PAGE", 3)
        monkeypatch.setattr(finding, "REACH", 4)
        same = "2026-11-24 00:00:00"
        host.receive(*(bank.mutation(1_000 + n, date=same, description=f"BARIS {n:02d}") for n in range(10)))

        for query in ("?", "?text=baris&", "?text=0&status=unmatched&"):
            seen, path = [], f"{ALL}{query}"
            for _ in range(20):
                html = owner.get(path).text
                seen += [int(part[:2]) for part in html.split("BARIS ")[1:]]
                following = html.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
                if not following:
                    break
                path = following
            assert seen == list(reversed(range(10))), query
