"""What a host shop can listen to.

Every signal is sent with the Flask application object as sender and keyword arguments only; receivers take
`**extra` so that an argument added later does not break them. A receiver runs inside the database transaction
that records the fact and must not commit: if it raises, the fact is not recorded and is tried again.

Connect with `@signals.charge_paid.connect_via(app)`, which keeps a strong reference. A plain `connect` of a
function defined inside an application factory is weak: the function is collected and nothing is ever received.
"""

from blinker import Namespace

_signals = Namespace()

charge_created = _signals.signal("charge-created", doc="`charge`: an order now asks a payer for an exact amount.")
charge_paid = _signals.signal(
    "charge-paid", doc="`charge`, `mutation` (or None), `is_late`: the money is there, serve the order."
)
charge_underpaid = _signals.signal("charge-underpaid", doc="`charge`, `mutation`: money came, less than is due.")
charge_overpaid = _signals.signal("charge-overpaid", doc="`charge`, `mutation`: more came than is due.")
charge_due_soon = _signals.signal("charge-due-soon", doc="`charge`: the deadline is near; said once.")
charge_moved = _signals.signal("charge-moved", doc="`charge`: it is to be paid another way or elsewhere now.")
charge_extended = _signals.signal("charge-extended", doc="`charge`: a waiting charge was given more time.")
charge_reopened = _signals.signal("charge-reopened", doc="`charge`: an ended charge waits again; check your stock.")
charge_expired = _signals.signal("charge-expired", doc="`charge`: the advertised deadline passed without payment.")
charge_cancelled = _signals.signal("charge-cancelled", doc="`charge`, `reason`: nobody should pay this any more.")
charge_reversed = _signals.signal("charge-reversed", doc="`charge`, `mutation`: the bank took the money back.")
mutation_unmatched = _signals.signal("mutation-unmatched", doc="`mutation`: money moved that no rule could place.")
alert_raised = _signals.signal("alert-raised", doc="`alert`: something about the way of the money needs a look.")
alert_ended = _signals.signal("alert-ended", doc="`alert`: it is fine again.")
proof_received = _signals.signal(
    "proof-received", doc="`charge`, `proof`: the payer handed in a proof of the transfer; it pays nothing by itself."
)
refund_requested = _signals.signal("refund-requested", doc="`refund`: somebody asks for money back.")
refund_updated = _signals.signal("refund-updated", doc="`refund`: a refund moved to another step.")
refund_completed = _signals.signal("refund-completed", doc="`refund`: the money is seen to have gone back.")

panel_acted = _signals.signal(
    "panel-acted",
    doc="`actor`, `action`, `subject`, `data`: somebody changed something in the panel, for your own log.",
)

ALL = {signal.name: signal for signal in _signals.values()}
