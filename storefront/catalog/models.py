"""Categories, products, and the variants in which a product is sold."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.database import Base, Id, now
from storefront.formats import fold
from storefront.markdown import to_text

from .rules import LOW_STOCK, price_for


class Category(Base):
    """A shelf of the shop."""

    __tablename__ = "category"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(String(300), default="")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class Product(Base):
    """Something to buy, in one variant or several; prices, stock and weight belong to the variants.

    `description` is Markdown. `option_names` says by what the variants differ, such as size and colour; it is empty
    when there is only one. `pictures` are shown in their order, each `{"id", "width", "height", "alt"}` of a file that
    `storefront.media` keeps; without any, `drawing` names a static file. The rating is the sum and number of stars of
    the reviews that are shown, `voices` the newest of them and of the questions, as `storefront.feedback` writes them.
    """

    __tablename__ = "product"
    __table_args__ = (
        Index("ix_product_category_id_position", "category_id", "position"),
        Index("ix_product_active_position", "active", "position"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    summary: Mapped[str] = mapped_column(String(300), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    drawing: Mapped[str] = mapped_column(String(200), default="")
    pictures: Mapped[list[Any]] = mapped_column(default=list)
    option_names: Mapped[list[Any]] = mapped_column(default=list)
    active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)
    search_text: Mapped[str] = mapped_column(Text, default="")
    rating_sum: Mapped[int] = mapped_column(default=0)
    rating_count: Mapped[int] = mapped_column(default=0)
    voices: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))

    category: Mapped[Category] = relationship()
    variants: Mapped[list["Variant"]] = relationship(
        order_by="Variant.position, Variant.id", back_populates="product", cascade="all, delete-orphan"
    )

    @property
    def on_sale(self) -> list["Variant"]:
        """Return the variants that can be ordered while there are any, in the shop's order."""
        return [variant for variant in self.variants if variant.active]

    def choose(self, wanted: str | None) -> "Variant | None":
        """Return the variant on sale with this id; the only one needs no choice. None for anything else."""
        if wanted:
            return next((variant for variant in self.on_sale if str(variant.id) == wanted), None)
        return self.on_sale[0] if len(self.on_sale) == 1 else None

    @property
    def price(self) -> int:
        """Return the lowest price in rupiah."""
        return min((variant.price for variant in self.on_sale), default=0)

    @property
    def highest_price(self) -> int:
        """Return the highest price in rupiah."""
        return max((variant.price for variant in self.on_sale), default=0)

    @property
    def has_member_price(self) -> bool:
        """Tell whether members pay less for any variant."""
        return any(variant.for_members < variant.price for variant in self.on_sale)

    @property
    def lowest_for_members(self) -> int:
        """Return the lowest price that members pay, in rupiah."""
        return min((variant.for_members for variant in self.on_sale), default=0)

    @property
    def highest_for_members(self) -> int:
        """Return the highest price that members pay, in rupiah."""
        return max((variant.for_members for variant in self.on_sale), default=0)

    @property
    def stock(self) -> int:
        """Return how many pieces there are, of all variants together."""
        return sum(variant.stock for variant in self.on_sale)

    @property
    def sold_out(self) -> bool:
        """Tell whether there is nothing left to order."""
        return self.stock <= 0

    @property
    def low_stock(self) -> bool:
        """Tell whether only a few are left."""
        return 0 < self.stock <= LOW_STOCK


class Variant(Base):
    """One form in which a product is sold. `price` in rupiah; `stock` counts what nobody has ordered yet.

    `stock_key` names the form of the panel that changed the stock last, so that sending it twice changes it once.
    `options` are the values for the product's `option_names`, `label` is them in one line: empty for the only variant
    of a product without options. `code` is the shop's own (SKU). Weight in grams with the wrapping, sides in
    centimetres or 0 where they do not matter. `member_price` is what customers marked as members pay.
    """

    __tablename__ = "variant"
    __table_args__ = (
        CheckConstraint("price > 0", name="price_positive"),
        CheckConstraint("stock >= 0", name="stock_not_negative"),
        CheckConstraint("member_price IS NULL OR member_price > 0", name="member_price_positive"),
        UniqueConstraint("product_id", "label"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    code: Mapped[str | None] = mapped_column(String(60), unique=True)
    label: Mapped[str] = mapped_column(String(120), default="")
    options: Mapped[list[Any]] = mapped_column(default=list)
    price: Mapped[int] = mapped_column(BigInteger)
    member_price: Mapped[int | None] = mapped_column(BigInteger)
    stock: Mapped[int] = mapped_column(default=0)
    weight_grams: Mapped[int] = mapped_column(default=0)
    length_cm: Mapped[int] = mapped_column(default=0)
    width_cm: Mapped[int] = mapped_column(default=0)
    height_cm: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    stock_key: Mapped[str | None] = mapped_column(String(32))

    product: Mapped[Product] = relationship(back_populates="variants")

    @property
    def name(self) -> str:
        """Return product and variant in one line."""
        return f"{self.product.name} ({self.label})" if self.label else self.product.name

    @property
    def for_members(self) -> int:
        """Return what a member pays for a piece, in rupiah."""
        return price_for(self.price, self.member_price, is_member=True)

    @property
    def sold_out(self) -> bool:
        """Tell whether there is nothing left to order."""
        return self.stock <= 0

    @property
    def low_stock(self) -> bool:
        """Tell whether only a few are left."""
        return 0 < self.stock <= LOW_STOCK


@event.listens_for(Product, "before_insert")
@event.listens_for(Product, "before_update")
def _keep_search_text(_mapper: object, _connection: object, product: Product) -> None:
    product.search_text = fold(f"{product.name} {product.summary} {to_text(product.description or '')}")
