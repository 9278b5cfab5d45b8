"""One mutation as Moota's webhook or list sends it.

The shapes differ between Moota's own samples: amounts are numbers or decimal strings, account numbers are numbers or
text, optional rows are absent. Everything that identifies money is read strictly; everything else is kept as it came.
"""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from ..errors import InvalidAmount
from ..rules.lateness import BankTime, parse_bank_time
from ..rules.money import parse_hundredths

# Beyond any bank account, within what a 64-bit column holds.
_MOST_HUNDREDTHS = 10**17


def _identifier(value: object) -> object:
    """Ids are opaque text; some samples carry them as numbers."""
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def _text(value: object) -> object:
    """Read free text; what no database can hold (NUL, half a surrogate pair) is replaced."""
    value = "" if value is None else _identifier(value)
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
    return value


def _direction(value: object) -> object:
    known = {"cr": "credit", "credit": "credit", "db": "debit", "debit": "debit"}
    return known.get(str(value).strip().lower(), value)


def _money(value: object) -> int:
    try:
        hundredths = parse_hundredths(value)
    except InvalidAmount as error:
        raise ValueError(str(error)) from error
    if abs(hundredths) > _MOST_HUNDREDTHS:
        raise ValueError("is larger than any bank account")
    return hundredths


def _balance(value: object) -> int | None:
    """Read the running balance; banks leave it out or send an empty text."""
    return None if value in (None, "") else _money(value)


def _bank_time(value: object) -> BankTime:
    try:
        return parse_bank_time(str(value))
    except OverflowError as error:
        raise ValueError("is no day of this calendar") from error


Identifier = Annotated[str, BeforeValidator(_text), BeforeValidator(_identifier), Field(min_length=1, max_length=64)]
Label = Annotated[str, BeforeValidator(_text), Field(max_length=64)]
Text = Annotated[str, BeforeValidator(_text)]
OrderId = Annotated[str, BeforeValidator(_text), Field(max_length=120)]


class BankRow(BaseModel):
    """The account a mutation belongs to, as far as the body repeats it."""

    model_config = ConfigDict(extra="allow")

    bank_id: Label = ""
    token: Label = ""
    bank_type: Text = ""


class PaymentDetail(BaseModel):
    """What Moota knows of the transaction behind a virtual account or QRIS payment; empty for plain transfers."""

    model_config = ConfigDict(extra="allow")

    trx_id: OrderId = ""
    order_id: OrderId = ""


class MutationIn(BaseModel):
    """A line of a bank statement. `amount` and `balance` are in hundredths of a rupiah."""

    model_config = ConfigDict(extra="allow", arbitrary_types_allowed=True)

    mutation_id: Identifier
    bank_id: Label = ""
    account_number: Label = ""
    date: Annotated[BankTime, BeforeValidator(_bank_time)]
    amount: Annotated[int, BeforeValidator(_money)]
    balance: Annotated[int | None, BeforeValidator(_balance)] = None
    type: Annotated[Literal["credit", "debit"], BeforeValidator(_direction)]
    description: Text = ""
    note: Text = ""
    bank: BankRow | None = None
    payment_detail: PaymentDetail | None = None

    @classmethod
    def read(cls, element: Any) -> "MutationIn":
        """Read one element of a webhook's list. Raises pydantic's ValidationError with every fault found."""
        if isinstance(element, dict) and not element.get("mutation_id") and element.get("token"):
            element = {**element, "mutation_id": element["token"]}
        return cls.model_validate(element)

    @property
    def account_id(self) -> str:
        """Return Moota's id of the account, from the element itself or from the account row inside it."""
        if self.bank_id:
            return self.bank_id
        return (self.bank.bank_id or self.bank.token) if self.bank else ""
