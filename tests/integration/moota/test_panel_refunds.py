"""Refunds in the panel: a board by step, each step once and by those who may, and the list for the bank."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hosts.panelled import PanelHost, make_panelled, standing
from hosts.refunding import NUMBER, account, ask, paid

from payments_moota import complaints, refunds

BOARD = "/panel/refunds"
OWNER = "owner@toko.test"


@pytest.fixture
def host(database_url):
    with standing(database_url, MOOTA_REFUND_APPROVAL="fresh_password") as made:
        yield made


@pytest.fixture
def owner(host):
    return host.visitor()


def asked(host, *, actor="customer", destination=True, ref=None):
    return ask(host, ref or paid(host), 50_000, actor=actor, destination=account() if destination else None)


def status(host, ticket):
    return host.json("refund", "show", ticket)["status"]


def take(owner, ticket, step, **typed):
    """Take a step as the page's form does; its buttons name the address."""
    form = next(form for form in owner.forms(f"{BOARD}/{ticket}") if form["action"] is None)
    return owner.send("", "", form={**form, "action": f"{BOARD}/{ticket}/steps/{step}"}, **typed)


def test_the_board_has_each_where_something_is_to_be_done(host, owner):
    with time_machine.travel(datetime.now(UTC) - timedelta(days=30)):
        old = asked(host)
    waiting = asked(host, destination=False)
    with host.work(OWNER) as work:
        refunds.approve(work, waiting)

    text = owner.read(BOARD)

    assert "1 pengembalian melewati batas waktunya." in text
    assert f"Perlu diputuskan 1 Setujui atau tolak; pembeli menunggu. {old}" in text
    assert f"Menunggu rekening pembeli 1 Pembeli diminta memberi rekening lewat tautan di e-mailnya. {waiting}" in text


def test_from_approval_to_the_end(host, owner):
    ticket = asked(host)

    assert "Tercatat, dan pembeli diberi tahu." in take(owner, ticket, "approve")
    assert status(host, ticket) == "approved"
    take(owner, ticket, "send")
    assert "Tulis apa buktinya" in take(owner, ticket, "complete")
    take(owner, ticket, "complete", note="Ref 12345")

    assert status(host, ticket) == "completed"
    assert [action for _, action, _, _ in host.acted] == ["refund.approve", "refund.send", "refund.complete"]


def test_a_second_click_changes_nothing(host, owner):
    ticket = asked(host)
    form = next(form for form in owner.forms(f"{BOARD}/{ticket}") if form["action"] is None)
    form = {**form, "action": f"{BOARD}/{ticket}/steps/approve"}
    owner.send("", "", form=form)

    assert "Tidak ada yang diubah" in owner.send("", "", form=form)
    assert status(host, ticket) == "approved"


def test_declining_needs_a_reason_that_the_buyer_reads(host, owner):
    ticket = asked(host)

    assert "Tulis alasannya; pembeli membacanya." in take(owner, ticket, "reject")
    assert status(host, ticket) == "requested"
    take(owner, ticket, "reject", note="Barangnya tidak rusak")

    assert status(host, ticket) == "rejected"


@pytest.mark.parametrize(("password", "after"), [("", "requested"), ("salah", "requested"), ("rahasia", "approved")])
def test_ones_own_request_needs_the_password_again(host, owner, password, after):
    ticket = asked(host, actor=OWNER)

    text = take(owner, ticket, "approve", password=password)

    assert status(host, ticket) == after
    assert ("kata sandi" in text.lower()) == (after == "requested")


def test_where_a_second_person_is_needed_no_password_helps(database_url):
    app, db = make_panelled(database_url, MOOTA_REFUND_APPROVAL="second_person")
    host = PanelHost(app)
    host.add_account()
    ticket = asked(host, actor=OWNER)

    text = take(host.visitor(), ticket, "approve", password="rahasia")

    assert "rang lain yang harus menyetujui" in text
    assert status(host, ticket) == "requested"
    with app.app_context():
        db.engine.dispose()


def test_only_those_who_may_approve_are_offered_steps(host):
    ticket = asked(host)
    staff = host.visitor("staff")

    assert "Langkah berikutnya" not in staff.read(f"{BOARD}/{ticket}")
    assert staff.client.post(f"{BOARD}/{ticket}/steps/approve").status_code == 403
    assert host.visitor("bookkeeper").client.post(f"{BOARD}/{ticket}/papers").status_code == 403


def test_the_full_account_is_shown_on_request_and_that_is_kept(host, owner):
    ticket = asked(host)
    page = f"{BOARD}/{ticket}"

    assert NUMBER not in owner.get(page).text
    assert NUMBER in owner.send(page, "/account")
    assert host.acted[-1][1:3] == ("refund.account_viewed", ticket)
    assert NUMBER not in owner.get(page).text


def test_a_message_goes_to_the_buyer_and_an_empty_one_is_refused(host, owner):
    ticket = asked(host)
    page = f"{BOARD}/{ticket}"

    assert "Tulis pesan, atau pilih berkas." in owner.send(page, "/papers")
    assert "Besok kami kirim" in owner.send(page, "/papers", text="Besok kami kirim")


def test_a_complaint_is_answered_once(host, owner):
    ticket = asked(host)
    with host.work("customer") as work:
        filed = complaints.file_complaint(work, ticket, "Uangnya belum sampai").ticket
    page = f"{BOARD}/{ticket}"
    assert f"Aduan yang menunggu jawaban {filed}" in owner.read("/panel/refunds")
    form = owner.form(page, f"/complaints/{filed}")

    assert "aduannya ditutup" in owner.send(page, "", form=form, answer="Sudah kami kirim")
    assert "Ditolak" in owner.send(page, "", form=form, answer="Sekali lagi")
    assert owner.client.post(f"{page}/complaints/ADU-0", data=dict(form["fields"])).status_code == 404


def test_the_list_for_the_bank_has_what_is_ready_and_marks_nothing(host, owner):
    ticket = asked(host)
    take(owner, ticket, "approve")

    answer = owner.send(BOARD, "/payouts", layout="bca", account="", follow=False)
    refused = owner.send(BOARD, "/payouts", layout="mandiri", account="")

    assert NUMBER in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Pilih rekening asal uangnya" in refused
    assert status(host, ticket) == "approved"


def test_refunds_are_found_by_ticket_order_and_state(host, owner):
    ticket, ref = asked(host), paid(host)
    other = asked(host, ref=ref)

    for query, seen in {
        f"text={ticket.lower()}": {ticket},
        f"text={ref}": {other},
        "status=completed": set(),
        "status=requested": {ticket, other},
        "status=x&after=y": {ticket, other},
    }.items():
        text = owner.read(f"{BOARD}/all?{query}")
        assert {each for each in (ticket, other) if each in text} == seen, query


@pytest.mark.parametrize("path", ["RFD-0", "RFD-0/files/x"])
def test_an_unknown_one_is_404(owner, path):
    assert owner.get(f"{BOARD}/{path}").status_code == 404
