"""A refund from request to end: the cap, the approval, the books, and what each step leaves behind."""

import json
from datetime import UTC, datetime

import pytest
import time_machine
from hosts import minimal
from hosts.refunding import (
    NUMBER,
    OWNER,
    STAFF,
    account,
    approved,
    ask,
    at_once,
    give,
    paid,
    sent,
    statement_line,
)
from sqlalchemy import func, select

from payments_moota import (
    ApprovalRefused,
    InvalidAmount,
    InvalidTransition,
    NotRefundable,
    RefusedError,
    UnknownCharge,
    UnknownRefund,
    charges,
    ledger,
    proposals,
    refunds,
    signals,
)
from payments_moota import refund_steps as steps
from payments_moota.models import Allocation, Event, Holiday, Refund
from payments_moota.objects import refund_objects


def lines(work, ticket):
    """Return what the books say of one refund: (kind, amount, mutation) in order."""
    query = select(Allocation).join(Refund).where(Refund.ticket == ticket).order_by(Allocation.id)
    return [
        (line.kind, line.amount, line.mutation.mutation_id if line.mutation else None)
        for line in work.session.scalars(query)
    ]


def left(host, ref):
    with host.work() as work:
        return steps.refundable(work, charges.get_charge(work, ref))


def status(host, ticket):
    with host.work() as work:
        return refunds.get_refund(work, ticket).status


def dump(work, ticket):
    return refund_objects(work, [refunds.get_refund(work, ticket)])[0]


class TestTheCap:
    def test_a_request_takes_its_amount_from_what_can_be_refunded(self, host):
        ref = paid(host, 100_000)
        ask(host, ref, 60_000)
        with pytest.raises(NotRefundable) as refused:
            ask(host, ref, 40_001)
        ask(host, ref, 40_000)

        assert (refused.value.amount, refused.value.refundable) == (40_001, 40_000)
        assert left(host, ref) == 0

    @pytest.mark.parametrize("end", [refunds.withdraw, refunds.reject])
    def test_what_is_not_paid_out_can_be_asked_again(self, host, end):
        ref = paid(host, 100_000)
        ticket = ask(host, ref, 100_000)
        with host.work(OWNER) as work:
            end(work, ticket, note="tidak jadi")

        assert left(host, ref) == 100_000

    def test_a_completed_refund_stays_counted(self, host):
        ref = paid(host, 100_000)
        ticket = approved(host, ref, 100_000)
        with host.work(OWNER) as work:
            refunds.complete(work, ticket, note="bukti transfer 8812")

        assert left(host, ref) == 0
        assert host.charge(ref)["amount_refundable"] == 0

    def test_nothing_was_received(self, host):
        ref = host.buy(100_000)["order_ref"]
        with pytest.raises(NotRefundable):
            ask(host, ref, 1)

    @pytest.mark.parametrize("amount", [0, -5, True, 1.5, "10"])
    def test_an_amount_is_a_positive_whole_number(self, host, amount):
        ref = paid(host)
        with pytest.raises(InvalidAmount):
            ask(host, ref, amount)

    def test_an_unknown_order_or_reason(self, host):
        with pytest.raises(UnknownCharge):
            ask(host, "NONE")
        ref = paid(host)
        with pytest.raises(RefusedError, match="not a reason"):
            ask(host, ref, reason="because")

    def test_money_the_bank_took_back_cannot_be_approved_or_sent(self, host):
        ref = paid(host, 100_000)
        asked, decided = ask(host, ref, 40_000), approved(host, ref, 40_000)
        with host.work() as work:
            give(work, ref, 100_000, kind="reversal")
        with host.work(OWNER) as work, pytest.raises(NotRefundable, match="80000 rupiah less"):
            refunds.approve(work, asked)
        with host.work(OWNER) as work, pytest.raises(NotRefundable):
            refunds.mark_sent(work, decided)

        assert (status(host, asked), status(host, decided)) == ("requested", "approved")

    def test_two_people_ask_for_the_same_money(self, host):
        ref = paid(host, 50_000)
        for _ in range(50):
            answers = at_once(*(lambda who=who: ask(host, ref, 50_000, actor=who) for who in (OWNER, STAFF)))
            won = [answer for answer in answers if isinstance(answer, str)]
            assert [len(won), left(host, ref)] == [1, 0], answers
            assert any(isinstance(answer, NotRefundable) for answer in answers)
            with host.work() as work:
                refunds.withdraw(work, won[0])


class TestApproval:
    def test_not_by_the_one_who_asked(self, host):
        ticket = ask(host, paid(host), actor=STAFF)
        with host.work(STAFF.upper()) as work, pytest.raises(ApprovalRefused):
            refunds.approve(work, ticket)
        with host.work(STAFF) as work, pytest.raises(ApprovalRefused):
            refunds.approve(work, ticket, fresh_password=True)
        with host.work(OWNER) as work:
            decided = refunds.approve(work, ticket)
            assert (decided.decided_by, decided.status) == (OWNER, "approved")

    def test_a_one_person_shop_asks_for_the_password(self, make_host):
        host = make_host(MOOTA_REFUND_APPROVAL="fresh_password")
        host.add_account()
        ticket = ask(host, paid(host), actor=OWNER)
        with host.work(OWNER) as work, pytest.raises(ApprovalRefused, match="password"):
            refunds.approve(work, ticket)
        with host.work(OWNER) as work:
            assert refunds.approve(work, ticket, fresh_password=True).status == "approved"

    @pytest.mark.parametrize(
        ("setting", "people", "needs"),
        [
            ("auto", None, "second_person"),
            ("auto", 2, "second_person"),
            ("auto", 1, "fresh_password"),
            ("auto", 0, "fresh_password"),
            ("second_person", 1, "second_person"),
            ("fresh_password", 2, "fresh_password"),
        ],
    )
    def test_what_ones_own_request_needs(self, make_host, setting, people, needs):
        """By itself the extension cannot know who may approve, so without a count it asks for another person."""
        host = make_host(MOOTA_REFUND_APPROVAL=setting)
        host.app.extensions["moota"].approvers = None if people is None else (lambda: people)
        host.add_account()
        ticket = ask(host, paid(host), actor=OWNER)

        with host.work(OWNER) as work, pytest.raises(ApprovalRefused):
            refunds.approve(work, ticket)
        if needs == "second_person":
            with host.work(OWNER) as work, pytest.raises(ApprovalRefused, match="somebody else"):
                refunds.approve(work, ticket, fresh_password=True)
        else:
            with host.work(OWNER) as work:
                refunds.approve(work, ticket, fresh_password=True)

    def test_one_person_at_a_shell_takes_a_refund_from_the_request_to_the_end(self, host):
        """A shop of one has nobody else to ask and no login at the shell; four commands in a row have to do."""
        ref = paid(host, 100_000)
        ticket = host.json("refund", "request", ref, 50_000, "--reason", "goods")["ticket"]
        steps_taken = [
            host.json("refund", "approve", ticket),
            host.json("refund", "mark-sent", ticket),
            host.json("refund", "complete", ticket),
        ]

        assert [each["status"] for each in steps_taken] == ["approved", "sent", "completed"]

    @pytest.mark.parametrize("actor", ["system", "worker", "customer"])
    def test_never_by_a_machine_or_the_shopper(self, host, actor):
        ticket = ask(host, paid(host))
        with host.work(actor) as work, pytest.raises(ApprovalRefused):
            refunds.approve(work, ticket, fresh_password=True)

    def test_the_operator_at_the_shell_may(self, host):
        ticket = ask(host, paid(host), actor="cli")
        assert host.json("refund", "approve", ticket)["decided_by"] == "cli"

    def test_two_owners_approve_and_one_of_them_did(self, host):
        ref = paid(host, 1_000_000)
        for _ in range(50):
            ticket = ask(host, ref, 10_000, actor="customer", origin="customer")

            def approve(who, ticket=ticket):
                with host.work(who) as work:
                    return refunds.approve(work, ticket).decided_by

            answers = at_once(lambda: approve(OWNER), lambda: approve(STAFF))
            won = [answer for answer in answers if isinstance(answer, str)]
            assert len(won) == 1, answers
            assert any(isinstance(answer, InvalidTransition) for answer in answers)
            with host.work() as work:
                steps_taken = select(func.count()).select_from(Event).join(Refund).where(Refund.ticket == ticket)
                assert work.session.scalar(steps_taken.where(Event.name == "refund.approved")) == 1


class TestTheSteps:
    def test_a_refusal_leaves_nothing_behind_in_the_hosts_transaction(self, host):
        ticket = sent(host)
        with host.app.app_context():
            with pytest.raises(InvalidTransition):
                minimal.moota.withdraw_refund(ticket, note="terlambat")
            minimal.db.session.commit()
        assert status(host, ticket) == "sent"

    def test_a_rejection_says_why(self, host):
        ticket = ask(host, paid(host))
        for note in (None, "", "  \n"):
            with host.work(OWNER) as work, pytest.raises(RefusedError, match="why"):
                refunds.reject(work, ticket, note=note)
        with host.work(OWNER) as work:
            refunds.reject(work, ticket, note="Barang sudah dipakai.")
            assert dump(work, ticket)["timeline"][-1]["note"] == "Barang sudah dipakai."

    def test_completing_by_hand_needs_proof(self, host):
        ticket = sent(host)
        with host.work(OWNER) as work, pytest.raises(RefusedError, match="proof"):
            refunds.complete(work, ticket)
        with host.work(OWNER) as work:
            refunds.complete(work, ticket, note="resi m-banking 112233")
            assert lines(work, ticket) == [("refund", 50_000, None)]

    def test_nothing_is_done_twice(self, host):
        ticket = sent(host)
        with host.work(OWNER) as work:
            refunds.complete(work, ticket, note="resi")
        with host.work(OWNER) as work, pytest.raises(InvalidTransition):
            refunds.complete(work, ticket, note="resi")
        with host.work() as work:
            assert lines(work, ticket) == [("refund", 50_000, None)]

    def test_review_and_comments_change_no_due_date(self, host):
        ticket = ask(host, paid(host))
        with host.work(OWNER) as work:
            due = refunds.get_refund(work, ticket).due_at
            refunds.start_review(work, ticket)
            refunds.comment(work, ticket, "Mohon kirim\x00 foto barang.")
            found = dump(work, ticket)
        assert (found["status"], found["timeline"][-1]["note"]) == ("in_review", "Mohon kirim foto barang.")
        with host.work() as work:
            assert refunds.get_refund(work, ticket).due_at == due

    def test_every_step_is_one_event_and_one_signal(self, own_host):
        heard = []

        def listen(_app, refund, step, **_extra):
            heard.append((step, refund.status))

        for signal in (signals.refund_requested, signals.refund_updated, signals.refund_completed):
            signal.connect(listen, sender=own_host.app)
        ticket = sent(own_host)
        with own_host.work(OWNER) as work:
            refunds.complete(work, ticket, note="resi")
        with own_host.work() as work:
            query = select(Event).join(Refund).where(Refund.ticket == ticket).order_by(Event.id)
            events = [(event.name, event.data["status"]) for event in work.session.scalars(query)]

        assert events == heard
        assert [step for step, _ in heard] == ["refund.requested", "refund.approved", "refund.sent", "refund.completed"]

    def test_a_receiver_that_fails_undoes_the_step(self, own_host):
        def refuse(_app, **_extra):
            raise RuntimeError("the shop cannot")

        ticket = ask(own_host, paid(own_host))
        signals.refund_updated.connect(refuse, sender=own_host.app)
        with pytest.raises(RuntimeError), own_host.work(OWNER) as work:
            refunds.approve(work, ticket)
        assert status(own_host, ticket) == "requested"

    def test_a_text_that_is_too_long_is_refused(self, host):
        with pytest.raises(RefusedError, match="2001"):
            ask(host, paid(host), note="x" * 2001)


class TestTheBooks:
    @pytest.mark.parametrize("make", [approved, sent])
    def test_the_outgoing_mutation_completes(self, host, make):
        ticket = make(host)
        with host.work("worker") as work:
            mutation = statement_line(work, 50_000, "debit", "out-1")
            done = refunds.complete_by_mutation(work, refunds.get_refund(work, ticket), mutation)
            assert (done.status, lines(work, ticket)) == ("completed", [("refund", 50_000, "out-1")])

    def test_the_mutation_takes_the_place_of_the_person(self, host):
        ref = paid(host)
        ticket = approved(host, ref)
        with host.work(OWNER) as work:
            refunds.complete(work, ticket, note="resi")
        with host.work("worker") as work:
            mutation = statement_line(work, 50_000, "debit", "out-1")
            refunds.complete_by_mutation(work, refunds.get_refund(work, ticket), mutation)
            assert lines(work, ticket) == [
                ("refund", 50_000, None),
                ("refund", -50_000, None),
                ("refund", 50_000, "out-1"),
            ]
            second = statement_line(work, 50_000, "debit", "out-2")
            with pytest.raises(InvalidTransition):
                refunds.complete_by_mutation(work, refunds.get_refund(work, ticket), second)
        assert (status(host, ticket), left(host, ref)) == ("completed", 50_000)

    @pytest.mark.parametrize(("amount", "direction"), [(50_000, "credit"), (49_999, "debit")])
    def test_a_mutation_that_cannot_be_it_is_refused(self, host, amount, direction):
        ticket = sent(host)
        with host.work("worker") as work:
            mutation = statement_line(work, amount, direction, "m-1")
            with pytest.raises(RefusedError):
                refunds.complete_by_mutation(work, refunds.get_refund(work, ticket), mutation)
        assert status(host, ticket) == "sent"

    def test_a_mutation_is_not_spent_twice(self, host):
        first, second = sent(host), sent(host)
        with host.work("worker") as work:
            mutation = statement_line(work, 50_000, "debit", "out-1")
            refunds.complete_by_mutation(work, refunds.get_refund(work, first), mutation)
            with pytest.raises(RefusedError, match="with 0"):
                refunds.complete_by_mutation(work, refunds.get_refund(work, second), mutation)

    @pytest.mark.parametrize("seen", [True, False], ids=["payout seen", "payout never seen"])
    def test_a_returned_payout_reopens_the_refund(self, host, seen):
        ref = paid(host)
        ticket = approved(host, ref, destination=account())
        with host.work(OWNER) as work:
            refunds.mark_sent(work, ticket)
        with host.work("worker") as work:
            refund = refunds.get_refund(work, ticket)
            if seen:
                refunds.complete_by_mutation(work, refund, statement_line(work, 50_000, "debit", "out-1"))
            back = refunds.reopen_returned(work, refund, statement_line(work, 50_000, "credit", "back-1"))
            assert (back.status, back.destination_at, back.completed_at) == ("failed", None, None)
            assert lines(work, ticket) == [
                ("refund", 50_000, "out-1" if seen else None),
                ("returned", 50_000, "back-1"),
            ]
            assert ledger.figures_of(work, refund.charge).refunded == 0
        assert left(host, ref) == 50_000  # of 100,000, the failed refund still promises half

    def test_a_returned_refund_is_tried_again(self, host):
        ticket = sent(host)
        with host.work("worker") as work:
            refunds.reopen_returned(
                work, refunds.get_refund(work, ticket), statement_line(work, 50_000, "credit", "back-1")
            )
        with host.work(STAFF) as work, pytest.raises(ApprovalRefused):
            refunds.retry(work, ticket)
        with host.work(OWNER) as work:
            assert refunds.retry(work, ticket).status == "approved"
        with host.work("worker") as work:
            refunds.complete_by_mutation(
                work, refunds.get_refund(work, ticket), statement_line(work, 50_000, "debit", "out-2")
            )
            assert refunds.get_refund(work, ticket).status == "completed"

    def test_what_never_left_cannot_come_back(self, host):
        ticket = approved(host)
        with host.work("worker") as work, pytest.raises(InvalidTransition):
            refunds.reopen_returned(
                work, refunds.get_refund(work, ticket), statement_line(work, 50_000, "credit", "back-1")
            )


class TestProposals:
    def propose(self, host, ref, amount, reason="duplicate_payment"):
        with host.work("worker") as work:
            refund = proposals.propose(work, charges.get_charge(work, ref), amount, reason)
            return refund and (refund.ticket, refund.amount, refund.origin, refund.requested_by)

    def test_one_for_each_reason_raised_and_never_doubled(self, host):
        ref = paid(host, 100_000)
        first = self.propose(host, ref, 10_000)
        assert first[2:] == ("system", "system")
        assert self.propose(host, ref, 10_000) == first
        assert self.propose(host, ref, 30_000)[:2] == (first[0], 30_000)
        assert self.propose(host, ref, 5_000)[:2] == (first[0], 30_000)
        assert self.propose(host, ref, 5_000, "wrong_amount")[0] != first[0]
        with host.work() as work:
            assert dump(work, first[0])["timeline"][-1]["event"] == "refund.amount_changed"

    def test_never_more_than_there_is(self, host):
        ref = paid(host, 100_000)
        ask(host, ref, 80_000)
        ticket, amount, *_ = self.propose(host, ref, 50_000)
        assert amount == 20_000
        assert self.propose(host, ref, 90_000)[:2] == (ticket, 20_000)
        assert self.propose(host, ref, 1, "wrong_amount") is None

    def test_what_is_approved_already_counts(self, host):
        ref = paid(host, 100_000)
        ticket, *_ = self.propose(host, ref, 10_000)
        with host.work(OWNER) as work:
            refunds.approve(work, ticket)
        assert self.propose(host, ref, 10_000) is None
        assert self.propose(host, ref, 25_000)[1] == 15_000

    def test_what_went_back_already_counts_too(self, host):
        ref = paid(host, 100_000)
        ticket, *_ = self.propose(host, ref, 10_000)
        with host.work(OWNER) as work:
            refunds.approve(work, ticket)
            refunds.complete(work, ticket, note="resi")
        assert self.propose(host, ref, 10_000) is None
        assert self.propose(host, ref, 25_000)[1] == 15_000

    def test_what_the_shopper_asked_for_the_same_reason_counts_too(self, host):
        ref = paid(host, 100_000)
        ask(host, ref, 10_000, reason="duplicate_payment", actor="customer", origin="customer")
        assert self.propose(host, ref, 10_000) is None
        assert self.propose(host, ref, 10_000, "wrong_amount")[1] == 10_000

    def test_money_that_leaves_takes_its_proposals_along(self, host):
        """What is left is less than the order needs, so nothing of it is offered back any more."""
        ref = paid(host, 100_000)
        first, second = self.propose(host, ref, 30_000), self.propose(host, ref, 40_000, "wrong_amount")
        with host.work("worker") as work:
            proposals.trim_proposals(work, give(work, ref, 80_000, kind="reversal"))
        with host.work() as work:
            assert {dump(work, proposal[0])["status"] for proposal in (first, second)} == {"withdrawn"}
        assert left(host, ref) == 20_000


class TestDueDates:
    @pytest.mark.parametrize(
        ("now", "due"),
        [
            pytest.param("2026-11-24T02:00:00+00:00", "2026-11-26T17:00:00+07:00", id="Tuesday"),
            pytest.param("2026-11-27T02:00:00+00:00", "2026-12-01T17:00:00+07:00", id="Friday: over the weekend"),
            pytest.param("2026-11-24T18:00:00+00:00", "2026-11-27T17:00:00+07:00", id="already Wednesday in Jakarta"),
        ],
    )
    def test_a_request_is_answered_in_workdays(self, host, now, due):
        with time_machine.travel(now, tick=False):
            ticket = ask(host, paid(host))
            with host.work() as work:
                assert dump(work, ticket)["due_at"] == due

    def test_each_step_has_a_date_of_its_own(self, host):
        ref = paid(host)
        with time_machine.travel("2026-11-24T02:00:00+00:00", tick=False) as clock:
            ticket = ask(host, ref, destination=account())
            clock.move_to("2026-11-25T02:00:00+00:00")
            with host.work(OWNER) as work:
                assert refunds.approve(work, ticket).due_at == datetime(2026, 11, 30, 10, tzinfo=UTC)
            clock.move_to("2026-11-30T08:00:00+00:00")
            with host.work(OWNER) as work:
                assert refunds.mark_sent(work, ticket).due_at == datetime(2026, 12, 1, 10, tzinfo=UTC)

    def test_the_owners_holidays_count(self, host):
        with host.work() as work:
            work.session.add(Holiday(day=datetime(2026, 11, 25, tzinfo=UTC).date(), name="Libur daerah"))
            work.session.add(Holiday(day=datetime(2026, 12, 25, tzinfo=UTC).date(), name=""))
        with host.work() as work:
            days = steps.bank_holidays(work)
        assert datetime(2026, 11, 25, tzinfo=UTC).date() in days
        assert datetime(2026, 12, 25, tzinfo=UTC).date() not in days
        with time_machine.travel("2026-11-24T02:00:00+00:00", tick=False):
            ticket = ask(host, paid(host))
            with host.work() as work:
                assert dump(work, ticket)["due_at"] == "2026-11-27T17:00:00+07:00"

    def test_the_overdue_are_listed_longest_first(self, host):
        ref = paid(host)
        with time_machine.travel("2026-11-24T02:00:00+00:00", tick=False) as clock:
            first = ask(host, ref, 1000)
            clock.move_to("2026-11-25T02:00:00+00:00")
            second, withdrawn = ask(host, ref, 1000), ask(host, ref, 1000)
            with host.work() as work:
                refunds.withdraw(work, withdrawn)
            clock.move_to("2026-11-26T10:00:01+00:00")
            assert [row["ticket"] for row in host.json("refund", "list", "--overdue")] == [first]
            clock.move_to("2026-12-26T10:00:01+00:00")
            assert [row["ticket"] for row in host.json("refund", "list", "--overdue")] == [first, second]

    def test_the_ticket_has_the_year_of_the_shop(self, host):
        with time_machine.travel("2026-12-31T18:00:00+00:00", tick=False):
            assert ask(host, paid(host)).startswith("RFD-2027-")


class TestTheCommands:
    def test_the_whole_way(self, host):
        ref = paid(host, 100_000)
        asked = host.json("refund", "request", ref, 50_000, "--reason", "cancellation", "--note", "stok habis")
        contract = {"ticket", "order_ref", "amount", "reason", "status", "origin", "due_at", "timeline"}
        assert contract <= asked.keys()
        assert ("requested", "owner", "cancellation", ref) == tuple(
            asked[key] for key in ("status", "origin", "reason", "order_ref")
        )
        ticket = asked["ticket"]
        host.json("refund", "approve", ticket)
        host.json("refund", "mark-sent", ticket, "--note", "BCA ke BCA")
        done = host.json("refund", "complete", ticket, "--note", "resi 8812")
        assert done == host.json("refund", "show", ticket)
        steps_shown = [(line["status"], line["by"], line["note"]) for line in done["timeline"]]
        assert steps_shown == [
            ("requested", "cli", "stok habis"),
            ("approved", "cli", None),
            ("sent", "cli", "BCA ke BCA"),
            ("completed", "cli", "resi 8812"),
        ]
        assert all(line["at"].endswith("+07:00") for line in done["timeline"])
        assert [row["ticket"] for row in host.json("refund", "list", "--status", "completed")] == [ticket]
        assert host.json("refund", "list", "--status", "requested") == []

    def test_with_a_destination_that_is_never_shown_in_full(self, host):
        ref = paid(host)
        where = ("--bank", "bca", "--number", NUMBER, "--holder", "Budi Santoso")
        result = host.run("refund", "request", ref, 50_000, "--reason", "goods", *where)
        assert result.exit_code == 0, result.output
        row = host.json("refund", "list")[0]
        shown = result.output + host.run("refund", "show", row["ticket"]).output + json.dumps(row)
        assert row["destination"]["number"] == "••••••7654"
        assert NUMBER not in shown
        assert "Santoso" not in shown

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (("approve", "RFD-2026-999999"), "There is no refund"),
            (("reject", "{ticket}"), "why"),
            (("complete", "{ticket}"), "does not allow"),
            (("mark-sent", "{ticket}"), "does not allow"),
            (("request", "{ref}", "999999999", "--reason", "other"), "cannot be refunded"),
            (("request", "{ref}", "1", "--reason", "other", "--bank", "x", "--number", "1", "--holder", "B"), "bank"),
        ],
    )
    def test_a_refusal_is_one_line(self, host, arguments, says):
        ref = paid(host)
        ticket = ask(host, ref)
        result = host.run("refund", *(part.format(ticket=ticket, ref=ref) for part in arguments), "--json")
        assert result.exit_code == 1
        assert result.stdout == ""
        assert (len(result.stderr.strip().splitlines()), says in result.stderr) == (1, True)

    @pytest.mark.parametrize(
        "arguments",
        [
            ("request", "{ref}", "1"),
            ("request", "{ref}", "1", "--reason", "boredom"),
            ("request", "{ref}", "1", "--reason", "other", "--bank", "bca"),
            ("list", "--status", "lost"),
        ],
    )
    def test_wrong_usage(self, host, arguments):
        ref = paid(host)
        assert host.run("refund", *(part.format(ref=ref) for part in arguments)).exit_code == 2


class TestForAHost:
    def test_the_public_methods(self, host):
        ref = paid(host)
        with host.app.app_context():
            refund = minimal.moota.request_refund(ref, 50_000, reason="cancellation", note="…")
            minimal.db.session.commit()
            ticket = refund.ticket
            assert (refund.origin, refund.requested_by) == ("owner", "owner")
            assert minimal.moota.get_refund(ticket) is refund
            assert minimal.moota.get_refund("RFD-0") is None
            assert [each.ticket for each in minimal.moota.list_refunds(ref)] == [ticket]
            assert minimal.moota.suggested_refund(ref) == 50_000
            with pytest.raises(UnknownRefund):
                minimal.moota.withdraw_refund("RFD-0")
            minimal.moota.withdraw_refund(ticket)
            assert minimal.moota.refund_object(refund)["status"] == "withdrawn"
            minimal.db.session.commit()

    @pytest.mark.parametrize(("treatment", "kept"), [("return", False), ("keep", True)])
    def test_whether_the_unique_code_goes_back(self, make_host, treatment, kept):
        host = make_host(MOOTA_REFUND_UNIQUE_CODE=treatment)
        host.add_account()
        charge = host.buy(100_000)
        with host.work() as work:
            found = give(work, charge["order_ref"], charge["amount_due"])
            suggested = refunds.suggested_amount(work, found)
        assert suggested == (100_000 if kept else charge["amount_due"])
        ask(host, charge["order_ref"], charge["amount_due"])  # what is suggested is no limit
