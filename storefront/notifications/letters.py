"""The letters and WhatsApp messages that an owner may put into words of their own, and ours to begin from.

A body is Markdown with holes such as {name}, see `storefront.placeholders`; what a letter may name is fixed here. A
block stands in a paragraph of its own: {payment} is what to pay, where and until when, {items} the goods; {link} and
{pay} become buttons there, and are addresses elsewhere; {refund} also asks for the account while none is known.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from markupsafe import Markup, escape

from storefront.markdown import to_html
from storefront.placeholders import fill, unknown
from storefront.texts import _, _l

from .models import Channel
from .refund_words import LETTERS, Words

BLOCKS = frozenset({"payment", "items", "link", "pay", "refund"})
_ADDRESSES = frozenset({"link", "pay", "refund", "tracking_link"})
_ALWAYS = ("name", "order", "shop", "total", "link")
_PERCENT = re.compile(r"%\(([a-z_]+)\)s")
_LINK = re.compile(r"\[([^\]\n]+)\]\(([^)\s]+)\)")
_EMPHASIS = re.compile(r"(\*\*|__)(\S.*?)\1")
_HEADING = re.compile(r"^#{1,6} +", re.MULTILINE)
# In an address the renderer writes braces as %7B and %7D.
_HOLE = re.compile(r"(?:\{([a-z_]+)\}|%7B([a-z_]+)%7D)")

HOLES = {
    "name": _l("nama pembeli"),
    "order": _l("nomor pesanan"),
    "shop": _l("nama toko"),
    "total": _l("total pesanan"),
    "link": _l("tautan halaman pesanan; sendirian dalam satu paragraf menjadi tombol"),
    "items": _l("daftar barang, dalam paragraf sendiri"),
    "payment": _l("jumlah, rekening, dan batas waktu, dalam paragraf sendiri"),
    "pay": _l("tautan halaman pembayaran; sendirian dalam satu paragraf menjadi tombol"),
    "amount": _l("jumlah yang diminta, yang masuk, atau yang kembali"),
    "deadline": _l("batas waktu pembayaran"),
    "courier": _l("kurir"),
    "tracking": _l("nomor resi"),
    "tracking_link": _l("tautan pelacakan di situs kurir"),
    "ticket": _l("nomor tiket pengembalian"),
    "refund": _l(
        "tautan halaman pengembalian; sendirian dalam satu paragraf menjadi tombol, juga untuk mengisi rekening"
    ),
    "due": _l("paling lambat kapan pengembalian ini selesai"),
    "account": _l("rekening tujuan; paragrafnya hilang selama belum diketahui"),
    "until": _l("paling lambat kapan rekening diberitahukan; paragrafnya hilang sesudah diketahui"),
    "note": _l("catatan dari toko; paragrafnya hilang bila kosong"),
    "complaint": _l("nomor aduan"),
}
# What other shops call them in Indonesian; written so, they are understood.
ALSO_CALLED = {
    "nama": "name",
    "nomor": "order",
    "pesanan": "order",
    "toko": "shop",
    "barang": "items",
    "jumlah": "amount",
    "batas": "deadline",
    "kurir": "courier",
    "resi": "tracking",
    "tautan": "link",
    "tiket": "ticket",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One letter: its title in the panel, the holes it may have, those it must have, and our words to begin from."""

    title: str
    holes: tuple[str, ...]
    must: tuple[str, ...]
    subject: str
    body: str
    group: str = "order"


def _asking(title: str, subject: str, body: str) -> Kind:
    """Return a letter that asks for money: it cannot do without the figures."""
    return Kind(title, (*_ALWAYS, "items", "payment", "pay", "amount", "deadline"), ("payment", "pay"), subject, body)


def _telling(title: str, subject: str, body: str, *holes: str, must: tuple[str, ...] = ("link",)) -> Kind:
    return Kind(title, (*_ALWAYS, "items", *holes), must, subject, body)


EMAILS: dict[str, Kind] = {
    "instructions": _asking(
        _l("Cara membayar, setelah memesan"),
        _l("Selesaikan pembayaran pesanan {order}"),
        _l(
            "Halo {name},\n\nTerima kasih, pesanan {order} sudah kami catat. Mohon bayar tepat sejumlah "
            "ini:\n\n{payment}\n\n{pay}\n\nSetelah uangnya masuk, pesanan terkonfirmasi sendiri. Anda tidak "
            "perlu mengirim bukti.\n\n{items}"
        ),
    ),
    "reminder": _asking(
        _l("Pengingat sebelum batas waktu"),
        _l("Batas waktu pembayaran pesanan {order} hampir habis"),
        _l(
            "Halo {name},\n\nKami belum melihat pembayaran untuk pesanan {order}. Mohon bayar sebelum "
            "{deadline}:\n\n{payment}\n\n{pay}\n\nSudah membayar? Tidak perlu berbuat apa-apa: data bank "
            "bisa terlambat sekitar 20 menit.\n\n{items}"
        ),
    ),
    "extended": _asking(
        _l("Waktu membayar diperpanjang"),
        _l("Pesanan {order} kembali menunggu pembayaran"),
        _l("Halo {name},\n\nAnda mendapat waktu lebih lama, sampai {deadline}.\n\n{payment}\n\n{pay}\n\n{items}"),
    ),
    "paid": _telling(
        _l("Pembayaran diterima"),
        _l("Pembayaran pesanan {order} sudah kami terima"),
        _l(
            "Halo {name},\n\nTerima kasih. Pembayaran Anda sebesar {amount} sudah masuk, dan pesanan Anda "
            "sedang kami siapkan.\n\n{items}\n\n{link}"
        ),
        "amount",
    ),
    "shipped": _telling(
        _l("Pesanan dikirim"),
        _l("Pesanan {order} sudah dikirim"),
        _l(
            "Halo {name},\n\nPesanan Anda sudah berangkat dengan {courier}, nomor resi {tracking}.\n\n"
            "{items}\n\n{link}\n\nSetelah barangnya sampai, tandai di halaman pesanan supaya kami tahu."
        ),
        "courier",
        "tracking",
        "tracking_link",
        must=("tracking",),
    ),
    "ready": _telling(
        _l("Pesanan siap diambil"),
        _l("Pesanan {order} siap diambil"),
        _l(
            "Halo {name},\n\nPesanan Anda sudah kami siapkan dan menunggu Anda ambil. Sebutkan nomor pesanan "
            "{order}.\n\n{items}\n\n{link}"
        ),
    ),
    "delivered": _telling(
        _l("Pesanan diterima"),
        _l("Pesanan {order} sudah diterima"),
        _l(
            "Halo {name},\n\nMenurut catatan kami, pesanan {order} sudah Anda terima. Ada yang kurang? Beri "
            "tahu kami.\n\n{link}"
        ),
    ),
    "expired": _telling(
        _l("Waktu membayar habis"),
        _l("Waktu pembayaran pesanan {order} habis"),
        _l(
            "Halo {name},\n\nKami belum melihat transfer Anda sampai batas waktunya. Sudah transfer? Tidak "
            "perlu berbuat apa-apa; Anda menerima surat begitu uangnya terlihat. Belum? Jangan transfer lagi "
            "untuk pesanan ini.\n\n{link}"
        ),
    ),
    "cancelled": _telling(
        _l("Pesanan dibatalkan"),
        _l("Pesanan {order} dibatalkan"),
        _l(
            "Halo {name},\n\nPesanan {order} sudah dibatalkan. Jangan transfer lagi untuk pesanan ini. Bila "
            "sudah telanjur, uang Anda kami ajukan untuk dikembalikan.\n\n{link}"
        ),
    ),
}

# What happened is out of the ordinary; each of these fits one state of the order, and in others our words are used.
EXCEPTIONS: dict[str, Kind] = {
    "underpaid": Kind(
        _l("Pembayaran kurang"),
        (*_ALWAYS, "items", "payment", "pay", "amount", "deadline"),
        ("payment", "pay"),
        _l("Pembayaran pesanan {order} masih kurang"),
        _l(
            "Halo {name},\n\nPembayaran Anda sebesar {amount} sudah masuk, tetapi belum cukup. Transfer tepat "
            "kekurangannya, sampai tiga angka terakhir:\n\n{payment}\n\n{pay}\n\n{items}"
        ),
        "exception",
    ),
    "expired_paid": Kind(
        _l("Waktu membayar habis, uang yang masuk belum cukup"),
        (*_ALWAYS, "items", "pay", "amount"),
        ("amount", "pay"),
        _l("Waktu pembayaran pesanan {order} habis"),
        _l(
            "Halo {name},\n\nSampai batas waktunya baru {amount} yang masuk. Uang Anda tercatat.\n\nMasih "
            "menginginkan pesanan ini? Hubungi kami sebelum transfer lagi. Bila tidak, uang Anda kami ajukan untuk "
            "dikembalikan, atau mintalah sendiri di halaman pembayaran.\n\n{pay}"
        ),
        "exception",
    ),
    "paid_held": Kind(
        _l("Pembayaran diterima, pesanan perlu diperiksa dulu"),
        (*_ALWAYS, "items", "amount"),
        ("link",),
        _l("Pembayaran pesanan {order} sudah kami terima"),
        _l(
            "Halo {name},\n\nTerima kasih. Pembayaran Anda sebesar {amount} sudah masuk. Ada yang perlu kami periksa "
            "dulu pada pesanan ini; kami akan menghubungi Anda.\n\n{items}\n\n{link}"
        ),
        "exception",
    ),
    "reversed": Kind(
        _l("Bank menarik kembali uangnya"),
        (*_ALWAYS, "items", "amount"),
        ("amount", "link"),
        _l("Bank menarik kembali uang pesanan {order}"),
        _l(
            "Halo {name},\n\nBank menarik kembali {amount} dari uang yang masuk untuk pesanan ini. Pesanan Anda kami "
            "tahan dulu, tidak kami batalkan. Jangan transfer lagi sebelum kami hubungi.\n\nTanyakan kepada bank Anda "
            "mengapa dananya ditarik, lalu hubungi kami dengan menyebutkan nomor pesanan.\n\n{link}"
        ),
        "exception",
    ),
    "unpaid": Kind(
        _l("Pembayaran dikoreksi"),
        (*_ALWAYS, "items", "pay", "amount"),
        ("amount", "pay"),
        _l("Pembayaran pesanan {order} kami koreksi"),
        _l(
            "Halo {name},\n\nSetelah diperiksa, transfer yang tadinya kami catat untuk pesanan ini ternyata bukan "
            "untuk pesanan ini. Mohon maaf.\n\nPesanan Anda menunggu {amount}. Sudah transfer? Hubungi kami dengan "
            "menyebutkan nomor pesanan.\n\n{pay}\n\n{items}"
        ),
        "exception",
    ),
}


def _refund_kind(words: Words) -> Kind:
    """Return a letter about a refund with our own words to begin from."""
    return Kind(
        LazyString(_without_holes, words.heading),
        ("name", "order", "shop", "link", "ticket", "amount", "due", "account", "until", "note", "complaint", "refund"),
        ("refund",),
        LazyString(_with_braces, words.heading),
        LazyString(_refund_body, words),
        "refund",
    )


def _with_braces(text: str) -> str:
    return _PERCENT.sub(lambda hole: "{order}" if hole[1] == "number" else f"{{{hole[1]}}}", str(text))


def _without_holes(text: str) -> str:
    return " ".join(_PERCENT.sub("", str(text)).split()).replace(" ?", "?")


def _refund_body(words: Words) -> str:
    greeting = _("Halo %(name)s,", name="{name}")
    return "\n\n".join([greeting, *map(_with_braces, words.paragraphs), "{refund}"])


EMAILS |= EXCEPTIONS | {name: _refund_kind(words) for name, words in LETTERS.items()}

_SHORT = ("name", "order", "shop", "total", "link")
MESSAGES: dict[str, Kind] = {
    "payment_reminder": Kind(
        _l("Mengingatkan pembayaran"),
        (*_SHORT, "amount", "deadline", "pay"),
        (),
        "",
        _l(
            "Halo {name}, pesanan {order} di {shop} menunggu pembayaran {amount} sampai {deadline}. Caranya "
            "ada di sini: {pay} Terima kasih."
        ),
    ),
    "paid": Kind(
        _l("Pembayaran diterima"),
        (*_SHORT, "amount"),
        (),
        "",
        _l(
            "Halo {name}, pembayaran {amount} untuk pesanan {order} di {shop} sudah kami terima. Pesanan "
            "Anda kami siapkan."
        ),
    ),
    "shipped": Kind(
        _l("Pesanan dikirim"),
        (*_SHORT, "courier", "tracking", "tracking_link"),
        (),
        "",
        _l("Halo {name}, pesanan {order} dari {shop} sudah dikirim dengan {courier}, resi {tracking}. {tracking_link}"),
    ),
    "refund": Kind(
        _l("Pengembalian dana"),
        (*_SHORT, "amount", "ticket"),
        (),
        "",
        _l("Halo {name}, pengembalian {amount} untuk pesanan {order} di {shop} kami urus dengan nomor tiket {ticket}."),
    ),
}
KINDS: dict[Channel, dict[str, Kind]] = {"email": EMAILS, "whatsapp": MESSAGES}


def problems(kind: Kind, subject: str, body: str) -> tuple[list[str], list[str]]:
    """Return the holes that nothing can fill, and those that are missing though the letter needs them."""
    strange = unknown(f"{subject} {body}", kind.holes)
    strange += [name for name in unknown(subject, ()) if name in BLOCKS and name not in strange]
    return strange, [name for name in kind.must if f"{{{name}}}" not in body]


def parts(body: str, facts: Mapping[str, str]) -> list[tuple[str, Markup]]:
    """Return a letter as HTML in pieces: ("", HTML), or the name of a block that stands alone."""
    made: list[tuple[str, Markup]] = []
    for block, text in _pieces(body):
        made.append((block, Markup()) if block else ("", _filled_html(to_html(text), facts)))
    return made


def plain_parts(body: str, facts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return a letter as text in pieces, as `parts` does."""
    return [(block, "" if block else fill(_plain(text), facts)) for block, text in _pieces(body)]


def known_only(body: str, facts: Mapping[str, str | None]) -> str:
    """Return a body without the paragraphs that name a fact which is not known."""
    unknown_holes = [f"{{{name}}}" for name, value in facts.items() if value is None]
    paragraphs = re.split(r"\n{2,}", body.strip())
    return "\n\n".join(text for text in paragraphs if not any(hole in text for hole in unknown_holes))


def _pieces(body: str) -> list[tuple[str, str]]:
    """Cut a body at the paragraphs that are nothing but a block."""
    pieces: list[tuple[str, str]] = []
    for paragraph in re.split(r"\n{2,}", body.strip()):
        name = paragraph.strip()[1:-1]
        if paragraph.strip() == f"{{{name}}}" and name in BLOCKS:
            pieces.append((name, ""))
        elif pieces and not pieces[-1][0]:
            pieces[-1] = ("", f"{pieces[-1][1]}\n\n{paragraph}")
        else:
            pieces.append(("", paragraph))
    return pieces


def _filled_html(html: Markup, facts: Mapping[str, str]) -> Markup:
    """Fill the holes of our HTML with escaped facts; an address is never made of what a buyer wrote."""

    def filled(hole: re.Match[str]) -> str:
        name = hole[1] or hole[2]
        is_allowed = hole[1] or name in _ADDRESSES
        return str(escape(facts[name])) if is_allowed and name in facts else hole[0]

    return Markup(_HOLE.sub(filled, html))  # noqa: S704 - every fact is escaped


def _plain(text: str) -> str:
    """Return Markdown as people write letters without it."""
    return _EMPHASIS.sub(r"\2", _LINK.sub(r"\1: \2", _HEADING.sub("", text)))
