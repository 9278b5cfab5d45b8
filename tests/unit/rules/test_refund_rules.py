"""Bank codes, the reading of a destination, and what of it is shown."""

from datetime import date

import pytest

from payments_moota.errors import InvalidDestination
from payments_moota.rules.bank_codes import BANKS, CHECKED_ON, find_bank
from payments_moota.rules.destination import names_differ, read_destination
from payments_moota.rules.masking import mask_name, mask_number, tail


class TestBankCodes:
    @pytest.mark.parametrize(
        ("text", "code"),
        [("014", "014"), ("bca", "014"), ("Bank BCA", "014"), (" Mandiri ", "008"), ("bri", "002"), ("BNI", "009")],
    )
    def test_found_by_code_or_common_name(self, text, code):
        assert find_bank(text).code == code

    @pytest.mark.parametrize("text", ["", "14", "999", "bank", "x" * 500])
    def test_unknown(self, text):
        assert find_bank(text) is None

    def test_the_table_is_sound(self):
        assert date(2026, 1, 1) <= CHECKED_ON
        names = [bank.name for bank in BANKS.values()]
        aliases = [bank.alias for bank in BANKS.values() if bank.alias]
        assert len(set(names)) == len(names) > 80
        assert len(set(aliases)) == len(aliases)
        assert all(code == bank.code and len(code) == 3 and code.isdigit() for code, bank in BANKS.items())
        assert all(alias == alias.lower().replace(" ", "") for alias in aliases)
        assert all(5 < length < 20 for bank in BANKS.values() for length in bank.lengths)


class TestReadingADestination:
    @pytest.mark.parametrize(
        ("bank", "number", "holder", "read"),
        [
            ("014", "521 098 7654", "Budi Santoso", ("014", "5210987654", "Budi Santoso")),
            ("mandiri", "140-00-1234567-8", "  SITI   rahayu ", ("008", "1400012345678", "SITI rahayu")),
            ("bri", "0123.01.000456.50.7", "D'Angelo, S.H.", ("002", "012301000456507", "D'Angelo, S.H.")),
            ("bca", "５２１０９８７６５４", "José Ñuñez", ("014", "5210987654", "José Ñuñez")),
            ("seabank", "901234567890", "CV Maju & Rekan (Toko)", ("535", "901234567890", "CV Maju & Rekan (Toko)")),
        ],
    )
    def test_what_people_type(self, bank, number, holder, read):
        found = read_destination(bank, number, holder)
        assert (found.bank_code, found.number, found.holder) == read

    @pytest.mark.parametrize(
        ("bank", "number", "holder", "field", "why"),
        [
            ("gopay", "5210987654", "Budi", "bank", "unknown"),
            ("bca", "52109876", "Budi", "number", "length"),
            ("bca", "", "Budi", "number", "not_digits"),
            ("bca", "521O987654", "Budi", "number", "not_digits"),
            ("bca", "-5210987654x", "Budi", "number", "not_digits"),
            ("bca", "٥٢١٠٩٨٧٦٥٤", "Budi", "number", "not_digits"),
            ("bca", "0000000000", "Budi", "number", "not_real"),
            ("seabank", "12345", "Budi", "number", "length"),
            ("bca", "5210987654", "", "holder", "length"),
            ("bca", "5210987654", "7", "holder", "length"),
            ("bca", "5210987654", "x" * 71, "holder", "length"),
            ("bca", "5210987654", "=HYPERLINK(Budi)", "holder", "characters"),
            ("bca", "5210987654", "Budi\x00Santoso", "holder", "characters"),
            ("bca", "5210987654", "Budi <b>", "holder", "characters"),
        ],
    )
    def test_what_cannot_be_right(self, bank, number, holder, field, why):
        with pytest.raises(InvalidDestination) as refused:
            read_destination(bank, number, holder)
        assert (refused.value.field, refused.value.why) == (field, why)
        assert len(number) < 5 or number not in str(refused.value)

    @pytest.mark.parametrize(
        ("holder", "payer", "differ"),
        [
            ("BUDI SANTOSO", "Budi", False),
            ("Santoso, Budi", "budi santoso", False),
            ("José Ramos", "Jose", False),
            ("Siti Rahayu", "Budi Santoso", True),
            ("M. Ali", "M. Umar", True),
            ("Siti Rahayu", None, False),
            ("Siti Rahayu", "-", False),
        ],
    )
    def test_whether_it_is_somebody_else(self, holder, payer, differ):
        assert names_differ(holder, payer) is differ


class TestMasking:
    @pytest.mark.parametrize(
        ("number", "masked", "end"),
        [
            ("5210987654", "••••••7654", "7654"),
            ("0012345678901234", "••••••••••••1234", "1234"),
            ("1234567", "•••4567", "4567"),
            ("123456", "•••456", "456"),
            ("123", "•••", ""),
            ("1", "•", ""),
            ("", "", ""),
        ],
    )
    def test_only_the_end_of_a_number(self, number, masked, end):
        assert (mask_number(number), tail(number)) == (masked, end)

    @pytest.mark.parametrize(("name", "masked"), [("Budi Santoso", "B••• S••••••"), ("  Adi ", "A••"), ("", "")])
    def test_the_first_letters_of_a_name(self, name, masked):
        assert mask_name(name) == masked
