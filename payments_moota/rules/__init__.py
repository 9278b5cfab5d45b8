"""The rules of money: what is true, whoever asks and wherever it is stored.

Everything here is pure: the standard library and `..errors` only. No clock, no database, no network, no Flask; the
present moment and the randomness are handed in. That is why every rule can be read, and tested, as a table.

Where to look:
    money        how an amount may be spelt, and how it is shown
    codes        which unique codes are still free for an amount
    reference    the short code a payer may write into the transfer note, and finding it in noisy text
    lateness     what moment a bank means, and whether a payment came in time
    policy       the knobs an owner can turn
    matching     which charge a credit pays, or why none
    outcome      what a charge's money adds up to: exceptions and the difference
    near_misses  which orders an unmatched credit may have been meant for
    order_numbers  what in a note may be the number of an order, for those hints
    reversals    what a debit means, and a refund that comes back
    workdays     when something is due in bank days; holidays: the days that do not count
    states       which status may follow which
    retry        how long to wait before trying again
    signature    whether a request is Moota's: signature and source address
"""
