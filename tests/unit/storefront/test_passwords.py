"""Passwords of the panel are kept as Argon2id, at the cost its authors recommend or more."""

from argon2 import PasswordHasher, Type

from storefront.admin import service


def test_a_password_costs_a_thief_as_much_as_argon2_recommends():
    used, recommended = service._hasher, PasswordHasher()

    assert used.type is Type.ID
    assert used.memory_cost >= recommended.memory_cost
    assert used.time_cost >= recommended.time_cost
    assert used.hash("kopi-tubruk-pagi").startswith("$argon2id$")
