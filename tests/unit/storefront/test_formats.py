"""Amounts, moments and telephone numbers as Indonesians write them."""

from datetime import UTC, datetime

import pytest

from storefront.formats import fold, normalise_phone, phone_digits, rupiah, show_phone, tanggal, tanggal_pendek

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "Rp0"), (500, "Rp500"), (50_123, "Rp50.123"), (-50_123, "-Rp50.123"), (1_234_567_890, "Rp1.234.567.890")],
)
def test_rupiah(amount, text):
    assert rupiah(amount) == text


@pytest.mark.parametrize(
    ("zone", "locale", "text"),
    [
        ("Asia/Jakarta", "id", "24 November 2026 12.00 WIB"),
        ("Asia/Makassar", "id", "24 November 2026 13.00 WITA"),
        ("Asia/Jayapura", "id", "24 November 2026 14.00 WIT"),
        ("Asia/Jakarta", "en", "24 November 2026 12:00 WIB"),
    ],
)
def test_a_moment_names_its_zone(zone, locale, text):
    assert tanggal(NOON, zone, locale) == text


@pytest.mark.parametrize(
    ("month", "locale", "text"),
    [(8, "id", "24 Agu 2026 12.00"), (8, "en", "24 Aug 2026 12:00"), (5, "id", "24 Mei 2026 12.00")],
)
def test_a_short_moment_speaks_the_language(month, locale, text):
    assert tanggal_pendek(NOON.replace(month=month), "Asia/Jakarta", locale) == text


@pytest.mark.parametrize(
    "typed",
    [
        "081234567890",
        "0812-3456-7890",
        "0812 3456 7890",
        "(0812) 3456.7890",
        "81234567890",
        "6281234567890",
        "+6281234567890",
        "+62 812-3456-7890",
        "+62 (0) 812 3456 7890",
        "006281234567890",
        " 0812\u20133456\u20137890 ",
        "０８１２３４５６７８９０",
    ],
)
def test_a_mobile_number_however_it_is_written(typed):
    assert normalise_phone(typed) == "+6281234567890"


def test_a_number_that_begins_like_a_landline_is_still_the_mobile_number_it_is():
    """`62812345678` without a plus is also a valid landline, +62 628 12345678's cousin."""
    assert normalise_phone("62812345678") == "+62812345678"
    assert normalise_phone("0812345678") == "+62812345678"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "0",
        "08",
        "08123",
        "0812345678901234567",
        "0215551234",
        "+62 21 555 1234",
        "02742345678",
        "+12025550123",
        "+6581234567",
        "0812345x7890",
        "delapan satu dua",
        "0812\x003456\x007890",
        "٠٨١٢٣٤٥٦٧٨٩٠ؐ",
        "+62",
        "++6281234567890",
        "0812;DROP",
    ],
)
def test_what_is_no_mobile_number_is_refused(typed):
    with pytest.raises(ValueError, match="not an Indonesian mobile number"):
        normalise_phone(typed)


@pytest.mark.parametrize(
    ("stored", "shown"),
    [("+6281234567890", "0812-3456-7890"), ("+62812345678", "0812-3456-78"), ("+12025550123", "+12025550123")],
)
def test_a_stored_number_is_shown_as_people_write_it(stored, shown):
    assert show_phone(stored) == shown
    assert phone_digits(stored) == stored[1:]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Café  CRÈME", "cafe creme"),
        ("  Gula\tAren\n", "gula aren"),
        ("STRASSE straße", "strasse strasse"),
        ("a\x00b", "a b"),
        ("100% _\\", "100% _\\"),
    ],
)
def test_folding_forgets_case_accents_and_spaces(text, folded):
    assert fold(text) == folded
