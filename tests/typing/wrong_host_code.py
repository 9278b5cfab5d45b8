"""Mistakes of a host that the type checker must find; each line that is wrong says so."""

from flask import Flask

from payments_moota import Customer, MootaPayments

moota = MootaPayments()
moota.init_app(Flask(__name__))  # wrong: no session
moota.create_charge("INV-1", "150000")  # wrong: money as text
moota.create_charge("INV-1", 150_000, "bank_transfer")  # wrong: options have names
moota.create_charge("INV-1", 150_000, method="cash")  # wrong: no such method
moota.cancel_charge("INV-1")  # wrong: no reason
Customer("Budi")  # wrong: fields have names
assert moota.get_charge("INV-1").status  # wrong: may be None
