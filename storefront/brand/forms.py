"""The forms in which the owner gives the shop its face."""

import re
from datetime import date
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice
from wtforms.validators import Optional
from wtforms.widgets import ColorInput

from storefront.formats import normalise_phone, show_phone
from storefront.forms import ShopForm, at_most, mobile_number, one_line, paragraph, required
from storefront.texts import _l

from .colours import ACCENT, FONT, FONTS, Mode, is_readable, lowest_contrast, nearest, read_colour
from .models import Page
from .rules import NETWORKS, look_of, social_url

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_FONT_NAMES = {
    FONT: _l("Hangat: judul berkait, teks polos"),
    "plain": _l("Polos: semuanya tanpa kait"),
    "round": _l("Bulat: ramah dan santai"),
    "book": _l("Buku: semuanya berkait"),
    "slab": _l("Tegas: judul berkait tebal"),
}
_MODES = {"light": _l("tampilan terang"), "dark": _l("tampilan gelap")}


def _text(value: Any) -> Any:
    """Filter: line breaks of one kind, no control characters; spaces mean something in Markdown."""
    if not isinstance(value, str):
        return value
    lines = (_CONTROL.sub("", line).rstrip() for line in value.replace("\t", "    ").splitlines())
    return "\n".join(lines).strip()


class ColourField(StringField):  # type: ignore[misc]
    """A colour, `#rrggbb`. `offered` is the nearest readable one when the one chosen is not."""

    widget = ColorInput()
    data: str | None

    def __init__(self, label: Any, mode: Mode, **kwargs: Any) -> None:
        super().__init__(label, filters=[one_line], **kwargs)
        self.mode = mode
        self.offered = ""

    def pre_validate(self, _form: Any) -> None:
        """Refuse what cannot be read, and offer what can."""
        try:
            colour = self.data = read_colour(self.data or "")
        except ValueError as error:
            raise ValidationError(_l("Tulis warna seperti %(example)s.", example=ACCENT)) from error
        if not is_readable(colour, self.mode):
            self.offered = nearest(colour, self.mode)
            raise ValidationError(
                _l(
                    "Warna %(colour)s sulit dibaca pada %(mode)s: kontrasnya %(ratio)s banding 1, perlu 4,5 banding 1. "
                    "Warna terdekat yang terbaca adalah %(offered)s.",
                    colour=colour,
                    mode=_MODES[self.mode],
                    ratio=f"{lowest_contrast(colour, self.mode):.1f}".replace(".", ","),
                    offered=self.offered,
                )
            )


class BrandForm(ShopForm):
    """The shop's name, look and texts."""

    name = StringField(_l("Nama toko"), filters=[one_line], validators=[required(), at_most(60)])
    tagline = StringField(_l("Slogan"), filters=[one_line], validators=[at_most(120)])
    tagline_en = StringField(_l("Slogan (bahasa Inggris)"), filters=[one_line], validators=[at_most(120)])
    whatsapp = StringField(_l("Nomor WhatsApp"), filters=[one_line], validators=[Optional(), mobile_number])
    accent = ColourField(_l("Warna utama"), "light", default=ACCENT)
    dark_by_itself = BooleanField(_l("Sesuaikan sendiri untuk tampilan gelap"), default=True)
    accent_dark = ColourField(_l("Warna utama pada tampilan gelap"), "dark")
    font = SelectField(
        _l("Huruf"),
        choices=[SelectChoice(key, _FONT_NAMES[key]) for key in FONTS],
        default=FONT,
        validators=[required()],
    )
    welcome = StringField(_l("Judul halaman depan"), filters=[one_line], validators=[at_most(80)])
    welcome_en = StringField(_l("Judul halaman depan (bahasa Inggris)"), filters=[one_line], validators=[at_most(80)])
    welcome_text = TextAreaField(_l("Kalimat pembuka"), filters=[paragraph], validators=[at_most(300)])
    welcome_text_en = TextAreaField(
        _l("Kalimat pembuka (bahasa Inggris)"), filters=[paragraph], validators=[at_most(300)]
    )
    footer = TextAreaField(_l("Teks di kaki halaman"), filters=[paragraph], validators=[at_most(300)])
    footer_en = TextAreaField(
        _l("Teks di kaki halaman (bahasa Inggris)"), filters=[paragraph], validators=[at_most(300)]
    )
    instagram = StringField(NETWORKS["instagram"].name, filters=[one_line], validators=[at_most(200)])
    tiktok = StringField(NETWORKS["tiktok"].name, filters=[one_line], validators=[at_most(200)])
    facebook = StringField(NETWORKS["facebook"].name, filters=[one_line], validators=[at_most(200)])
    youtube = StringField(NETWORKS["youtube"].name, filters=[one_line], validators=[at_most(200)])
    shopee = StringField(NETWORKS["shopee"].name, filters=[one_line], validators=[at_most(200)])
    tokopedia = StringField(NETWORKS["tokopedia"].name, filters=[one_line], validators=[at_most(200)])

    @classmethod
    def of(cls, name: str, whatsapp: str, data: dict[str, Any]) -> "BrandForm":
        """Return the form as the shop is now."""
        look = look_of(data)
        texts = {
            f"{text}{suffix}": data.get("texts", {}).get(text, {}).get(locale, "")
            for text in ("tagline", "welcome", "welcome_text", "footer")
            for suffix, locale in (("", "id"), ("_en", "en"))
        }
        colours = {
            "accent": look.accent,
            "accent_dark": look.colour("dark"),
            "dark_by_itself": not look.accent_dark,
            "font": look.font,
        }
        return cls(
            formdata=None,
            data={"name": name, "whatsapp": show_phone(whatsapp), **colours, **texts, **data.get("social", {})},
        )

    def take_offered(self, name: str) -> None:
        """Take the colour that was offered for a field."""
        field = {"accent": self.accent, "accent_dark": self.accent_dark}[name]
        field.validate(self)
        field.data, field.errors = field.offered or field.data, []

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field; the colour at night only where the owner chooses it."""
        if self.dark_by_itself.data:
            self.accent_dark.data = nearest(_readable_or_own(self.accent.data), "dark")
        return bool(super().validate(extra_validators))

    def settings(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return what the form says as settings; `data` holds the texts that other forms keep."""
        texts = dict(data.get("texts", {}))
        for text in ("tagline", "welcome", "welcome_text", "footer"):
            texts[text] = {"id": self[text].data, "en": self[f"{text}_en"].data}
        return {
            "name": self.name.data,
            "whatsapp": normalise_phone(self.whatsapp.data) if self.whatsapp.data else "",
            "accent": "" if self.accent.data == ACCENT else self.accent.data,
            "accent_dark": "" if self.dark_by_itself.data else self.accent_dark.data,
            "font": "" if self.font.data == FONT else self.font.data,
            "texts": {name: said for name, said in texts.items() if any(said.values())},
            "social": {key: social_url(key, self[key].data) for key in NETWORKS if self[key].data},
        }

    def _network(self, field: Field) -> None:
        try:
            social_url(field.name, field.data or "")
        except ValueError as error:
            raise ValidationError(
                _l(
                    "Tulis nama akun seperti @tokokami, atau alamat lengkapnya di %(network)s.",
                    network=field.label.text,
                )
            ) from error

    validate_instagram = validate_tiktok = validate_facebook = _network
    validate_youtube = validate_shopee = validate_tokopedia = _network


class OpeningForm(ShopForm):
    """What the shop announces, and whether it takes orders."""

    notice = TextAreaField(_l("Pengumuman"), filters=[paragraph], validators=[at_most(300)])
    notice_en = TextAreaField(_l("Pengumuman (bahasa Inggris)"), filters=[paragraph], validators=[at_most(300)])
    notice_since = DateField(_l("Tampil mulai"), validators=[Optional()])
    notice_until = DateField(_l("Tampil sampai"), validators=[Optional()])
    closed_now = BooleanField(_l("Tutup toko: barang tetap terlihat, pesanan tidak diterima"))
    closed = TextAreaField(_l("Pesan untuk pembeli"), filters=[paragraph], validators=[at_most(300)])
    closed_en = TextAreaField(
        _l("Pesan untuk pembeli (bahasa Inggris)"), filters=[paragraph], validators=[at_most(300)]
    )
    reopens = DateField(_l("Buka lagi pada"), validators=[Optional()])

    @classmethod
    def of(cls, data: dict[str, Any]) -> "OpeningForm":
        """Return the form as the shop is now."""
        texts = {
            f"{text}{suffix}": data.get("texts", {}).get(text, {}).get(locale, "")
            for text in ("notice", "closed")
            for suffix, locale in (("", "id"), ("_en", "en"))
        }
        notice, closed = data.get("notice", {}), data.get("closed", {})
        state = {
            "notice_since": _day(notice.get("since")),
            "notice_until": _day(notice.get("until")),
            "closed_now": closed.get("now", False),
            "reopens": _day(closed.get("reopens")),
        }
        return cls(formdata=None, data={**texts, **state})

    def validate_notice_until(self, field: Field) -> None:
        """Refuse a notice that ends before it begins."""
        if self.notice_since.data and field.data and field.data < self.notice_since.data:
            raise ValidationError(_l("Tanggal ini lebih awal daripada tanggal mulainya."))

    def settings(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return what the form says as settings; `data` holds the texts that other forms keep."""
        texts = dict(data.get("texts", {}))
        for text in ("notice", "closed"):
            texts[text] = {"id": self[text].data, "en": self[f"{text}_en"].data}
        return {
            "texts": {name: said for name, said in texts.items() if any(said.values())},
            "notice": {"since": _iso(self.notice_since), "until": _iso(self.notice_until)},
            "closed": {"now": True, "reopens": _iso(self.reopens)} if self.closed_now.data else {},
        }


class PageForm(ShopForm):
    """A page of the shop's own. `seen` is the state the writer began from, so that nobody's work is overwritten."""

    title = StringField(_l("Judul"), filters=[one_line], validators=[required(), at_most(120)])
    title_en = StringField(_l("Judul (bahasa Inggris)"), filters=[one_line], validators=[at_most(120)])
    body = TextAreaField(_l("Isi"), filters=[_text], validators=[required(), at_most(40_000)])
    body_en = TextAreaField(_l("Isi (bahasa Inggris)"), filters=[_text], validators=[at_most(40_000)])
    published = BooleanField(_l("Terbitkan: tampil di kaki halaman toko"))
    seen = HiddenField()

    def write_to(self, page: Page) -> None:
        """Put what was written into a page."""
        for name in ("title", "title_en", "body", "body_en", "published"):
            setattr(page, name, self[name].data)


def _readable_or_own(colour: str | None) -> str:
    """Return a colour to start from, whatever was typed."""
    try:
        return read_colour(colour or "")
    except ValueError:
        return ACCENT


def _iso(field: Field) -> str:
    return field.data.isoformat() if field.data else ""


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
