"""Evidence on a refund, complaints about it, and the list of payouts for the bank."""

import csv
import io

import pytest
import time_machine
from hosts import bank
from hosts.refunding import NUMBER, OWNER, STAFF, account, approved, ask, paid, sent
from PIL import Image
from sqlalchemy import select

from payments_moota import (
    InvalidEvidence,
    RefusedError,
    UnknownRefund,
    accounts,
    complaints,
    evidence,
    payouts,
    refunds,
)
from payments_moota.errors import UnknownComplaint
from payments_moota.models import Event
from payments_moota.objects import refund_objects

FILE = evidence.CleanFile("bukti.jpg", "image/jpeg", b"pixels")


def picture():
    """Return the bytes of a small PNG."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(out, "PNG")
    return out.getvalue()


def attach(host, ticket, *, actor=OWNER, **options):
    options.setdefault("side", "owner")
    with host.work(actor) as work:
        return evidence.attach(work, ticket, FILE, **options).public_id


class TestEvidence:
    def test_it_is_listed_without_its_content(self, host):
        ticket = ask(host, paid(host))
        public_id = attach(host, ticket, actor="customer", side="customer")
        with host.work() as work:
            refund = refunds.get_refund(work, ticket)
            shown = refund_objects(work, [refund])[0]
            assert evidence.get_evidence(work, refund, public_id).content == b"pixels"
        assert [(file["id"], file["side"], file["filename"]) for file in shown["evidence"]] == [
            (public_id, "customer", "bukti.jpg")
        ]
        assert shown["timeline"][-1]["event"] == "refund.evidence_added"

    def test_a_file_belongs_to_one_refund(self, host):
        first, second = ask(host, paid(host)), ask(host, paid(host))
        public_id = attach(host, first)
        with host.work() as work, pytest.raises(UnknownRefund):
            evidence.get_evidence(work, refunds.get_refund(work, second), public_id)

    def test_a_proof_completes_without_a_note(self, host):
        ticket = sent(host)
        attach(host, ticket, kind="evidence")
        with host.work(OWNER) as work, pytest.raises(RefusedError):
            refunds.complete(work, ticket)
        attach(host, ticket, kind="proof")
        with host.work(OWNER) as work:
            assert refunds.complete(work, ticket).status == "completed"

    def test_the_shopper_has_no_proof_of_the_shops_transfer(self, host):
        ticket = sent(host)
        with pytest.raises(InvalidEvidence):
            attach(host, ticket, side="customer", kind="proof")

    def test_there_is_a_limit_for_each_side(self, host):
        ticket = ask(host, paid(host))
        for _ in range(evidence.MAX_FILES_PER_SIDE):
            attach(host, ticket, side="customer")
        with pytest.raises(InvalidEvidence) as refused:
            attach(host, ticket, side="customer")
        assert refused.value.why == "count"
        attach(host, ticket, side="owner")


class TestComplaints:
    def test_one_with_a_ticket_and_a_day_until_it_is_answered(self, host):
        ticket = sent(host)
        with time_machine.travel("2026-11-24T02:00:00+00:00", tick=False):
            with host.work("customer") as work:
                filed = complaints.file_complaint(work, ticket, "Dana belum masuk.").ticket
            with host.work("customer") as work, pytest.raises(RefusedError, match=filed):
                complaints.file_complaint(work, ticket, "Halo?")
            with host.work(OWNER) as work:
                assert [each.ticket for each in complaints.open_complaints(work)] == [filed]
                complaints.answer_complaint(work, filed, "Sudah kami kirim ulang.")
        assert filed.startswith("ADU-2026-")
        with host.work() as work:
            shown = refund_objects(work, [refunds.get_refund(work, ticket)])[0]
            assert complaints.open_complaints(work) == []
            assert len(complaints.complaints_of(work, refunds.get_refund(work, ticket))) == 1
        assert shown["complaints"] == [
            {
                "ticket": filed,
                "message": "Dana belum masuk.",
                "answer": "Sudah kami kirim ulang.",
                "created_at": "2026-11-24T09:00:00+07:00",
                "due_at": "2026-11-26T17:00:00+07:00",
                "closed_at": "2026-11-24T09:00:00+07:00",
            }
        ]

    def test_what_cannot_be_answered(self, host):
        ticket = sent(host)
        with host.work("customer") as work, pytest.raises(RefusedError):
            complaints.file_complaint(work, ticket, " ")
        with host.work("customer") as work:
            filed = complaints.file_complaint(work, ticket, "Dana belum masuk.").ticket
        with host.work(OWNER) as work:
            with pytest.raises(UnknownComplaint):
                complaints.answer_complaint(work, "ADU-0", "ya")
            with pytest.raises(RefusedError):
                complaints.answer_complaint(work, filed, "")
            complaints.answer_complaint(work, filed, "ya")
            with pytest.raises(RefusedError, match="closed"):
                complaints.answer_complaint(work, filed, "ya")

    def test_from_a_telephone_call_to_the_answer_by_commands(self, host):
        ticket = sent(host)
        with time_machine.travel("2026-11-24T02:00:00+00:00", tick=False):
            filed = host.json("complaint", "file", ticket, "--message", "Dana belum masuk.")
            assert host.json("complaint", "list") == [filed]
            assert host.json("complaint", "list", "--overdue") == []
        with time_machine.travel("2026-11-26T10:00:01+00:00", tick=False):
            (late,) = host.json("complaint", "list", "--overdue")
            answered = host.json("complaint", "answer", late["ticket"], "--note", "Sudah kami kirim ulang.")

        assert (filed["refund"], filed["order_ref"], filed["is_overdue"]) == (ticket, "INV-1", False)
        assert (late["ticket"], late["is_overdue"]) == (filed["ticket"], True)
        assert (answered["answer"], answered["closed_by"]) == ("Sudah kami kirim ulang.", "cli")
        assert host.json("complaint", "show", filed["ticket"]) == answered
        assert (host.json("complaint", "list"), host.json("complaint", "list", "--all")) == ([], [answered])
        assert filed["ticket"] in host.run("complaint", "list", "--all").output
        assert "No complaints." in host.run("complaint", "list").output

    @pytest.mark.parametrize(
        ("arguments", "status", "words"),
        [
            (("show", "ADU-0"), 1, "complaint list"),
            (("answer", "ADU-0", "--note", "ya"), 1, "ADU-0"),
            (("answer", "ADU-0"), 2, "--note"),
            (("file", "RFD-0", "--message", "x"), 1, "RFD-0"),
            (("list", "--all", "--overdue"), 2, "together"),
        ],
    )
    def test_a_command_that_cannot_be_followed_says_why(self, host, arguments, status, words):
        result = host.run("complaint", *arguments)
        assert (result.exit_code, words in result.stderr) == (status, True)


class TestByCommands:
    """What the owner does with a refund at the command line, beside the steps."""

    def test_an_account_told_by_telephone_a_message_and_a_proof(self, host, tmp_path):
        ticket = ask(host, paid(host))
        host.json("refund", "ask-account", ticket)
        host.json("refund", "set-account", ticket, "--bank", "bca", "--number", NUMBER, "--holder", "Budi Santoso")
        host.json("refund", "review", ticket, "--note", "Kami periksa.")
        host.json("refund", "comment", ticket, "Kami kirim besok.")
        proof = tmp_path / "bukti transfer.png"
        proof.write_bytes(picture())
        for step in ("approve", "mark-sent"):
            host.json("refund", step, ticket)
        host.json("refund", "attach", ticket, proof, "--proof")

        shown = host.json("refund", "complete", ticket)

        assert (shown["status"], shown["destination"]["number"][-4:]) == ("completed", NUMBER[-4:])
        assert [(file["side"], file["kind"], file["filename"]) for file in shown["evidence"]] == [
            ("owner", "proof", "bukti transfer.png")
        ]
        assert "Kami kirim besok." in [line["note"] for line in shown["timeline"]]

    def test_after_the_approval_only_the_shopper_changes_the_account(self, host):
        ticket = approved(host)
        refused = host.run(
            *("refund", "set-account", ticket, "--bank", "bca", "--number", NUMBER, "--holder", "Budi Santoso")
        )
        assert (refused.exit_code, "by the link" in refused.stderr) == (1, True)

    def test_a_file_that_is_no_evidence_is_refused_in_one_line(self, host, tmp_path):
        (tmp_path / "x.pdf").write_text("halo")
        refused = host.run("refund", "attach", ask(host, paid(host)), tmp_path / "x.pdf")
        assert (refused.exit_code, refused.stderr.count("\n")) == (1, 1)


class TestPayouts:
    def export(self, host, layout, source=None):
        with host.work(STAFF) as work:
            return payouts.export_payouts(work, layout, source=source and accounts.get_account(work, source))

    def rows(self, made):
        return list(csv.reader(io.StringIO(made.content.decode("ascii"), newline="")))

    def test_bca(self, host):
        ref = paid(host)
        first = approved(host, ref, destination=account())
        second = approved(host, ref, 20_000, destination=account("1400012345678", "mandiri", "PT. Maju, Jaya"))
        waiting = approved(host, ref, 10_000)
        with time_machine.travel("2026-11-24T18:00:00+00:00", tick=False):
            made = self.export(host, "bca")
        assert made.filename == "refunds-20261125-bca.csv"
        assert (made.tickets, made.without_destination) == ([first, second], [waiting])
        assert self.rows(made)[1:] == [
            ["BCA", "", NUMBER, "Budi Santoso", "50000.00", first, "014", "Bank Central Asia (BCA)"],
            ["BI-FAST", "", "1400012345678", "PT. Maju, Jaya", "20000.00", second, "008", "Bank Mandiri"],
        ]

    def test_mandiri_names_the_account_and_the_total(self, host):
        ticket = approved(host, destination=account())
        with pytest.raises(RefusedError, match="account"):
            self.export(host, "mandiri")
        with time_machine.travel("2026-11-24T02:00:00+00:00", tick=False):
            head, line = self.rows(self.export(host, "mandiri", bank.BCA))
        assert head == ["P", "20261124", "1112223334", "1", "50000"]
        assert line[:2] == [NUMBER, "Budi Santoso"]
        assert line[5:] == ["IDR", "50000", ticket, ticket, "BAU", "014", "Bank Central Asia (BCA)"]

    def test_a_list_marks_nothing_and_is_remembered(self, host):
        ticket = approved(host, destination=account())
        assert self.export(host, "bca").tickets == self.export(host, "bca").tickets == [ticket]
        with host.work() as work:
            assert refunds.get_refund(work, ticket).status == "approved"
            events = work.session.scalars(select(Event).where(Event.name == "payouts.exported"))
            kept = [(event.actor, event.data) for event in events]
        assert [(actor, data["tickets"]) for actor, data in kept] == [(STAFF, [ticket])] * 2
        assert NUMBER not in str(kept)

    @pytest.mark.parametrize("make", [ask, sent])
    def test_only_what_is_approved_is_listed(self, host, make):
        make(host, paid(host), destination=account()) if make is ask else make(host, destination=account())
        assert self.export(host, "bca").tickets == []

    def test_by_command(self, host, tmp_path):
        ticket = approved(host, destination=account())
        file = tmp_path / "payouts.csv"
        result = host.run("refund", "payouts", "--layout", "bca", "--output", file)
        assert (result.exit_code, NUMBER in result.output) == (0, False)
        assert ticket in file.read_text()
        assert file.stat().st_mode & 0o077 == 0
        assert host.run("refund", "payouts", "--layout", "bni").exit_code == 2
        assert host.run("refund", "payouts", "--layout", "mandiri").exit_code == 1

    def test_an_unknown_layout(self, host):
        with pytest.raises(RefusedError, match="bca, mandiri"):
            self.export(host, "bni")
