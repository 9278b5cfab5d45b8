"""How to pay: every bank Moota watches has steps for everybody, the bank that is paid first, and nothing is claimed."""

import pytest

from payments_moota.web.banks import _BANKS, COMMON, bank_code, bank_name, find_bank
from payments_moota.web.channels import CHANNELS, COMPILED_ON
from payments_moota.web.instructions import guides_of

KINDS = ["mobile", "internet", "atm"]


def t(text, **values):
    return text % values if values else text


def told(method, bank_type):
    """Return the guides as text, by title."""
    return {
        guide.title: "\n".join(item for channel in guide.channels for item in (channel.title, *channel.items))
        for guide in guides_of(method, bank_type, t)
    }


@pytest.mark.parametrize("bank", COMMON, ids=lambda bank: bank.family)
def test_a_common_bank_has_app_internet_and_atm(bank):
    assert [channel.kind for channel in CHANNELS[bank.family]] == KINDS


@pytest.mark.parametrize("bank_type", [beginning for beginning, _ in _BANKS if beginning != "qris"])
def test_every_bank_can_be_paid_from_itself_from_the_common_ones_from_any_and_by_wallet(bank_type):
    guides = told("bank_transfer", bank_type)

    others = [f"Dari {bank.name}" for bank in COMMON if bank.name != bank_name(bank_type)]
    assert list(guides) == [f"Dari {bank_name(bank_type)}", *others, "Dari bank lainnya", "Dari dompet digital"]
    for text in guides.values():
        assert "nominal persis" in text
        assert "simpan buktinya" in text
    code = bank_code(bank_type)
    if code:
        assert f"kode bank {code}, disambung nomornya" in guides["Dari bank lainnya"]


def test_a_transfer_within_the_bank_needs_no_code_and_one_across_offers_the_cheapest():
    guides = told("bank_transfer", "mandiriMcm2V2")

    assert (
        "Livin' by Mandiri\nPilih Transfer Rupiah, lalu penerima baru di Bank Mandiri." in guides["Dari Bank Mandiri"]
    )
    assert "BI-FAST" not in guides["Dari Bank Mandiri"]
    assert "Pilih Bank Mandiri (008) sebagai bank tujuan." in guides["Dari BCA"]
    assert "BI-FAST bila tersedia" in guides["Dari BCA"]


def test_a_bank_that_nobody_knows_still_has_steps():
    assert "ATM bankBaru\nPilih Transfer" in told("bank_transfer", "bankBaruV3")["Dari bankBaru"]
    assert find_bank("jago").is_app
    assert "ATM" not in told("bank_transfer", "jago")["Dari Bank Jago"]


class TestNumbers:
    def test_bca_takes_its_numbers_from_its_own_channels_only_and_says_so(self):
        (guide,) = guides_of("virtual_account", "bcaVA", t)

        assert "hanya dapat dibayar dari BCA" in guide.note
        assert len(guide.channels) == 3

    @pytest.mark.parametrize(("bank_type", "menu"), [("briVA", "BRIVA"), ("bniVA", "Virtual Account Billing")])
    def test_others_are_paid_from_anywhere(self, bank_type, menu):
        guides = told("virtual_account", bank_type)

        own = f"Dari {bank_name(bank_type)}"
        assert next(iter(guides)) == own
        assert guides[own].count(menu) == 3
        assert "nomor virtual account di atas sebagai nomor rekening" in guides["Dari BCA"]

    def test_the_sandboxs_numbers_belong_to_no_bank(self):
        assert list(told("virtual_account", "vaSandbox")) == ["M-banking, internet banking, atau ATM"]


def test_a_qr_code_is_scanned_or_picked_from_the_gallery():
    scanned, saved = told("qris", "qris").values()

    assert "arahkan kamera" in scanned
    assert "galeri" in saved


def test_the_steps_say_when_they_were_compiled():
    assert COMPILED_ON.year >= 2026
