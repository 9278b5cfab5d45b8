"""The books in the panel: whether a month ties, its signature, what a signature locks, and files that balance."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hosts import bank
from hosts.panelled import standing
from hosts.refunding import ask
from sqlalchemy import select, update

from benchmarks.plans import Questions
from payments_moota import by_hand, closing
from payments_moota.errors import MonthMoved, PeriodClosed
from payments_moota.models import Charge, Mutation

BOOKS = "/panel/books"
IN_NOVEMBER = datetime(2026, 11, 24, 3, tzinfo=UTC)
IN_DECEMBER = datetime(2026, 12, 2, 3, tzinfo=UTC)
NOVEMBER = IN_NOVEMBER.date().replace(day=1)


@pytest.fixture
def host(database_url):
    with standing(database_url) as made:
        yield made


@pytest.fixture
def november(host):
    """One order paid exactly and one line nobody knows, with the bank's running balance."""
    with time_machine.travel(IN_NOVEMBER, tick=True):
        due = host.buy(150_000)["amount_due"]
        host.receive(bank.mutation(due, at=IN_NOVEMBER, balance=1_000_000 + due))
        host.receive(
            bank.mutation(7_000, kind="DB", at=IN_NOVEMBER + timedelta(hours=1), balance=1_000_000 + due - 7_000)
        )
    return due


def table(host, path):
    answer = host.visitor().get(path)
    assert answer.mimetype == "text/csv"
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))


def the_debit(work):
    return work.session.scalars(select(Mutation).where(Mutation.direction == "debit")).one()


def test_a_month_shows_its_days_and_that_they_tie(host, november):
    with time_machine.travel(IN_NOVEMBER, tick=True):
        page = host.visitor().read(BOOKS)
    assert "Pembukuan November 2026" in page
    assert "Pembukuan cocok dengan rekening koran" in page
    assert "24 Nov 2026" in page
    assert "belum berakhir menurut bank" in page


def test_a_month_without_a_line_says_so_and_nonsense_is_this_month(host):
    for address in (f"{BOOKS}?month=2026-01", f"{BOOKS}?month=x", f"{BOOKS}?month=9999-99", f"{BOOKS}?month=2999-01"):
        assert "Tidak ada mutasi di bulan ini" in host.visitor().read(address)


def test_a_gap_is_told_with_where_to_look(host, november):
    with time_machine.travel(IN_NOVEMBER, tick=True):
        host.receive(bank.mutation(1_000, kind="DB", at=IN_NOVEMBER + timedelta(hours=2), balance=500_000))
        page = host.visitor().read(BOOKS)
    assert "Ada yang tidak cocok" in page
    assert "tanpa mutasi" in page


def test_the_ledger_balances_and_says_what_the_money_was(host, november):
    with time_machine.travel(IN_NOVEMBER, tick=True):
        head, *entries = table(host, f"{BOOKS}/ledger.csv?month=2026-11")
    assert head == ["Tanggal", "Akun", "Keterangan", "Debit", "Kredit"]
    assert sum(int(line[3] or 0) for line in entries) == sum(int(line[4] or 0) for line in entries)
    on_the_bank = [line for line in entries if line[1].startswith("Bank")]
    assert sum(int(line[3] or 0) - int(line[4] or 0) for line in on_the_bank) == november - 7_000
    assert {"Penjualan", "Belum dikenali"} <= {line[1] for line in entries}


def test_the_days_can_be_taken_home(host, november):
    with time_machine.travel(IN_NOVEMBER, tick=True):
        _head, day = table(host, f"{BOOKS}/days.csv?month=2026-11")
    assert day[1] == "2026-11-24"
    assert str(november) in day
    assert day[-1] == "ya"


def test_a_month_is_not_read_anew_while_nothing_of_it_changes(host, november):
    with host.app.app_context():
        engine = host.app.extensions["sqlalchemy"].engine
    with time_machine.travel(IN_NOVEMBER, tick=True):
        owner = host.visitor()
        with Questions(engine) as first:
            owner.get(BOOKS)
        with Questions(engine) as second:
            owner.get(BOOKS)
        host.receive(bank.mutation(5_000, at=IN_NOVEMBER + timedelta(hours=2), balance=1_000_000 + november - 2_000))

        assert "Rp5.000" in owner.read(BOOKS)
        assert "5000" in table(host, f"{BOOKS}/days.csv")[1]
    reads_lines = [any("content_sha256" in statement for statement, _ in look.asked) for look in (first, second)]
    assert reads_lines == [True, False]


def test_many_points_are_told_with_no_more_questions(host, november):
    """Each look comes after a change, so each reads the month anew."""
    with host.app.app_context():
        engine = host.app.extensions["sqlalchemy"].engine
    with time_machine.travel(IN_NOVEMBER, tick=True):
        owner, counts = host.visitor(), []
        for amount in range(50_000, 50_008):
            host.receive(bank.mutation(amount, at=IN_NOVEMBER, balance=None))
            with host.work() as work:
                work.session.execute(
                    update(Mutation).where(Mutation.amount_hundredths == amount * 100).values(status="matched")
                )
            with Questions(engine) as questions:
                page = owner.read(BOOKS)
            counts.append(len(questions.asked))

    assert page.count("Disebut cocok, tetapi tidak membayar apa pun") == 8
    assert counts[-1] == counts[1]


@pytest.mark.usefixtures("november")
class TestClosing:
    def test_a_month_is_closed_once_when_it_is_over_and_locks_what_is_in_it(self, host):
        owner = host.visitor()
        with time_machine.travel(IN_DECEMBER, tick=True):
            page = f"{BOOKS}?month=2026-11"
            form = owner.form(page, "/books/close")
            assert "Bulan ini ditutup" in owner.send(page, "/books/close", form=form, note="Biaya bank 7.000")
            assert "tidak ada yang diubah" in owner.send(page, "/books/close", form=form, note="lagi").lower()
            assert "Ditutup oleh owner@toko.test" in owner.read(page)
            with host.work() as work, pytest.raises(PeriodClosed):
                by_hand.ignore(work, the_debit(work), reason="biaya")
        assert [deed[:3] for deed in host.acted] == [("owner@toko.test", "month.close", "2026-11")]

    def test_a_month_that_is_not_over_cannot_be_closed(self, host):
        with time_machine.travel(IN_NOVEMBER, tick=True), host.work() as work:
            with pytest.raises(closing.RefusedError, match="not over"):
                closing.read(work, NOVEMBER)
            assert closing.standing(work, NOVEMBER) is None

    def test_what_does_not_tie_is_closed_only_with_a_word_on_why(self, host):
        with time_machine.travel(IN_NOVEMBER, tick=True):
            host.receive(bank.mutation(1_000, kind="DB", at=IN_NOVEMBER + timedelta(hours=2), balance=500_000))
        with time_machine.travel(IN_DECEMBER, tick=True), host.work() as work:
            reading = closing.read(work, NOVEMBER)
            with pytest.raises(closing.RefusedError, match="say why"):
                closing.close(work, reading, note="  ")
            assert closing.close(work, reading, note="Bank memperbaikinya di Desember").ties is False

    @pytest.mark.parametrize("what", ["line", "decision", "refund"])
    def test_what_changes_while_a_month_is_read_is_not_signed(self, host, what):
        with time_machine.travel(IN_DECEMBER, tick=True):
            with host.work() as work:
                paid_in_november = work.session.scalars(select(Charge.order_ref)).one()
                reading = closing.read(work, NOVEMBER)
            if what == "line":
                host.receive(bank.mutation(3_000, at=IN_NOVEMBER + timedelta(days=1), balance=10))
            elif what == "refund":
                ask(host, paid_in_november, 1_000)
            else:
                with host.work() as work:
                    by_hand.ignore(work, the_debit(work), reason="biaya")
            with host.work() as work, pytest.raises(MonthMoved):
                closing.close(work, reading, note="ok")

    def test_what_happens_in_the_next_month_meanwhile_is_no_matter(self, host):
        with time_machine.travel(IN_DECEMBER, tick=True):
            with host.work() as work:
                reading = closing.read(work, NOVEMBER)
            for price in (70_000, 80_000):
                paid = host.buy(price)
                host.receive(bank.mutation(paid["amount_due"], at=IN_DECEMBER))
                ask(host, paid["order_ref"], 1_000)
            host.receive(bank.mutation(4_321, at=IN_DECEMBER))
            with host.work() as work:
                assert closing.close(work, reading, note="ok") is closing.standing(work, NOVEMBER)

    def test_a_line_that_comes_late_is_kept_and_the_signature_says_that_it_changed(self, host):
        owner, page = host.visitor(), f"{BOOKS}?month=2026-11"
        with time_machine.travel(IN_DECEMBER, tick=True):
            owner.send(page, "/books/close", note="ok")
            assert "sudah berbeda dari yang ditandatangani" not in owner.read(page)
            host.receive(bank.mutation(3_000, at=IN_NOVEMBER + timedelta(days=1), balance=10))
            assert "sudah berbeda dari yang ditandatangani" in owner.read(page)

    def test_a_month_opened_again_can_be_put_right_and_remembers(self, host):
        owner, page = host.visitor(), f"{BOOKS}?month=2026-11"
        with time_machine.travel(IN_DECEMBER, tick=True):
            owner.send(page, "/books/close", note="ok")
            form = owner.form(page, "/books/reopen")
            assert "Tulis alasannya" in owner.send(page, "/books/reopen", form=form, reason=" ")
            assert "dibuka lagi" in owner.send(page, "/books/reopen", form=form, reason="Biaya belum dicatat")
            with host.work() as work:
                by_hand.ignore(work, the_debit(work), reason="biaya")
            assert "Pernah ditutup oleh owner@toko.test" in owner.read(page)
            assert "Bulan ini ditutup" in owner.send(page, "/books/close", note="beres")

    @pytest.mark.parametrize("role", ["staff", "bookkeeper"])
    def test_only_who_may_approve_closes(self, host, role):
        with time_machine.travel(IN_DECEMBER, tick=True):
            visitor = host.visitor(role)
            page = f"{BOOKS}?month=2026-11"
            assert "Pemilik toko yang bisa menutupnya" in visitor.read(page)
            assert visitor.client.post(f"{BOOKS}/close", data={"month": "2026-11"}).status_code == 403
