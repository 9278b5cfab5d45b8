"""How to pay a virtual account number or a QR code, channel by channel; see `instructions` for plain transfers."""

from collections.abc import Callable
from typing import Final

from ..rules.methods import Method
from .instructions import Steps, Translate, find_bank, steps_for


def steps_of(method: Method, bank_type: str, t: Translate) -> list[Steps]:
    """Return what to do to pay this way."""
    if method == "virtual_account":
        return _to_a_virtual_account(bank_type, t)
    return _by_qris(t) if method == "qris" else steps_for(bank_type, t)


def _to_a_virtual_account(bank_type: str, t: Translate) -> list[Steps]:
    bank = find_bank(bank_type)
    own = _OWN_CHANNELS.get(bank.family)
    channels = [_channel(t, title, way) for title, way in own(t)] if own else []
    by_code = t(
        "Pilih Transfer, lalu ke bank lain, cari %(bank)s, dan masukkan nomor virtual account sebagai nomor rekening.",
        bank=bank.name,
    )
    elsewhere = _channel(t, t("Dari bank lain atau dompet digital"), by_code)
    return [*channels, elsewhere] if channels else [_channel(t, t("M-banking atau ATM"), _anywhere(t)), elsewhere]


def _channel(t: Translate, title: str, way: str) -> Steps:
    check = t("Pastikan nama dan jumlahnya sama dengan di halaman ini; jumlahnya biasanya sudah terisi.")
    return Steps(title, (way, t("Masukkan nomor virtual account di atas."), check, t("Selesaikan dengan PIN Anda.")))


def _anywhere(t: Translate) -> str:
    return t("Pilih Bayar atau Transfer, lalu Virtual Account.")


def _bca(t: Translate) -> tuple[tuple[str, str], ...]:
    return (
        (t("BCA mobile atau myBCA"), t("Pilih m-Transfer atau Transfer, lalu BCA Virtual Account.")),
        (t("ATM BCA"), t("Pilih Transaksi Lainnya, Transfer, lalu Ke Rek BCA Virtual Account.")),
    )


def _mandiri(t: Translate) -> tuple[tuple[str, str], ...]:
    return (
        (t("Livin' by Mandiri"), t("Pilih Bayar/VA, lalu ketik nomornya.")),
        (t("ATM Mandiri"), t("Pilih Bayar/Beli, Lainnya, lalu Multipayment.")),
    )


def _bri(t: Translate) -> tuple[tuple[str, str], ...]:
    return (
        (t("BRImo"), t("Pilih BRIVA.")),
        (t("ATM BRI"), t("Pilih Transaksi Lain, Pembayaran, Lainnya, lalu BRIVA.")),
    )


def _bni(t: Translate) -> tuple[tuple[str, str], ...]:
    return (
        (t("wondr by BNI"), t("Pilih Transfer, lalu Virtual Account Billing.")),
        (t("ATM BNI"), t("Pilih Menu Lainnya, Transfer, lalu Virtual Account Billing.")),
    )


def _bsi(t: Translate) -> tuple[tuple[str, str], ...]:
    return (
        (t("BYOND by BSI"), t("Pilih Bayar, lalu Virtual Account.")),
        (t("ATM BSI"), t("Pilih Pembayaran, lalu Virtual Account.")),
    )


_OWN_CHANNELS: Final[dict[str, Callable[[Translate], tuple[tuple[str, str], ...]]]] = {
    "bca": _bca,
    "bni": _bni,
    "bri": _bri,
    "bsi": _bsi,
    "mandiri": _mandiri,
}


def _by_qris(t: Translate) -> list[Steps]:
    check = t("Pastikan nama toko dan jumlahnya sama dengan di halaman ini, lalu selesaikan dengan PIN.")
    return [
        Steps(
            t("Dari ponsel lain"),
            (t("Buka m-banking atau dompet digital, pilih Scan atau QRIS, lalu arahkan kamera ke kode ini."), check),
        ),
        Steps(
            t("Dari ponsel ini juga"),
            (
                t("Unduh kodenya, lalu buka m-banking atau dompet digital dan pilih Scan atau QRIS."),
                t("Pilih gambar dari galeri, lalu ambil kode yang baru diunduh."),
                check,
            ),
        ),
    ]
