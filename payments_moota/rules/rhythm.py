"""How long an account may be silent before it is worth a look.

Where Moota says when it last saw an account, silence is measured from there: it looks every quarter of an hour, day
and night. Where only the money itself is seen, silence is measured by the account's own rhythm, and nights, weekends
and slow weeks must alarm nobody.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

# Of a feed that is looked at: some misses are nothing, an hour without a look is.
_LOOKS_MISSED = 4
_LEAST_LOOKS = timedelta(hours=1)
# Of a feed known only by its money.
_GAPS_NEEDED = 5
_USUAL_TIMES = 2
_LEAST = timedelta(days=1)
_MOST = timedelta(days=7)


def silence_allowed(gaps: Sequence[timedelta], *, interval: timedelta | None) -> timedelta | None:
    """Return how long an account may be silent; None when too little is known of it to say.

    `gaps` are the times between its last mutations, `interval` how often Moota looks at it, where Moota says when it
    last did.
    """
    if interval is not None:
        return max(_LEAST_LOOKS, _LOOKS_MISSED * interval)
    if len(gaps) < _GAPS_NEEDED:
        return None
    return min(_MOST, max(_LEAST, _USUAL_TIMES * max(gaps)))


def gaps_between(moments: Sequence[datetime]) -> list[timedelta]:
    """Return the times between moments, in whatever order they are given."""
    return [later - earlier for earlier, later in pairwise(sorted(moments))]
