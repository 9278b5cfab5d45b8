"""How to pay, in the reader's language: for every bank that people pay from, through which door, step by step.

The bank that is paid comes first, since a transfer within a bank is free and arrives at once; then the other common
banks, any other bank, and wallets. The menus themselves are the tables of `channels`.
"""

from dataclasses import dataclass
from typing import Final

from ..rules.methods import Method
from .banks import COMMON, Bank, find_bank
from .channels import ANY_BANK, Channel, channels_of
from .words import Translate

# Their virtual accounts are refused at other banks.
_PAID_AT_HOME_ONLY: Final = frozenset({"bca"})


@dataclass(frozen=True, slots=True)
class Steps:
    """One channel, such as an ATM, and what to do there in order."""

    title: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """How to pay from one bank, channel by channel; `note` says what has to be known before."""

    title: str
    channels: tuple[Steps, ...]
    note: str | None = None


def guides_of(method: Method, bank_type: str, t: Translate) -> list[Guide]:
    """Return how to pay this way: the bank that is paid first."""
    bank = find_bank(bank_type)
    if method == "qris":
        return _by_qris(t)
    if method == "virtual_account":
        return _to_a_number(bank, t)
    own = Guide(t("Dari %(bank)s", bank=bank.name), tuple(_within(door, bank, t) for door in channels_of(bank)))
    return [own, *_from_elsewhere(bank, t, _account(t))]


def _to_a_number(bank: Bank, t: Translate) -> list[Guide]:
    channels = tuple(_to_own_number(door, bank, t) for door in channels_of(bank))
    # The sandbox's numbers belong to no bank.
    own = Guide(
        t("Dari %(bank)s", bank=bank.name) if bank.code else t("M-banking, internet banking, atau ATM"), channels
    )
    if bank.family in _PAID_AT_HOME_ONLY:
        note = t(
            "Nomor ini umumnya hanya dapat dibayar dari %(bank)s. Dari bank lain, pilih cara bayar lain.",
            bank=bank.name,
        )
        return [Guide(own.title, own.channels, note)]
    as_account = t("Masukkan nomor virtual account di atas sebagai nomor rekening.")
    return [own, *_from_elsewhere(bank, t, as_account)] if bank.code else [own]


def _from_elsewhere(bank: Bank, t: Translate, number: str) -> list[Guide]:
    others = [other for other in COMMON if other != bank]
    guides = [
        Guide(
            t("Dari %(bank)s", bank=other.name),
            tuple(_across(door, other, bank, t, number) for door in channels_of(other)),
        )
        for other in others
    ]
    any_bank = tuple(_across(door, None, bank, t, number) for door in ANY_BANK)
    return [
        *guides,
        Guide(t("Dari bank lainnya"), any_bank),
        Guide(t("Dari dompet digital"), (_by_wallet(bank, t, number),)),
    ]


def _within(door: Channel, bank: Bank, t: Translate) -> Steps:
    known = (t("Daftarkan rekening tujuan lebih dulu bila diminta."),) if door.kind == "mobile" else ()
    items = (t(door.same, bank=bank.name), *known, _account(t), _amount(t), _finish(door, t))
    return Steps(_name(door, bank, t), items)


def _across(door: Channel, payer: Bank | None, bank: Bank, t: Translate, number: str) -> Steps:
    """Lead from one bank to an account or a number at another."""
    by_code = door.kind == "atm" and bank.code is not None
    joined = t("Masukkan kode bank %(code)s, disambung nomornya tanpa spasi.", code=bank.code)
    where = (joined,) if by_code else (_find(bank, t), number)
    cheap = () if door.kind == "atm" else (_cheapest(t),)
    return Steps(_name(door, payer, t), (t(door.other), *where, _amount(t), *cheap, _finish(door, t)))


def _by_wallet(bank: Bank, t: Translate, number: str) -> Steps:
    way = t("Di GoPay, OVO, DANA, atau ShopeePay pilih Transfer, lalu Ke Rekening Bank.")
    end = t("Periksa nama penerima, selesaikan dengan PIN, dan simpan buktinya.")
    fee = t("Biaya dompet digital tidak boleh mengurangi nominal.")
    return Steps(t("Dompet digital"), (way, _find(bank, t), number, _amount(t), fee, end))


def _to_own_number(door: Channel, bank: Bank, t: Translate) -> Steps:
    check = t("Pastikan nama dan jumlahnya sama dengan di halaman ini; jumlahnya biasanya sudah terisi.")
    number = t("Masukkan nomor virtual account di atas.")
    return Steps(_name(door, bank if bank.code else None, t), (t(door.number), number, check, _seal(door, t)))


def _by_qris(t: Translate) -> list[Guide]:
    check = t("Pastikan nama toko dan jumlahnya sama dengan di halaman ini, lalu selesaikan dengan PIN.")
    scan = t(
        "Buka m-banking atau dompet digital apa pun, pilih QRIS, Scan, atau Pindai, lalu arahkan kamera ke kode ini."
    )
    save = t("Unduh kodenya ke ponsel ini, atau ambil tangkapan layarnya.")
    open_app = t("Buka m-banking atau dompet digital apa pun, lalu pilih QRIS, Scan, atau Pindai.")
    pick = t("Ketuk ikon galeri atau gambar, lalu pilih kode yang tersimpan.")
    gone = t("Tidak ada ikon galeri? Buka halaman ini di layar lain, lalu pindai dari sana.")
    return [
        Guide(t("Halaman ini terbuka di layar lain"), (Steps(t("Pindai dengan kamera"), (scan, check)),)),
        Guide(
            t("Membayar dari ponsel ini juga"),
            (Steps(t("Dari gambar tersimpan"), (save, open_app, pick, gone, check)),),
        ),
    ]


def _name(door: Channel, bank: Bank | None, t: Translate) -> str:
    return t(door.name, bank=bank.name if bank else "").strip()


def _find(bank: Bank, t: Translate) -> str:
    name = f"{bank.name} ({bank.code})" if bank.code else bank.name
    return t("Pilih %(bank)s sebagai bank tujuan.", bank=name)


def _cheapest(t: Translate) -> str:
    return t("Pilih BI-FAST bila tersedia; biasanya paling murah. Biaya bank tidak boleh mengurangi nominal.")


def _account(t: Translate) -> str:
    return t("Masukkan nomor rekening di atas.")


def _amount(t: Translate) -> str:
    return t("Masukkan nominal persis seperti di atas, sampai angka terakhir.")


def _finish(door: Channel, t: Translate) -> str:
    return t("Periksa nama penerima, selesaikan dengan %(seal)s, dan simpan buktinya.", seal=door.sealed_with)


def _seal(door: Channel, t: Translate) -> str:
    return t("Selesaikan dengan %(seal)s Anda.", seal=door.sealed_with)
