"""The decision table, for reading: what comes in, what the shop is waiting for, what is decided."""

from dataclasses import replace

import pytest
from decision_cases import (
    BOTH,
    CANCELLED,
    DEADLINE,
    ELSEWHERE,
    EXPIRED,
    LATE,
    MOVED,
    NEXT_DAY,
    OTHER_QRIS,
    OTHER_VA,
    PAID,
    PART_PAID,
    PENDING,
    QRIS,
    SAME_DAY,
    SECOND,
    THIRD,
    VA,
    Order,
    candidates,
    money,
    told,
)

from payments_moota.rules.matching import decide
from payments_moota.rules.policy import Policy

MONEY_NOBODY_MAY_HAVE = [
    ("money going out", money(going="debit"), [PENDING], "unmatched no_match"),
    ("money going out, negative", money(-150_347, going="debit"), [PENDING], "unmatched no_match"),
    ("money going out with a reference", money(150_347, "K7QX2M", going="debit"), [PENDING], "unmatched no_match"),
    ("nothing at all", money(0, "K7QX2M"), [PENDING], "unmatched invalid"),
    ("a negative credit", money(-150_347, "K7QX2M"), [PENDING], "unmatched invalid"),
    ("half a rupiah too much", money(150_347.5), [PENDING], "unmatched no_match"),
    ("a hundredth too much, with a reference", money(150_347.01, "K7QX2M"), [PENDING], "unmatched no_match"),
    ("a hundredth of a rupiah", money(0.01, "K7QX2M"), [PENDING], "unmatched no_match"),
    ("less than one rupiah", money(0.5, "K7QX2M"), [PENDING], "unmatched no_match"),
    ("on an account that is not ours", money(ours=False), [PENDING], "unmatched no_match"),
    ("the same, with a reference", money(150_347, "K7QX2M", ours=False), [PENDING], "unmatched no_match"),
    ("a line seen under another id", money(seen_before=True), [PENDING], "review suspected_duplicate"),
    ("the same, for an order that is paid", money(seen_before=True), [PAID], "review suspected_duplicate"),
    ("the same, nobody's", money(1_234, seen_before=True), [PENDING], "review suspected_duplicate"),
]

EXACT_AMOUNT = [
    ("exact amount, in time", money(), [PENDING], "matched exact INV-1 150347"),
    ("at the last second", money(at=DEADLINE), [PENDING], "matched exact INV-1 150347"),
    ("only the day is known", money(at=SAME_DAY), [PENDING], "matched exact INV-1 150347"),
    ("expired, Moota saw it late", money(), [EXPIRED], "matched exact INV-1 150347"),
    ("expired, day only: the whole day counts", money(at=SAME_DAY), [EXPIRED], "matched exact INV-1 150347"),
    ("with its own reference beside it", money(150_347, "K7QX2M BUDI"), [PENDING], "matched exact INV-1 150347"),
    ("beside another order", money(), [PENDING, SECOND], "matched exact INV-1 150347"),
    ("beside the same amount on another account", money(), [PENDING, ELSEWHERE], "matched exact INV-1 150347"),
    ("nobody's amount", money(99_999), [PENDING], "unmatched no_match"),
    ("nobody waits", money(), [], "unmatched no_match"),
    ("one rupiah less", money(150_346), [PENDING], "unmatched no_match"),
    ("one rupiah more", money(150_348), [PENDING], "unmatched no_match"),
    ("without the unique code", money(150_000), [PENDING], "unmatched no_match"),
    ("right amount on another account", money(on="Mandiri"), [PENDING], "unmatched no_match"),
    ("the payer's name is no proof", money(99_999, "INV-1 BUDI"), [PENDING], "unmatched no_match"),
]

LATE_MONEY = [
    ("a minute late", money(at="2026-11-24 14:31:00"), [PENDING], "matched late INV-1 150347 paid_late"),
    ("late, the order still pending", money(at=LATE), [PENDING], "matched late INV-1 150347 paid_late"),
    ("late, the order expired", money(at=LATE), [EXPIRED], "matched late INV-1 150347 paid_late"),
    ("the day after, day only", money(at=NEXT_DAY), [EXPIRED], "matched late INV-1 150347 paid_late"),
    ("late by reference", money(150_347, "K7QX2M", on="X", at=LATE), [EXPIRED], "matched late INV-1 150347 paid_late"),
    ("late and too much", money(151_000, "K7QX2M", at=LATE), [EXPIRED], "matched overpaid INV-1 151000 paid_late"),
    ("late and too little", money(150_000, "K7QX2M", at=LATE), [EXPIRED], "matched underpaid INV-1 150000 paid_late"),
    ("the remainder, late", money(100_347, at=LATE), [PART_PAID], "matched late INV-1 100347 paid_late"),
]

TOO_LITTLE_TOO_MUCH = [
    ("code forgotten, reference written", money(150_000, "K7QX2M"), [PENDING], "matched underpaid INV-1 150000"),
    ("a first part", money(50_000, "K7QX2M"), [PENDING], "matched underpaid INV-1 50000"),
    ("a second part, still not enough", money(50_000, "K7QX2M"), [PART_PAID], "matched underpaid INV-1 50000"),
    ("exactly the remainder", money(100_347), [PART_PAID], "matched exact INV-1 100347"),
    ("the remainder by reference", money(100_347, "K7QX2M", on="X"), [PART_PAID], "matched reference INV-1 100347"),
    (
        "the remainder, order expired",
        money(100_347),
        [replace(PART_PAID, status="expired")],
        "matched exact INV-1 100347",
    ),
    ("a third part completes", money(347), [replace(PENDING, paid=(50_000, 100_000))], "matched exact INV-1 347"),
    ("more than the remainder", money(100_500, "K7QX2M"), [PART_PAID], "matched overpaid INV-1 100500"),
    ("everything, though part was paid", money(), [PART_PAID], "matched overpaid INV-1 150347"),
    ("rounded up, reference written", money(151_000, "K7QX2M"), [PENDING], "matched overpaid INV-1 151000"),
    ("a digit too many", money(1_503_470, "K7QX2M"), [PENDING], "matched overpaid INV-1 1503470"),
]

AGAIN_OR_AFTER_THE_END = [
    ("the same amount again", money(), [PAID], "matched duplicate_payment INV-1 150347 duplicate_payment"),
    ("again, days later", money(at="2026-11-26"), [PAID], "matched duplicate_payment INV-1 150347 duplicate_payment"),
    (
        "again by reference, without the code",
        money(150_000, "K7QX2M"),
        [PAID],
        "matched duplicate_payment INV-1 150000 duplicate_payment",
    ),
    (
        "an earlier part again",
        money(50_000, "K7QX2M"),
        [replace(PAID, paid=(50_000, 100_347))],
        "matched duplicate_payment INV-1 50000 duplicate_payment",
    ),
    ("something more for a paid order", money(10_000, "K7QX2M"), [PAID], "matched overpaid INV-1 10000"),
    ("after the bank took it back", money(), [replace(PAID, taken_back=150_347)], "matched exact INV-1 150347"),
    (
        "one of two parts, after the bank took it back",
        money(50_000, "K7QX2M"),
        [replace(PAID, paid=(50_000, 100_347), taken_back=50_000)],
        "matched exact INV-1 50000",
    ),
    (
        "again, the owner had let the code go",
        money(),
        [replace(PAID, paid=(150_000,))],
        "matched duplicate_payment INV-1 150347 duplicate_payment",
    ),
    (
        "the code, after the owner let it go",
        money(347, "K7QX2M"),
        [replace(PAID, paid=(150_000,))],
        "matched exact INV-1 347",
    ),
    (
        "enough came, though the status lags behind",
        money(),
        [replace(PAID, status="expired")],
        "matched duplicate_payment INV-1 150347 duplicate_payment",
    ),
    ("cancelled", money(), [CANCELLED], "matched paid_after_cancel INV-1 150347 paid_after_cancel"),
    ("cancelled, and late", money(at=LATE), [CANCELLED], "matched paid_after_cancel INV-1 150347 paid_after_cancel"),
    (
        "cancelled, another amount",
        money(99_000, "K7QX2M"),
        [CANCELLED],
        "matched paid_after_cancel INV-1 99000 paid_after_cancel",
    ),
    (
        "cancelled, though part was paid",
        money(100_347),
        [replace(PART_PAID, status="cancelled")],
        "matched paid_after_cancel INV-1 100347 paid_after_cancel",
    ),
]

# On an account where nobody waits for the amount, so that the reference alone decides.
BY_REFERENCE = [
    (f"reference: {how}", money(150_347, note, on="Mandiri"), [PENDING, SECOND], "matched reference INV-1 150347")
    for how, note in [
        ("alone", "K7QX2M"),
        ("amid the bank's words", "TRSF E-BANKING CR 2411/FTSCY/WS95031 150347.00 K7QX2M BUDI SANTOSO"),
        ("small letters", "pesanan k7qx2m"),
        ("spaces inside", "bayar K7Q X2M ya"),
        ("every character apart", "K 7 Q X 2 M"),
        ("a line break inside", "BI-FAST CR K7QX\r\n2M BUDI"),
        ("hyphens and dots inside", "K7-QX.2M"),
        ("an invisible space inside", "K7Q\u200bX2M"),
        ("full-width characters", "Ｋ７ＱＸ２Ｍ"),
        ("punctuation around it", "ref:K7QX2M,terima kasih"),
        ("Z for 2", "K7QXZM"),
        ("glued to a word before it", "BAYARK7QX2M"),
        ("glued to a word behind it", "K7QX2MBUDI"),
        ("glued on both sides", "BAYARK7QX2MTERIMAKASIH"),
        ("glued to digits, and the right amount", "150347K7QX2M00"),
        ("glued and wrapped, and the right amount", "BAYARK7Q\nX2MBUDI"),
        ("the end cut off, and the right amount", "TRSF BUDI K7QX2"),
        ("the beginning cut off, and the right amount", "7QX2M BUDI"),
        ("O for Q, and the right amount", "K7OX2M"),
        ("0 for Q, and the right amount", "K70X2M"),
        ("1 for 7, and the right amount", "K1QX2M"),
        ("I for 7, and the right amount", "KIQX2M"),
    ]
]
BY_REFERENCE += [
    ("U for V", money(75_120, "H4U9AM", on="X"), [SECOND], "matched reference INV-2 75120"),
    ("B for 3, and the right amount", money(20_005, "BC4HYR", on="X"), [THIRD], "matched reference INV-3 20005"),
    ("8 for 3, and the right amount", money(20_005, "8C4HYR", on="X"), [THIRD], "matched reference INV-3 20005"),
    ("5 for 3, and the right amount", money(20_005, "5C4HYR", on="X"), [THIRD], "matched reference INV-3 20005"),
    ("S for 3, and the right amount", money(20_005, "SC4HYR", on="X"), [THIRD], "matched reference INV-3 20005"),
    ("glued to digits, another amount", money(150_000, "99K7QX2M00"), [PENDING], "unmatched no_match"),
    ("the end cut off, another amount", money(150_000, "K7QX2"), [PENDING], "unmatched no_match"),
    ("a misread character, another amount", money(150_000, "K70X2M"), [PENDING], "unmatched no_match"),
    ("cut to four characters", money(150_347, "TRSF K7QX", on="X"), [PENDING], "unmatched no_match"),
    ("a wrong character", money(150_347, "K7QX3M", on="X"), [PENDING], "unmatched no_match"),
    ("two characters swapped", money(150_347, "7KQX2M", on="X"), [PENDING], "unmatched no_match"),
    ("a reference nobody has", money(150_347, "H4V9AM", on="X"), [PENDING], "unmatched no_match"),
]

SEVERAL_ORDERS = [
    (
        "one transfer for two orders",
        money(BOTH, "K7QX2M H4V9AM"),
        [PENDING, SECOND],
        "matched reference INV-1 150347 + INV-2 75120",
    ),
    (
        "for two orders, glued",
        money(BOTH, "K7QX2MH4V9AM"),
        [PENDING, SECOND],
        "matched reference INV-1 150347 + INV-2 75120",
    ),
    (
        "for three orders",
        money(BOTH + 20_005, "K7QX2M/H4V9AM/3C4HYR"),
        [PENDING, SECOND, THIRD],
        "matched reference INV-1 150347 + INV-2 75120 + INV-3 20005",
    ),
    (
        "for two, one of them partly paid",
        money(100_347 + 75_120, "K7QX2M+H4V9AM"),
        [PART_PAID, SECOND],
        "matched reference INV-1 100347 + INV-2 75120",
    ),
    (
        "for two, one of them late",
        money(BOTH, "K7QX2M H4V9AM", at=LATE),
        [EXPIRED, replace(SECOND, deadline="2026-11-25 12:00:00")],
        "matched reference INV-1 150347 paid_late + INV-2 75120",
    ),
    ("for two, a rupiah short", money(BOTH - 1, "K7QX2M H4V9AM"), [PENDING, SECOND], "review ambiguous"),
    ("for two, a rupiah over", money(BOTH + 1, "K7QX2M H4V9AM"), [PENDING, SECOND], "review ambiguous"),
    ("for two, one cancelled", money(BOTH, "K7QX2M H4V9AM"), [CANCELLED, SECOND], "review ambiguous"),
    ("for two, one paid", money(75_120, "K7QX2M H4V9AM", on="X"), [PAID, SECOND], "review ambiguous"),
    (
        "for two, beside a third that is not named",
        money(BOTH, "K7QX2M H4V9AM"),
        [PENDING, SECOND, THIRD],
        "matched reference INV-1 150347 + INV-2 75120",
    ),
    (
        "for two, one of them named loosely",
        money(BOTH, "K7QX2M 9H4V9AM9"),
        [PENDING, SECOND],
        "matched reference INV-1 150347 + INV-2 75120",
    ),
]

CONFLICTS = [
    ("the amount says one, the note another", money(150_347, "H4V9AM"), [PENDING, SECOND], "review ambiguous"),
    ("the amount says one, the note two", money(150_347, "K7QX2M H4V9AM"), [PENDING, SECOND], "review ambiguous"),
    (
        "the note names an order long paid",
        money(150_347, "H4V9AM"),
        [PENDING, replace(SECOND, paid=(75_120,))],
        "review ambiguous",
    ),
    ("the note's hint has another amount", money(150_347, "9H4V9AM9"), [PENDING, SECOND], "matched exact INV-1 150347"),
    (
        "the note's hint has the amount too",
        money(150_347, "9K7QX2M9"),
        [replace(SECOND, due=150_347), ELSEWHERE],
        "review ambiguous",
    ),
    ("two orders wait for the amount", money(), [PENDING, Order(name="INV-2", note="H4V9AM")], "review ambiguous"),
    ("one waits, one is cancelled", money(), [CANCELLED, Order(name="INV-2", note="H4V9AM")], "review ambiguous"),
    (
        "two wait, the note names one",
        money(150_347, "H4V9AM"),
        [PENDING, Order(name="INV-2", note="H4V9AM")],
        "matched reference INV-2 150347",
    ),
    (
        "two wait, the note names both",
        money(150_347, "K7QX2M H4V9AM"),
        [PENDING, replace(SECOND, due=150_347)],
        "review ambiguous",
    ),
    (
        "two wait, the note names a third",
        money(150_347, "3C4HYR"),
        [PENDING, replace(SECOND, due=150_347), THIRD],
        "review ambiguous",
    ),
]

VIRTUAL_ACCOUNT_AND_QRIS = [
    (
        "virtual account",
        money(150_000, on="BNI VA", number="8808001"),
        [VA, OTHER_VA],
        "matched virtual_account INV-5 150000",
    ),
    (
        "virtual account, too little",
        money(100_000, on="BNI VA", number="8808001"),
        [VA],
        "matched underpaid INV-5 100000",
    ),
    ("virtual account, too much", money(200_000, on="BNI VA", number="8808001"), [VA], "matched overpaid INV-5 200000"),
    (
        "virtual account, late",
        money(150_000, on="BNI VA", number="8808001", at=LATE),
        [VA],
        "matched late INV-5 150000 paid_late",
    ),
    ("the number it had before", money(150_000, on="BNI VA", number="8808001"), [MOVED], "review method_changed"),
    ("the provider's id it had before", money(150_000, on="QRIS", trx="PYM-5"), [MOVED], "review method_changed"),
    (
        "a number that now belongs to another",
        money(150_000, on="BNI VA", number="8808001"),
        [MOVED, replace(VA, name="INV-6")],
        "matched virtual_account INV-6 150000",
    ),
    ("virtual account nobody has", money(10_000, on="BNI VA", number="8808009"), [VA], "unmatched no_match"),
    (
        "virtual account, cancelled",
        money(150_000, on="BNI VA", number="8808001"),
        [replace(VA, status="cancelled")],
        "matched paid_after_cancel INV-5 150000 paid_after_cancel",
    ),
    (
        "two orders with one number",
        money(150_000, number="8808001"),
        [VA, replace(VA, name="INV-6")],
        "review ambiguous",
    ),
    (
        "two with one number, the provider names one",
        money(150_000, number="8808001", trx="PYM-6"),
        [VA, replace(VA, name="INV-6", trx="PYM-6")],
        "matched virtual_account INV-6 150000",
    ),
    ("number and provider disagree", money(150_000, number="8808001", trx="PYM-1"), [VA, QRIS], "review ambiguous"),
    ("number and note disagree", money(150_000, "H4V9AM", number="8808001"), [VA, OTHER_VA], "review ambiguous"),
    ("number and note agree", money(150_000, "K7QX2M", number="8808001"), [VA], "matched virtual_account INV-5 150000"),
    (
        "QRIS by the provider's id",
        money(150_000, on="QRIS", trx="PYM-1"),
        [QRIS, OTHER_QRIS],
        "matched qris INV-7 150000",
    ),
    (
        "QRIS, paid a second time",
        money(150_000, trx="PYM-1"),
        [replace(QRIS, paid=(150_000,))],
        "matched duplicate_payment INV-7 150000 duplicate_payment",
    ),
    ("QRIS without an id, one waits", money(150_000, on="QRIS"), [QRIS], "matched exact INV-7 150000"),
    ("QRIS without an id, two wait", money(150_000, on="QRIS"), [QRIS, OTHER_QRIS], "review ambiguous"),
    (
        "transfer by the provider's id",
        money(trx="PYM-3", on="X"),
        [replace(PENDING, trx="PYM-3")],
        "matched reference INV-1 150347",
    ),
    (
        "the provider's id before the amount",
        money(150_347, trx="PYM-1"),
        [PENDING, QRIS],
        "matched overpaid INV-7 150347",
    ),
]

BEFORE_THE_ORDER = [
    ("booked two days before the order", money(at="2026-11-21 09:00:00"), [PENDING], "unmatched no_match"),
    ("the same, day only", money(at="2026-11-21"), [PENDING], "unmatched no_match"),
    ("the same, with its reference", money(150_347, "K7QX2M", at="2026-11-21"), [PENDING], "unmatched no_match"),
    ("the same, on its number", money(150_000, number="8808001", at="2026-11-21"), [VA], "unmatched no_match"),
    ("booked the day before: dated back", money(at="2026-11-22"), [PENDING], "matched exact INV-1 150347"),
    ("booked on the order's day", money(at="2026-11-23"), [PENDING], "matched exact INV-1 150347"),
    (
        "the amount is used again by a newer order",
        money(at="2026-11-21"),
        [replace(PENDING, opened="2026-11-20 10:00:00"), Order(name="INV-2")],
        "matched exact INV-1 150347",
    ),
]

TABLE = [
    *MONEY_NOBODY_MAY_HAVE,
    *EXACT_AMOUNT,
    *LATE_MONEY,
    *TOO_LITTLE_TOO_MUCH,
    *AGAIN_OR_AFTER_THE_END,
    *BY_REFERENCE,
    *SEVERAL_ORDERS,
    *CONFLICTS,
    *VIRTUAL_ACCOUNT_AND_QRIS,
    *BEFORE_THE_ORDER,
]


@pytest.mark.parametrize(("money", "orders", "expected"), [pytest.param(*row, id=name) for name, *row in TABLE])
def test_the_decision_is_what_the_table_says(money, orders, expected):
    assert told(decide(money.facts(), candidates(money, orders), Policy())) == expected
