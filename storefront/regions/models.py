"""One line of the table of regions."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import Base
from storefront.searching import plain_text


class Region(Base):
    """A province, city, district or village: level 1 to 4.

    `code` is the official one, such as 33.73.02.1003; `key` is the name as it is searched.
    """

    __tablename__ = "region"
    __table_args__ = (Index("ix_region_level_key", "level", "key"),)

    code: Mapped[str] = mapped_column(plain_text(13), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    key: Mapped[str] = mapped_column(plain_text(120))
    level: Mapped[int]
    parent: Mapped[str | None] = mapped_column(plain_text(13), index=True)
    postal_code: Mapped[str | None] = mapped_column(String(5))
