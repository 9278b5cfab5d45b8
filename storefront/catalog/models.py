"""Categories and products."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.database import Base, Id, now
from storefront.formats import fold

from .rules import LOW_STOCK


class Category(Base):
    """A shelf of the shop."""

    __tablename__ = "category"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(default=0)


class Product(Base):
    """Something to buy. `price` is in rupiah; `stock` counts what nobody has ordered yet."""

    __tablename__ = "product"
    __table_args__ = (
        CheckConstraint("price > 0", name="price_positive"),
        CheckConstraint("stock >= 0", name="stock_not_negative"),
        Index("ix_product_category_id_position", "category_id", "position"),
        Index("ix_product_active_position", "active", "position"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    summary: Mapped[str] = mapped_column(String(300), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    price: Mapped[int] = mapped_column(BigInteger)
    stock: Mapped[int] = mapped_column(default=0)
    weight_grams: Mapped[int] = mapped_column(default=0)
    drawing: Mapped[str] = mapped_column(String(200), default="")
    active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)
    search_text: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))

    category: Mapped[Category] = relationship()

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
    product.search_text = fold(f"{product.name} {product.summary} {product.description}")
