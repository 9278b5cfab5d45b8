"""Where a refund goes: reading what a shopper typed for bank, account number and holder."""

import re
import unicodedata
from dataclasses import dataclass, field

from ..errors import InvalidDestination
from .bank_codes import Bank, find_bank

LONGEST_HOLDER = 70

_SEPARATORS = re.compile(r"[\s.\-]+")
_HOLDER = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ0-9 .,'()/&\-]+")
_LETTERS = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]")
_LEAST_LETTERS = 2
# A word this short (an initial, "bin") does not make two names the same.
_SHORTEST_TELLING_WORD = 3


@dataclass(frozen=True, slots=True)
class Destination:
    """An account that money can be sent to: the bank's code, digits only, and the name on the account."""

    bank_code: str
    number: str = field(repr=False)
    holder: str = field(repr=False)


def read_destination(bank: str, number: str, holder: str) -> Destination:
    """Check and tidy what somebody typed. Raises InvalidDestination naming the field; never repeats the number."""
    known = find_bank(bank)
    if known is None:
        raise InvalidDestination("This bank is not known; give its code, such as 014.", field="bank", why="unknown")
    return Destination(known.code, _read_number(number, known), _read_holder(holder))


def names_differ(holder: str, payer: str | None) -> bool:
    """Tell whether an account's holder is, by name, not who paid: no word in common. False when nobody knows."""
    return payer is not None and bool(_words(payer)) and not _words(holder) & _words(payer)


def _read_number(number: str, bank: Bank) -> str:
    digits = _SEPARATORS.sub("", unicodedata.normalize("NFKC", number))
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidDestination("An account number has digits only.", field="number", why="not_digits")
    if len(digits) not in bank.lengths:
        raise InvalidDestination(
            f"The account number has {len(digits)} digits; {_expected(bank)}.", field="number", why="length"
        )
    if len(set(digits)) == 1:
        raise InvalidDestination("This is no account number.", field="number", why="not_real")
    return digits


def _expected(bank: Bank) -> str:
    if bank.has_known_lengths:
        return f"{bank.name} uses {' or '.join(map(str, sorted(bank.lengths)))}"
    return f"between {min(bank.lengths)} and {max(bank.lengths)} are expected"


def _read_holder(holder: str) -> str:
    name = " ".join(unicodedata.normalize("NFKC", holder).split())
    if len(_LETTERS.findall(name)) < _LEAST_LETTERS or len(name) > LONGEST_HOLDER:
        raise InvalidDestination(
            f"Give the name on the account, at most {LONGEST_HOLDER} characters.", field="holder", why="length"
        )
    if not _HOLDER.fullmatch(name):
        raise InvalidDestination("The name has characters that no bank uses.", field="holder", why="characters")
    return name


def _words(name: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return frozenset(word for word in re.findall(r"[a-z]+", plain) if len(word) >= _SHORTEST_TELLING_WORD)
