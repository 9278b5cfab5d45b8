"""What the doctor says: in English at the command line, and to the owner on a page, in the owner's language.

The command line names commands, the page names the page where the same is done. Both have the same facts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_timedelta

from .i18n import marked as t
from .i18n import translate


@dataclass(frozen=True, slots=True)
class Words:
    """One finding in words: at the command line, with its remedy, and the same on a page."""

    message: str
    told: str
    remedy: str | None = None
    to_do: str | None = None


def in_english(code: str, facts: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return a finding's message and remedy for the command line."""
    words, shown = WORDS[code], {name: _in_english(value) for name, value in facts.items()}
    return words.message % shown, words.remedy % shown if words.remedy else None


def on_a_page(code: str, facts: Mapping[str, Any], *, locale: str, zone: ZoneInfo) -> tuple[str, str | None]:
    """Return a finding's message and remedy in the reader's language."""
    words = WORDS[code]
    shown = {name: _on_a_page(value, locale, zone) for name, value in facts.items()}
    told = translate(locale, words.told) % shown
    return told, translate(locale, words.to_do) % shown if words.to_do else None


def _in_english(value: Any) -> Any:
    match value:
        case timedelta():
            return _span(value)
        case datetime():
            return f"{value:%Y-%m-%d %H:%M} UTC"
        case tuple():
            return ", ".join(value)
        case _:
            return value


def _on_a_page(value: Any, locale: str, zone: ZoneInfo) -> Any:
    match value:
        case timedelta():
            # A length of time, not a moment: "2 hari", never "2 hari lalu".
            return format_timedelta(value, threshold=2, locale=locale)
        case datetime():
            return format_datetime(value.astimezone(zone), "d MMMM y HH.mm", locale=locale)
        case tuple():
            return ", ".join(translate(locale, _NAMES[each]) for each in value)
        case _:
            return value


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"


# Kinds of accounts, and what a registration at Moota can lack.
_NAMES: Final = {
    "bank_transfer": t("transfer bank"),
    "virtual_account": t("virtual account"),
    "qris": t("QRIS"),
    "kinds": t("jenis mutasinya"),
    "codes": t("rentang kodenya"),
    "secret": t("rahasianya"),
}

WORDS: Final[dict[str, Words]] = {
    "database.refuses": Words(
        "The database refuses: %(cause)s",
        t("Database menolak: %(cause)s"),
        "Check DATABASE_URL, and that its server runs.",
        t("Periksa DATABASE_URL, dan apakah server database berjalan."),
    ),
    "migrations.current": Words(
        "The payment tables are at version %(head)s.",
        t("Tabel pembayaran sudah versi %(head)s."),
    ),
    "migrations.behind": Words(
        "The payment tables are at version %(current)s, not %(head)s.",
        t("Tabel pembayaran masih versi %(current)s, belum %(head)s."),
        "Run `flask moota upgrade`.",
        t("Jalankan di server: flask moota upgrade."),
    ),
    "webhook_secret.missing": Words(
        "MOOTA_WEBHOOK_SECRET is not set: every webhook is refused.",
        t("Rahasia webhook belum diisi: semua webhook ditolak."),
        "Choose a long random text, set MOOTA_WEBHOOK_SECRET, and run `flask moota webhook register`.",
        t("Pilih teks acak yang panjang, isi di Pengaturan sebagai rahasia webhook, lalu daftarkan di Moota."),
    ),
    "webhook_secret.short": Words(
        "MOOTA_WEBHOOK_SECRET is short enough to be guessed.",
        t("Rahasia webhook terlalu pendek dan dapat ditebak."),
        "Set one of 32 random characters, here and at Moota.",
        t("Ganti dengan 32 karakter acak, di Pengaturan dan di Moota."),
    ),
    "webhook_secret.good": Words("The webhook's secret is set and long.", t("Rahasia webhook terisi dan panjang.")),
    "secret_key.short": Words(
        "SECRET_KEY is missing or short: payment links could be forged.",
        t("SECRET_KEY tidak ada atau pendek: tautan pembayaran dapat dipalsukan."),
        "Set SECRET_KEY to 32 random characters.",
        t("Isi SECRET_KEY di server dengan 32 karakter acak."),
    ),
    "secret_key.good": Words(
        "The key that signs payment links is set and long.",
        t("Kunci yang menandatangani tautan pembayaran terisi dan panjang."),
    ),
    "public_url.missing": Words(
        "MOOTA_PUBLIC_URL is not set: links in e-mails lead nowhere.",
        t("Alamat toko belum diisi: tautan di surat tidak menuju ke mana pun."),
        "Set it to the shop's https address.",
        t("Isi SHOP_BASE_URL (atau MOOTA_PUBLIC_URL) di server dengan alamat https toko."),
    ),
    "public_url.plain": Words(
        "%(url)s is not encrypted.",
        t("%(url)s tidak terenkripsi."),
        "Put the shop behind https.",
        t("Pasang https di depan toko."),
    ),
    "public_url.good": Words("Links lead to %(url)s.", t("Tautan menuju %(url)s.")),
    "allowed_ips.anywhere": Words(
        "Webhooks are taken from any address; only their signature protects them.",
        t("Webhook diterima dari alamat mana pun; hanya tanda tangannya yang melindungi."),
        "Set MOOTA_WEBHOOK_ALLOWED_IPS to Moota's addresses.",
        t("Isi alamat Moota di Pengaturan, Alamat pengirim webhook."),
    ),
    "allowed_ips.listed": Words(
        "Webhooks are taken from listed addresses only.",
        t("Webhook diterima hanya dari alamat yang terdaftar."),
    ),
    "signatures.wrong": Words(
        "%(count)d webhooks of the last week had a wrong signature.",
        t("%(count)d webhook dalam seminggu terakhir bertanda tangan salah."),
        "If they are Moota's, run `flask moota webhook register`.",
        t("Bila memang dari Moota, daftarkan lagi webhooknya di Pengaturan, supaya rahasianya sama."),
    ),
    "signatures.good": Words(
        "No webhook of the last week had a wrong signature.",
        t("Tidak ada webhook dalam seminggu terakhir yang bertanda tangan salah."),
    ),
    "refused.none": Words(
        "No authentic webhook was refused for its address in the last week.",
        t("Tidak ada webhook asli yang ditolak karena alamatnya dalam seminggu terakhir."),
    ),
    "refused.address": Words(
        "%(count)d authentic webhooks from %(address)s were refused for their address lately.",
        t("%(count)d webhook asli dari %(address)s ditolak baru-baru ini karena alamatnya."),
        "Let it in with `flask moota inbox allow %(address)s`, or add it to MOOTA_WEBHOOK_ALLOWED_IPS.",
        t("Izinkan alamat ini dengan satu klik di Webhook."),
    ),
    "refused.proxy": Words(
        "%(count)d authentic webhooks from %(address)s were refused for their address lately.",
        t("%(count)d webhook asli dari %(address)s ditolak baru-baru ini karena alamatnya."),
        "That is a proxy of your own: set TRUSTED_PROXIES to how many stand before the shop.",
        t("Itu proxy Anda sendiri: isi TRUSTED_PROXIES di server dengan jumlah proxy di depan toko."),
    ),
    "worker.running": Words("A worker is running.", t("Pekerja latar berjalan.")),
    "worker.silent": Words(
        "No worker has been seen since %(since)s: nothing is confirmed.",
        t("Pekerja latar tidak terlihat sejak %(since)s: tidak ada pembayaran yang dikenali."),
        "Start `flask worker`, or `flask moota worker` in a shop of your own.",
        t("Jalankan pekerja latar di server: flask worker."),
    ),
    "worker.never": Words(
        "No worker has been seen at all: nothing is confirmed.",
        t("Pekerja latar belum pernah terlihat: tidak ada pembayaran yang dikenali."),
        "Start `flask worker`, or `flask moota worker` in a shop of your own.",
        t("Jalankan pekerja latar di server: flask worker."),
    ),
    "queue.none": Words(
        "There is no queue; the worker looks every half second.",
        t("Tidak ada antrean; pekerja latar melihat setiap setengah detik."),
    ),
    "queue.away": Words(
        "The queue cannot be reached (%(error)s); payments wait for the sweep.",
        t("Antrean tidak dapat dicapai (%(error)s); pembayaran menunggu putaran pekerja berikutnya."),
        "Check QUEUE_URL, and that its server runs.",
        t("Periksa QUEUE_URL, dan apakah servernya berjalan."),
    ),
    "queue.answers": Words(
        "The queue answers; %(waiting)d tasks wait.",
        t("Antrean menjawab; %(waiting)d panggilan menunggu."),
    ),
    "backlog.stuck": Words(
        "%(count)d webhooks have waited for more than five minutes.",
        t("%(count)d webhook menunggu lebih dari lima menit."),
        "Look at the worker, and run `flask moota process`.",
        t("Periksa pekerja latar di server; sesudah itu flask moota process mengerjakan semuanya."),
    ),
    "backlog.none": Words("No webhook waits.", t("Tidak ada webhook yang menunggu.")),
    "failed_deliveries.some": Words(
        "%(count)d webhooks failed.",
        t("%(count)d webhook gagal dikerjakan."),
        "See `flask moota inbox list`, mend what it names, and run `flask moota inbox replay`.",
        t("Lihat sebabnya di Webhook, perbaiki, lalu ulangi dari halaman itu."),
    ),
    "failed_deliveries.none": Words("No webhooks failed.", t("Tidak ada webhook yang gagal.")),
    "outbox.given_up": Words(
        "%(count)d outgoing messages were given up.",
        t("%(count)d surat atau tag tidak berhasil dikirim dan sudah tidak dicoba lagi."),
        "Look at the log for why; e-mail is the usual reason.",
        t("Lihat sebabnya di log server; biasanya server surat."),
    ),
    "outbox.good": Words("No outgoing message was given up.", t("Tidak ada surat atau tag yang gagal dikirim.")),
    "last_delivery.never": Words(
        "No webhook has ever come in.",
        t("Belum pernah ada webhook yang datang."),
        "Run `flask moota webhook register`, and transfer a little to try.",
        t("Daftarkan webhooknya di Pengaturan, lalu coba transfer sedikit."),
    ),
    "last_delivery.old": Words(
        "The last webhook came in %(days)d days ago.",
        t("Webhook terakhir datang %(days)d hari yang lalu."),
        "See `flask moota webhook history` for what Moota tried.",
        t("Lihat riwayat webhook di dasbor Moota; di server: flask moota webhook history."),
    ),
    "last_delivery.recent": Words(
        "The last webhook came in %(span)s ago.",
        t("Webhook terakhir datang %(span)s yang lalu."),
    ),
    "processing.runs": Words("Webhooks are processed as they come.", t("Webhook dikerjakan begitu datang.")),
    "processing.paused": Words(
        "%(by)s paused processing %(span)s ago: %(reason)s",
        t("%(by)s menjeda pengerjaan %(span)s yang lalu: %(reason)s"),
        "Resume it in the panel, or run `flask moota inbox resume`.",
        t("Lanjutkan lagi di Webhook."),
    ),
    "accounts.none": Words(
        "There is no account that money could come to.",
        t("Tidak ada rekening yang dapat menerima uang."),
        "Run `flask moota accounts sync`, or `flask moota accounts add`.",
        t("Ambil dari Moota atau tambahkan di Pengaturan, Rekening penerima."),
    ),
    "accounts.none_offered": Words(
        "No account is used for new orders: nobody can pay.",
        t("Tidak ada rekening yang dipakai untuk pesanan baru: tidak ada yang dapat membayar."),
        "Run `flask moota accounts offer ID`.",
        t("Centang salah satu di Pengaturan, Rekening penerima."),
    ),
    "accounts.active": Words("%(count)d accounts are active: %(kinds)s.", t("%(count)d rekening aktif: %(kinds)s.")),
    "codes.free": Words(
        "At most %(share)s of the unique codes of a price are taken.",
        t("Paling banyak %(share)s kode unik dari satu harga sedang terpakai."),
    ),
    "codes.full": Words(
        "%(taken)d of %(size)d unique codes for %(price)s are taken on one account.",
        t("%(taken)d dari %(size)d kode unik untuk %(price)s terpakai di satu rekening."),
        "Raise MOOTA_UNIQUE_CODE_MAX, set MOOTA_UNIQUE_CODE_WIDER_MAX, or add an account.",
        t("Naikkan kode unik terbesar di Pengaturan, atau tambahkan rekening."),
    ),
    "api_version.old": Words(
        "Moota still sends notifications of API V1, which are refused.",
        t("Moota masih mengirim pemberitahuan API V1, yang ditolak."),
        "Follow the steps in docs/migrasi-v2.md: V2 first, then clear API Push Notif at Moota.",
        t("Ikuti langkah di docs/migrasi-v2.md: V2 dulu, lalu kosongkan API Push Notif di Moota."),
    ),
    "api_version.good": Words("Webhooks come by API V2.", t("Webhook datang lewat API V2.")),
    "feed_silent.standing": Words(
        "%(label)s: nothing has been heard of this account for long.",
        t("%(label)s: sudah lama tidak ada kabar tentang rekening ini."),
        "See at Moota whether it still looks.",
        t("Periksa di dasbor Moota apakah rekening ini masih dipantau."),
    ),
    "bank_login.standing": Words(
        "%(label)s: Moota cannot get into the bank.",
        t("%(label)s: Moota tidak dapat masuk ke banknya."),
        "Renew the bank's password at Moota.",
        t("Perbarui kata sandi bank di dasbor Moota."),
    ),
    "contradicted.standing": Words(
        "%(label)s: a mutation was told twice, and not the same.",
        t("%(label)s: satu mutasi diceritakan dua kali, dan tidak sama."),
        "Compare it with the bank's statement, then `flask moota mutation acknowledge ID --reason …`.",
        t("Bandingkan dengan rekening koran, lalu tandai sudah diperiksa di Uang masuk."),
    ),
    "balance_gap.standing": Words(
        "%(label)s: the balances do not continue.",
        t("%(label)s: saldonya tidak bersambung, mungkin ada mutasi yang hilang."),
        "Run `flask moota pull`, then `flask moota reconcile`.",
        t("Lihat hari itu di Pembukuan; di server: flask moota pull."),
    ),
    "pull.off": Words(
        "Mutations are never fetched by themselves.",
        t("Daftar mutasi tidak pernah dibaca sendiri."),
        "Set MOOTA_PULL_MINUTES to 15.",
        t("Isi 15 di Pengaturan, Membaca daftar mutasi."),
    ),
    "pull.old": Words(
        "Mutations were last fetched %(span)s ago.",
        t("Daftar mutasi terakhir dibaca %(span)s yang lalu."),
        "Look at the worker, and run `flask moota pull`.",
        t("Periksa pekerja latar di server."),
    ),
    "pull.never": Words(
        "Mutations were never fetched.",
        t("Daftar mutasi belum pernah dibaca."),
        "Look at the worker, and run `flask moota pull`.",
        t("Periksa pekerja latar di server."),
    ),
    "pull.recent": Words(
        "Mutations were last fetched %(span)s ago.",
        t("Daftar mutasi terakhir dibaca %(span)s yang lalu."),
    ),
    "token.missing": Words(
        "MOOTA_ACCESS_TOKEN is not set: no virtual accounts, no QRIS, and nothing is fetched that was missed.",
        t("Token akses Moota belum diisi: tanpa virtual account, tanpa QRIS, dan yang terlewat tidak diambil."),
        "Make a personal access token with the scope `api` at Moota and set it.",
        t("Buat token pribadi dengan cakupan api di dasbor Moota, lalu isi di Pengaturan."),
    ),
    "token.refused": Words(
        "%(error)s",
        t("Moota tidak menerima token akses, atau tidak menjawab: %(error)s"),
        "%(remedy)s",
        t("Ganti token akses di Pengaturan; bila Moota sedang tidak menjawab, coba lagi nanti."),
    ),
    "token.known": Words(
        "Moota knows the access token and lists %(count)d accounts.",
        t("Moota mengenal token akses dan menyebut %(count)d rekening."),
    ),
    "clock.unknown": Words(
        "Moota does not tell the time.",
        t("Moota tidak menyebut jamnya."),
        "Compare this machine's clock with another.",
        t("Bandingkan jam server dengan jam lain."),
    ),
    "clock.agrees": Words("The clock agrees with Moota's.", t("Jam server sama dengan jam Moota.")),
    "clock.behind": Words(
        "The clock is %(span)s behind Moota's.",
        t("Jam server tertinggal %(span)s dari jam Moota."),
        "Let the system keep the time by itself (NTP).",
        t("Biarkan server menyetel jamnya sendiri (NTP)."),
    ),
    "clock.ahead": Words(
        "The clock is %(span)s ahead of Moota's.",
        t("Jam server mendahului jam Moota %(span)s."),
        "Let the system keep the time by itself (NTP).",
        t("Biarkan server menyetel jamnya sendiri (NTP)."),
    ),
    "accounts_synced.differ": Words(
        "%(missing)d accounts at Moota are not known here, %(strange)d of ours are not at Moota.",
        t("%(missing)d rekening di Moota belum dikenal di sini, %(strange)d rekening di sini tidak ada di Moota."),
        "Run `flask moota accounts sync`.",
        t("Tekan Ambil dari Moota di Pengaturan, Rekening penerima."),
    ),
    "accounts_synced.same": Words("The accounts are those at Moota.", t("Rekeningnya sama dengan yang di Moota.")),
    "webhook.no_address": Words(
        "Without MOOTA_PUBLIC_URL nobody can tell whether the webhook is registered.",
        t("Tanpa alamat toko tidak dapat diketahui apakah webhooknya terdaftar."),
        "Set MOOTA_PUBLIC_URL.",
        t("Isi SHOP_BASE_URL (atau MOOTA_PUBLIC_URL) di server."),
    ),
    "webhook.unknown": Words(
        "%(error)s",
        t("Moota tidak mau menyebut webhook yang terdaftar: %(error)s"),
        "%(remedy)s",
        t("Coba lagi nanti."),
    ),
    "webhook.missing": Words(
        "No webhook to %(address)s is registered at Moota.",
        t("Webhook ke %(address)s belum terdaftar di Moota."),
        "Run `flask moota webhook register`.",
        t("Tekan Daftarkan di Moota sekarang, di Pengaturan."),
    ),
    "webhook.wrong": Words(
        "The webhook to %(address)s is registered wrongly: %(faults)s.",
        t("Webhook ke %(address)s terdaftar keliru: %(faults)s."),
        "Run `flask moota webhook register`.",
        t("Tekan Daftarkan di Moota sekarang, di Pengaturan; yang keliru diganti."),
    ),
    "webhook.right": Words(
        "The webhook to %(address)s is registered for everything.",
        t("Webhook ke %(address)s terdaftar untuk semuanya."),
    ),
}
