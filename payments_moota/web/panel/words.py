"""The panel's words: what a status, a reason and a line of the history mean to the shop's people."""

from collections.abc import Mapping
from typing import Any

from ...rules.money import format_rupiah as rp
from ..words import Translate

_MINUTE, _HOUR = 60, 3600
_TONES = {"matched": "good", "unmatched": "bad", "review": "wait", "ignored": "mute"}


def mutation_state(status: str, progress: str, t: Translate) -> tuple[str, str]:
    """Return where a mutation stands in a word or two, and the colour for it."""
    if progress == "failed":
        return t("Gagal diproses"), "bad"
    if progress == "waiting":
        return t("Menunggu diproses"), "wait"
    return mutation_states(t)[status], _TONES[status]


def mutation_states(t: Translate) -> dict[str, str]:
    """Return the states of a mutation, the most urgent first."""
    return {
        "unmatched": t("Belum jelas"),
        "review": t("Perlu dilihat"),
        "matched": t("Cocok"),
        "ignored": t("Diabaikan"),
    }


def reason_text(reason: str, direction: str, t: Translate) -> str:
    """Say why a mutation is where it is."""
    if reason == "no_match" and direction == "debit":
        return t("Uang keluar ini bukan pengembalian dana atau penarikan oleh bank yang kami kenal.")
    return _reasons(t).get(reason, reason)


def _reasons(t: Translate) -> dict[str, str]:
    return {
        "exact": t("Jumlahnya tepat sama dengan yang diminta dari satu pesanan."),
        "reference": t("Beritanya menyebut kode pesanan."),
        "virtual_account": t("Masuk lewat nomor virtual account pesanan."),
        "qris": t("Masuk lewat kode QRIS pesanan."),
        "late": t("Jumlahnya tepat, tetapi menurut bank masuk setelah batas waktu."),
        "underpaid": t("Untuk satu pesanan, tetapi kurang dari yang diminta."),
        "overpaid": t("Untuk satu pesanan, tetapi lebih dari yang diminta."),
        "duplicate_payment": t("Pesanannya sudah lunas; ini pembayaran kedua."),
        "paid_after_cancel": t("Pesanannya sudah dibatalkan ketika uangnya masuk."),
        "reversal": t("Bank menarik kembali uang yang pernah masuk."),
        "refund_payout": t("Uang pengembalian yang dikirim ke pembeli."),
        "refund_returned": t("Uang pengembalian yang dikirim balik oleh bank."),
        "suspected_duplicate": t(
            "Isinya sama persis dengan mutasi yang sudah ada, hanya nomornya lain. "
            "Bisa satu uang yang dilaporkan dua kali, bisa juga dua transfer yang memang sama."
        ),
        "method_changed": t("Masuk lewat nomor atau kode lama, setelah pembeli memilih cara bayar lain."),
        "no_match": t(
            "Tidak ada pesanan yang meminta jumlah ini di rekening ini, dan beritanya tidak memuat kode berita pesanan."
        ),
        "ambiguous": t("Lebih dari satu pesanan mungkin dimaksud, jadi tidak dipilihkan."),
        "invalid": t("Isi laporannya tidak terbaca sebagai mutasi yang sah."),
        "manual": t("Diputuskan oleh orang toko."),
        "rule": t("Cocok dengan aturan abaikan."),
        "waiting": t("Belum sampai gilirannya."),
    }


def near_miss_text(code: str, difference: int, t: Translate) -> str:
    """Say what kept a credit from matching an order; `difference` is the credit less what is asked, in rupiah."""
    off = rp(abs(difference))
    more_or_less = t("lebih %(amount)s", amount=off) if difference > 0 else t("kurang %(amount)s", amount=off)
    known = {
        "former_number": t("Dibayar lewat nomor atau kode lama pesanan ini."),
        "right_amount": t("Jumlahnya tepat, di rekening yang benar."),
        "code_missing": t("Kode uniknya tidak ikut ditransfer: %(off)s.", off=more_or_less),
        "other_account": t("Jumlahnya tepat, tetapi ditransfer ke rekening toko yang lain."),
        "already_expired": t("Jumlahnya tepat, tetapi pesanannya sudah kedaluwarsa."),
        "already_cancelled": t("Jumlahnya tepat, tetapi pesanannya sudah dibatalkan."),
        "already_paid": t("Jumlahnya tepat, tetapi pesanannya sudah lunas."),
        "fraction": t("Jumlahnya tepat, tetapi ada pecahan rupiahnya."),
        "rounded_up": t("Dibulatkan ke atas: %(off)s.", off=more_or_less),
        "rounded_down": t("Dibulatkan ke bawah: %(off)s.", off=more_or_less),
        "digit_off": t("Salah satu angkanya keliru atau tertukar: %(off)s.", off=more_or_less),
        "named": t("Beritanya seperti menyebut pesanan ini, tetapi jumlahnya %(off)s.", off=more_or_less),
        "booked_before": t("Jumlahnya tepat, tetapi menurut bank masuk sebelum pesanannya dibuat."),
    }
    return known.get(code, code)


def charge_states(t: Translate) -> dict[str, str]:
    """Return the states of a charge."""
    return {
        "pending": t("Menunggu pembayaran"),
        "paid": t("Lunas"),
        "expired": t("Kedaluwarsa"),
        "cancelled": t("Dibatalkan"),
    }


def charge_tone(status: str) -> str:
    """Return the colour of a charge's state."""
    return {"pending": "wait", "paid": "good"}.get(status, "mute")


def exception_texts(t: Translate) -> dict[str, str]:
    """Return what can be out of the ordinary with a charge's money."""
    return {
        "underpaid": t("Kurang bayar"),
        "overpaid": t("Lebih bayar"),
        "paid_late": t("Dibayar terlambat"),
        "duplicate_payment": t("Dibayar dua kali"),
        "paid_after_cancel": t("Dibayar setelah batal"),
        "reversed": t("Ditarik bank"),
        "settled_by_hand": t("Dilunasi manual"),
    }


def refund_states(t: Translate) -> dict[str, str]:
    """Return the steps of a refund as the shop sees them, in their order."""
    return {
        "requested": t("Diminta"),
        "in_review": t("Diperiksa"),
        "approved": t("Disetujui"),
        "sent": t("Ditransfer"),
        "failed": t("Dikirim balik bank"),
        "completed": t("Selesai"),
        "rejected": t("Ditolak"),
        "withdrawn": t("Tidak dilanjutkan"),
    }


def refund_tone_of(status: str) -> str:
    """Return the colour of a refund's state."""
    return {"completed": "good", "failed": "bad", "rejected": "mute", "withdrawn": "mute"}.get(status, "wait")


def refund_origins(t: Translate) -> dict[str, str]:
    """Say who a refund came from."""
    return {"customer": t("pembeli"), "owner": t("toko"), "system": t("usulan otomatis")}


def charge_event(name: str, data: Mapping[str, Any], t: Translate) -> str:
    """Say what happened to a charge, or to a refund of it, in one line of its history."""
    plain = {
        "charge.created": t("Tagihan dibuat"),
        "charge.moved": t("Cara bayar diganti"),
        "charge.reminded": t("Pembeli diingatkan"),
        "charge.look_asked": t("Pembeli berkata sudah membayar; Moota diminta melihat rekening"),
        "charge.extended": t("Batas waktu diperpanjang"),
        "charge.expired": t("Batas waktu lewat"),
        "charge.cancelled": t("Dibatalkan"),
        "charge.reopened": t("Dibuka lagi"),
        "charge.settled_by_hand": t("Dicatat lunas oleh orang toko"),
        "charge.payer_corrected": t("Kontak pembeli diperbaiki"),
        "charge.payer_forgotten": t("Data pembeli dihapus atas permintaannya"),
        "charge.proof_received": t("Pembeli mengirim bukti transfer"),
        "charge.proof_seen": t("Bukti transfer dilihat"),
        "charge.proof_removed": t("Bukti transfer dihapus setelah masa simpannya"),
        "mutation.matched_by_hand": t("Mutasi dicocokkan oleh orang toko"),
        "refund.requested": t("Pengembalian diminta"),
        "refund.in_review": t("Pengembalian mulai diperiksa"),
        "refund.approved": t("Pengembalian disetujui"),
        "refund.rejected": t("Pengembalian ditolak"),
        "refund.withdrawn": t("Pengembalian tidak dilanjutkan"),
        "refund.sent": t("Pengembalian ditransfer"),
        "refund.completed": t("Pengembalian selesai"),
        "refund.failed": t("Pengembalian dikirim balik bank"),
        "refund.amount_changed": t("Jumlah pengembalian berubah"),
        "refund.comment": t("Pesan tentang pengembalian"),
        "refund.evidence_added": t("Berkas ditambahkan"),
        "refund.destination_asked": t("Rekening tujuan ditanyakan"),
        "refund.destination_reminded": t("Pembeli diingatkan soal rekening"),
        "refund.destination_entered": t("Rekening tujuan dicatat"),
        "refund.destination_viewed": t("Nomor rekening tujuan dilihat"),
        "refund.account_removed": t("Nomor rekening tujuan dihapus setelah masa simpannya"),
        "refund.complaint_filed": t("Aduan masuk"),
        "refund.complaint_answered": t("Aduan dijawab"),
    }
    if name not in plain:
        return mutation_event(name, data, t)
    amount = data.get("amount")
    return f"{plain[name]}, {rp(amount)}" if isinstance(amount, int) else plain[name]


def actor_text(actor: str, t: Translate) -> str:
    """Say who did something: the shop's people by their names."""
    known = {
        "customer": t("pembeli"),
        "system": t("otomatis"),
        "worker": t("otomatis"),
        "webhook": t("otomatis"),
        "shop": t("toko"),
        "cli": t("operator"),
    }
    return known.get(actor, actor)


def mutation_event(name: str, data: Mapping[str, Any], t: Translate) -> str:
    """Say what happened to a mutation in one line of its history."""
    plain = {
        "mutation.unmatched": t("Tidak ada pesanan yang cocok, menunggu keputusan orang"),
        "mutation.matched_by_hand": t("Dicocokkan oleh orang toko"),
        "mutation.unmatched_by_hand": t("Kecocokannya dibatalkan"),
        "mutation.reassigned": t("Dibagikan ulang ke pesanan"),
        "mutation.ignored": t("Diabaikan"),
        "mutation.failed": t("Gagal diproses"),
        "mutation.repeated": t("Dilaporkan lagi oleh Moota, isinya sama"),
        "mutation.contradicted": t("Dilaporkan lagi oleh Moota, isinya berbeda"),
        "mutation.acknowledged": t("Perbedaan isinya sudah diperiksa"),
        "mutation.note": t("Catatan"),
        "charge.paid": t("Melunasi pesanan"),
        "charge.underpaid": t("Dicatat untuk pesanan, masih kurang"),
        "charge.rest_paid": t("Melunasi sisa pesanan"),
        "charge.paid_again": t("Dicatat sebagai pembayaran kedua"),
        "charge.paid_after_cancel": t("Dicatat untuk pesanan yang sudah batal"),
        "charge.reversed": t("Dicatat sebagai penarikan oleh bank"),
        "charge.unpaid": t("Pesanannya menunggu pembayaran lagi"),
        "refund.completed": t("Menyelesaikan pengembalian"),
        "refund.failed": t("Pengembalian kembali ke toko"),
        "refund.seen_on_statement": t("Pengembalian terlihat di mutasi"),
    }
    amount = data.get("amount")
    if isinstance(amount, int) and name.startswith("charge."):
        return f"{plain.get(name, name)}, {rp(amount)}"
    return plain.get(name, name)


def delivery_states(t: Translate) -> dict[str, str]:
    """Return the states of a webhook request, the most urgent first."""
    return {"failed": t("Gagal diproses"), "received": t("Menunggu diproses"), "processed": t("Selesai")}


def delivery_tone(status: str) -> str:
    """Return the colour of a request's state."""
    return {"failed": "bad", "received": "wait"}.get(status, "good")


def delivery_event(name: str, t: Translate) -> str:
    """Say what happened to a request, or because of it."""
    known = {"delivery.failed": t("Gagal diproses"), "delivery.replayed": t("Diproses lagi atas permintaan")}
    return known.get(name) or mutation_event(name, {}, t)


def failure_texts(error: str, t: Translate) -> tuple[str, str]:
    """Say in a few words why a request or a mutation could not be processed, and what to do about it."""
    if error.startswith("The body is not"):
        return (
            t("Isinya bukan daftar mutasi."),
            t(
                "Tidak ada uang yang dapat dibaca darinya, dan memproses lagi tidak menolong. Moota tidak mengirim "
                "seperti ini: lihat isinya di bawah, dan siapa lagi yang memakai rahasia webhook. Uang yang memang "
                "masuk tetap diambil dari daftar mutasi Moota."
            ),
        )
    if error.startswith("Element "):
        return (
            t("Satu mutasi tidak terbaca."),
            t(
                "Bandingkan isi laporannya dengan mutasi di bank. Bila uangnya memang ada, catat pesanannya lunas "
                "dengan tangan di halaman tagihan, lalu abaikan mutasi ini."
            ),
        )
    return (
        t("Pencatatannya gagal di dalam program."),
        t("Perbaiki penyebabnya, lalu proses lagi. Yang sudah tercatat tidak dicatat dua kali."),
    )


def channel_texts(t: Translate) -> dict[str, str]:
    """Say how something came: pushed by Moota, fetched from it, or from a file."""
    return {
        "webhook": t("Webhook dari Moota"),
        "pull": t("Diambil dari daftar Moota"),
        "history": t("Diambil dari riwayat webhook Moota"),
        "file": t("Berkas mutasi dari bank"),
    }


def refusal_reasons(t: Translate) -> dict[str, tuple[str, str]]:
    """Say why requests are refused, and what it means or what to do."""
    return {
        "source": (
            t("Alamatnya tidak dikenal"),
            t("Hanya alamat yang diizinkan boleh mengirim. Tanpa tanda tangan yang benar, ini bukan Moota."),
        ),
        "size": (t("Terlalu besar"), t("Lebih dari 1 MiB; webhook dari Moota jauh lebih kecil.")),
        "secret": (
            t("Rahasia webhook belum diisi"),
            t("Isi MOOTA_WEBHOOK_SECRET dengan rahasia yang sama seperti di dasbor Moota."),
        ),
        "signature": (
            t("Tanda tangannya salah"),
            t("Bila ini dari Moota, rahasia di sini dan di dasbor Moota berbeda. Samakan keduanya."),
        ),
        "v1": (
            t("Notifikasi API V1"),
            t("Tidak bertanda tangan, jadi tidak diterima. Buat webhook V2 di dasbor Moota."),
        ),
    }


def effect_text(count: int, by_status: Mapping[str, int], t: Translate) -> str:
    """Say what became of a request's mutations, of which there were `count`."""
    states = mutation_states(t)
    told = [f"{by_status[status]} {states[status].lower()}" for status in states if by_status.get(status)]
    known = count - sum(by_status.values())
    if known > 0 and told:
        told.append(t("%(count)d sudah dikenal", count=known))
    elif known > 0:
        told.append(t("%(count)d mutasi", count=known))
    return ", ".join(told) or t("tanpa mutasi")


def seconds_text(seconds: float, t: Translate) -> str:
    """Write how long something took: to a tenth of a second, and from a minute on more roughly."""
    if seconds < _MINUTE:
        return t("%(count)s dtk", count=f"{max(0.0, seconds):.1f}".replace(".", ","))
    if seconds < _HOUR:
        return t("%(count)d mnt", count=int(seconds // _MINUTE))
    return t("%(count)d jam", count=int(seconds // _HOUR))
