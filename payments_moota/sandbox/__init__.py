"""A pretend bank with a pretend Moota before it, for the demo, for development and for tests.

It imports nothing from the rest of `payments_moota`: what it sends is built from what Moota documents,
so a mistake in the receiver cannot hide in the sender.
"""

from payments_moota.sandbox.app import SAMPLE_TOKEN, create_sandbox, serve
from payments_moota.sandbox.bank import SAMPLE_ACCOUNTS, BankAccount

__all__ = ["SAMPLE_ACCOUNTS", "SAMPLE_TOKEN", "BankAccount", "create_sandbox", "serve"]
