"""What payers hand in to show that they have paid."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Id, new_public_id
from .charges import Charge


class Proof(Base):
    """A picture or PDF of a transfer, as its payer handed it in; it pays nothing.

    `seen_at` is when a person of the shop said to have looked at it. The content is empty once `removed_at` is set.
    """

    __tablename__ = "moota_proof"
    __table_args__ = (UniqueConstraint("charge_id", "content_sha256"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    charge_id: Mapped[int] = mapped_column(ForeignKey("moota_charge.id"))
    filename: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(40))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    content_sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[str | None] = mapped_column(String(120))
    removed_at: Mapped[datetime | None]

    charge: Mapped[Charge] = relationship()
