"""The banks that Moota watches, as their customers know them."""

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank: name, three-digit code for interbank transfers, whose channels it has, and whether it is an app only."""

    name: str
    code: str | None
    family: str = ""
    is_app: bool = False


BCA: Final = Bank("BCA", "014", "bca")
BNI: Final = Bank("BNI", "009", "bni")
BRI: Final = Bank("BRI", "002", "bri")
BSI: Final = Bank("BSI", "451", "bsi")
MANDIRI: Final = Bank("Bank Mandiri", "008", "mandiri")
# Most shoppers have an account at one of these.
COMMON: Final = (BCA, MANDIRI, BRI, BNI, BSI)

# Moota's names for banks grow by suffixes (mandiriMcm2V2, briCmsQlola), so they are known by their beginning; the
# longer beginning stands first. The sharia banks of BNI, BRI and Mandiri became BSI in 2021.
_BANKS: Final = (
    ("bcasyariah", Bank("BCA Syariah", "536")),
    ("bca", BCA),
    ("bnibisnissyariah", BSI),
    ("bnisyariah", BSI),
    ("bni", BNI),
    ("brisyariah", BSI),
    ("bri", BRI),
    ("ibbizbri", BRI),
    ("bsi", BSI),
    ("mandirisyariah", BSI),
    ("mandiri", MANDIRI),
    ("bjb", Bank("Bank BJB", "110")),
    ("bnc", Bank("Bank Neo Commerce", "490", is_app=True)),
    ("btn", Bank("BTN", "200")),
    ("cimb", Bank("CIMB Niaga", "022")),
    ("gojek", Bank("GoPay", None, is_app=True)),
    ("jago", Bank("Bank Jago", "542", is_app=True)),
    ("jenius", Bank("Jenius", "213", is_app=True)),
    ("maybank", Bank("Maybank", "016")),
    ("megasyariah", Bank("Bank Mega Syariah", "506")),
    ("muamalat", Bank("Bank Muamalat", "147")),
    ("ocbc", Bank("OCBC", "028")),
    ("ovo", Bank("OVO", None, is_app=True)),
    ("permata", Bank("PermataBank", "013")),
    ("qris", Bank("QRIS", None)),
    ("sinarmas", Bank("Bank Sinarmas", "153")),
    ("vasandbox", Bank("Virtual account", None)),
)
_VERSION: Final = re.compile(r"(V\d+|VA)$")


def find_bank(bank_type: str) -> Bank:
    """Return the bank behind Moota's `bank_type`; an unknown one keeps its name, without a code."""
    folded = bank_type.strip().lower()
    known = (bank for beginning, bank in _BANKS if folded.startswith(beginning))
    return next(known, Bank(_VERSION.sub("", bank_type.strip()), None))


def bank_name(bank_type: str) -> str:
    """Return the bank's name as people know it."""
    return find_bank(bank_type).name


def bank_code(bank_type: str) -> str | None:
    """Return the code that transfers from other banks ask for; None where there is none or we do not know it."""
    return find_bank(bank_type).code
