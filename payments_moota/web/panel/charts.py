"""Small charts as SVG that needs no style and no script: bars side by side, each with its figure in a table below."""

from collections.abc import Sequence
from dataclasses import dataclass

_WIDTH, _HEIGHT = 700, 120
_GAP = 0.25


@dataclass(frozen=True, slots=True)
class Part:
    """One rectangle, in the units of the drawing; `tone` names its colour."""

    x: float
    y: float
    width: float
    height: float
    tone: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of stacked bars; `highest` is what the full height stands for."""

    parts: list[Part]
    highest: float
    width: int = _WIDTH
    height: int = _HEIGHT


def stacked(columns: Sequence[Sequence[tuple[str, float]]]) -> Chart:
    """Draw one bar for each column, its parts (tone, value) on top of each other."""
    highest = max((sum(value for _, value in column) for column in columns), default=0)
    step = _WIDTH / max(1, len(columns))
    parts: list[Part] = []
    for number, column in enumerate(columns):
        bottom = float(_HEIGHT)
        for tone, value in column:
            height = value / highest * _HEIGHT if highest else 0
            bottom -= height
            if height:
                x = round(number * step + step * _GAP / 2, 2)
                parts.append(Part(x, round(bottom, 2), round(step * (1 - _GAP), 2), round(height, 2), tone))
    return Chart(parts, highest)
