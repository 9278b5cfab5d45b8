"""What the shop's people read when something is refused: what happened, and what to do.

The errors' own texts are for logs.
"""

from ...errors import (
    ApprovalRefused,
    InvalidAmount,
    InvalidTransition,
    MonthMoved,
    NotRefundable,
    PeriodClosed,
    RefusedError,
    UnknownAccount,
    UnknownCharge,
    UnknownMutation,
)
from ...rules.money import format_rupiah
from ..words import Translate


def in_words(error: RefusedError, t: Translate) -> str:
    """Say why something was refused."""
    table = _sentences(error, t)
    return next(table[kind] for kind in type(error).__mro__ if kind in table)


def _sentences(error: RefusedError, t: Translate) -> dict[type, str]:
    refundable = format_rupiah(max(0, getattr(error, "refundable", 0)))
    return {
        RefusedError: t(
            "Ditolak, tidak ada yang diubah: keadaannya tidak mengizinkannya. Periksa riwayatnya, lalu coba cara lain."
        ),
        PeriodClosed: t(
            "Mutasi ini ada di bulan yang sudah ditutup. Buka lagi bulan itu di Pembukuan bila memang harus diubah."
        ),
        MonthMoved: t("Bulan ini baru saja berubah. Periksa lagi angkanya, lalu tutup sekali lagi."),
        InvalidTransition: t("Langkah ini tidak bisa diambil lagi dari keadaan sekarang. Tidak ada yang diubah."),
        InvalidAmount: t("Jumlahnya harus rupiah bulat lebih dari nol, dan seluruhnya tepat sebesar mutasinya."),
        UnknownCharge: t("Tidak ada tagihan untuk nomor pesanan itu. Periksa nomornya."),
        UnknownMutation: t("Mutasi ini tidak ada."),
        UnknownAccount: t("Rekening ini tidak ada atau tidak aktif lagi."),
        NotRefundable: t("Paling banyak %(amount)s yang masih dapat dikembalikan.", amount=refundable),
        ApprovalRefused: t("Orang lain yang harus menyetujui pengembalian ini."),
    }
