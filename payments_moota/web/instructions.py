"""How to transfer, bank by bank and channel by channel: data in the reader's language.

Only menus that matter are named, since banks rename the rest between versions. `CHECKED_ON` is the day on which the
codes were compared with published lists and the steps were last gone through; look again when a bank changes its
application.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

Translate = Callable[..., str]

CHECKED_ON: Final = date(2026, 11, 24)


@dataclass(frozen=True, slots=True)
class Steps:
    """One channel, such as an ATM, and what to do there in order."""

    title: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank as its customers know it: name, three-digit code for interbank transfers, and whose channels it has."""

    name: str
    code: str | None
    family: str = ""


_BCA = Bank("BCA", "014", "bca")
_BNI = Bank("BNI", "009", "bni")
_BRI = Bank("BRI", "002", "bri")
_BSI = Bank("BSI", "451", "bsi")
_MANDIRI = Bank("Bank Mandiri", "008", "mandiri")

# Moota's names for banks grow by suffixes (mandiriMcm2V2, briCmsQlola), so they are known by their beginning; the
# longer beginning stands first. The sharia banks of BNI, BRI and Mandiri became BSI in 2021.
_BANKS: Final = (
    ("bcasyariah", Bank("BCA Syariah", "536")),
    ("bca", _BCA),
    ("bnibisnissyariah", _BSI),
    ("bnisyariah", _BSI),
    ("bni", _BNI),
    ("brisyariah", _BSI),
    ("bri", _BRI),
    ("ibbizbri", _BRI),
    ("bsi", _BSI),
    ("mandirisyariah", _BSI),
    ("mandiri", _MANDIRI),
    ("bjb", Bank("Bank BJB", "110")),
    ("bnc", Bank("Bank Neo Commerce", "490")),
    ("btn", Bank("BTN", "200")),
    ("cimb", Bank("CIMB Niaga", "022")),
    ("gojek", Bank("GoPay", None)),
    ("jago", Bank("Bank Jago", "542")),
    ("jenius", Bank("Jenius", "213")),
    ("maybank", Bank("Maybank", "016")),
    ("megasyariah", Bank("Bank Mega Syariah", "506")),
    ("muamalat", Bank("Bank Muamalat", "147")),
    ("ocbc", Bank("OCBC", "028")),
    ("ovo", Bank("OVO", None)),
    ("permata", Bank("PermataBank", "013")),
    ("qris", Bank("QRIS", None)),
    ("sinarmas", Bank("Bank Sinarmas", "153")),
    ("vasandbox", Bank("Virtual account", None)),
)
_VERSION: Final = re.compile(r"(V\d+|VA)$")


def find_bank(bank_type: str) -> Bank:
    """Return the bank behind Moota's `bank_type`; an unknown one keeps its name, without a code."""
    folded = bank_type.strip().lower()
    known = (bank for beginning, bank in _BANKS if folded.startswith(beginning))
    return next(known, Bank(_VERSION.sub("", bank_type.strip()), None))


def bank_name(bank_type: str) -> str:
    """Return the bank's name as people know it."""
    return find_bank(bank_type).name


def bank_code(bank_type: str) -> str | None:
    """Return the code that transfers from other banks ask for; None where there is none or we do not know it."""
    return find_bank(bank_type).code


def steps_for(bank_type: str, t: Translate) -> list[Steps]:
    """Return how to transfer to an account of this bank: from the bank's own channels first, then from elsewhere."""
    bank = find_bank(bank_type)
    own_channels = _OWN_CHANNELS.get(bank.family)
    return [*(own_channels(t) if own_channels else ()), _elsewhere_by_phone(bank, t), _elsewhere_by_atm(bank, t)]


def _account(t: Translate) -> str:
    return t("Masukkan nomor rekening di atas.")


def _amount(t: Translate) -> str:
    return t("Masukkan nominal persis seperti di atas, sampai tiga angka terakhir.")


def _finish(t: Translate) -> str:
    return t("Periksa nama penerima, selesaikan dengan PIN, dan simpan buktinya.")


def _channel(t: Translate, title: str, *way: str) -> Steps:
    """Complete the way to the transfer form with what has to be typed there."""
    return Steps(title, (*way, _account(t), _amount(t), _finish(t)))


def _bca(t: Translate) -> tuple[Steps, ...]:
    return (
        _channel(
            t,
            t("BCA mobile atau myBCA"),
            t("Di BCA mobile pilih m-Transfer, lalu Antar Rekening; di myBCA pilih Transfer, lalu ke BCA."),
            t("Daftarkan rekening tujuan lebih dulu bila diminta."),
        ),
        _channel(t, t("ATM BCA"), t("Pilih Transaksi Lainnya, Transfer, lalu Ke Rek BCA.")),
        Steps(
            t("KlikBCA (internet banking)"),
            (
                t("Pilih Transfer Dana, lalu Transfer ke Rek. BCA. Daftarkan dulu rekening yang baru."),
                _account(t),
                _amount(t),
                t("Periksa nama penerima, selesaikan dengan KeyBCA, dan simpan buktinya."),
            ),
        ),
    )


def _mandiri(t: Translate) -> tuple[Steps, ...]:
    return (
        _channel(t, t("Livin' by Mandiri"), t("Pilih Transfer Rupiah, lalu penerima baru di Bank Mandiri.")),
        _channel(t, t("ATM Mandiri"), t("Pilih Transfer, lalu Ke Rekening Mandiri.")),
        _channel(t, t("Internet banking Mandiri"), t("Pilih Transfer, lalu ke sesama Bank Mandiri.")),
    )


def _bri(t: Translate) -> tuple[Steps, ...]:
    return (
        _channel(t, t("BRImo"), t("Pilih Transfer, lalu tambah penerima baru di Bank BRI.")),
        _channel(t, t("ATM BRI"), t("Pilih Transaksi Lain, Transfer, lalu BRI.")),
        Steps(
            t("Internet banking BRI"),
            (
                t("Pilih Transfer, lalu Sesama BRI."),
                _account(t),
                _amount(t),
                t("Periksa nama penerima, selesaikan dengan mToken, dan simpan buktinya."),
            ),
        ),
    )


def _bni(t: Translate) -> tuple[Steps, ...]:
    return (
        _channel(t, t("wondr by BNI"), t("Pilih Transfer, lalu penerima baru di BNI.")),
        _channel(t, t("ATM BNI"), t("Pilih Menu Lainnya, Transfer, jenis rekening Anda, lalu Ke Rekening BNI.")),
        _channel(t, t("Internet banking BNI"), t("Pilih Transfer, lalu Antar Rekening BNI.")),
    )


def _bsi(t: Translate) -> tuple[Steps, ...]:
    return (
        _channel(t, t("BYOND by BSI"), t("Pilih Transfer, lalu sesama rekening BSI.")),
        _channel(t, t("ATM BSI"), t("Pilih Transaksi Lainnya, Transfer, lalu Antar Rekening BSI.")),
        _channel(t, t("Internet banking BSI"), t("Pilih Transfer, lalu Antar Rekening BSI.")),
    )


_OWN_CHANNELS: Final[dict[str, Callable[[Translate], tuple[Steps, ...]]]] = {
    "bca": _bca,
    "bni": _bni,
    "bri": _bri,
    "bsi": _bsi,
    "mandiri": _mandiri,
}


def _elsewhere_by_phone(bank: Bank, t: Translate) -> Steps:
    title = t("Dari bank lain atau dompet digital") if bank.family else t("M-banking atau dompet digital")
    return _channel(
        t,
        title,
        t("Pilih Transfer, lalu ke bank lain, dan cari %(bank)s.", bank=_named(bank)),
        t("Pilih BI-FAST bila tersedia; biasanya paling murah. Biaya bank tidak boleh mengurangi nominal."),
    )


def _elsewhere_by_atm(bank: Bank, t: Translate) -> Steps:
    title = t("ATM bank lain") if bank.family else t("ATM")
    way = t("Pilih Transfer, lalu Ke Rekening Bank Lain.")
    if bank.code is None:
        return _channel(t, title, way, t("Pilih %(bank)s sebagai tujuan.", bank=bank.name))
    number = t("Masukkan kode bank %(code)s, disambung nomor rekening di atas.", code=bank.code)
    return Steps(title, (way, number, _amount(t), _finish(t)))


def _named(bank: Bank) -> str:
    return f"{bank.name} ({bank.code})" if bank.code else bank.name
