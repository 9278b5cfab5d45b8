"""A colour that the owner chooses is readable by day and by night, or another one is offered."""

import re
from pathlib import Path

import pytest

from storefront.brand.colours import (
    ACCENT,
    ENOUGH,
    FONTS,
    GROUNDS,
    Look,
    contrast,
    is_readable,
    lowest_contrast,
    nearest,
    read_colour,
    samples,
    sheet,
)

SHOP_CSS = Path(__file__).parents[3] / "storefront/static/shop.css"
COLOURS = ["#12594f", "#ff0000", "#ffcc00", "#00ffff", "#808080", "#ffffff", "#000000", "#c86d47", "#3b00ff", "#fefefe"]


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#0000ff", "#ffffff", 8.59),
    ],
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("colour", COLOURS)
def test_what_is_offered_can_be_read_and_is_the_nearest(colour, mode):
    offered = nearest(colour, mode)

    assert lowest_contrast(offered, mode) >= ENOUGH
    assert (offered == colour) == is_readable(colour, mode)
    if offered != colour:
        assert lowest_contrast(offered, mode) < ENOUGH + 0.2


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("colour", COLOURS)
def test_every_token_of_a_look_can_be_read_on_what_it_stands_on(colour, mode):
    look = Look(accent=nearest(colour, "light"))
    tokens = look.tokens(mode)

    assert contrast(tokens["--accent"], tokens["--accent-soft"]) >= ENOUGH
    assert contrast(tokens["--on-accent"], tokens["--accent"]) >= ENOUGH
    assert contrast(tokens["--on-accent"], tokens["--accent-strong"]) >= ENOUGH
    assert lowest_contrast(tokens["--accent-strong"], mode) >= ENOUGH


def test_the_night_has_the_colour_that_the_owner_chose_for_it():
    assert Look(accent=ACCENT, accent_dark="#ffcc00").colour("dark") == "#ffcc00"
    assert Look(accent="#ffcc00").colour("dark") == "#ffcc00"


@pytest.mark.parametrize("text", ["", "red", "#fff", "#12345g", "#1234567", "rgb(1,2,3)", "#123456;}"])
def test_what_is_no_colour_is_refused(text):
    with pytest.raises(ValueError, match="no colour"):
        read_colour(text)


def test_capitals_and_spaces_do_not_matter():
    assert read_colour(" #AABBCC ") == "#aabbcc"


@pytest.mark.parametrize("font", FONTS)
def test_a_sheet_sets_custom_properties_and_nothing_else(font):
    inside = re.findall(r"\{([^{}]*)\}", sheet(Look(font=font)))

    declared = [each.strip() for rules in inside for each in rules.split(";") if each.strip()]
    assert declared
    assert all(each.startswith("--") for each in declared)
    assert "url(" not in sheet(Look(font=font))


def test_both_modes_are_shown_side_by_side():
    assert ".look-light" in samples(Look())
    assert ".look-dark" in samples(Look())


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_contrast_is_counted_against_the_grounds_that_pages_have(mode):
    """If this fails: shop.css and `GROUNDS` name different colours; change both."""
    by_day, by_night = SHOP_CSS.read_text().split("@media (prefers-color-scheme: dark)")[:2]
    declared = by_day if mode == "light" else by_night

    for name, colour in GROUNDS[mode]._asdict().items():
        found = re.search(rf"--{name}: (#[0-9a-f]{{3,6}});", declared)[1]
        assert (found if len(found) == 7 else "#" + "".join(2 * digit for digit in found[1:])) == colour, name
