"""Vouchers: who may use them, what they take off, and how often."""
