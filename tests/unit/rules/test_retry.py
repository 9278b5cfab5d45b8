from datetime import timedelta
from itertools import takewhile

import pytest

from payments_moota.rules.retry import next_gap


@pytest.mark.parametrize(("attempts", "gap"), [(1, timedelta(seconds=5)), (2, timedelta(seconds=30))])
def test_the_first_tries_follow_soon(attempts, gap):
    assert next_gap(attempts) == gap


def test_the_gaps_grow_until_it_is_a_persons_turn():
    gaps = list(takewhile(bool, map(next_gap, range(1, 100))))

    assert 1 < len(gaps) < 20
    assert gaps == sorted(set(gaps))
    assert next_gap(len(gaps) + 1) is None
    assert next_gap(10_000) is None
