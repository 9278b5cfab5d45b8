"""Accounts, webhooks and transactions as Moota's API sends them, and the transaction as it is asked for.

Tolerant of what comes: numbers or numeric text, absent fields, more fields than we know. Strict in what is sent.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from ..rules.lateness import BANK_ZONE
from ..rules.money import parse_hundredths, whole_rupiah
from .failures import unexpected
from .schemas import Text

_OLDEST_SECONDS = 1_000_000_000
_YES = frozenset({"1", "true", "yes"})
_EMVCO = re.compile(r"000201.+6304[0-9A-Fa-f]{4}")


def _moment(value: object) -> datetime | None:
    """Read a moment: ISO 8601, seconds since 1970, or a local time as Moota writes it without a zone."""
    if value in (None, "", 0, "0") or isinstance(value, bool):
        return None
    text = str(value).strip()
    if text.isdigit() and int(text) >= _OLDEST_SECONDS:
        return datetime.fromtimestamp(int(text[:10]), UTC)
    try:
        written = datetime.fromisoformat(text)
        return (written if written.tzinfo else written.replace(tzinfo=BANK_ZONE)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _hundredths(value: object) -> int | None:
    try:
        return None if value in (None, "") else parse_hundredths(value)
    except ValueError:
        return None


def _whole(value: object) -> object:
    """Read a count: 0, "0", "0.00"; nothing counts as nought."""
    if value in (None, ""):
        return 0
    hundredths = _hundredths(value)
    whole = None if hundredths is None else whole_rupiah(hundredths)
    return value if whole is None else whole


def _minutes(value: object) -> int | None:
    text = str(value).strip()
    return int(text) if text.isdigit() and len(text) < 7 else None  # noqa: PLR2004 - longer than a year


Moment = Annotated[datetime | None, BeforeValidator(_moment)]
Hundredths = Annotated[int | None, BeforeValidator(_hundredths)]
Whole = Annotated[int, BeforeValidator(_whole)]
# What is not told counts as yes.
Flag = Annotated[bool, BeforeValidator(lambda value: value is None or str(value).strip().lower() in _YES)]
List = Annotated[list[Any], BeforeValidator(lambda value: value if isinstance(value, list) else [])]


class _Record(BaseModel):
    model_config = ConfigDict(extra="allow", populate_by_name=True)

    @classmethod
    def read(cls, row: Any) -> Any:
        """Read one row. Raises ApiError naming the field that is missing or wrong."""
        try:
            return cls.model_validate(row)
        except ValidationError as error:
            # The values stay unsaid: a secret or an account number could be among them.
            fields = ", ".join(sorted({".".join(map(str, fault["loc"])) or "row" for fault in error.errors()}))
            raise unexpected(f"{cls.__name__} ({fields})") from None


class AccountIn(_Record):
    """An account that Moota watches, a virtual account product or a QRIS merchant.

    `last_update` is when Moota last saw it, `login_retry` how often it failed to log in since.
    """

    bank_id: Annotated[str, BeforeValidator(str), Field(min_length=1, max_length=64)]
    bank_type: Text = ""
    account_number: Text = ""
    holder: Text = Field("", validation_alias=AliasChoices("atas_nama", "holder", "username"))
    label: Text = ""
    balance_hundredths: Hundredths = Field(None, validation_alias=AliasChoices("balance", "balance_hundredths"))
    is_active: Flag = True
    interval_minutes: Annotated[int | None, BeforeValidator(_minutes)] = Field(
        None, validation_alias=AliasChoices("interval_refresh", "interval_minutes")
    )
    last_update: Moment = None
    login_retry: Whole = 0

    @model_validator(mode="before")
    @classmethod
    def _identified(cls, row: Any) -> Any:
        """Take the id from where a row has it: some are known only by their token, or by id."""
        if not isinstance(row, dict):
            return row
        found = next((row[name] for name in ("bank_id", "token", "id") if row.get(name)), None)
        return {**row, "bank_id": found} if found is not None else row


class WebhookIn(_Record):
    """A registered webhook; `bank_id` is empty when it is for all accounts. The secret comes in clear."""

    webhook_id: Annotated[str, BeforeValidator(str)] = Field(
        validation_alias=AliasChoices("webhook_id", "token", "id"), min_length=1
    )
    url: Text = ""
    secret: Text = Field("", validation_alias=AliasChoices("secret_token", "secret"), repr=False)
    bank_id: Text = Field("", validation_alias=AliasChoices("bank_account_id", "bank_id"))
    kinds: Text = ""
    first_code: Whole = Field(0, validation_alias=AliasChoices("start_unique_code", "first_code"))
    last_code: Whole = Field(0, validation_alias=AliasChoices("end_unique_code", "last_code"))


class HistoryIn(_Record):
    """One try of Moota to deliver a webhook: the mutations it carried and how it went."""

    payload: List = Field(default_factory=list)
    status: Text = ""
    attempt: Whole = 1
    response: Text = ""
    created_at: Moment = None


class TransactionIn(_Record):
    """What Moota made for one payment. `total` in rupiah is what the payer has to pay."""

    order_id: Text = ""
    trx_id: Text = ""
    total: Annotated[int, BeforeValidator(_whole), Field(gt=0)] = Field(
        validation_alias=AliasChoices("total", "grand_total", "amount")
    )
    unique_code: Whole = 0
    account_number: Text = ""
    va_number: Text = ""
    qr_string: Text = ""
    qr_url: Text = Field("", validation_alias=AliasChoices("qr_url", "qris_url", "qr_image"))
    merchant_name: Text = ""
    payment_url: Text = ""
    expired_at: Annotated[Any, Field(validation_alias=AliasChoices("expired_at", "expires_at"))] = None

    @model_validator(mode="before")
    @classmethod
    def _with_qr_text(cls, row: Any) -> Any:
        """Find the text of a QR code under any of the names it has had, or instead of an address."""
        if not isinstance(row, dict):
            return row
        names = ("qr_string", "qr_content", "qris_content", "qr_code", "qris_string", "qr_url")
        texts = (str(row[name]).strip() for name in names if row.get(name))
        found = next((text for text in texts if _EMVCO.fullmatch(text)), "")
        return {**row, "qr_string": found, "qr_url": "" if row.get("qr_url") == found else row.get("qr_url")}

    def expires_at(self, expected: datetime) -> datetime | None:
        """Return when it ends. A time without a zone is read as Jakarta's or as UTC, whichever is nearer `expected`."""
        read = _moment(self.expired_at)
        text = str(self.expired_at or "").strip()
        if read is None or text.isdigit() or datetime.fromisoformat(text).tzinfo is not None:
            return read
        as_utc = datetime.fromisoformat(text).replace(tzinfo=UTC)
        return min(read, as_utc, key=lambda moment: abs(moment - expected))


class Buyer(BaseModel):
    """Who pays; the phone in the international form, sent without its plus."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None


class Item(BaseModel):
    """One thing that is paid for; `price` in rupiah for one piece."""

    name: str
    qty: int = Field(1, gt=0)
    price: int


class TransactionRequest(BaseModel):
    """One payment to make a number or a code for. Raises ValueError when the items do not add up to `total`."""

    order_id: str = Field(min_length=1, max_length=120)
    bank_id: str
    customer: Buyer
    items: list[Item] = Field(min_length=1)
    total: int = Field(gt=0)
    expires_in_minutes: int = Field(gt=0)
    description: str | None = None
    redirect_url: str | None = None

    @model_validator(mode="after")
    def _adds_up(self) -> "TransactionRequest":
        if sum(item.price * item.qty for item in self.items) != self.total:
            raise ValueError("the items do not add up to the total")
        return self

    def as_sent(self) -> dict[str, Any]:
        """Return the body as Moota's own plugin sends it: our own unique code, so Moota adds none."""
        buyer = self.customer
        return {
            "order_id": self.order_id,
            "bank_account_id": self.bank_id,
            "customers": {"name": buyer.name, "email": buyer.email, "phone": (buyer.phone or "").lstrip("+") or None},
            "items": [item.model_dump() for item in self.items],
            "total": self.total,
            "description": self.description,
            "redirect_url": self.redirect_url,
            "expired_in_minutes": self.expires_in_minutes,
            "is_unique_code_active": False,
        }
