"""The payments' states in words, for the pages of the shop and of the panel."""

from storefront.texts import _l

REFUND_STATUSES = {
    "requested": _l("Diminta"),
    "in_review": _l("Diperiksa"),
    "approved": _l("Disetujui"),
    "sent": _l("Ditransfer"),
    "completed": _l("Selesai"),
    "rejected": _l("Ditolak"),
    "withdrawn": _l("Tidak dilanjutkan"),
    "failed": _l("Dikirim balik bank"),
}
REFUND_REASONS = {
    "cancellation": _l("Pesanan dibatalkan"),
    "goods": _l("Barang habis, rusak, atau tidak sesuai"),
    "duplicate_payment": _l("Dibayar dua kali"),
    "wrong_amount": _l("Jumlah transfer keliru"),
    "late_payment": _l("Dibayar terlambat"),
    "failed_transaction": _l("Transaksi gagal, uang terpotong"),
    "bank_failure": _l("Gangguan di bank"),
    "other": _l("Alasan lain"),
}
REFUND_ORIGINS = {"customer": _l("pembeli"), "owner": _l("toko"), "system": _l("usulan otomatis")}
REFUND_STEPS = {
    "refund.requested": _l("Diminta"),
    "refund.in_review": _l("Mulai diperiksa"),
    "refund.approved": _l("Disetujui"),
    "refund.rejected": _l("Ditolak"),
    "refund.withdrawn": _l("Tidak dilanjutkan"),
    "refund.sent": _l("Ditandai ditransfer"),
    "refund.completed": _l("Selesai"),
    "refund.failed": _l("Dikirim balik oleh bank"),
    "refund.amount_changed": _l("Jumlahnya berubah"),
    "refund.comment": _l("Pesan"),
    "refund.evidence_added": _l("Berkas ditambahkan"),
    "refund.destination_asked": _l("Rekening tujuan ditanyakan lagi"),
    "refund.destination_reminded": _l("Pembeli diingatkan soal rekening"),
    "refund.destination_entered": _l("Rekening tujuan dicatat"),
    "refund.seen_on_statement": _l("Terlihat di mutasi bank"),
    "refund.complaint_filed": _l("Aduan masuk"),
    "refund.complaint_answered": _l("Aduan dijawab"),
}
METHODS = {"bank_transfer": _l("Transfer bank"), "virtual_account": _l("Virtual account"), "qris": _l("QRIS")}
# What is out of the ordinary with an order's money.
EXCEPTIONS = {
    "underpaid": _l("Kurang bayar"),
    "overpaid": _l("Lebih bayar"),
    "paid_late": _l("Dibayar terlambat"),
    "duplicate_payment": _l("Dibayar dua kali"),
    "paid_after_cancel": _l("Dibayar setelah batal"),
    "reversed": _l("Ditarik bank"),
    "settled_by_hand": _l("Dilunasi manual"),
}
# Who did something, where it was not a person of the shop.
ACTORS = {"customer": _l("pembeli"), "system": _l("sistem"), "worker": _l("sistem"), "cli": _l("operator")}
