"""What people read when something is refused: one table, from the class of the error to a sentence.

The errors' own texts are English and meant for operators and logs.
"""

from ..errors import InvalidDestination, InvalidEvidence, InvalidLink, NotRefundable, RefusedError
from ..evidence import MAX_BYTES, MAX_FILES_PER_SIDE, MAX_PIXELS
from ..proofs import MOST_PROOFS
from ..rules.destination import LONGEST_HOLDER
from ..rules.money import format_rupiah
from .words import Translate

_MEGABYTES = MAX_BYTES // 1024 // 1024


def in_words(error: RefusedError, t: Translate) -> str:
    """Say to a shopper why something was refused, and what to do."""
    table = _sentences(t, refundable=format_rupiah(max(0, getattr(error, "refundable", 0))))
    detail = ".".join(filter(None, (getattr(error, "field", ""), getattr(error, "why", ""))))
    known = (table.get((kind, each)) for kind in type(error).__mro__ for each in (detail, ""))
    return next(text for text in known if text is not None)


def _sentences(t: Translate, *, refundable: str) -> dict[tuple[type, str], str]:
    return {
        (RefusedError, ""): t("Keadaannya baru saja berubah. Periksa halaman ini, lalu coba lagi bila masih perlu."),
        (NotRefundable, ""): t("Paling banyak %(amount)s yang masih dapat dikembalikan.", amount=refundable),
        **_of_files(t),
        **_of_links(t),
        **_of_accounts(t),
    }


def _of_files(t: Translate) -> dict[tuple[type, str], str]:
    return {
        (InvalidEvidence, ""): t("Berkas ini tidak dapat diterima. Coba kirim foto atau tangkapan layarnya."),
        (InvalidEvidence, "empty"): t("Berkas ini kosong."),
        (InvalidEvidence, "size"): t("Berkas ini terlalu besar; paling besar %(size)d MB.", size=_MEGABYTES),
        (InvalidEvidence, "kind"): t("Hanya gambar JPG, PNG, WebP, dan PDF yang diterima."),
        (InvalidEvidence, "broken"): t("Berkas ini rusak dan tidak dapat dibaca."),
        (InvalidEvidence, "pixels"): t(
            "Gambar ini terlalu besar; paling banyak %(count)d juta piksel.", count=MAX_PIXELS // 1_000_000
        ),
        (InvalidEvidence, "active"): t(
            "PDF ini memuat bagian yang dapat berjalan sendiri. Kirim foto atau tangkapan layarnya saja."
        ),
        (InvalidEvidence, "encrypted"): t("PDF ini dikunci. Simpan tanpa kata sandi, atau kirim fotonya."),
        (InvalidEvidence, "proofs"): t(
            "Sudah ada %(count)d bukti untuk pesanan ini; lebih dari itu tidak disimpan.", count=MOST_PROOFS
        ),
        (InvalidEvidence, "count"): t(
            "Sudah ada %(count)d berkas dari Anda; lebih dari itu tidak disimpan.", count=MAX_FILES_PER_SIDE
        ),
    }


def _of_links(t: Translate) -> dict[tuple[type, str], str]:
    return {
        (InvalidLink, ""): t("Tautan ini tidak berlaku."),
        (InvalidLink, "used"): t("Tautan ini sudah dipakai, atau sudah diganti dengan yang lebih baru."),
        (InvalidLink, "expired"): t("Waktu untuk memakai tautan ini sudah habis."),
        (InvalidLink, "closed"): t("Rekening tujuan tidak dapat diubah lagi."),
    }


def _of_accounts(t: Translate) -> dict[tuple[type, str], str]:
    return {
        (InvalidDestination, ""): t("Rekening ini tidak dapat dipakai."),
        (InvalidDestination, "bank.unknown"): t("Pilih bank dari daftar."),
        (InvalidDestination, "number.not_digits"): t("Nomor rekening hanya berisi angka."),
        (InvalidDestination, "number.length"): t(
            "Banyaknya angka tidak cocok dengan nomor rekening di bank ini. Periksa lagi."
        ),
        (InvalidDestination, "number.not_real"): t("Ini bukan nomor rekening. Periksa lagi."),
        (InvalidDestination, "holder.length"): t(
            "Tulis nama pemilik rekening, paling panjang %(count)d huruf.", count=LONGEST_HOLDER
        ),
        (InvalidDestination, "holder.characters"): t("Tulis nama seperti di buku tabungan, tanpa tanda khusus."),
    }
