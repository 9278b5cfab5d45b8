"""Rows of a file as they are brought in: what each tells, and what became of it. Pure."""

from dataclasses import dataclass, field
from typing import Any, Literal

from storefront.media import Picture

Result = Literal["created", "updated", "unchanged", "refused"]
RESULTS: tuple[Result, ...] = ("created", "updated", "unchanged", "refused")


@dataclass(slots=True)
class Item:
    """One row: only what the file tells is in `values`, by our names.

    `problem` says why it is refused, `note` what of it was kept or left out though the row is not.
    """

    number: int
    cells: list[str]
    values: dict[str, Any] = field(default_factory=dict)
    problem: str = ""
    note: str = ""


@dataclass(slots=True)
class Group:
    """The rows of one product or person, in their order. `key` is what they have in common.

    `pictures` are those that came for a product; a dry run makes none, and only tells by `has_pictures` that some came.
    """

    key: str
    items: list[Item]
    pictures: list[Picture] = field(default_factory=list)
    has_pictures: bool = False
