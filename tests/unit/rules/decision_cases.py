"""Orders that wait and money that comes, for the decision table: what a shop knows, found the way a shop finds it."""

from dataclasses import dataclass, replace

from payments_moota.rules.lateness import parse_bank_time
from payments_moota.rules.matching import Candidate, MutationFacts
from payments_moota.rules.reference import read_note

IN_TIME, LATE = "2026-11-24 14:00:00", "2026-11-24 15:00:00"
SAME_DAY, NEXT_DAY = "2026-11-24", "2026-11-25"
OPENED, DEADLINE = "2026-11-23 14:30:00", "2026-11-24 14:30:00"


@dataclass(frozen=True, kw_only=True)
class Order:
    name: str = "INV-1"
    base: int = 150_000
    due: int = 150_347
    note: str = "K7QX2M"
    on: str = "BCA"
    paid: tuple[int, ...] = ()
    taken_back: int = 0
    status: str = "pending"
    method: str = "bank_transfer"
    number: str = "-"
    trx: str = "-"
    former: tuple[str, ...] = ()
    opened: str = OPENED
    deadline: str = DEADLINE

    @property
    def received(self):
        return sum(self.paid) - self.taken_back

    @property
    def open(self):
        return max(0, self.due - self.received)


@dataclass(frozen=True, kw_only=True)
class Money:
    """What the bank books; without a word about it, Rp150.347 on the BCA account in time, with a name for a note."""

    rupiah: float = 150_347
    note: str = "TRSF E-BANKING CR 2411/FTSCY/WS95031 BUDI SANTOSO"
    on: str = "BCA"
    at: str = IN_TIME
    going: str = "credit"
    ours: bool = True
    number: str = ""
    trx: str | None = None
    seen_before: bool = False

    def facts(self):
        return MutationFacts(
            direction=self.going,
            hundredths=round(self.rupiah * 100),
            bank_time=parse_bank_time(self.at),
            known_account=self.ours,
            description=self.note,
            account_number=self.number,
            provider_trx_id=self.trx,
            provider_order_id=None,
            repeats_content=self.seen_before,
        )


def money(rupiah=150_347, note=Money.note, **otherwise):
    return Money(rupiah=rupiah, note=note, **otherwise)


def candidates(money, orders):
    """Find the orders a shop would look at, in the ways it finds them."""
    named = read_note(money.note)
    ways = {
        "virtual_account": lambda order: order.number == money.number,
        "provider": lambda order: order.trx == money.trx,
        "former": lambda order: {money.number, money.trx} & {*order.former},
        "amount": lambda order: order.on == money.on and money.rupiah in {order.due, order.open},
        "reference": lambda order: order.note in named.clear,
        "loose_reference": lambda order: order.note in named.loose,
    }
    return [
        Candidate(
            charge_id=number,
            order_ref=order.name,
            status=order.status,
            method=order.method,
            same_account=order.on == money.on,
            amount=order.base,
            amount_due=order.due,
            amount_open=order.open,
            received=order.received,
            payments=order.paid,
            opened_at=parse_bank_time(order.opened).at,
            expires_at=parse_bank_time(order.deadline).at,
            found_by=frozenset(way for way, is_found in ways.items() if is_found(order)),
        )
        for number, order in enumerate(orders, start=1)
    ]


def told(decision):
    shares = (f"{share.order_ref} {share.amount} {' '.join(share.marks)}".strip() for share in decision.shares)
    return f"{decision.status} {decision.reason} {' + '.join(shares)}".strip()


PENDING = Order()
EXPIRED = replace(PENDING, status="expired")
CANCELLED = replace(PENDING, status="cancelled")
PAID = replace(PENDING, status="paid", paid=(150_347,))
PART_PAID = replace(PENDING, paid=(50_000,))
SECOND = Order(name="INV-2", base=75_000, due=75_120, note="H4V9AM")
THIRD = Order(name="INV-3", base=20_000, due=20_005, note="3C4HYR")
ELSEWHERE = Order(name="INV-9", on="Mandiri")
VA = Order(name="INV-5", due=150_000, method="virtual_account", on="BNI VA", number="8808001")
MOVED = Order(name="INV-5", on="BCA", former=("8808001", "PYM-5"))
OTHER_VA = replace(VA, name="INV-6", number="8808002", note="H4V9AM")
QRIS = Order(name="INV-7", due=150_000, method="qris", on="QRIS", trx="PYM-1")
OTHER_QRIS = replace(QRIS, name="INV-8", trx="PYM-2", note="H4V9AM")
BOTH = 150_347 + 75_120
