"""How the parts of the panel say which pages they have."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response

from ...context import Right


@dataclass(frozen=True, slots=True)
class Route:
    """One address of the panel, below its prefix: by which name it is linked, who may open it, how it is asked for."""

    rule: str
    endpoint: str
    view: Callable[..., Response]
    right: Right = "look"
    method: str = "GET"
