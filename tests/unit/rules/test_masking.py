"""Enough to recognise one's own, too little for anybody else."""

import pytest

from payments_moota.rules.masking import mask_email, mask_phone


@pytest.mark.parametrize(
    ("address", "masked"),
    [("budi@contoh.test", "b•••@contoh.test"), ("x@y@contoh.test", "x•••@contoh.test"), ("budi", "•••"), ("", "•••")],
)
def test_an_address_keeps_its_first_letter_and_where_it_is(address, masked):
    assert mask_email(address) == masked


@pytest.mark.parametrize(
    ("number", "masked"), [("+62 812-3456-7890", "••••••••••890"), ("12345", "••••5"), ("110", "•••"), ("", "")]
)
def test_a_telephone_number_keeps_its_end(number, masked):
    assert mask_phone(number) == masked
