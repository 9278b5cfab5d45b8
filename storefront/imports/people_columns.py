"""Which column of a file of people is what: our fields, and what marketplaces call them. Pure.

The names are those of the order exports, checked on 1 December 2026 against published readers of such files.
Marketplaces hide most addresses of e-mail; rows without one only add to customers whose number is known.
"""

from storefront.texts import _l

from .columns import Field, Preset

FIELDS = (
    Field("email", _l("E-mail"), "E-mail"),
    Field("name", _l("Nama"), "Nama"),
    Field("phone", _l("Nomor HP"), "Nomor HP"),
    Field("address", _l("Alamat lengkap"), "Alamat lengkap"),
    Field("village", _l("Kelurahan atau desa"), "Kelurahan"),
    Field("district", _l("Kecamatan"), "Kecamatan"),
    Field("city", _l("Kota atau kabupaten"), "Kota"),
    Field("province", _l("Provinsi"), "Provinsi"),
    Field("postal_code", _l("Kode pos"), "Kode pos"),
    Field("member", _l("Anggota"), "Anggota"),
    Field("offers", _l("Setuju menerima penawaran"), "Setuju sejak"),
    Field("note", _l("Catatan toko"), "Catatan toko"),
)
REQUIRED = ("email",)

PRESETS = (
    Preset("toko", _l("toko ini"), {field.name: (field.heading,) for field in FIELDS}),
    Preset(
        "sendiri",
        _l("tabel Anda sendiri"),
        {
            "email": ("E-mail", "Email", "Alamat e-mail", "Alamat email"),
            "name": ("Nama", "Nama pelanggan", "Nama lengkap"),
            "phone": ("Nomor HP", "No HP", "No. HP", "Nomor telepon", "No. telepon", "Telepon", "WhatsApp", "No WA"),
            "address": ("Alamat lengkap", "Alamat"),
            "village": ("Kelurahan", "Desa", "Kelurahan/Desa"),
            "district": ("Kecamatan",),
            "city": ("Kota", "Kabupaten", "Kota/Kabupaten", "Kabupaten/Kota"),
            "province": ("Provinsi",),
            "postal_code": ("Kode pos", "Kodepos"),
            "note": ("Catatan",),
        },
    ),
    Preset(
        "shopee",
        "Shopee",
        {
            "email": ("Email Pembeli", "Email", "Buyer Email"),
            "name": ("Nama Penerima", "Receiver Name"),
            "phone": ("No. Telepon", "Phone Number"),
            "address": ("Alamat Pengiriman", "Delivery Address"),
            "city": ("Kota/Kabupaten", "Kota", "City", "Town"),
            "district": ("Kecamatan", "District"),
            "province": ("Provinsi", "Province"),
            "postal_code": ("Kode Pos", "Zip Code"),
        },
    ),
    Preset(
        "tokopedia",
        "Tokopedia dan TikTok Shop",
        {
            "email": ("Buyer Email", "Email Pembeli", "Email"),
            "name": ("Recipient", "Nama Penerima", "Penerima"),
            "phone": ("Phone #", "No Telp Penerima", "Nomor Telepon"),
            "address": ("Detail Address", "Alamat Penerima", "Alamat Lengkap"),
            "village": ("Villages", "Kelurahan"),
            "district": ("District", "Districts", "Kecamatan"),
            "city": ("Regency and City", "Kota", "Kota/Kabupaten"),
            "province": ("Province", "Provinsi"),
            "postal_code": ("Zipcode", "Kode Pos"),
        },
    ),
)
