"""Names that others may read, ratings, and the beginnings of long texts."""

import pytest

from storefront.feedback.rules import EXCERPT, average, excerpt, may_review, shown_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Siti Rahayu Ningsih", "Siti R."), ("Budi", "Budi"), ("", ""), ("  Élodie  d'Arc ", "Élodie d.")],
)
def test_a_name_is_shown_without_what_identifies(name, shown):
    assert shown_name(name) == shown


@pytest.mark.parametrize(("total", "count", "mean"), [(0, 0, 0.0), (9, 2, 4.5), (13, 3, 4.3), (5, 1, 5.0)])
def test_a_rating_has_one_decimal(total, count, mean):
    assert average(total, count) == mean


def test_a_long_text_is_cut_between_words():
    assert excerpt("pendek") == "pendek"
    assert excerpt("kata " * 200) == ("kata " * (EXCERPT // 5)).rsplit(maxsplit=1)[0] + "…"
    assert len(excerpt("x" * 900)) == EXCERPT + 1


@pytest.mark.parametrize("status", ["none", "processing", "shipped"])
def test_what_has_not_arrived_is_not_reviewed(status):
    assert not may_review(shipment_status=status, is_anonymised=False)
    assert not may_review(shipment_status="delivered", is_anonymised=True)
    assert may_review(shipment_status="delivered", is_anonymised=False)
