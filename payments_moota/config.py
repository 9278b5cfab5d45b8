"""The extension's settings: read once from `app.config`, converted by name, kept frozen.

One table says for each variable its name, default, parser and meaning; the same table feeds the documentation and
`flask moota doctor`. Values arrive as text (from the environment) or already typed (from a host's Python
configuration); they are converted by name and never guessed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any, Literal, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .errors import ConfigError
from .rules.codes import CodeRange
from .rules.income import CodeBooks
from .rules.reversals import RETURN_DAYS
from .rules.signature import AllowedSources, parse_allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the extension was told, converted. Durations are `timedelta`, secrets never appear in `repr`."""

    access_token: str | None
    base_url: str
    webhook_secret: str | None
    webhook_secret_previous: str | None
    webhook_allowed: AllowedSources
    codes: CodeRange
    wider_code_max: int | None
    unique_code_books: CodeBooks
    charge_ttl: timedelta
    late_window: timedelta
    feed_delay: timedelta
    inbox_retention: timedelta
    pull_every: timedelta
    refresh_every: timedelta
    tags_mutations: bool
    shop_tag: str
    public_url: str | None
    zone: ZoneInfo
    tolerance: int
    refund_review_days: int
    refund_transfer_days: int
    refund_destination_days: int
    refund_approval: Literal["auto", "second_person", "fresh_password"]
    refund_unique_code: Literal["return", "keep"]
    destination_retention: timedelta
    proof_retention: timedelta

    def __repr__(self) -> str:
        """Show the settings without the secrets among them."""
        shown = (f"{field.name}={getattr(self, field.name)!r}" for field in fields(self) if field.name not in SECRETS)
        return f"Settings({', '.join(shown)})"

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """Return the secrets a signature may have been made with: the present one first, then the one before."""
        if not self.webhook_secret:
            return ()
        return tuple(secret for secret in (self.webhook_secret, self.webhook_secret_previous) if secret)


SECRETS = frozenset({"access_token", "webhook_secret", "webhook_secret_previous"})


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable: its name, default, the parser that converts it and what it means."""

    name: str
    default: str | None
    parse: Callable[[str], Any]
    help: str


def _text(value: str) -> str:
    return value


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        number = int(value)
        if not low <= number <= high:
            raise ValueError(f"must be between {low} and {high}")
        return number

    return parse


def _minutes(low: int) -> Callable[[str], timedelta]:
    whole = _whole(low, 525_600)
    return lambda value: timedelta(minutes=whole(value))


def _days(low: int) -> Callable[[str], timedelta]:
    whole = _whole(low, 36_500)
    return lambda value: timedelta(days=whole(value))


def _mode(value: str) -> Literal["add", "subtract"]:
    if value not in {"add", "subtract"}:
        raise ValueError("must be add or subtract")
    return cast("Literal['add', 'subtract']", value)


def _approval(value: str) -> Literal["auto", "second_person", "fresh_password"]:
    if value not in {"auto", "second_person", "fresh_password"}:
        raise ValueError("must be auto, second_person or fresh_password")
    return cast("Literal['auto', 'second_person', 'fresh_password']", value)


def _return_or_keep(value: str) -> Literal["return", "keep"]:
    if value not in {"return", "keep"}:
        raise ValueError("must be return or keep")
    return cast("Literal['return', 'keep']", value)


def _code_books(value: str) -> CodeBooks:
    if value not in {"income", "rounding"}:
        raise ValueError("must be income or rounding")
    return cast("CodeBooks", value)


def _yes_or_no(value: str) -> bool:
    if value not in {"yes", "no"}:
        raise ValueError("must be yes or no")
    return value == "yes"


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("must be an http:// or https:// address")
    return value.rstrip("/")


def _zone(value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("must be a time zone such as Asia/Jakarta, Asia/Makassar or Asia/Jayapura") from error


SETTINGS = (
    Setting("MOOTA_ACCESS_TOKEN", None, _text, "API v2 personal access token"),
    Setting("MOOTA_BASE_URL", "https://app.moota.co", _url, "API host"),
    Setting("MOOTA_WEBHOOK_SECRET", None, _text, "signing secret of the webhook; without it every webhook is refused"),
    Setting(
        "MOOTA_WEBHOOK_SECRET_PREVIOUS",
        None,
        _text,
        "the secret before that one, still accepted while you change it; remove it once Moota signs with the new one",
    ),
    Setting(
        "MOOTA_WEBHOOK_ALLOWED_IPS",
        "103.236.201.178,103.28.52.182",
        parse_allowed,
        "addresses or CIDRs a webhook may come from, separated by commas; * allows any",
    ),
    Setting("MOOTA_UNIQUE_CODE_MIN", "1", _whole(1, 999_999), "smallest unique code, in rupiah"),
    Setting("MOOTA_UNIQUE_CODE_MAX", "999", _whole(1, 999_999), "largest unique code, in rupiah"),
    Setting(
        "MOOTA_UNIQUE_CODE_WIDER_MAX",
        None,
        _whole(1, 999_999),
        "largest unique code when all others are taken; without it an order is refused then",
    ),
    Setting("MOOTA_UNIQUE_CODE_MODE", "add", _mode, "add the code to the amount or subtract it"),
    Setting(
        "MOOTA_UNIQUE_CODE_BOOKS",
        "income",
        _code_books,
        "what the unique code is in the books: income, or a rounding difference beside it",
    ),
    Setting(
        "MOOTA_UNDERPAYMENT_TOLERANCE",
        "0",
        _whole(0, 100_000),
        "rupiah that may be missing before a payment counts as too little",
    ),
    Setting("MOOTA_CHARGE_TTL_MINUTES", "1440", _minutes(1), "minutes until a charge expires"),
    Setting(
        "MOOTA_LATE_WINDOW_MINUTES",
        "4320",
        _minutes(0),
        "minutes after that during which the amount stays reserved and a late transfer is still recognised",
    ),
    Setting(
        "MOOTA_FEED_DELAY_MINUTES",
        "20",
        _minutes(0),
        "minutes Moota may need to see a transfer; goods are held this long after the deadline",
    ),
    Setting("MOOTA_INBOX_RETENTION_DAYS", "90", _days(14), "days the raw webhooks are kept, at least 14"),
    Setting(
        "MOOTA_PULL_MINUTES",
        "15",
        _minutes(0),
        "minutes between two looks at Moota's mutation list, for what no webhook brought; 0: never by itself",
    ),
    Setting(
        "MOOTA_REFRESH_MINUTES",
        "0",
        _minutes(0),
        "minutes between two times that a payer's word makes Moota look into the bank at once, which costs points; "
        "0: never, only Moota's list is read",
    ),
    Setting("MOOTA_TAG_MUTATIONS", "yes", _yes_or_no, "tag mutations at Moota with the order they pay: yes or no"),
    Setting("MOOTA_SHOP_TAG", "toko", _text, "the shop's name in these tags"),
    Setting("MOOTA_PUBLIC_URL", None, _url, "address of the shop for links made outside a request"),
    Setting("MOOTA_TIMEZONE", "Asia/Jakarta", _zone, "time zone shown to people"),
    Setting("MOOTA_REFUND_REVIEW_DAYS", "2", _whole(1, 60), "workdays until a refund request or complaint is answered"),
    Setting("MOOTA_REFUND_TRANSFER_DAYS", "3", _whole(1, 60), "workdays from approval until the money is transferred"),
    Setting(
        "MOOTA_REFUND_DESTINATION_DAYS",
        "14",
        _whole(1, 260),
        "workdays a shopper has to say to which account the money goes",
    ),
    Setting(
        "MOOTA_REFUND_APPROVAL",
        "auto",
        _approval,
        "what approving one's own request for a refund needs: a second_person, a fresh_password, or auto: a second "
        "person where more than one may approve",
    ),
    Setting(
        "MOOTA_REFUND_UNIQUE_CODE",
        "return",
        _return_or_keep,
        "whether the amount suggested for a full refund includes the unique code",
    ),
    Setting(
        "MOOTA_REFUND_DESTINATION_RETENTION_DAYS",
        "90",
        _days(RETURN_DAYS),
        "days after a refund is over until the account number is removed but for its last four digits, at least 30: "
        "as long as a bank may send the money back",
    ),
    Setting(
        "MOOTA_PROOF_RETENTION_DAYS",
        "90",
        _days(14),
        "days the proofs of transfer that payers hand in are kept, at least 14",
    ),
)


def load_settings(config: Mapping[str, Any]) -> Settings:
    """Read every setting from `config` (a Flask `app.config` or an environment).

    Raises ConfigError naming the variable, the value seen and what it should be.
    """
    values = {setting.name: _read(setting, config) for setting in SETTINGS}
    low, high = values["MOOTA_UNIQUE_CODE_MIN"], values["MOOTA_UNIQUE_CODE_MAX"]
    if low > high:
        raise ConfigError(f"MOOTA_UNIQUE_CODE_MAX: {high} is below MOOTA_UNIQUE_CODE_MIN ({low}); raise it")
    return Settings(
        access_token=values["MOOTA_ACCESS_TOKEN"],
        base_url=values["MOOTA_BASE_URL"],
        webhook_secret=values["MOOTA_WEBHOOK_SECRET"],
        webhook_secret_previous=values["MOOTA_WEBHOOK_SECRET_PREVIOUS"],
        webhook_allowed=values["MOOTA_WEBHOOK_ALLOWED_IPS"],
        codes=CodeRange(low=low, high=high, mode=values["MOOTA_UNIQUE_CODE_MODE"]),
        charge_ttl=values["MOOTA_CHARGE_TTL_MINUTES"],
        late_window=values["MOOTA_LATE_WINDOW_MINUTES"],
        feed_delay=values["MOOTA_FEED_DELAY_MINUTES"],
        inbox_retention=values["MOOTA_INBOX_RETENTION_DAYS"],
        pull_every=values["MOOTA_PULL_MINUTES"],
        refresh_every=values["MOOTA_REFRESH_MINUTES"],
        tags_mutations=values["MOOTA_TAG_MUTATIONS"],
        shop_tag=values["MOOTA_SHOP_TAG"],
        public_url=values["MOOTA_PUBLIC_URL"],
        zone=values["MOOTA_TIMEZONE"],
        wider_code_max=values["MOOTA_UNIQUE_CODE_WIDER_MAX"],
        unique_code_books=values["MOOTA_UNIQUE_CODE_BOOKS"],
        tolerance=values["MOOTA_UNDERPAYMENT_TOLERANCE"],
        refund_review_days=values["MOOTA_REFUND_REVIEW_DAYS"],
        refund_transfer_days=values["MOOTA_REFUND_TRANSFER_DAYS"],
        refund_destination_days=values["MOOTA_REFUND_DESTINATION_DAYS"],
        refund_approval=values["MOOTA_REFUND_APPROVAL"],
        refund_unique_code=values["MOOTA_REFUND_UNIQUE_CODE"],
        destination_retention=values["MOOTA_REFUND_DESTINATION_RETENTION_DAYS"],
        proof_retention=values["MOOTA_PROOF_RETENTION_DAYS"],
    )


def _read(setting: Setting, config: Mapping[str, Any]) -> Any:
    given = config.get(setting.name)
    text = setting.default if given is None or given == "" else str(given).strip()
    if text is None:
        return None
    try:
        return setting.parse(text)
    except ValueError as error:
        secret = "SECRET" in setting.name or "TOKEN" in setting.name
        seen = "the value given" if secret else repr(text)
        raise ConfigError(f"{setting.name}: {seen} cannot be used: {error}") from error
