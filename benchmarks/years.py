"""The years of a shop that grew: orders, their money and what people did, mostly over, a little of it open.

The same every time: nothing but the moment it ends at is left to chance. A few thousand orders are made here, each with
all that belongs to it; `benchmarks.copying` makes a million of them.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, insert

from payments_moota import models as money
from storefront.admin.models import AuditEntry
from storefront.catalog.models import Category, Product, Variant
from storefront.customers.models import ConsentChange, Customer
from storefront.database import Base
from storefront.feedback.models import Feedback, Message
from storefront.orders.models import FIRST_NUMBER, Order, OrderEvent, OrderLine

YEARS = timedelta(days=3 * 365)
PRODUCTS = 1_000
ACCOUNTS = (("BK1", "bca", "BCA"), ("BK2", "mandiri", "Mandiri"), ("BK3", "bri", "BRI"))
FIRST = (
    *("Siti", "Budi", "Agus", "Dewi", "Sri", "Andi", "Rina", "Joko", "Ahmad", "Nur", "Eko", "Wati", "Putri", "Rizky"),
    *("Ayu", "Hendra", "Yanti", "Bambang", "Fitri", "Dian", "Tono", "Lestari", "Made", "Wayan", "Ketut", "Komang"),
    *("Ujang", "Asep", "Nining", "Slamet", "Maria", "Yohanes", "Anton", "Lina", "Mega", "Fajar", "Galih", "Indah"),
)
LAST = (
    *("Rahayu", "Santoso", "Wijaya", "Saputra", "Purnomo", "Hidayat", "Kurniawan", "Susanti", "Pratama", "Nugroho"),
    *("Siregar", "Simanjuntak", "Nasution", "Halim", "Gunawan", "Setiawan", "Utami", "Permata", "Hakim", "Maulana"),
    *("Suryani", "Handayani", "Wibowo", "Firmansyah", "Anggraini", "Sihombing", "Lubis", "Ginting", "Tanjung", "Malik"),
)
MAILS = ("gmail.com", "gmail.com", "gmail.com", "gmail.com", "yahoo.co.id", "yahoo.com", "outlook.com", "kantor.co.id")
CITIES = ("Salatiga", "Jakarta Selatan", "Bandung", "Surabaya", "Medan", "Makassar", "Denpasar", "Semarang")
OWNER, STAFF = "pemilik@toko.test", "staf@toko.test"


@dataclass
class Years:
    """Makes `rows` orders and as many mutations that end at `now`."""

    rows: int
    now: datetime
    random: Random = field(default_factory=lambda: Random(1))
    buyers: int = 0
    mutations: int = 0
    made: dict[Any, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def write(self, connection: Connection) -> None:
        self.shelves()
        self.accounts()
        for number in range(1, self.rows + 1):
            self.order(number)
        tables = [*Base.metadata.sorted_tables, *money.metadata.sorted_tables]
        for model in sorted(self.made, key=lambda model: tables.index(model.__table__)):
            connection.execute(insert(model), self.made[model])

    def add(self, model: Any, **row: Any) -> None:
        self.made[model].append(row)

    def shelves(self) -> None:
        add = self.add
        for number in range(1, 11):
            add(Category, id=number, slug=f"kategori-{number}", name=f"Kategori {number}", position=number)
        for number in range(1, PRODUCTS + 1):
            words = {"slug": f"barang-{number}", "name": f"Barang {number}", "search_text": f"barang {number}"}
            add(Product, id=number, category_id=1 + number % 10, position=number, **words)
            for size in (1, 2):
                variant = {"code": f"B{number}-{size}", "label": f"Ukuran {size}", "position": size}
                price, stock = 25_000 + number % 40 * 5_000, number % 50
                add(Variant, id=2 * number + size - 2, product_id=number, price=price, stock=stock, **variant)

    def accounts(self) -> None:
        for number, (bank_id, kind, label) in enumerate(ACCOUNTS, start=1):
            facts = {"bank_id": bank_id, "bank_type": kind, "label": label, "account_number": f"111222333{number}"}
            kept = {"kind": "bank_transfer", "holder": "Toko Contoh", "is_active": True, "created_at": self.now - YEARS}
            self.add(money.Account, id=number, **facts, **kept)

    def at(self, number: int) -> datetime:
        """Return a moment so that the shop sells more and more."""
        return self.now - YEARS * (1 - (number / self.rows) ** 0.6)

    def buyer(self, at: datetime) -> int:
        """Return a new customer, or one who comes again; a few come all the time."""
        if self.buyers and self.random.random() < 0.7:
            return 1 + int(self.buyers * self.random.random() ** 2.5)
        self.buyers += 1
        name, email, phone = self.contact(self.buyers)
        agreed = at if self.buyers % 3 == 0 else None
        told = {"marketing_at": agreed, "marketing_source": "checkout" if agreed else ""}
        member = self.buyers % 40 == 0
        known = {"email": email, "name": name, "phone": phone, "created_at": at}
        self.add(Customer, id=self.buyers, is_member=member, **told, **known)
        if agreed:
            self.add(ConsentChange, customer_id=self.buyers, at=at, given=True, source="checkout")
        return self.buyers

    def contact(self, buyer: int) -> tuple[str, str, str]:
        first, last = FIRST[buyer * 7 % len(FIRST)], LAST[buyer * 11 // 3 % len(LAST)]
        email = f"{first}.{last}{buyer}@{MAILS[buyer % len(MAILS)]}".lower()
        return f"{first} {last}", email, f"+62812{10_000_000 + buyer * 37 % 90_000_000}"

    def order(self, number: int) -> None:
        at, add, random = self.at(number), self.add, self.random
        fate = self.fate(at)
        buyer = self.buyer(at)
        name, email, phone = self.contact(buyer)
        lines = [
            (1 + int(2 * PRODUCTS * random.random() ** 2), random.randint(1, 3)) for _ in range(1 + number % 5 // 4)
        ]
        subtotal = sum(self.price(variant) * count for variant, count in lines)
        fee = 9_000 + number % 7 * 1_500
        paid_at = at + timedelta(minutes=17) if fate["payment_status"] in {"paid", "refunded"} else None
        shipped_at = at + timedelta(hours=9) if fate["shipment_status"] in {"shipped", "delivered"} else None
        tracking = f"JP{10_000_000_000 + number * 7}" if shipped_at else None
        add(
            Order,
            id=number,
            checkout_key=f"k{number}",
            name=name,
            email=email,
            phone=phone,
            address="Jl. Melati 5, RT 02/RW 03",
            city=CITIES[buyer % len(CITIES)],
            province="Jawa Tengah",
            postal_code="50711",
            customer_id=buyer,
            subtotal=subtotal,
            delivery_fee=fee,
            delivery_kind="pickup" if number % 20 == 0 else "courier",
            delivery_name="JNE Reguler",
            courier_code="jne",
            total=subtotal + fee,
            courier="JNE" if tracking else None,
            tracking_number=tracking,
            attention="refund" if fate["hold_status"] == "held" else None,
            created_at=at,
            paid_at=paid_at,
            shipped_at=shipped_at,
            delivered_at=at + timedelta(days=2) if fate["shipment_status"] == "delivered" else None,
            **fate,
        )
        for variant, count in lines:
            product = (variant + 1) // 2
            goods = {"product_id": product, "variant_id": variant, "name": f"Barang {product}", "label": "Ukuran 1"}
            add(OrderLine, order_id=number, unit_price=self.price(variant), quantity=count, **goods)
        add(OrderEvent, order_id=number, at=at, name="placed", actor="customer")
        if paid_at:
            add(OrderEvent, order_id=number, at=paid_at, name="paid", actor="worker")
        if shipped_at:
            add(OrderEvent, order_id=number, at=shipped_at, name="shipped", actor=STAFF)
            self.audit(shipped_at, STAFF, "order.shipped", f"INV-{FIRST_NUMBER + number}", {"courier": "JNE"})
        self.talk(number, at, lines[0][0], name, email, delivered=fate["shipment_status"] == "delivered")
        self.charge(number, at, subtotal + fee, paid_at, fate, (name, email, phone))

    def price(self, variant: int) -> int:
        return 25_000 + (variant + 1) // 2 % 40 * 5_000

    def fate(self, at: datetime) -> dict[str, Any]:
        """Return what became of an order of this age."""
        age, chance = self.now - at, self.random.random()
        if chance < 0.12:
            return _fate("unpaid" if age < timedelta(days=1) else "expired", "none")
        if chance < 0.16:
            return _fate("cancelled", "none", order="cancelled")
        if chance < 0.165:
            return _fate("refunded", "delivered")
        if age < timedelta(hours=18):
            return _fate("paid", "processing" if chance < 0.4 else "none")
        if age < timedelta(days=3):
            return _fate("paid", "shipped")
        waits = chance > 0.9999
        return _fate("paid", "none" if waits else "delivered", hold="held" if waits else "none")

    def charge(self, number: int, at: datetime, amount: int, paid_at: datetime | None, fate: Any, who: Any) -> None:
        add, random = self.add, self.random
        account = 1 if number % 10 < 6 else 2 if number % 10 < 9 else 3
        code = random.randint(1, 999)
        due = amount + code
        status = {"unpaid": "pending", "refunded": "paid"}.get(fate["payment_status"], fate["payment_status"])
        is_over = paid_at is not None and number % 50 == 0
        ref = f"INV-{FIRST_NUMBER + number}"
        until = at + timedelta(days=1)
        add(
            money.Charge,
            id=number,
            public_id=_public("p", number),
            order_ref=ref,
            method="bank_transfer",
            status=status,
            exceptions=["overpaid"] if is_over else [],
            is_exceptional=is_over,
            account_id=account,
            amount=amount,
            unique_code=code,
            amount_due=due,
            amount_open=0 if paid_at else due,
            reference=f"{number % 1_500_000:06d}"[-6:],
            customer_name=who[0],
            customer_email=who[1],
            customer_phone=who[2],
            created_at=at,
            expires_at=until,
            hold_until=until,
            paid_at=paid_at,
        )
        is_live = self.now - at < timedelta(days=2)
        # Long ago released amounts need not differ; those that are held must.
        held = {"amount": due if not is_live else 10_000_000 + number, "account_id": account, "charge_id": number}
        add(money.Reservation, created_at=at, reserved_until=until, released_at=None if is_live else until, **held)
        asked = {"amount_due": due, "amount": due}
        self.event(at, "charge.created", "customer", asked, charge=number)
        self.letter(ref, "instructions", at)
        if paid_at:
            came = due + (5_000 if is_over else 0)
            mutation = self.mutation(paid_at, account, came, f"TRSF E-BANKING CR {who[0].upper()}", "matched", "exact")
            add(
                money.Allocation,
                charge_id=number,
                mutation_id=mutation,
                refund_id=None,
                kind="payment",
                amount=came,
                actor="worker",
                created_at=paid_at,
            )
            self.event(paid_at, "mutation.matched", "worker", asked, charge=number, mutation=mutation)
            self.event(paid_at, "charge.paid", "worker", asked, charge=number, mutation=mutation)
            self.letter(ref, "paid", paid_at)
            if is_over or fate["payment_status"] == "refunded":
                self.refund(number, paid_at, 5_000 if is_over else due, is_over=is_over)
        else:
            # Other money moves, too: it is ignored, and some of it nobody knows.
            is_open = self.now - at < timedelta(days=5) and number % 3 == 0
            is_debit = number % 2 == 0
            decided = ("unmatched", "no_match") if is_open else ("ignored", "by_hand")
            self.mutation(at, account, 1_000 * random.randint(10, 900), "BIAYA ADM", *decided, is_debit=is_debit)

    def mutation(
        self, at: datetime, account: int, amount: int, text: str, status: str, reason: str, *, is_debit: bool = False
    ) -> int:
        """Write a line of the statement and the webhook that brought it."""
        self.mutations += 1
        number = self.mutations
        seen = at + timedelta(minutes=8)
        body = b'[{"account_number":"1112223334","amount":%d,"mutation_id":"M%d"}]' % (amount, number)
        self.add(
            money.Delivery,
            id=number,
            public_id=_public("d", number),
            received_at=seen,
            source_ip="103.236.201.178",
            headers={"User-Agent": "MootaBot/1.5"},
            body=body,
            body_sha256=f"{number:064d}",
            status="failed" if number % 1_000 == 7 and at > self.now - timedelta(days=99) else "processed",
            mutation_count=1,
            next_attempt_at=seen,
            parsed_at=seen,
            processed_at=seen + timedelta(seconds=1),
        )
        self.add(
            money.Mutation,
            id=number,
            mutation_id=f"M{number}",
            delivery_id=number,
            account_id=account,
            bank_id=ACCOUNTS[account - 1][0],
            account_number=f"111222333{account}",
            direction="debit" if is_debit else "credit",
            amount_hundredths=amount * 100,
            occurred_at=at,
            day_only=False,
            description=f"{text} {number}",
            note="",
            content_sha256=f"{number:064d}",
            raw={},
            near_misses=_near(number) if status == "unmatched" else [],
            status=status,
            reason=reason,
            progress="done",
            next_attempt_at=seen,
            decided_at=seen,
            created_at=seen,
        )
        return number

    def refund(self, charge: int, at: datetime, amount: int, *, is_over: bool) -> None:
        is_open = self.now - at < timedelta(days=4)
        number = charge
        self.add(
            money.Refund,
            id=number,
            public_id=_public("r", number),
            ticket=f"RFD-{at.year}-{number:06d}",
            charge_id=charge,
            amount=amount,
            reason="wrong_amount" if is_over else "goods",
            origin="system" if is_over else "customer",
            status="requested" if is_open else "completed",
            requested_by="system" if is_over else "customer",
            created_at=at,
            due_at=at + timedelta(days=3),
            completed_at=None if is_open else at + timedelta(days=2),
        )
        if not is_open:
            line = {"kind": "refund", "amount": amount, "actor": OWNER, "created_at": at + timedelta(days=2)}
            about = {"charge_id": charge, "mutation_id": None, "refund_id": number}
            self.add(money.Allocation, **about, **line)
            self.audit(at + timedelta(days=2), OWNER, "refund.completed", f"RFD-{at.year}-{number:06d}", {})
        self.event(at, "refund.requested", "system", {"amount": amount}, charge=charge, refund=number)

    def event(
        self,
        at: datetime,
        name: str,
        actor: str,
        data: dict[str, Any],
        *,
        charge: int,
        mutation: int | None = None,
        refund: int | None = None,
    ) -> None:
        about = {"charge_id": charge, "mutation_id": mutation, "refund_id": refund}
        self.add(money.Event, at=at, name=name, actor=actor, data=data, **about)

    def letter(self, ref: str, name: str, at: datetime) -> None:
        payload = {"template": name, "order_number": ref, "locale": "id"}
        sent = {"status": "sent", "attempts": 1, "created_at": at, "next_attempt_at": at, "sent_at": at}
        self.add(money.OutboxMessage, key=f"email:{ref}:{name}", kind="email", payload=payload, **sent)

    def audit(self, at: datetime, actor: str, action: str, subject: str, after: dict[str, Any]) -> None:
        self.add(AuditEntry, at=at, actor=actor, action=action, subject=subject, after=after, address="10.0.0.1")

    def talk(self, number: int, at: datetime, variant: int, name: str, email: str, *, delivered: bool) -> None:
        """Let one buyer in ten review, and one in thirty write."""
        is_new = self.now - at < timedelta(days=10)
        if delivered and number % 10 == 0:
            said = {"name": name, "stars": 1 + number % 5, "text": "Barangnya bagus, cepat sampai.", "created_at": at}
            status = "waiting" if is_new and number % 20 == 0 else "shown"
            about = {"kind": "review", "product_id": (variant + 1) // 2, "order_id": number}
            self.add(Feedback, status=status, **about, **said)
        if number % 30 == 0:
            done = None if is_new and number % 60 == 0 else at + timedelta(hours=3)
            ref = f"INV-{FIRST_NUMBER + number}"
            said = {"name": name, "email": email, "order_number": ref, "text": "Kapan dikirim?", "created_at": at}
            self.add(Message, done_at=done, done_by=OWNER if done else None, **said)


def _fate(payment: str, shipment: str, *, order: str = "open", hold: str = "none") -> dict[str, Any]:
    return {"payment_status": payment, "shipment_status": shipment, "order_status": order, "hold_status": hold}


def _near(number: int) -> list[dict[str, Any]]:
    return [{"order_ref": f"INV-{FIRST_NUMBER + number}", "code": "code_missing", "difference": -5}]


def _public(kind: str, number: int) -> str:
    return f"{kind}{number:019d}"
