"""Who may review, under which name, and what a rating is. Pure."""

MOST_STARS = 5
# So much of a text stands on the product's page; the rest is one click away.
EXCERPT = 400


def may_review(*, shipment_status: str, is_anonymised: bool) -> bool:
    """Tell whether an order's goods may be reviewed: once they have arrived, and while it is known whose they are."""
    return shipment_status == "delivered" and not is_anonymised


def shown_name(name: str) -> str:
    """Return a name as others may read it: `Siti Rahayu Ningsih` becomes `Siti R.`."""
    first, *others = name.split() or [""]
    return f"{first} {others[0][0]}." if others else first


def average(total: int, count: int) -> float:
    """Return the mean of the stars with one decimal; 0 without any."""
    return round(total / count, 1) if count else 0.0


def excerpt(text: str) -> str:
    """Return the beginning of a long text, cut between words where there are any."""
    if len(text) <= EXCERPT:
        return text
    return f"{text[:EXCERPT].rsplit(maxsplit=1)[0]}…"
