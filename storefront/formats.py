"""How amounts, moments and telephone numbers are read and shown."""

import re
import unicodedata
from datetime import date, datetime
from zoneinfo import ZoneInfo

import phonenumbers
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency

_PUNCTUATION = re.compile(r"[\s().\-–/]+")
# An 8 and at most twelve digits more: no number of any country is longer than the library can bear.
_LOCAL_PART = re.compile(r"(?:\+62|0062|62)?0?(8\d{6,12})")
_MOBILE = {phonenumbers.PhoneNumberType.MOBILE}


def rupiah(amount: int) -> str:
    """Return `Rp50.123`, with the minus in front: `-Rp50.123`."""
    return format_currency(amount, "IDR", "¤#,##0", locale="id", currency_digits=False)


def tanggal(moment: datetime, zone: str, locale: str) -> str:
    """Return a date and time with its Indonesian zone: `24 November 2026 12.00 WIB`."""
    local = moment.astimezone(ZoneInfo(zone))
    # Only the Indonesian locale knows the names WIB, WITA and WIT.
    name = format_datetime(local, "z", locale="id")
    return f"{format_datetime(local, f'd MMMM yyyy {_clock(locale)}', locale=locale)} {name}"


def tanggal_pendek(moment: datetime, zone: str, locale: str) -> str:
    """Return a short date and time for lists: `24 Nov 2026 12.00`."""
    return format_datetime(moment.astimezone(ZoneInfo(zone)), f"d MMM yyyy {_clock(locale)}", locale=locale)


def hari(day: date, locale: str) -> str:
    """Return a day in words: `Senin, 30 November 2026`."""
    return format_date(day, "EEEE, d MMMM yyyy", locale=locale)


def hari_pendek(day: date, locale: str) -> str:
    """Return a day of lately for tables: `30 Nov`."""
    return format_date(day, "d MMM", locale=locale)


def _clock(locale: str) -> str:
    """Indonesian writes 12.00, English 12:00."""
    return "HH.mm" if locale == "id" else "HH:mm"


def normalise_phone(text: str) -> str:
    """Return an Indonesian mobile number as `+6281234567890`, whichever way people write it.

    Understood are 08…, 8…, 62…, +62… and 0062…, with the usual punctuation. The prefix is taken off by hand, since
    `62812345678` without a plus is also a valid landline number (+62 628…). Raises ValueError.
    """
    compact = _PUNCTUATION.sub("", unicodedata.normalize("NFKC", text))
    match = _LOCAL_PART.fullmatch(compact) if compact.isascii() else None
    if match is None:
        raise ValueError("not an Indonesian mobile number")
    number = phonenumbers.parse(f"+62{match[1]}")
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in _MOBILE:
        raise ValueError("not an Indonesian mobile number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def show_phone(e164: str) -> str:
    """Return `+6281234567890` as people write it: `0812-3456-7890`."""
    if not e164.startswith("+62"):
        return e164
    digits = f"0{e164[3:]}"
    return "-".join(part for part in (digits[:4], digits[4:8], digits[8:]) if part)


def phone_digits(e164: str) -> str:
    """Return a stored number as WhatsApp links want it: digits only, country code first."""
    return e164.removeprefix("+")


def fold(text: str) -> str:
    """Return a text as searches compare it: no accents, no capitals, single spaces."""
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(plain.casefold().replace("\x00", " ").split())
