"""The forms of the settings page: what may be changed, within which bounds, and what it does."""

from typing import Any

from wtforms import DateField, Field, IntegerField, PasswordField, SelectField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange

from storefront import payment_settings
from storefront.forms import CountField, ShopForm, at_most, may_be_empty, one_line, required
from storefront.texts import _l

from .rules import MAX_PASSWORD

MIN_SECRET = 20
MAX_CODE = 999_999


class WholeField(IntegerField):  # type: ignore[misc]
    """A whole number within bounds, told in the reader's language."""

    def __init__(self, label: Any, low: int, high: int, **kwargs: Any) -> None:
        told = _l("Tulis angka dari %(low)d sampai %(high)d.", low=low, high=high)
        self._told = told
        super().__init__(
            label,
            validators=[InputRequired(message=told), NumberRange(low, high, message=told)],
            render_kw={"inputmode": "numeric", "min": low, "max": high},
            **kwargs,
        )

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(self._told) from error


# The fields of the form, and the settings of the payment extension that they change.
NAMES = {
    "charge_ttl": "MOOTA_CHARGE_TTL_MINUTES",
    "late_window": "MOOTA_LATE_WINDOW_MINUTES",
    "tolerance": "MOOTA_UNDERPAYMENT_TOLERANCE",
    "code_min": "MOOTA_UNIQUE_CODE_MIN",
    "code_max": "MOOTA_UNIQUE_CODE_MAX",
    "code_mode": "MOOTA_UNIQUE_CODE_MODE",
    "code_wider": "MOOTA_UNIQUE_CODE_WIDER_MAX",
    "code_books": "MOOTA_UNIQUE_CODE_BOOKS",
    "feed_delay": "MOOTA_FEED_DELAY_MINUTES",
    "pull_every": "MOOTA_PULL_MINUTES",
    "refresh_every": "MOOTA_REFRESH_MINUTES",
    "tags": "MOOTA_TAG_MUTATIONS",
    "shop_tag": "MOOTA_SHOP_TAG",
    "allowed": "MOOTA_WEBHOOK_ALLOWED_IPS",
    "review_days": "MOOTA_REFUND_REVIEW_DAYS",
    "transfer_days": "MOOTA_REFUND_TRANSFER_DAYS",
    "destination_days": "MOOTA_REFUND_DESTINATION_DAYS",
    "approval": "MOOTA_REFUND_APPROVAL",
    "refund_code": "MOOTA_REFUND_UNIQUE_CODE",
    "inbox_days": "MOOTA_INBOX_RETENTION_DAYS",
    "account_days": "MOOTA_REFUND_DESTINATION_RETENTION_DAYS",
    "proof_days": "MOOTA_PROOF_RETENTION_DAYS",
}
EFFECTS = {
    "timezone": _l("Jam di toko, di surat, dan di panel. Berlaku untuk semua yang ditampilkan mulai sekarang."),
    "charge_ttl": _l("Menit untuk membayar. 1440 menit adalah 24 jam. Berlaku untuk pesanan baru."),
    "late_window": _l(
        "Menit sesudah batas waktu selama transfer yang terlambat masih dikenali. "
        "Makin lama, makin banyak jumlah yang terpakai."
    ),
    "tolerance": _l("Rupiah yang boleh kurang sebelum pembayaran dianggap kurang. 0: harus tepat."),
    "code_min": _l("Kode unik terkecil, dalam rupiah. Berlaku untuk pesanan baru."),
    "code_max": _l(
        "Kode unik terbesar. Makin besar, makin banyak pesanan berharga sama yang dapat menunggu bersamaan."
    ),
    "code_mode": _l("Kode ditambahkan ke total, atau dikurangkan darinya sehingga pembeli tidak membayar lebih."),
    "code_wider": _l(
        "Sampai kode ini boleh dipakai bila semua yang di atas sedang terpakai. "
        "Kosong: pesanan ditolak sampai ada yang kosong lagi."
    ),
    "code_books": _l("Dalam pembukuan: pendapatan, atau selisih pembulatan di baris sendiri."),
    "feed_delay": _l(
        "Menit yang mungkin dibutuhkan Moota untuk melihat transfer. Barang ditahan selama ini sesudah batas waktu."
    ),
    "pull_every": _l(
        "Menit antara dua kali membaca daftar mutasi Moota, untuk yang tidak dibawa webhook. 0: tidak pernah sendiri. "
        "Perlu token akses."
    ),
    "refresh_every": _l(
        "Menit paling sedikit antara dua kali meminta Moota melihat bank saat itu juga, karena pembeli berkata sudah "
        "membayar. Setiap kali memakai poin Moota. 0: tidak pernah."
    ),
    "tags": _l("Mutasi di Moota diberi tag nomor pesanannya, supaya mudah dicari di dasbor Moota."),
    "shop_tag": _l("Nama toko di dalam tag itu, bila beberapa toko memakai satu rekening."),
    "allowed": _l(
        "Hanya dari alamat IP ini webhook diterima, dipisahkan koma. Biarkan seperti bawaannya, kecuali Moota "
        "mengumumkan alamat baru. Tanda bintang (*) menerima dari mana saja; tinggal tanda tangannya yang melindungi."
    ),
    "review_days": _l("Hari kerja untuk menjawab permintaan pengembalian dan aduan. Pembeli melihat batas ini."),
    "transfer_days": _l("Hari kerja dari persetujuan sampai uang ditransfer. Pembeli melihat batas ini."),
    "destination_days": _l("Hari kerja bagi pembeli untuk menulis rekening tujuan."),
    "approval": _l("Siapa yang boleh menyetujui pengembalian yang dimintanya sendiri."),
    "refund_code": _l("Apakah usulan pengembalian penuh memuat kode uniknya."),
    "inbox_days": _l("Hari isi mentah webhook disimpan. Moota menganjurkan paling sedikit 14."),
    "account_days": _l("Hari sampai nomor rekening pembeli dihapus, kecuali empat angka terakhirnya."),
    "proof_days": _l("Hari bukti transfer dari pembeli disimpan."),
    "backups_kept": _l(
        "Begitu cadangan baru selesai dan terbukti utuh, yang terlama di folder cadangan dihapus sampai tinggal "
        "sebanyak ini. 0: tidak ada yang dihapus. Salinan di tempat lain tidak disentuh."
    ),
}


class SettingsForm(ShopForm):
    """What an owner changes of the shop and its payments."""

    timezone = SelectField(
        _l("Zona waktu"),
        choices=[
            SelectChoice("Asia/Jakarta", _l("WIB (Jakarta)")),
            SelectChoice("Asia/Makassar", _l("WITA (Makassar)")),
            SelectChoice("Asia/Jayapura", _l("WIT (Jayapura)")),
        ],
        validators=[required()],
    )
    charge_ttl = WholeField(_l("Waktu membayar (menit)"), 10, 43_200)
    late_window = WholeField(_l("Masa transfer terlambat (menit)"), 0, 43_200)
    tolerance = WholeField(_l("Toleransi kurang bayar (rupiah)"), 0, 100_000)
    code_min = WholeField(_l("Kode unik terkecil"), 1, MAX_CODE)
    code_max = WholeField(_l("Kode unik terbesar"), 1, MAX_CODE)
    code_mode = SelectField(
        _l("Cara kode unik"),
        choices=[SelectChoice("add", _l("Tambahkan ke total")), SelectChoice("subtract", _l("Kurangi dari total"))],
        validators=[required()],
    )
    code_wider = CountField(_l("Kode unik terbesar bila penuh"), validators=[may_be_empty()])
    code_books = SelectField(
        _l("Kode unik dalam pembukuan"),
        choices=[SelectChoice("income", _l("Pendapatan")), SelectChoice("rounding", _l("Selisih pembulatan"))],
        validators=[required()],
    )
    feed_delay = WholeField(_l("Kelambatan Moota (menit)"), 0, 1440)
    pull_every = WholeField(_l("Membaca daftar mutasi setiap (menit)"), 0, 10_080)
    refresh_every = WholeField(_l("Meminta Moota melihat bank (menit)"), 0, 1440)
    tags = SelectField(
        _l("Tag di Moota"),
        choices=[SelectChoice("yes", _l("Pasang")), SelectChoice("no", _l("Jangan"))],
        validators=[required()],
    )
    shop_tag = StringField(_l("Nama toko di tag"), filters=[one_line], validators=[required(), at_most(200)])
    allowed = StringField(_l("Alamat pengirim webhook"), filters=[one_line], validators=[required(), at_most(1000)])
    review_days = WholeField(_l("Batas menjawab (hari kerja)"), 1, 60)
    transfer_days = WholeField(_l("Batas mentransfer (hari kerja)"), 1, 60)
    destination_days = WholeField(_l("Waktu menulis rekening (hari kerja)"), 1, 260)
    approval = SelectField(
        _l("Persetujuan pengembalian"),
        choices=[
            SelectChoice("auto", _l("Orang kedua bila ada, selain itu kata sandi")),
            SelectChoice("second_person", _l("Selalu orang kedua")),
            SelectChoice("fresh_password", _l("Cukup kata sandi sendiri")),
        ],
        validators=[required()],
    )
    refund_code = SelectField(
        _l("Kode unik pada pengembalian"),
        choices=[SelectChoice("return", _l("Ikut dikembalikan")), SelectChoice("keep", _l("Tidak dikembalikan"))],
        validators=[required()],
    )
    inbox_days = WholeField(_l("Webhook mentah (hari)"), 14, 3650)
    account_days = WholeField(_l("Nomor rekening pengembalian (hari)"), 30, 3650)
    proof_days = WholeField(_l("Bukti transfer (hari)"), 14, 3650)
    backups_kept = WholeField(_l("Cadangan (jumlah)"), 0, 1000)

    def validate_code_max(self, field: Field) -> None:
        """Refuse a largest code below the smallest."""
        if field.data is not None and self.code_min.data is not None and field.data < self.code_min.data:
            raise ValidationError(_l("Kode terbesar harus sama dengan atau lebih dari kode terkecil."))

    def validate_code_wider(self, field: Field) -> None:
        """Refuse a wider range that is none."""
        if field.data is not None and not (self.code_max.data or 0) < field.data <= MAX_CODE:
            raise ValidationError(
                _l("Harus lebih besar dari kode terbesar, dan paling banyak %(most)d.", most=MAX_CODE)
            )

    def validate_allowed(self, field: Field) -> None:
        """Refuse what is no list of addresses."""
        if not payment_settings.are_addresses(field.data):
            raise ValidationError(_l("Tulis alamat IP atau jaringan, dipisahkan koma, misalnya 103.236.201.178."))

    def texts(self) -> dict[str, str]:
        """Return the payment settings as text, by their names."""
        return {name: "" if self[field].data is None else str(self[field].data) for field, name in NAMES.items()}


def label_of(name: str) -> str:
    """Return what the page calls a setting, by its name in the log; a name of something else stays as it is."""
    field = next((field for field, setting in NAMES.items() if setting == name), name)
    unbound = getattr(SettingsForm, field, None) if field in EFFECTS else None
    return str(unbound.args[0]) if unbound is not None else name


class SecretForm(ShopForm):
    """A new secret, and the password of who replaces the old one."""

    value = PasswordField(
        _l("Nilai baru"), filters=[one_line], validators=[required(), at_most(4000)], render_kw={"autocomplete": "off"}
    )
    password = PasswordField(
        _l("Kata sandi Anda"),
        validators=[required(), at_most(MAX_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )


class HolidayForm(ShopForm):
    """A day on which banks do not work."""

    day = DateField(_l("Tanggal"), validators=[required()])
    name = StringField(_l("Nama hari libur"), filters=[one_line], validators=[required(), at_most(80)])
