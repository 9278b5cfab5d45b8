"""What the owner says of the shop, and when it counts."""

from datetime import date

import pytest

from storefront.brand.rules import closing_of, look_of, notice_of, social_url, text_of

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("network", "typed", "url"),
    [
        ("instagram", "@toko.kami", "https://www.instagram.com/toko.kami"),
        ("instagram", " tokokami ", "https://www.instagram.com/tokokami"),
        ("instagram", "http://instagram.com/tokokami#x", "https://instagram.com/tokokami"),
        ("instagram", "www.instagram.com/tokokami/", "https://www.instagram.com/tokokami/"),
        ("tiktok", "@tokokami", "https://www.tiktok.com/@tokokami"),
        ("youtube", "https://youtu.be/abc", "https://youtu.be/abc"),
        ("facebook", "m.facebook.com/tokokami", "https://m.facebook.com/tokokami"),
        ("shopee", "toko_kami", "https://shopee.co.id/toko_kami"),
        ("tokopedia", "", ""),
    ],
)
def test_a_name_or_an_address_becomes_an_address(network, typed, url):
    assert social_url(network, typed) == url


@pytest.mark.parametrize(
    "typed",
    [
        "https://jahat.test/instagram.com",
        "https://instagram.com.jahat.test/x",
        "javascript:alert(1)",
        "dua kata",
        "a/b",
    ],
)
def test_an_address_elsewhere_is_refused(typed):
    with pytest.raises(ValueError, match="neither"):
        social_url("instagram", typed)


@pytest.mark.parametrize(
    ("said", "locale", "shown"),
    [
        ({"id": "Halo", "en": "Hello"}, "id", "Halo"),
        ({"id": "Halo", "en": "Hello"}, "en", "Hello"),
        ({"id": "Halo", "en": ""}, "en", "Halo"),
        ({"id": "", "en": "Hello"}, "id", ""),
        ({}, "id", ""),
    ],
)
def test_an_english_reader_gets_indonesian_rather_than_nothing(said, locale, shown):
    assert text_of({"texts": {"tagline": said}}, "tagline", locale) == shown


@pytest.mark.parametrize(
    ("since", "until", "is_up"),
    [
        ("", "", True),
        ("2026-11-28", "", True),
        ("2026-11-29", "", False),
        ("", "2026-11-28", True),
        ("", "2026-11-27", False),
        ("2026-11-01", "2026-11-30", True),
    ],
)
def test_a_notice_is_up_on_its_days_both_ends_included(since, until, is_up):
    data = {"texts": {"notice": {"id": "Libur"}}, "notice": {"since": since, "until": until}}

    assert notice_of(data, "id", TODAY) == ("Libur" if is_up else "")


@pytest.mark.parametrize(
    ("closed", "is_closed"),
    [
        ({}, False),
        ({"now": True, "reopens": ""}, True),
        ({"now": True, "reopens": "2026-11-29"}, True),
        ({"now": True, "reopens": "2026-11-28"}, False),
        ({"now": False, "reopens": "2026-12-01"}, False),
    ],
)
def test_a_closed_shop_opens_by_itself_on_the_day_it_named(closed, is_closed):
    assert (closing_of({"closed": closed}, "id", TODAY) is not None) == is_closed


def test_a_font_that_is_none_of_ours_is_left_out():
    assert look_of({"font": "Comic Sans"}).font == "warm"
