"""How much of a mutation pays which charge: the one place where money and orders meet."""

from datetime import datetime
from typing import Literal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .bank import Mutation
from .base import Base, Id
from .charges import Charge

AllocationKind = Literal["payment"]


class Allocation(Base):
    """A part of a mutation given to a charge, in rupiah.

    Lines are only ever added: taking a match back adds a line with the opposite sign. The sum over a mutation never
    exceeds its amount, and the sum over a charge is what has been paid.
    """

    __tablename__ = "moota_allocation"
    __table_args__ = (CheckConstraint("amount <> 0", name="amount_not_zero"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    mutation_id: Mapped[int] = mapped_column(ForeignKey("moota_mutation.id"), index=True)
    charge_id: Mapped[int] = mapped_column(ForeignKey("moota_charge.id"), index=True)
    kind: Mapped[AllocationKind] = mapped_column(String(20))
    amount: Mapped[int] = mapped_column(BigInteger)
    actor: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]

    mutation: Mapped[Mutation] = relationship()
    charge: Mapped[Charge] = relationship()
