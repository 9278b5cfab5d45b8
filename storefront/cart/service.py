"""The cart against the shelf: what its lines cost now, and what has changed since the visitor looked."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session

from storefront.catalog.models import Product, Variant
from storefront.catalog.rules import price_for
from storefront.catalog.service import get_variants
from storefront.customers import access
from storefront.formats import rupiah
from storefront.texts import _

from .rules import MAX_LINES, Basket, Wanted, fitting, read_basket, write_basket

# Where a browser keeps its cart.
KEY = "cart"


@dataclass(frozen=True, slots=True)
class CartLine:
    """One variant in the cart. `unit_price` in rupiah is what a piece costs this visitor now, as a member perhaps.

    `problem` says why the line cannot be ordered as it is.
    """

    variant: Variant
    quantity: int
    unit_price: int
    problem: str | None = None

    @property
    def product(self) -> Product:
        """Return the product of which this is a variant."""
        return self.variant.product

    @property
    def name(self) -> str:
        """Return product and variant in one line."""
        return self.variant.name

    @property
    def total(self) -> int:
        """Return the price of the line now."""
        return self.unit_price * self.quantity


@dataclass(slots=True)
class Cart:
    """The cart as it stands now, with what changed since it was last shown."""

    lines: list[CartLine] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def subtotal(self) -> int:
        """Return the sum of the lines, in rupiah."""
        return sum(line.total for line in self.lines)

    @property
    def is_settled(self) -> bool:
        """Tell whether the cart can be ordered exactly as the visitor last saw it."""
        return bool(self.lines) and not self.notices and not any(line.problem for line in self.lines)


def count_pieces(session: MutableMapping[str, Any]) -> int:
    """Return how many pieces are in the cart."""
    return sum(wanted.quantity for wanted in _basket(session).values())


def look(session: MutableMapping[str, Any], database: Session) -> Cart:
    """Return the cart with today's prices and stock; changes nothing."""
    basket = _basket(session)
    variants = get_variants(database, list(basket))
    cart = Cart()
    for variant_id, wanted in basket.items():
        variant = variants.get(variant_id)
        if variant is None:
            cart.notices.append(_("Satu barang di keranjang Anda sudah tidak dijual dan kami keluarkan."))
            continue
        price = price_of(variant)
        cart.lines.append(CartLine(variant, wanted.quantity, price, _problem(variant.stock, wanted.quantity)))
        if price != wanted.seen_price:
            cart.notices.append(_price_notice(variant, wanted.seen_price, price))
    return cart


def fill(
    database: Session, quantities: Mapping[int, int], *, is_member: bool, held: Mapping[int, int] | None = None
) -> Cart:
    """Return a cart with these pieces, by variant id, that somebody of the shop puts together for a buyer.

    `held` are pieces that are off the shelf already and come back before the order is placed.
    """
    variants = get_variants(database, list(quantities))
    cart = Cart()
    for variant_id, quantity in quantities.items():
        variant = variants.get(variant_id)
        if variant is None:
            cart.notices.append(_("Satu barang sudah tidak dijual dan kami keluarkan."))
            continue
        price = price_for(variant.price, variant.member_price, is_member=is_member)
        room = variant.stock + (held or {}).get(variant_id, 0)
        cart.lines.append(CartLine(variant, quantity, price, _problem(room, quantity)))
    return cart


def remember(session: MutableMapping[str, Any], cart: Cart) -> None:
    """Keep what the visitor is being shown: prices now seen, products no longer sold left out."""
    _keep(session, {line.variant.id: Wanted(line.quantity, line.unit_price) for line in cart.lines})


def fit_to_stock(session: MutableMapping[str, Any], database: Session) -> Cart:
    """Lower every quantity to what is left and say so; the lines that remain can be ordered."""
    cart = look(session, database)
    fitted = Cart(notices=list(cart.notices))
    for line in cart.lines:
        quantity = fitting(line.quantity, line.variant.stock)
        if quantity != line.quantity:
            fitted.notices.append(_fitted_notice(line.variant, quantity))
        if quantity:
            fitted.lines.append(replace(line, quantity=quantity, problem=None))
    remember(session, fitted)
    return fitted


def add(session: MutableMapping[str, Any], variant: Variant, quantity: int) -> str | None:
    """Put pieces into the cart, as many as there are; return what to tell when that is less than asked for."""
    basket = _basket(session)
    if variant.id not in basket and len(basket) >= MAX_LINES:
        return _("Keranjang Anda penuh. Selesaikan dulu pesanan ini.")
    before = basket[variant.id].quantity if variant.id in basket else 0
    fit = fitting(before + quantity, variant.stock)
    if fit:
        basket[variant.id] = Wanted(fit, price_of(variant))
        _keep(session, basket)
    return None if fit == before + quantity else _fitted_notice(variant, fit)


def change(session: MutableMapping[str, Any], quantities: dict[int, int], removed: int | None) -> None:
    """Set the quantities of variants already in the cart; nought, or `removed`, takes one out."""
    basket = _basket(session)
    changed = {key: replace(wanted, quantity=quantities.get(key, wanted.quantity)) for key, wanted in basket.items()}
    _keep(session, {key: wanted for key, wanted in changed.items() if wanted.quantity > 0 and key != removed})


def empty(session: MutableMapping[str, Any]) -> None:
    """Take everything out."""
    session.pop(KEY, None)


def _basket(session: MutableMapping[str, Any]) -> Basket:
    return read_basket(session.get(KEY))


def _keep(session: MutableMapping[str, Any], basket: Basket) -> None:
    stored = write_basket(basket)
    if stored != session.get(KEY, {}):
        session[KEY] = stored


def price_of(variant: Variant) -> int:
    """Return what a piece costs whoever is signed in, or anybody."""
    return price_for(variant.price, variant.member_price, is_member=access.is_member())


def _problem(stock: int, quantity: int) -> str | None:
    if stock <= 0:
        return _("Stok habis.")
    if quantity > stock:
        return _("Stok tinggal %(stock)d.", stock=stock)
    return None


def _fitted_notice(variant: Variant, quantity: int) -> str:
    if quantity <= 0:
        return _("Stok %(product)s habis.", product=variant.name)
    return _(
        "Stok %(product)s tidak cukup. Jumlah di keranjang menjadi %(quantity)d.",
        product=variant.name,
        quantity=quantity,
    )


def _price_notice(variant: Variant, seen: int, price: int) -> str:
    return _(
        "Harga %(product)s berubah dari %(before)s menjadi %(now)s.",
        product=variant.name,
        before=rupiah(seen),
        now=rupiah(price),
    )
