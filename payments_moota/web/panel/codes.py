"""How full the pools of unique codes are: for each account and price, how many of the codes are reserved."""

from dataclasses import dataclass

from flask import Response

from ... import reservations
from ...context import work_on_host_session
from ..answers import answer
from .routes import Route

_MOST = 100
# From here on the owner should do something.
_NEARLY_FULL = 80


@dataclass(frozen=True, slots=True)
class Bar:
    """One pool: what it is of, how full it is, and the percentage of it."""

    account: str
    price: int
    taken: int
    size: int
    percent: int
    tone: str


def codes() -> Response:
    """Show the pools, the fullest first."""
    work = work_on_host_session("shop")
    pools = reservations.pools(work, limit=_MOST)
    return answer("moota/panel/codes.html", bars=[_bar(pool) for pool in pools], most=_MOST, nearly=_NEARLY_FULL)


def _bar(pool: reservations.Pool) -> Bar:
    percent = min(100, pool.taken * 100 // pool.size)
    tone = "bad" if percent >= _NEARLY_FULL else "wait" if percent * 2 >= _NEARLY_FULL else "good"
    return Bar(pool.account.label, pool.price, pool.taken, pool.size, percent, tone)


ROUTES = (Route("/codes", "codes", codes),)
