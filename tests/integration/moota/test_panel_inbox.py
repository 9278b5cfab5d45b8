"""The webhook inbox in the panel: what came, what was refused and why, processing again, pausing and resuming."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hosts import bank
from hosts.panelled import standing

from payments_moota import pausing

INBOX = "/panel/inbox"


@pytest.fixture
def host(database_url):
    with standing(database_url) as made:
        yield made


@pytest.fixture
def owner(host):
    return host.visitor()


def broken(host, content=b"not json"):
    delivery = host.post_webhook(content).json["delivery"]
    host.process()
    return delivery


class TestList:
    def test_an_empty_inbox_says_so(self, owner):
        assert "Belum ada webhook yang datang" in owner.read(INBOX)

    def test_each_says_what_became_of_it(self, host, owner):
        charge = host.buy(100_000)
        content = bank.body(bank.mutation(charge["amount_due"]), bank.mutation(5))
        for _ in range(2):
            host.post_webhook(content)
        host.process()
        broken(host)

        text = owner.read(INBOX)

        assert "datang lagi 1 kali Selesai 1 belum jelas, 1 cocok" in text
        assert "Isinya bukan daftar mutasi." in text
        assert "1 gagal diproses" in text
        assert "not JSON" not in owner.read(f"{INBOX}?status=processed")

    def test_all_that_failed_is_processed_again_and_a_second_click_is_harmless(self, host, owner):
        broken(host)
        broken(host, b"{}")
        form = owner.form(INBOX, "/retry")

        first = owner.send(INBOX, "/retry", form=form)
        second = owner.send(INBOX, "/retry", form=form)

        assert "2 yang gagal akan diproses lagi" in first
        assert "0 yang gagal akan diproses lagi" in second
        assert {row["status"] for row in host.json("inbox", "list")} == {"received"}


class TestPage:
    def test_body_and_headers_are_shown_without_secrets_and_numbers(self, host, owner):
        delivery = host.receive(bank.mutation(50_000, description="DARI 5210987654321"))

        html = owner.get(f"{INBOX}/{delivery}").text

        assert "••••••3334" in html
        for secret in ("1112223334", "5210987654321", bank.sign(bank.body())[:8], "&#34;token&#34;: &#34;Mut"):
            assert secret not in html
        assert re.search(r"[0-9a-f]{64}", html) is None

    def test_it_is_processed_again_once(self, host, owner):
        delivery = host.receive(bank.mutation(50_000, bank_id=bank.MANDIRI))
        host.add_account(bank.MANDIRI, "mandiri")
        page = f"{INBOX}/{delivery}"
        form = owner.form(page, "/replay")

        assert "Akan diproses lagi" in owner.send(page, "/replay", form=form)
        assert "Tidak ada yang diubah" in owner.send(page, "/replay", form=form)

    def test_an_unknown_one_is_404(self, owner):
        assert owner.get(f"{INBOX}/tidakada").status_code == 404


class TestWhyItFailed:
    def test_a_body_that_is_no_list_says_so_and_what_to_do(self, host, owner):
        delivery = broken(host)

        text = owner.read(f"{INBOX}/{delivery}")

        assert "Isinya bukan daftar mutasi. Tidak ada uang yang dapat dibaca darinya" in text
        assert "The body is not JSON." in text
        assert "Belum ada yang dibaca darinya." in text

    def test_a_mutation_that_cannot_be_read_leads_to_the_report_it_came_in(self, host, owner):
        delivery = host.receive({"bank_id": bank.BCA, "amount": "seratus", "type": "CR"})
        page = re.search(r'href="(/panel/mutations/\d+)"', owner.get(f"{INBOX}/{delivery}").text)[1]

        answer = owner.get(page).text

        assert "Jumlah tidak terbaca" in answer
        assert "Satu mutasi tidak terbaca." in answer
        assert f'href="{INBOX}/{delivery}"' in answer


class TestRefused:
    def test_each_reason_is_told(self, host, owner):
        host.post_webhook(b"[]", signature="ab" * 32)
        host.post_webhook(b"[]", source="103.236.201.99")

        text = owner.read(f"{INBOX}/refused")

        assert "Webhook asli dari 103.236.201.99 ditolak" in text
        assert "tanda tangan benar" in text

    def test_an_address_is_let_in_by_those_who_may(self, host, owner):
        host.post_webhook(b"[]", source="103.236.201.99")
        page = f"{INBOX}/refused"
        assert [form for form in host.visitor("staff").forms(page) if (form["action"] or "").endswith("/allow")] == []

        assert "diterima mulai sekarang" in owner.send(page, "/allow")

        assert host.post_webhook(b"[]", source="103.236.201.99").status_code == 200


def test_the_days_are_drawn_with_their_figures_below(host, owner):
    host.receive(bank.mutation(50_000))
    broken(host)

    html = owner.get(f"{INBOX}/traffic").text

    today = datetime.now(UTC).astimezone().date()
    assert html.count("<rect") >= 2
    assert "style=" not in html
    assert not re.search("<script(?! src=)", html)
    row = next(row for row in html.split("<tr>") if today.isoformat() in row or ">1<" in row)
    assert row.count(">1<") >= 2


class TestPaused:
    def pause(self, owner):
        return owner.send(INBOX, "/pause", reason="Bank sedang aneh")

    def test_webhooks_are_stored_and_nothing_is_read_from_them(self, host, owner):
        charge = host.buy(100_000)
        text = self.pause(owner)
        assert host.post_webhook(bank.body(bank.mutation(charge["amount_due"]))).status_code == 200
        host.sweep()

        assert "Pemrosesan dijeda oleh owner@toko.test" in text
        assert "Bank sedang aneh" in owner.read("/panel/charges")
        assert host.charge("INV-1")["status"] == "pending"
        assert [row["status"] for row in host.json("inbox", "list")] == ["received"]

        owner.send(INBOX, "/resume")
        with time_machine.travel(datetime.now(UTC) + timedelta(seconds=30)):
            host.sweep()

        assert host.charge("INV-1")["status"] == "paid"
        assert "dijeda oleh" not in owner.read(INBOX)

    def test_no_deadline_is_held_against_a_payer_meanwhile(self, host, owner):
        charge = host.buy(100_000)
        self.pause(owner)
        paid_in_time = bank.mutation(charge["amount_due"])
        host.post_webhook(bank.body(paid_in_time))
        with time_machine.travel(datetime.now(UTC) + timedelta(days=3)):
            host.sweep()
            assert host.charge("INV-1")["status"] == "pending"
            with host.work("owner") as work:
                pausing.resume(work)
            host.sweep()

        assert (host.charge("INV-1")["status"], host.charge("INV-1")["exceptions"]) == ("paid", [])

    def test_doctor_and_commands_say_so(self, host):
        assert host.json("inbox", "pause", "--reason", "Uji") == {"paused": True}
        assert host.json("inbox", "pause", "--reason", "Lagi") == {"paused": True}

        checks = json.loads(host.run("doctor", "--json").stdout)["checks"]
        found = next(each for each in checks if each["name"] == "processing")
        refused = host.run("process")

        assert (found["status"], "Uji" in found["message"]) == ("error", True)
        assert (refused.exit_code, "paused" in refused.stderr) == (1, True)
        assert host.json("inbox", "resume") == {"paused": False}
        assert host.run("process").exit_code == 0

    def test_it_needs_a_reason_and_the_right(self, host, owner):
        assert "Tulis alasannya" in owner.send(INBOX, "/pause", reason=" ")
        staff = host.visitor("staff")

        assert [form for form in staff.forms(INBOX) if (form["action"] or "").endswith("/pause")] == []
        assert staff.client.post(f"{INBOX}/pause", data={"reason": "x"}).status_code == 403
