"""Holes in a person's own text are filled with facts, and hide no language."""

import pytest

from storefront.placeholders import fill, renamed, unknown


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Halo {name}", "Halo Siti"),
        ("{name}{name}", "SitiSiti"),
        ("{nama}", "{nama}"),
        ("{{name}}", "{Siti}"),
        ("{ name }", "{ name }"),
        ("{name.__class__}", "{name.__class__}"),
        ("{name!r:>10}", "{name!r:>10}"),
        ("{% if name %}", "{% if name %}"),
        ("{order}", "{name}"),
        ("100%", "100%"),
    ],
)
def test_only_known_names_are_filled_and_once(text, filled):
    assert fill(text, {"name": "Siti", "order": "{name}"}) == filled


def test_holes_by_another_name_are_called_by_ours():
    assert renamed("{nama} {name} {lain} nama", {"nama": "name"}) == "{name} {name} {lain} nama"


def test_unknown_holes_are_named_once_in_their_order():
    assert unknown("{nama} {name} {total} {nama} {}", {"name"}) == ["nama", "total"]
