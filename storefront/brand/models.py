"""The owner's settings of the shop's face, and its pages."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import Base, Id, now


class ShopSettings(Base):
    """The one row of what the owner changed in the panel; what is not in `data` is as the environment says.

    `data` also repeats what every page needs, such as the pages in the footer, so that one query serves them all.
    `version` goes up with every change and names the style sheet made from it.
    """

    __tablename__ = "shop_settings"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class Page(Base):
    """A page of text in Markdown, such as the terms or the way goods are returned; the English text may be missing."""

    __tablename__ = "page"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(120), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    body_en: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(default=0)
    published: Mapped[bool] = mapped_column(default=True)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
