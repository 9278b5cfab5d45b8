"""The running balance of a statement: in which order a day's lines continue each other, and where one is missing.

The bank says after each line what is left, so every line leads from the balance before it to the balance after it.
Its time does not give the order: many lines have the same time or only a day, and lists come newest first as well as
oldest first. So the lines are read as the arrows of a graph whose points are balances. An order in which each line
continues the one before is a walk along every arrow once (an Euler walk), found in linear time. Where no such walk
exists, lines are missing, and the fewest pieces that cover all arrows leave the fewest gaps to explain.

Money is in hundredths of a rupiah throughout.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from typing import NamedTuple, TypeAlias

# Lines of a statement that continue each other without a gap.
Run: TypeAlias = "list[Entry]"
# Where an arrow leads, and the line it stands for; None is outside the day, or no line.
_Arrow: TypeAlias = "tuple[int | None, Entry | None]"

# A day with more pieces than this is no running balance anyway.
_COMPARED_AT_MOST = 50


class Entry(NamedTuple):
    """One line of a statement: `change` is positive for money in, `balance` is what the bank says is left after it.

    `content` is equal for lines that say the same under different ids. `is_spent`: it pays or returns something.
    """

    id: int
    at: datetime
    change: int
    balance: int | None = None
    content: str = ""
    is_spent: bool = False

    @property
    def before(self) -> int:
        """Return the balance that the line starts from; only for one that has a balance."""
        return (self.balance or 0) - self.change


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A day's lines in the order of their balances: one run when nothing is missing.

    `silent` lines came without a balance. `repeated` lines say what another says, the balance has them once, and
    nothing is spent from them: the bank was read twice.
    """

    runs: list[Run]
    silent: list[Entry] = field(default_factory=list)
    repeated: list[Entry] = field(default_factory=list)


def arrange(entries: Sequence[Entry], opening: int | None) -> Arrangement:
    """Order a day's lines by their balances, starting from `opening` where that is known."""
    in_time = sorted(entries, key=_by_time)
    if _continues(in_time, opening):
        return Arrangement([in_time] if in_time else [])
    telling = _with_balance(in_time, opening)
    told = {entry.id for entry in telling}
    silent = [entry for entry in in_time if entry.id not in told]
    runs = _fewest_runs(telling, opening)
    gaps = count_gaps(runs, opening)
    repeated = _repeats(telling) if gaps else []
    if repeated:
        left_out = {entry.id for entry in repeated}
        once = _fewest_runs([entry for entry in telling if entry.id not in left_out], opening)
        if count_gaps(once, opening) < gaps:
            return Arrangement(once, silent, repeated)
    return Arrangement(runs, silent)


def count_gaps(runs: Sequence[Run], opening: int | None) -> int:
    """Return how often a run does not start where the one before it, or the day before, ended."""
    ends = [opening, *(run[-1].balance for run in runs)]
    starts = [run[0].before for run in runs]
    return sum(end is not None and end != start for end, start in zip(ends, starts, strict=False))


def _continues(entries: Iterable[Entry], opening: int | None) -> bool:
    """Tell whether each line has a balance and continues the one before it, as nearly all days do."""
    balance = opening
    for entry in entries:
        if not entry.balance or (balance is not None and entry.balance - entry.change != balance):
            return False
        balance = entry.balance
    return True


def _by_time(entry: Entry) -> tuple[datetime, int]:
    return entry.at, entry.id


def _with_balance(entries: Sequence[Entry], opening: int | None) -> list[Entry]:
    """Pick the lines whose balance was really reported.

    Banks that tell no balance appear with zero. Zero is believed where the money before the line is accounted for.
    """
    known = {opening, *(entry.balance for entry in entries if entry.balance)}
    return [entry for entry in entries if entry.balance or (entry.balance == 0 and entry.before in known)]


def _repeats(entries: Sequence[Entry]) -> list[Entry]:
    """Return the lines that only repeat another one; of each group the one that is spent, or the first, stays."""
    kept: set[tuple[int | None, int, str]] = set()
    repeated = []
    for entry in sorted(entries, key=lambda entry: not entry.is_spent):
        said = (entry.balance, entry.change, entry.content)
        if said in kept and not entry.is_spent:
            repeated.append(entry)
        kept.add(said)
    return repeated


def _fewest_runs(entries: Sequence[Entry], opening: int | None) -> list[Run]:
    """Cover all lines with as few runs as possible; the order of time is kept where it is as good as any other."""
    in_time = _split(entries)
    gaps = count_gaps(in_time, opening)
    if not gaps:
        return in_time
    walked = _in_order(_walk(entries, opening), opening)
    return walked if count_gaps(walked, opening) < gaps else in_time


def _split(entries: Sequence[Entry]) -> list[Run]:
    runs: list[Run] = []
    for entry in entries:
        if runs and runs[-1][-1].balance == entry.before:
            runs[-1].append(entry)
        else:
            runs.append([entry])
    return runs


def _walk(entries: Sequence[Entry], opening: int | None) -> list[Run]:
    """Return the fewest runs, in no particular order.

    Arrows from and to a point outside the day even out the balances that more lines leave than reach, or the other
    way round. Then every walk comes back to where it started, and each visit outside is the end of a run.
    """
    arrows: defaultdict[int | None, list[_Arrow]] = defaultdict(list)
    surplus: Counter[int | None] = Counter()
    for entry in reversed(entries):
        arrows[entry.before].append((entry.balance, entry))
        surplus[entry.before] += 1
        surplus[entry.balance] -= 1
    if opening is not None:
        surplus[opening] -= 1
    for balance, count in surplus.items():
        if count > 0:
            arrows[None] += [(balance, None)] * count
        else:
            # At the front, since arrows are taken from the back: a run ends only where nothing else continues it.
            arrows[balance][:0] = [(None, None)] * -count
    if opening is not None:
        arrows[None].append((opening, None))
    steps = _circuit(None, arrows)
    for entry in entries:
        if arrows[entry.before]:
            steps += _circuit(entry.before, arrows)
    return _cut(steps)


def _circuit(start: int | None, arrows: dict[int | None, list[_Arrow]]) -> list[_Arrow]:
    """Take every arrow that can be reached from `start` once and come back there (Hierholzer's algorithm)."""
    walk: list[_Arrow] = [(start, None)]
    done: list[_Arrow] = []
    while walk:
        here = arrows[walk[-1][0]]
        if here:
            walk.append(here.pop())
        else:
            done.append(walk.pop())
    return done[::-1]


def _cut(steps: Sequence[_Arrow]) -> list[Run]:
    runs: list[Run] = [[]]
    for _, entry in steps:
        if entry is not None:
            runs[-1].append(entry)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _in_order(runs: list[Run], opening: int | None) -> list[Run]:
    """Begin with the run that starts from `opening`, then by time; at the same time the nearest balance goes first."""
    waiting = sorted(runs, key=lambda run: (run[0].before != opening, *_by_time(run[0])))
    ordered: list[Run] = []
    balance = opening
    while waiting:
        nearest = 0 if balance is None or not ordered else _nearest(waiting, balance)
        ordered.append(waiting.pop(nearest))
        balance = ordered[-1][-1].balance
    return ordered


def _nearest(waiting: list[Run], balance: int) -> int:
    first = waiting[0][0].at
    tied = list(takewhile(lambda run: run[0].at == first, waiting[:_COMPARED_AT_MOST]))
    return min(range(len(tied)), key=lambda place: abs(tied[place][0].before - balance))
