"""The bank's side of a test: mutations as Moota spells them, and their signature; no code of the extension."""

import hashlib
import hmac
import itertools
import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

SECRET = "rahasia-uji"
BCA = "Vq3LmZt8RkX"
MANDIRI = "Hn7WcPy2DsJb"

_numbers = itertools.count(1)


def mutation(amount, *, bank_id=BCA, kind="CR", mutation_id=None, at=None, date=None, **fields):
    """Return one element of a webhook's list; `at` is an aware moment, `date` the bank's own spelling."""
    number = next(_numbers)
    identity = mutation_id or f"Mut{number:08d}"
    written = date or local(at or datetime.now(UTC))
    return {
        "account_number": "1112223334",
        "date": written,
        "description": "TRSF E-BANKING CR 2411/FTSCY/WS95031 BUDI/SANTOSO",
        "note": "",
        "amount": amount,
        "type": kind,
        "balance": 10_000_000 + number,
        "created_at": written,
        "mutation_id": identity,
        "token": identity,
        "bank_id": bank_id,
        "taggings": [],
        "bank": {"bank_id": bank_id, "bank_type": "bca", "balance": "10000000.00", "label": "BCA"},
        **fields,
    }


def local(moment):
    """Write a moment as Moota does: Jakarta's time without saying so."""
    return moment.astimezone(ZoneInfo("Asia/Jakarta")).strftime("%Y-%m-%d %H:%M:%S")


def body(*mutations):
    """Return the bytes of PHP's json_encode."""
    return json.dumps(list(mutations), separators=(",", ":")).replace("/", "\\/").encode()


def sign(content, secret=SECRET):
    return hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()
