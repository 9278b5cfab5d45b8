"""The doors of the banks, as tables: what each is called, and the menus that lead to a transfer or a payment there.

Only menus that matter are named, since banks rename the rest between versions. Gathered on `COMPILED_ON` from what
banks and merchants publish, and not tried one by one; look again, and move the date, when a bank changes its menus.
Texts stand here untranslated, with `%(bank)s` for the bank whose account or number is paid.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from ..i18n import marked as t
from .banks import Bank

COMPILED_ON: Final = date(2026, 11, 28)

Kind = Literal["mobile", "internet", "atm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One door: `same` leads to a transfer within the bank, `other` to another bank, `number` to a virtual account."""

    kind: Kind
    name: str
    same: str
    other: str
    number: str
    sealed_with: str = "PIN"


_ANY_NUMBER: Final = t("Pilih Bayar atau Transfer, lalu Virtual Account.")
_ANY_OTHER: Final = t("Pilih Transfer, lalu ke bank lain.")

# By family; the channel that most people use stands first.
CHANNELS: Final[dict[str, tuple[Channel, ...]]] = {
    "bca": (
        Channel(
            kind="mobile",
            name=t("BCA mobile atau myBCA"),
            same=t("Di BCA mobile pilih m-Transfer, lalu Antar Rekening; di myBCA pilih Transfer, lalu ke BCA."),
            other=t("Di BCA mobile pilih m-Transfer, lalu BI-FAST; di myBCA pilih Transfer, lalu ke bank lain."),
            number=t("Pilih m-Transfer atau Transfer, lalu BCA Virtual Account."),
        ),
        Channel(
            kind="internet",
            name=t("KlikBCA (internet banking)"),
            same=t("Pilih Transfer Dana, lalu Transfer ke Rek. BCA. Daftarkan dulu rekening yang baru."),
            other=t("Pilih Transfer Dana, lalu Transfer ke Rek. Bank Lain. Daftarkan dulu rekening yang baru."),
            number=t("Pilih Transfer Dana, lalu Transfer ke BCA Virtual Account."),
            sealed_with="KeyBCA",
        ),
        Channel(
            kind="atm",
            name=t("ATM BCA"),
            same=t("Pilih Transaksi Lainnya, Transfer, lalu Ke Rek BCA."),
            other=t("Pilih Transaksi Lainnya, Transfer, lalu Ke Rek Bank Lain."),
            number=t("Pilih Transaksi Lainnya, Transfer, lalu Ke Rek BCA Virtual Account."),
        ),
    ),
    "mandiri": (
        Channel(
            kind="mobile",
            name=t("Livin' by Mandiri"),
            same=t("Pilih Transfer Rupiah, lalu penerima baru di Bank Mandiri."),
            other=t("Pilih Transfer Rupiah, lalu penerima baru di bank lain."),
            number=t("Pilih Bayar/VA, lalu ketik nomornya."),
        ),
        Channel(
            kind="internet",
            name=t("Internet banking Mandiri"),
            same=t("Pilih Transfer, lalu ke sesama Bank Mandiri."),
            other=_ANY_OTHER,
            number=t("Pilih Bayar, lalu Multipayment atau Virtual Account."),
            sealed_with="token",
        ),
        Channel(
            kind="atm",
            name=t("ATM Mandiri"),
            same=t("Pilih Transfer, lalu Ke Rekening Mandiri."),
            other=t("Pilih Transfer, lalu Ke Rekening Bank Lain."),
            number=t(
                "Pilih Bayar/Beli, Lainnya, lalu Multipayment. "
                "Kode perusahaan yang diminta adalah lima angka pertama nomornya."
            ),
        ),
    ),
    "bri": (
        Channel(
            kind="mobile",
            name=t("BRImo"),
            same=t("Pilih Transfer, lalu tambah penerima baru di Bank BRI."),
            other=t("Pilih Transfer, lalu tambah penerima baru di bank lain."),
            number=t("Pilih BRIVA."),
        ),
        Channel(
            kind="internet",
            name=t("Internet banking BRI"),
            same=t("Pilih Transfer, lalu Sesama BRI."),
            other=t("Pilih Transfer, lalu Transfer Bank Lain."),
            number=t("Pilih Pembayaran, lalu BRIVA."),
            sealed_with="mToken",
        ),
        Channel(
            kind="atm",
            name=t("ATM BRI"),
            same=t("Pilih Transaksi Lain, Transfer, lalu BRI."),
            other=t("Pilih Transaksi Lain, Transfer, lalu Bank Lain."),
            number=t("Pilih Transaksi Lain, Pembayaran, Lainnya, lalu BRIVA."),
        ),
    ),
    "bni": (
        Channel(
            kind="mobile",
            name=t("wondr by BNI"),
            same=t("Pilih Transfer, lalu penerima baru di BNI."),
            other=t("Pilih Transfer, lalu penerima baru di bank lain."),
            number=t("Pilih Transfer, lalu Virtual Account Billing."),
        ),
        Channel(
            kind="internet",
            name=t("Internet banking BNI"),
            same=t("Pilih Transfer, lalu Antar Rekening BNI."),
            other=t("Pilih Transfer, lalu Transfer Antar Bank."),
            number=t("Pilih Transfer, lalu Virtual Account Billing."),
            sealed_with="BNI e-Secure",
        ),
        Channel(
            kind="atm",
            name=t("ATM BNI"),
            same=t("Pilih Menu Lainnya, Transfer, jenis rekening Anda, lalu Ke Rekening BNI."),
            other=t("Pilih Menu Lainnya, Transfer, jenis rekening Anda, lalu Ke Rekening Bank Lain."),
            number=t("Pilih Menu Lainnya, Transfer, lalu Virtual Account Billing."),
        ),
    ),
    "bsi": (
        Channel(
            kind="mobile",
            name=t("BYOND by BSI"),
            same=t("Pilih Transfer, lalu sesama rekening BSI."),
            other=_ANY_OTHER,
            number=t("Pilih Bayar, lalu Virtual Account."),
        ),
        Channel(
            kind="internet",
            name=t("Internet banking BSI"),
            same=t("Pilih Transfer, lalu Antar Rekening BSI."),
            other=t("Pilih Transfer, lalu Transfer Antar Bank."),
            number=t("Pilih Pembayaran, lalu Virtual Account."),
            sealed_with="token",
        ),
        Channel(
            kind="atm",
            name=t("ATM BSI"),
            same=t("Pilih Transaksi Lainnya, Transfer, lalu Antar Rekening BSI."),
            other=t("Pilih Transaksi Lainnya, Transfer, lalu Antar Bank."),
            number=t("Pilih Pembayaran, lalu Virtual Account."),
        ),
    ),
}

_SAME: Final = t("Pilih Transfer, lalu sesama %(bank)s.")

# Of a bank whose menus are not in the table. `%(bank)s` in a name is the bank whose channel it is.
ANY_BANK: Final = (
    Channel(kind="mobile", name=t("M-banking %(bank)s"), same=_SAME, other=_ANY_OTHER, number=_ANY_NUMBER),
    Channel(
        kind="internet",
        name=t("Internet banking %(bank)s"),
        same=_SAME,
        other=_ANY_OTHER,
        number=_ANY_NUMBER,
        sealed_with="token",
    ),
    Channel(
        kind="atm",
        name=t("ATM %(bank)s"),
        same=_SAME,
        other=t("Pilih Transfer, lalu Ke Rekening Bank Lain."),
        number=_ANY_NUMBER,
    ),
)
_APP: Final = (Channel(kind="mobile", name=t("Aplikasi %(bank)s"), same=_SAME, other=_ANY_OTHER, number=_ANY_NUMBER),)


def channels_of(bank: Bank) -> tuple[Channel, ...]:
    """Return the doors of a bank: its own where they are in the table, else those that any bank has."""
    return CHANNELS.get(bank.family) or (_APP if bank.is_app else ANY_BANK)
