"""What in a transfer note may be an order's number: people write it although the page gives them a shorter code.

Hosts number their orders as they like, so nothing is recognised here; `written_in` only lists what to look for. Such a
number proves nothing, since anybody can guess the next one: it leads a person to the order and never decides.
"""

import re
from itertools import islice

# A number is a few words or figures in a row; banks replace what joins them by a space, or by nothing.
_PART = re.compile(r"[^\W\d_]+|\d+")
_MOST_PARTS = 4
_SHORTEST, _LONGEST = 4, 64
_MOST = 200


def written_in(text: str) -> list[str]:
    """Return the strings an order in this text may be numbered with, each once; at most 200.

    `BAYAR inv 1004` yields `INV-1004` among others. Names without figures and figures without a name are left out: a
    bank's own words and sums are full of them.
    """
    found: dict[str, None] = {}
    for line in text.splitlines():
        for written in _runs(line):
            found.update(dict.fromkeys((written, written.upper(), written.lower())))
    return list(islice(found, _MOST))


def _runs(line: str) -> list[str]:
    parts = list(_PART.finditer(line))
    runs = []
    for first in range(len(parts)):
        for count in range(2, _MOST_PARTS + 1):
            run = parts[first : first + count]
            words = [part.group() for part in run]
            runs += [line[run[0].start() : run[-1].end()], "-".join(words), "".join(words)]
    return [run for run in runs if _may_be_a_number(run)]


def _may_be_a_number(run: str) -> bool:
    has_both = any(map(str.isdigit, run)) and any(map(str.isalpha, run))
    return has_both and _SHORTEST <= len(run) <= _LONGEST
