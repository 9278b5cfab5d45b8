"""Where the money goes: a link that works once, for one refund, until a day, and what is never shown."""

import json
from functools import partial

import pytest
import time_machine
from hosts.refunding import NUMBER, OWNER, STAFF, account, approved, ask, at_once, give, paid, sent, statement_line
from sqlalchemy import select

from payments_moota import InvalidLink, RefusedError, destinations, links, refunds
from payments_moota.models import Event, OutboxMessage, Refund
from payments_moota.objects import refund_objects

OTHER = "1400012345678"


def link(host, ticket):
    """Return the address that the shopper is sent now."""
    with host.work() as work:
        return links.destination_url(refunds.get_refund(work, ticket))


def use(host, address, destination=None):
    """Open the form and send it, as its page does."""
    token = address.removeprefix("/refunds/").removesuffix("/destination")
    with host.work("customer") as work:
        claim = links.read_destination_token(token)
        if claim is None:
            raise InvalidLink(why="altered")
        destinations.check_link(work, *claim)
        return destinations.enter_by_link(work, *claim, destination or account()).bank_number


def refused(host, address):
    with pytest.raises(InvalidLink) as error:
        use(host, address)
    return error.value.why


def number_of(host, ticket):
    with host.work() as work:
        return refunds.get_refund(work, ticket).bank_number


class TestTheLink:
    def test_it_works_once(self, host):
        ticket = ask(host, paid(host))
        address = link(host, ticket)
        assert use(host, address) == NUMBER
        assert refused(host, address) == "used"
        assert number_of(host, ticket) == NUMBER

    def test_two_use_it_at_the_same_moment(self, host):
        ref = paid(host)
        for _ in range(20):
            ticket = ask(host, ref, 1000)
            address = link(host, ticket)
            answers = at_once(partial(use, host, address), partial(use, host, address, account(OTHER, "mandiri")))
            won = [answer for answer in answers if isinstance(answer, str)]
            assert won == [number_of(host, ticket)], answers

    def test_an_altered_one_opens_nothing(self, host):
        first, second = ask(host, paid(host)), ask(host, paid(host))
        address = link(host, first)
        head, _, signature = address.removesuffix("/destination").rpartition(".")
        foreign_head = link(host, second).removesuffix("/destination").rpartition(".")[0]
        for forged in (
            f"{head}.{signature[:-2]}xx",
            f"{foreign_head}.{signature}",
            f"{head}x.{signature}",
            "/refunds/x",
        ):
            assert refused(host, f"{forged}/destination") == "altered"

    def test_the_status_link_is_another(self, host):
        ticket = ask(host, paid(host))
        with host.work() as work:
            refund = refunds.get_refund(work, ticket)
            status = links.refund_url(refund).removeprefix("/refunds/")
            assert links.refund_of_token(work, status) is refund
            assert links.read_destination_token(status) is None
            destination = links.destination_url(refund).removeprefix("/refunds/").removesuffix("/destination")
            assert links.refund_of_token(work, destination) is None

    def test_a_link_to_nothing(self, host):
        with host.work() as work, pytest.raises(InvalidLink):
            destinations.check_link(work, "0" * 20, 1)

    def test_it_ends_after_the_days_of_the_settings(self, make_host):
        host = make_host(MOOTA_REFUND_DESTINATION_DAYS="2")
        host.add_account()
        with time_machine.travel("2026-11-24T02:00:00+00:00", tick=False) as clock:
            ticket = ask(host, paid(host))
            address = link(host, ticket)
            clock.move_to("2026-11-26T10:00:00+00:00")
            assert refused(host, address) == "expired"
            with host.work(OWNER) as work:
                destinations.renew_link(work, ticket)
            assert refused(host, address) == "used"
            assert use(host, link(host, ticket)) == NUMBER

    def test_the_account_can_be_changed_until_the_money_is_sent(self, host):
        ticket = approved(host)
        use(host, link(host, ticket))
        with host.work(OWNER) as work:
            destinations.renew_link(work, ticket)
        assert number_of(host, ticket) == NUMBER  # in force until there is another
        unused = link(host, ticket)
        assert use(host, unused, account(OTHER, "mandiri")) == OTHER
        with host.work(OWNER) as work:
            destinations.renew_link(work, ticket)
        late = link(host, ticket)
        with host.work(OWNER) as work:
            refunds.mark_sent(work, ticket)
        assert refused(host, late) == "closed"
        with host.work(OWNER) as work, pytest.raises(RefusedError):
            destinations.renew_link(work, ticket)
        assert number_of(host, ticket) == OTHER

    @pytest.mark.parametrize("end", [refunds.withdraw, refunds.reject])
    def test_a_closed_refund_takes_none(self, host, end):
        ticket = ask(host, paid(host))
        address = link(host, ticket)
        with host.work(OWNER) as work:
            end(work, ticket, note="batal")
        assert refused(host, address) == "closed"

    def test_a_returned_refund_asks_again(self, host):
        ticket = sent(host, destination=account())
        old = link(host, ticket)
        with host.work("worker") as work:
            refund = refunds.get_refund(work, ticket)
            refunds.reopen_returned(work, refund, statement_line(work, 50_000, "credit", "back-1"))
        assert use(host, old, account(OTHER, "mandiri")) == OTHER
        with host.work() as work:
            assert refund_objects(work, [refunds.get_refund(work, ticket)])[0]["destination"]["entered_at"]


class TestTheShopEntersIt:
    def test_before_the_approval(self, host):
        ticket = ask(host, paid(host))
        address = link(host, ticket)
        with host.work(STAFF) as work:
            destinations.enter_by_shop(work, ticket, account())
        assert refused(host, address) == "used"

    @pytest.mark.parametrize("make", [approved, sent])
    def test_not_after_it(self, host, make):
        ticket = make(host)
        with host.work(STAFF) as work, pytest.raises(RefusedError, match="link"):
            destinations.enter_by_shop(work, ticket, account())


class TestReminders:
    def test_a_silent_shopper_is_reminded_until_the_deadline(self, host):
        with time_machine.travel("2026-11-24T02:00:00+00:00", tick=False) as clock:
            silent, quick = ask(host, paid(host)), ask(host, paid(host), destination=account())
            assert self.remind(host) == []
            clock.move_to("2026-11-28T02:00:00+00:00")
            assert self.remind(host) == [silent]
            assert self.remind(host) == []
            clock.move_to("2026-12-02T02:00:00+00:00")
            assert self.remind(host) == [silent]
            clock.move_to("2026-12-20T02:00:00+00:00")
            assert self.remind(host) == []
        with host.work() as work:
            names = select(Event.name).join(Refund).where(Refund.ticket == silent)
            assert list(work.session.scalars(names)).count("refund.destination_reminded") == 2
            assert not destinations.remind(work, quick)

    def remind(self, host):
        with host.work("worker") as work:
            due = destinations.due_reminders(work)
            return [ticket for ticket in due if destinations.remind(work, ticket)]


class TestWhatIsShown:
    def test_the_number_is_in_no_event_message_or_object(self, host):
        ticket = approved(host, destination=account())
        with host.work(OWNER) as work:
            destinations.renew_link(work, ticket)
        use(host, link(host, ticket), account(OTHER, "mandiri"))
        with host.work(OWNER) as work:
            destinations.reveal(work, ticket)
            everything = [event.data for event in work.session.scalars(select(Event))]
            everything += [message.payload for message in work.session.scalars(select(OutboxMessage))]
            everything += refund_objects(work, refunds.list_refunds(work))
            found = destinations.destination_of(refunds.get_refund(work, ticket))
        text = json.dumps(everything) + repr(found)
        assert OTHER not in text
        assert NUMBER not in text
        assert "5678" in text

    def test_who_looked_is_remembered(self, host):
        ticket = approved(host, destination=account())
        with host.work(STAFF) as work:
            assert destinations.reveal(work, ticket).number == NUMBER
        with host.work() as work:
            event = work.session.scalars(select(Event).where(Event.name == "refund.destination_viewed")).one()
            assert event.actor == STAFF
            shown = refund_objects(work, [refunds.get_refund(work, ticket)])[0]
            assert "refund.destination_viewed" not in {line["event"] for line in shown["timeline"]}

    def test_another_name_than_the_payers_is_pointed_out(self, host):
        host.client.post("/orders/INV-NAMA", data={"total": 100_000, "name": "Siti Rahayu"})
        with host.work() as work:
            give(work, "INV-NAMA", 100_000)
        ticket = ask(host, "INV-NAMA", destination=account(holder="Budi Santoso"))
        with host.work() as work:
            where = refund_objects(work, [refunds.get_refund(work, ticket)])[0]["destination"]
        assert where["holder_differs"]
        assert (where["bank"], where["holder"]) == ("Bank Central Asia (BCA)", "B••• S••••••")

    def test_links_are_absolute_where_the_shops_address_is_known(self, make_host):
        host = make_host(MOOTA_PUBLIC_URL="https://toko.test")
        host.add_account()
        assert link(host, ask(host, paid(host))).startswith("https://toko.test/refunds/")
