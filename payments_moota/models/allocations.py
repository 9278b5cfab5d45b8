"""How much of a mutation pays which charge: the one place where money and orders meet."""

from datetime import datetime
from typing import Literal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .bank import Mutation
from .base import Base, Id
from .charges import Charge
from .refunds import Refund

AllocationKind = Literal["payment", "reversal", "refund", "returned"]


class Allocation(Base):
    """A part of a mutation given to a charge, in rupiah.

    `payment` is money that came in for the charge, `reversal` money the bank took back, `refund` money the shop sent
    back, `returned` such money that came back again. Amounts are positive; a correction adds the same line with the
    opposite sign, nothing is ever changed. `marks` are the exceptions this line brings (`paid_late`, …). Without a
    mutation a person vouched for the money; `actor` says who.
    """

    __tablename__ = "moota_allocation"
    __table_args__ = (CheckConstraint("amount <> 0", name="amount_not_zero"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    mutation_id: Mapped[int | None] = mapped_column(ForeignKey("moota_mutation.id"), index=True)
    charge_id: Mapped[int] = mapped_column(ForeignKey("moota_charge.id"), index=True)
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("moota_refund.id"), index=True)
    kind: Mapped[AllocationKind] = mapped_column(String(20))
    marks: Mapped[list[str]] = mapped_column(default=list)
    amount: Mapped[int] = mapped_column(BigInteger)
    actor: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]

    mutation: Mapped[Mutation | None] = relationship()
    charge: Mapped[Charge] = relationship()
    refund: Mapped[Refund | None] = relationship()
