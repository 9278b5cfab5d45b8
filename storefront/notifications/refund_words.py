"""What the letters about refunds say, step by step.

A text may use %(number)s (the order), %(ticket)s, %(amount)s, %(due)s, %(account)s, %(note)s, %(complaint)s
and, while no account is known, %(until)s. A paragraph whose fact is not known is left out.
"""

from collections.abc import Mapping
from typing import NamedTuple

from storefront.texts import _l


class Words(NamedTuple):
    """A letter's subject, which is also its heading, and its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


_TICKET = _l("Nomor tiketnya %(ticket)s. Kami memeriksanya paling lambat %(due)s.")
_SAFE = _l("Pesanan Anda aman dan tetap kami proses. Anda tidak perlu berbuat apa-apa untuk pesanan ini.")
_NOTE = _l("Catatan dari toko: %(note)s")

_ASKED_BY_CUSTOMER = Words(
    _l("Permintaan pengembalian dana %(ticket)s kami terima"),
    (_l("Anda meminta %(amount)s kembali untuk pesanan %(number)s."), _TICKET),
)
_OPENED_BY_OWNER = Words(
    _l("Pengembalian dana untuk pesanan %(number)s"),
    (_l("Kami menyiapkan pengembalian %(amount)s untuk pesanan %(number)s."), _NOTE, _TICKET),
)
_NOT_COMPLETED = Words(
    _l("Uang untuk pesanan %(number)s akan kami kembalikan"),
    (
        _l("Uang yang masuk kurang dari tagihannya, jadi pesanan ini tidak kami lanjutkan."),
        _l("%(amount)s kami ajukan untuk dikembalikan kepada Anda."),
        _TICKET,
    ),
)
# Proposed by the shop itself, by the reason it gives.
_PROPOSED = {
    "duplicate_payment": Words(
        _l("Kami menerima transfer dua kali untuk pesanan %(number)s"),
        (_SAFE, _l("%(amount)s yang masuk lebih dari sekali kami ajukan untuk dikembalikan kepada Anda."), _TICKET),
    ),
    "wrong_amount": Words(
        _l("Transfer untuk pesanan %(number)s lebih dari tagihannya"),
        (_SAFE, _l("Kelebihan %(amount)s kami ajukan untuk dikembalikan kepada Anda."), _TICKET),
    ),
    "cancellation": Words(
        _l("Uang masuk untuk pesanan %(number)s yang sudah dibatalkan"),
        (
            _l("Pesanan ini tetap dibatalkan; barangnya tidak dikirim. Jangan transfer lagi untuk pesanan ini."),
            _l("%(amount)s yang masuk kami ajukan untuk dikembalikan kepada Anda."),
            _TICKET,
        ),
    ),
    "late_payment": Words(
        _l("Transfer untuk pesanan %(number)s masuk terlambat"),
        (
            _l("Transfer Anda masuk setelah batas waktu, dan barangnya sudah habis. Mohon maaf."),
            _l("%(amount)s kami ajukan untuk dikembalikan kepada Anda."),
            _TICKET,
        ),
    ),
    "goods": Words(
        _l("Barang pesanan %(number)s sudah habis"),
        (
            _l("Transfer Anda baru terlihat oleh kami setelah barangnya dijual lagi, dan stoknya habis. Mohon maaf."),
            _l("%(amount)s kami ajukan untuk dikembalikan kepada Anda."),
            _TICKET,
        ),
    ),
}

_STEPS = {
    "refund.in_review": Words(
        _l("Pengembalian dana %(ticket)s sedang kami periksa"),
        (_l("Kami memberi tahu hasilnya paling lambat %(due)s."), _NOTE),
    ),
    "refund.approved": Words(
        _l("Pengembalian dana %(ticket)s disetujui"),
        (
            _l("%(amount)s kami transfer ke %(account)s paling lambat %(due)s."),
            _l("Beri tahu kami rekening tujuannya paling lambat %(until)s; sesudah itu %(amount)s kami transfer."),
            _NOTE,
        ),
    ),
    "refund.rejected": Words(
        _l("Pengembalian dana %(ticket)s ditolak"),
        (
            _l("Alasannya: %(note)s"),
            _l("Bila menurut Anda ini keliru, Anda dapat mengajukan aduan di halaman pengembalian."),
        ),
    ),
    "refund.withdrawn": Words(
        _l("Pengembalian dana %(ticket)s tidak dilanjutkan"),
        (_l("%(amount)s untuk pesanan %(number)s tidak jadi dikembalikan."), _NOTE),
    ),
    "refund.sent": Words(
        _l("Pengembalian dana %(ticket)s sudah kami transfer"),
        (
            _l("%(amount)s sedang dalam perjalanan dan tiba paling lambat %(due)s."),
            _l("Rekening tujuannya: %(account)s."),
            _NOTE,
            _l("Belum masuk setelah itu? Beri tahu kami di halaman pengembalian."),
        ),
    ),
    "refund.completed": Words(
        _l("Pengembalian dana %(ticket)s selesai"),
        (_l("%(amount)s untuk pesanan %(number)s sudah kami kembalikan."), _l("Rekening tujuannya: %(account)s.")),
    ),
    "refund.failed": Words(
        _l("Pengembalian dana %(ticket)s gagal"),
        (
            _l("Bank mengirim %(amount)s kembali kepada kami, biasanya karena nomor rekening atau namanya keliru."),
            _l("Uang Anda aman. Beri tahu kami rekening tujuannya sekali lagi, lalu kami transfer ulang."),
        ),
    ),
    "refund.amount_changed": Words(
        _l("Jumlah pengembalian dana %(ticket)s berubah"),
        (_l("Yang kami kembalikan untuk pesanan %(number)s sekarang %(amount)s."), _NOTE),
    ),
    "refund.destination_asked": Words(
        _l("Ke rekening mana pengembalian dana %(ticket)s kami kirim?"),
        (_l("Kami memerlukan rekening tujuan untuk %(amount)s. Tautan yang lama tidak berlaku lagi."),),
    ),
    "refund.destination_reminded": Words(
        _l("Kami menunggu rekening untuk pengembalian dana %(ticket)s"),
        (_l("%(amount)s baru dapat kami kirim setelah Anda memberi tahu rekening tujuannya."),),
    ),
    "refund.destination_entered": Words(
        _l("Rekening untuk pengembalian dana %(ticket)s sudah dicatat"),
        (
            _l("%(amount)s akan kami kirim ke %(account)s."),
            _l("Bukan Anda yang mengisi? Segera hubungi kami, sebelum uangnya dikirim."),
        ),
    ),
    "refund.comment": Words(_l("Pesan tentang pengembalian dana %(ticket)s"), (_NOTE,)),
    "refund.complaint_filed": Words(
        _l("Aduan tentang pengembalian dana %(ticket)s kami terima"),
        (_l("Nomor aduan Anda %(complaint)s. Kami menjawabnya di halaman pengembalian dan lewat e-mail."),),
    ),
    "refund.complaint_answered": Words(
        _l("Aduan tentang pengembalian dana %(ticket)s sudah dijawab"),
        (_l("Nomor aduan Anda %(complaint)s."), _l("Jawaban kami: %(note)s")),
    ),
}

# Steps that are written about. What only concerns the books, or papers that were added, is not.
TOLD = frozenset({"refund.requested", *_STEPS})
# Every letter by its name: a request is told in other words for each reason there is.
LETTERS = {
    "refund.by_customer": _ASKED_BY_CUSTOMER,
    "refund.by_owner": _OPENED_BY_OWNER,
    "refund.not_completed": _NOT_COMPLETED,
    **{f"refund.{reason}": words for reason, words in _PROPOSED.items()},
    **_STEPS,
}


def letter_of(step: str, *, origin: str, reason: str, is_paid: bool) -> str:
    """Return the name of the letter about one step; `is_paid` tells whether the order is paid."""
    if step != "refund.requested":
        return step
    if origin == "customer":
        return "refund.by_customer"
    if origin == "owner" or reason not in _PROPOSED:
        return "refund.by_owner"
    if reason == "wrong_amount" and not is_paid:
        return "refund.not_completed"
    return f"refund.{reason}"


def words_for(letter: str, facts: Mapping[str, str | None]) -> Words:
    """Return a letter in the reader's language."""
    chosen = LETTERS[letter]
    paragraphs = (_filled(str(text), facts) for text in chosen.paragraphs)
    return Words(str(chosen.heading) % facts, tuple(text for text in paragraphs if text))


def _filled(text: str, facts: Mapping[str, str | None]) -> str:
    """Return a paragraph with its facts, or nothing where one of them is not known."""
    unknown = (name for name, value in facts.items() if value is None)
    return "" if any(f"%({name})s" in text for name in unknown) else text % facts
