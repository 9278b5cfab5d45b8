"""Words that several pages share: moments, statuses of a refund, reasons, who did something."""

from collections.abc import Callable
from datetime import date, datetime

from babel.dates import format_date, format_datetime

from ..context import State
from ..models import Refund
from ..models.refunds import RefundReason

Translate = Callable[..., str]


def moment_text(value: datetime, here: State) -> str:
    """Write a moment in the shop's zone: 24 November 2026 14.30 WIB."""
    language = here.locale()
    local = value.astimezone(here.settings.zone)
    pattern = "d MMMM yyyy HH.mm" if language.startswith("id") else "d MMMM yyyy HH:mm"
    # Only the Indonesian locale knows the names WIB, WITA and WIT.
    return f"{format_datetime(local, pattern, locale=language)} {format_datetime(local, 'z', locale='id')}"


def short_text(value: datetime, here: State) -> str:
    """Write a moment for lists, where its year matters and its zone is known: 24 Nov 2026 14.30."""
    language = here.locale()
    pattern = "d MMM yyyy HH.mm" if language.startswith("id") else "d MMM yyyy HH:mm"
    return format_datetime(value.astimezone(here.settings.zone), pattern, locale=language)


def hour_text(value: datetime, here: State) -> str:
    """Write a time of today in the shop's zone, 14.30 WIB; of another day, the whole moment."""
    local = value.astimezone(here.settings.zone)
    if local.date() != datetime.now(here.settings.zone).date():
        return moment_text(value, here)
    pattern = "HH.mm" if here.locale().startswith("id") else "HH:mm"
    return (
        f"{local.strftime(pattern.replace('HH', '%H').replace('mm', '%M'))} {format_datetime(local, 'z', locale='id')}"
    )


def day_text(value: datetime, here: State) -> str:
    """Write a day in the shop's zone: Selasa, 24 November 2026."""
    return format_date(value.astimezone(here.settings.zone), "EEEE, d MMMM yyyy", locale=here.locale())


def date_text(value: datetime, here: State) -> str:
    """Write a date in the shop's zone: 24 November 2026."""
    return format_date(value.astimezone(here.settings.zone), "d MMMM yyyy", locale=here.locale())


def short_date(value: date, here: State) -> str:
    """Write a date for lists: 24 Nov 2026."""
    return format_date(value, "d MMM yyyy", locale=here.locale())


def waits_for_account(refund: Refund) -> bool:
    """Tell whether nothing goes on until the shopper has said where the money goes."""
    return refund.status in {"approved", "failed"} and refund.destination_at is None


def refund_state(refund: Refund, t: Translate) -> str:
    """Say where a refund stands. What is only promised is never called done."""
    if refund.status == "approved" and waits_for_account(refund):
        return t("Menunggu data rekening Anda")
    return {
        "requested": t("Pengembalian dana diajukan"),
        "in_review": t("Sedang diverifikasi"),
        "approved": t("Disetujui, dana segera dikirim"),
        "sent": t("Dana sedang dikirim"),
        "completed": t("Dana sudah dikembalikan"),
        "rejected": t("Pengajuan ditolak"),
        "withdrawn": t("Pengajuan ditarik kembali"),
        "failed": t("Pengembalian gagal"),
    }[refund.status]


def refund_tone(refund: Refund) -> str:
    """Return the colour a refund's state is shown in: good, bad, mute or wait."""
    return {"completed": "good", "failed": "bad", "rejected": "mute", "withdrawn": "mute"}.get(refund.status, "wait")


def refund_reasons(t: Translate) -> dict[RefundReason, str]:
    """Return the reasons for a refund in a shopper's words, the commonest first."""
    return {
        "goods": t("Barang rusak, kurang, atau tidak sesuai"),
        "cancellation": t("Pesanan dibatalkan"),
        "duplicate_payment": t("Terbayar dua kali"),
        "wrong_amount": t("Jumlah transfer keliru"),
        "late_payment": t("Pembayaran masuk terlambat"),
        "failed_transaction": t("Transaksi gagal, tetapi uang terpotong"),
        "bank_failure": t("Gangguan di bank"),
        "other": t("Alasan lain"),
    }


def by_whom(actor: str, t: Translate) -> str:
    """Say who did something; the shop's people stay unnamed."""
    if actor == "customer":
        return t("oleh Anda")
    return t("otomatis") if actor in {"system", "worker"} else t("oleh toko")
