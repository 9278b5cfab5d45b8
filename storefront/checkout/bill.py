"""What an order will cost before it is one: goods, delivery and voucher, for what the shopper has filled in so far."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from storefront.cart.service import Cart
from storefront.formats import rupiah
from storefront.orders.rules import discount_text
from storefront.orders.service import Sums
from storefront.promotions import service as promotions
from storefront.promotions.rules import Reduction, Terms, normalise_code, reduction
from storefront.promotions.service import VoucherRefusedError
from storefront.shipping.rules import Destination, Parcel, Quote, chosen, volume_of
from storefront.shipping.service import Tariff, quotes, read_tariff
from storefront.texts import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the price depends on besides the cart; all of it may still be empty."""

    destination: Destination = field(default_factory=Destination)
    delivery: str | None = None
    voucher: str = ""
    customer_key: str = ""
    is_member: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """The price of the cart, in rupiah, with the ways of delivery there are and the one that counts.

    One made `is_by_hand` is for an order that somebody of the shop writes, who may name a delivery price of their own.
    """

    subtotal: int
    parcel: Parcel
    quotes: list[Quote]
    delivery: Quote | None
    voucher: str = ""
    voucher_problem: str | None = None
    off: Reduction = field(default_factory=Reduction)
    discount_note: str = ""
    wants_address: bool = False
    is_by_hand: bool = False

    @property
    def delivery_fee(self) -> int:
        """Return what the chosen delivery costs before the voucher."""
        return (self.delivery.fee or 0) if self.delivery else 0

    @property
    def total(self) -> int:
        """Return what the order will ask for, before a unique code."""
        return self.subtotal - self.off.goods + self.delivery_fee - self.off.delivery

    @property
    def discount_text(self) -> str:
        """Return the name of what is taken off."""
        return discount_text(self.voucher, self.discount_note)

    @property
    def is_undeliverable(self) -> bool:
        """Tell whether the shop has ways of delivery, but none that can be had here."""
        return bool(self.quotes) and self.delivery is None and not self.is_by_hand

    @property
    def is_pickup(self) -> bool:
        """Tell whether the buyer comes, so that no address is needed."""
        return self.delivery is not None and self.delivery.kind == "pickup"

    @property
    def sums(self) -> Sums:
        """Return what the order keeps of it."""
        way = self.delivery
        return Sums(
            discount=self.off.goods,
            voucher_code=self.voucher or None,
            discount_note=self.discount_note,
            delivery_kind="pickup" if self.is_pickup else "courier",
            delivery_name=way.name if way else "",
            courier_code=way.courier_code if way else None,
            weight_grams=self.parcel.weight_grams,
            delivery_fee=self.delivery_fee,
            delivery_discount=self.off.delivery,
        )


def make_bill(session: Session, cart: Cart, wish: Wish) -> Bill:
    """Return what the cart costs as things stand. May ask rate services, and ends the transaction before it does."""
    subtotal, parcel = cart.subtotal, _parcel(cart)
    tariff = read_tariff(session)
    terms, problem = _terms(session, wish, subtotal)
    offers = _offers(session, tariff, parcel, wish, subtotal)
    way = chosen(offers, wish.delivery)
    fee = (way.fee or 0) if way else 0
    return Bill(
        subtotal=subtotal,
        parcel=parcel,
        quotes=offers,
        delivery=way,
        voucher=normalise_code(wish.voucher) if terms else "",
        voucher_problem=problem,
        off=reduction(terms, subtotal=subtotal, delivery_fee=fee) if terms else Reduction(),
        wants_address=tariff.asks_for_address and not wish.destination.is_known,
    )


def refusal_text(error: VoucherRefusedError, subtotal: int) -> str:
    """Return why a voucher cannot be used, for the person who typed it."""
    if error.why == "too_little" and error.voucher:
        missing = error.voucher.min_subtotal - subtotal
        return _(
            "Voucher ini berlaku untuk belanja mulai %(least)s. Tambah %(missing)s lagi untuk memakainya.",
            least=rupiah(error.voucher.min_subtotal),
            missing=rupiah(missing),
        )
    texts = {
        "unknown": _("Kode voucher ini tidak dikenal. Periksa huruf dan angkanya."),
        "not_yet": _("Voucher ini belum berlaku."),
        "over": _("Masa berlaku voucher ini sudah habis."),
        "used_up": _("Voucher ini sudah habis dipakai."),
        "used_by_you": _("Voucher ini sudah Anda pakai di pesanan lain."),
        "members_only": _("Voucher ini untuk pelanggan tetap. Masuk dulu ke akun Anda untuk memakainya."),
    }
    return texts[error.why]


def _offers(session: Session, tariff: Tariff, parcel: Parcel, wish: Wish, subtotal: int) -> list[Quote]:
    if any(way.kind == "service" for way in tariff.ways):
        session.rollback()
    return quotes(tariff, parcel, wish.destination, goods=subtotal)


def _terms(session: Session, wish: Wish, subtotal: int) -> tuple[Terms | None, str | None]:
    if not wish.voucher:
        return None, None
    who = {"customer_key": wish.customer_key, "is_member": wish.is_member}
    try:
        voucher = promotions.usable(session, wish.voucher, subtotal=subtotal, **who)  # type: ignore[arg-type]
    except VoucherRefusedError as error:
        return None, refusal_text(error, subtotal)
    return promotions.terms_of(voucher), None


def _parcel(cart: Cart) -> Parcel:
    weight = sum(line.variant.weight_grams * line.quantity for line in cart.lines)
    sides = ((line.variant, line.quantity) for line in cart.lines)
    volume = sum(volume_of(each.length_cm, each.width_cm, each.height_cm) * quantity for each, quantity in sides)
    return Parcel(weight, volume)
