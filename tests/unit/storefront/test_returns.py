"""What goes back for pieces of an order: exact to the rupiah, whichever way it is parted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.orders.returns import Part, Piece, Proposal, discount_shares, propose

LOTS = 10**9


def piece(line_id, price, quantity, taken=0):
    return Piece(line_id=line_id, unit_price=price, quantity=quantity, taken=taken)


@pytest.mark.parametrize(
    ("totals", "discount", "shares"),
    [
        ([], 0, []),
        ([100_000], 0, [0]),
        ([100_000], 10_000, [10_000]),
        ([75_000, 25_000], 10_000, [7_500, 2_500]),
        ([1, 1, 1], 2, [1, 1, 0]),
        ([10_000, 10_000, 10_000], 10_000, [3_334, 3_333, 3_333]),
        ([5_000], 9_000, [5_000]),
        ([0, 0], 0, [0, 0]),
    ],
)
def test_a_discount_is_parted_by_price(totals, discount, shares):
    assert discount_shares(totals, discount) == shares


@pytest.mark.parametrize(
    ("wanted", "options", "expected"),
    [
        ({}, {}, Proposal()),
        ({1: 1}, {}, Proposal(parts=[Part(1, 1, 50_000)])),
        ({1: 9}, {}, Proposal(parts=[Part(1, 2, 100_000)])),
        ({7: 1}, {}, Proposal()),
        ({1: 1}, {"discount": 30_000}, Proposal(parts=[Part(1, 1, 40_000)])),
        ({1: 1, 2: 1}, {"refundable": 60_000}, Proposal(parts=[Part(1, 1, 50_000), Part(2, 1, 10_000)])),
        ({1: 2}, {"whole": 170_321}, Proposal(parts=[Part(1, 2, 100_000)])),
        (
            {1: 2, 2: 1},
            {"whole": 170_321},
            Proposal(parts=[Part(1, 2, 100_000), Part(2, 1, 50_000)], more=20_321, is_whole=True),
        ),
        ({1: 2, 2: 1}, {"whole": None}, Proposal(parts=[Part(1, 2, 100_000), Part(2, 1, 50_000)])),
        (
            {1: 2, 2: 1},
            {"whole": 149_000, "refundable": 149_000},
            Proposal(parts=[Part(1, 2, 100_000), Part(2, 1, 49_000)], is_whole=True),
        ),
    ],
)
def test_what_is_proposed(wanted, options, expected):
    pieces = [piece(1, 50_000, 2), piece(2, 50_000, 1)]

    assert propose(pieces, wanted, **{"discount": 0, "refundable": LOTS, **options}) == expected


def test_the_last_piece_before_shipping_brings_the_delivery_back():
    pieces = [piece(1, 50_000, 2, taken=1), piece(2, 50_000, 1, taken=1)]

    proposal = propose(pieces, {1: 1}, discount=0, refundable=70_000, whole=70_000)

    assert (proposal.goods, proposal.more, proposal.total) == (50_000, 20_000, 70_000)


totals = st.lists(st.integers(0, 10**8), max_size=12)


@given(totals, st.integers(0, 10**9))
def test_shares_add_up_and_no_line_gives_more_than_it_costs(lines, discount):
    shares = discount_shares(lines, discount)

    assert sum(shares) == min(discount, sum(lines))
    assert all(0 <= share <= total for share, total in zip(shares, lines, strict=True))


orders = st.lists(st.tuples(st.integers(1, 10**7), st.integers(1, 20)), min_size=1, max_size=6)


@given(orders, st.integers(0, 10**8), st.data())
def test_giving_back_bit_by_bit_adds_up_to_the_price_less_the_discount(lines, discount, data):
    taken = [0] * len(lines)
    back = 0
    while any(count < quantity for count, (_price, quantity) in zip(taken, lines, strict=True)):
        pieces = [piece(place, price, quantity, taken[place]) for place, (price, quantity) in enumerate(lines)]
        place = data.draw(st.sampled_from([each.line_id for each in pieces if each.left]))
        proposal = propose(pieces, {place: data.draw(st.integers(1, 20))}, discount=discount, refundable=LOTS * 10)
        assert proposal.goods >= 0
        back += proposal.total
        taken[place] += proposal.parts[0].quantity

    subtotal = sum(price * quantity for price, quantity in lines)
    assert back == subtotal - min(discount, subtotal)


@given(orders, st.integers(0, 10**8), st.integers(-5, 10**9), st.integers(0, 10**9) | st.none())
def test_never_more_than_can_be_given_back(lines, discount, refundable, whole):
    pieces = [piece(place, price, quantity) for place, (price, quantity) in enumerate(lines)]
    everything = {each.line_id: each.quantity for each in pieces}

    proposal = propose(pieces, everything, discount=discount, refundable=refundable, whole=whole)

    assert 0 <= proposal.total <= max(0, refundable)
    assert all(part.amount >= 0 for part in proposal.parts)
