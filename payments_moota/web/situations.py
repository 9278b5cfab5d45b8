"""Where a payment stands, in words: one banner for the state, one notice for each thing out of the ordinary.

Pure: figures and names of states in, sentences out. Each notice has the figures and says what happens next.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ..models.refunds import RefundReason
from ..rules.methods import Method
from ..rules.money import format_rupiah as rp
from .words import Translate

_GONE = frozenset({"rejected", "withdrawn"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the words depend on: rupiah, and moments already in the reader's language.

    `price` is the least that pays for the order, `open` what to transfer next, `not_due` what came and was not due by
    the reason it goes back for, `refunds` the reason and status of each refund, `claim_until` the end of the late
    window, or None when that has passed.
    """

    status: str
    method: Method
    exceptions: frozenset[str]
    due: int
    price: int
    open: int
    received: int
    refunded: int
    reversed: int
    not_due: Mapping[RefundReason, int]
    refunds: tuple[tuple[RefundReason, str], ...]
    deadline: str
    claim_until: str | None

    @property
    def kept(self) -> int:
        """Return what the shop still has."""
        return self.received - self.refunded

    @property
    def is_held(self) -> bool:
        """Tell whether the bank took back what a paid order needs."""
        return self.status == "paid" and self.reversed > 0 and self.received < self.price


@dataclass(frozen=True, slots=True)
class Banner:
    """The state in one look: tone (wait, good, bad, mute), icon, and two lines of text."""

    tone: str
    icon: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing out of the ordinary: what happened, and what it means."""

    title: str
    lines: tuple[str, ...]


def banner(facts: Facts, t: Translate) -> Banner:
    """Say where the payment stands."""
    return {"pending": _pending, "paid": _paid, "expired": _expired, "cancelled": _cancelled}[facts.status](facts, t)


def notices(facts: Facts, t: Translate) -> list[Notice]:
    """Explain what is out of the ordinary, the most pressing first."""
    found = (_reversed(facts, t), _underpaid(facts, t), _late(facts, t), _twice(facts, t), _surplus(facts, t))
    return [notice for notice in (*found, _by_hand(facts, t), _after_cancel(facts, t)) if notice is not None]


def _pending(facts: Facts, t: Translate) -> Banner:
    if facts.received:
        title = t("Belum lunas, masih kurang %(amount)s", amount=rp(facts.open))
        return Banner("wait", "clock", title, t("Bayar sisanya sebelum %(deadline)s", deadline=facts.deadline))
    title = t("Menunggu pembayaran")
    return Banner("wait", "clock", title, t("Bayar sebelum %(deadline)s", deadline=facts.deadline))


def _paid(facts: Facts, t: Translate) -> Banner:
    if facts.is_held:
        held = t("Pesanan kami tahan dulu, tidak kami batalkan.")
        return Banner("bad", "alert", t("Uangnya ditarik kembali oleh bank"), held)
    if facts.refunded and facts.kept < facts.price:
        title = t("Lunas, lalu sebagian dikembalikan") if facts.kept > 0 else t("Dana sudah dikembalikan")
        return Banner("mute", "back", title, _sent_back(facts, t))
    return Banner("good", "check", t("Lunas. Terima kasih!"), t("Pembayaran Anda sudah kami terima."))


def _expired(facts: Facts, t: Translate) -> Banner:
    if facts.refunded and facts.kept <= 0:
        return Banner("mute", "back", t("Waktu habis, dana sudah dikembalikan"), _sent_back(facts, t))
    if facts.received:
        text = t("Batasnya %(deadline)s. Uang Anda tercatat.", deadline=facts.deadline)
        return Banner("mute", "alert", t("Waktu pembayaran habis, belum lunas"), text)
    text = t("Batasnya %(deadline)s.", deadline=facts.deadline)
    return Banner("mute", "alert", t("Waktu pembayaran habis"), text)


def _cancelled(facts: Facts, t: Translate) -> Banner:
    if facts.refunded and facts.kept <= 0:
        return Banner("mute", "back", t("Dibatalkan, dana sudah dikembalikan"), _sent_back(facts, t))
    text = t("Jangan transfer untuk pesanan ini.")
    if facts.received:
        text = t("Uang Anda tercatat. Jangan transfer lagi untuk pesanan ini.")
    return Banner("mute", "cross", t("Dibatalkan"), text)


def _sent_back(facts: Facts, t: Translate) -> str:
    return t("%(amount)s sudah kami kirim kembali.", amount=rp(facts.refunded))


def _reversed(facts: Facts, t: Translate) -> Notice | None:
    if not facts.reversed:
        return None
    figures = t(
        "Bank mengambil kembali %(amount)s dari uang yang masuk untuk pesanan ini. "
        "Sekarang tercatat %(received)s dari tagihan %(due)s.",
        amount=rp(facts.reversed),
        received=rp(facts.received),
        due=rp(facts.due),
    )
    title = t("Bank menarik kembali %(amount)s", amount=rp(facts.reversed))
    return Notice(title, (figures, _after_reversal(facts, t)))


def _after_reversal(facts: Facts, t: Translate) -> str:
    if facts.is_held:
        return t(
            "Jangan transfer lagi dulu. Hubungi toko dengan menyebutkan nomor pesanan, "
            "dan tanyakan kepada bank Anda mengapa dananya ditarik."
        )
    if facts.status == "paid":
        return t("Tagihan Anda tetap lunas. Anda tidak perlu berbuat apa-apa.")
    if facts.status == "pending":
        return t("Untuk melanjutkan pesanan, transfer jumlah di bawah ini.")
    return t("Hubungi toko bila menurut Anda ini keliru.")


def _underpaid(facts: Facts, t: Translate) -> Notice | None:
    if not facts.received or facts.kept <= 0 or facts.status not in {"pending", "expired"}:
        return None
    figures = t(
        "Tagihannya %(due)s, jadi masih kurang %(missing)s.", due=rp(facts.due), missing=rp(facts.due - facts.received)
    )
    title = t("%(amount)s sudah kami terima", amount=rp(facts.received))
    if facts.status == "pending":
        rest = t("Transfer tepat sisanya ke rekening di bawah. Begitu masuk, pesanan Anda lunas.")
        if facts.method != "bank_transfer":
            rest = t("Sisanya dibayar dengan transfer. Begitu masuk, pesanan Anda lunas.")
        give_up = t("Tidak ingin melanjutkan? Batalkan pesanan, lalu uang yang sudah masuk kami ajukan untuk kembali.")
        return Notice(title, (figures, rest, give_up))
    return Notice(title, (figures, *_after_deadline(facts, t)))


def _after_deadline(facts: Facts, t: Translate) -> tuple[str, ...]:
    if any(status not in _GONE for _, status in facts.refunds):
        return (t("Uang itu kami ajukan untuk dikembalikan; perkembangannya ada di bawah."),)
    if facts.claim_until is None:
        return (t("Anda dapat mengajukan pengembaliannya di bawah."),)
    return (
        t("Masih menginginkan pesanan ini? Hubungi toko sebelum mentransfer lagi."),
        t(
            "Bila tidak, uang Anda kami ajukan untuk dikembalikan setelah %(until)s, "
            "atau ajukan sendiri sekarang di bawah.",
            until=facts.claim_until,
        ),
    )


def _late(facts: Facts, t: Translate) -> Notice | None:
    if "paid_late" not in facts.exceptions or facts.status != "paid" or facts.kept < facts.price:
        return None
    booked = t("Menurut bank, uangnya masuk setelah batas waktu %(deadline)s.", deadline=facts.deadline)
    if any(reason == "late_payment" for reason, _ in facts.refunds):
        then = _about_refund(facts, "late_payment", t)
    else:
        then = t(
            "Pesanan Anda dilanjutkan bila masih dapat dipenuhi. Bila tidak, uang Anda dikembalikan "
            "dan Anda kami beri tahu."
        )
    return Notice(t("Transfer Anda masuk setelah batas waktu"), (booked, then))


def _twice(facts: Facts, t: Translate) -> Notice | None:
    amount = facts.not_due.get("duplicate_payment")
    if not amount or facts.status == "cancelled":
        return None
    figures = t(
        "Setelah lunas, masih masuk %(amount)s lagi. Pesanan Anda tetap kami proses; yang itu bukan untuk tagihan ini.",
        amount=rp(amount),
    )
    return Notice(t("Anda membayar dua kali"), (figures, _about_refund(facts, "duplicate_payment", t)))


def _surplus(facts: Facts, t: Translate) -> Notice | None:
    amount = facts.not_due.get("wrong_amount")
    if not amount or facts.status != "paid":
        return None
    figures = t(
        "Yang masuk %(received)s, sedangkan tagihannya %(due)s. Pesanan Anda tetap kami proses.",
        received=rp(facts.due + amount),
        due=rp(facts.due),
    )
    return Notice(t("Kelebihan %(amount)s", amount=rp(amount)), (figures, _about_refund(facts, "wrong_amount", t)))


def _by_hand(facts: Facts, t: Translate) -> Notice | None:
    if "settled_by_hand" not in facts.exceptions or facts.status != "paid" or facts.is_held:
        return None
    if facts.received < facts.due:
        figures = t(
            "Yang tercatat %(received)s dari tagihan %(due)s. Sisanya tidak perlu Anda bayar.",
            received=rp(facts.received),
            due=rp(facts.due),
        )
    else:
        figures = t("Toko mencatatnya sendiri. Anda tidak perlu mentransfer lagi.")
    return Notice(t("Dinyatakan lunas oleh toko"), (figures,))


def _after_cancel(facts: Facts, t: Translate) -> Notice | None:
    if facts.status != "cancelled" or facts.received <= 0:
        return None
    figures = t("Pesanannya sudah dibatalkan dan tidak kami lanjutkan.")
    title = t("%(amount)s masuk untuk pesanan ini", amount=rp(facts.received))
    return Notice(title, (figures, _about_refund(facts, "cancellation", t)))


def _about_refund(facts: Facts, reason: RefundReason, t: Translate) -> str:
    """Say how far the refund of such money is."""
    found = [status for each, status in facts.refunds if each == reason and status not in _GONE]
    if not found:
        return t("Anda dapat mengajukan pengembaliannya di bawah.")
    if all(status == "completed" for status in found):
        return t("Uang itu sudah kami kembalikan.")
    return t("Uang itu kami ajukan untuk dikembalikan; perkembangannya ada di bawah.")
