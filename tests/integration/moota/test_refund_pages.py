"""The shopper's pages of a refund: what they say, what they take, what they refuse, and what they never show."""

import io
import re
from datetime import UTC, datetime, timedelta
from functools import partial
from html import unescape

import pytest
import time_machine
from flask_wtf.csrf import CSRFProtect
from hosts import bank, minimal
from hosts.ground import on_sqlite
from hosts.refunding import NUMBER, OWNER, at_once, give, statement_line
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from payments_moota import Customer, charges, complaints, destinations, evidence, links, objects, refunds
from payments_moota.context import pay_url
from payments_moota.rules.destination import read_destination

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)  # Tuesday, 12.00 WIB
EMAIL = "sari.dewi@contoh.test"
ENTERED = {"bank": "014", "number": "5210 987654", "holder": "Budi Santoso"}


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def at(**delta):
    return time_machine.travel(NOON + timedelta(**delta), tick=False)


def picture(kind="JPEG", size=(40, 30)):
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


def paid(host, ref="INV-1", *, email=EMAIL):
    """Return the address of the payment page of a paid order of 100,000."""
    with host.work("shop") as work:
        work.session.add(minimal.Order(ref=ref, total=100_000))
        charge = charges.create_charge(
            work, ref, 100_000, customer=Customer(name="Budi Santoso", email=email, phone="+6281234567890")
        )
        give(work, ref, charge.amount_due)
        charge.status, charge.amount_open, charge.paid_at = "paid", 0, NOON
        return pay_url(charge)


def ask(host, ref="INV-1", amount=50_000, **options):
    """Open a refund that the shopper asked for; return its ticket."""
    options.setdefault("reason", "goods")
    with host.work("customer") as work:
        return refunds.request_refund(work, ref, amount, origin="customer", **options).ticket


def refund(host, step="requested", *, email=EMAIL, entered=True, ref="INV-1", **options):
    """Return the ticket of a refund that has got as far as `step`."""
    paid(host, ref, email=email)
    options.setdefault("destination", read_destination(**ENTERED) if entered else None)
    ticket = ask(host, ref, **options)
    for verb in STEPS[step]:
        with host.work(OWNER) as work:
            verb(work, ticket)
    return ticket


def returned(work, ticket):
    line = statement_line(work, 50_000, "credit", "Retur-1")
    refunds.reopen_returned(work, refunds.get_refund(work, ticket), line)


def completed(work, ticket):
    refunds.complete(work, ticket, note="BI-FAST 123")


def rejected(work, ticket):
    refunds.reject(work, ticket, note="Segelnya sudah terbuka.")


STEPS = {
    "requested": [],
    "in_review": [refunds.start_review],
    "approved": [refunds.approve],
    "sent": [refunds.approve, refunds.mark_sent],
    "completed": [refunds.approve, refunds.mark_sent, completed],
    "rejected": [rejected],
    "withdrawn": [refunds.withdraw],
    "failed": [refunds.approve, refunds.mark_sent, returned],
}


def status_path(host, ticket):
    with host.work() as work:
        return links.refund_url(refunds.get_refund(work, ticket))


def destination_path(host, ticket):
    with host.work() as work:
        return links.destination_url(refunds.get_refund(work, ticket))


def words(answer):
    read = unescape(re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2]))
    return " ".join(read.split()).replace(" ,", ",")


def look(host, ticket):
    answer = host.client.get(status_path(host, ticket))
    assert answer.status_code == 200
    return words(answer)


def send(host, ticket, do, **fields):
    return post(host.client, status_path(host, ticket), do=do, **fields)


def post(client, address, **fields):
    """Post a form as a browser does that has files to send."""
    # The test client itself would leave a temporary file open when there is much to send.
    boundary, body = encode_multipart(fields)
    return client.post(address, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')


def state(host, ticket):
    with host.work() as work:
        return objects.refund_objects(work, [refunds.get_refund(work, ticket)])[0]


def notes(host, ticket):
    return [entry["note"] for entry in state(host, ticket)["timeline"] if entry["event"] == "refund.comment"]


def upload(*files):
    return [FileStorage(io.BytesIO(content), filename=name) for name, content in files]


class TestWhereItStands:
    @pytest.mark.parametrize(
        ("step", "says"),
        [
            ("requested", ["Pengembalian dana diajukan", "Kami menjawab paling lambat Kamis, 26 November 2026."]),
            ("in_review", ["Sedang diverifikasi", "paling lambat Kamis, 26 November 2026"]),
            ("approved", ["Disetujui, dana segera dikirim", "Rp50.000 kami kirim paling lambat Jumat, 27 November"]),
            ("sent", ["Dana sedang dikirim", "Rp50.000 sudah kami kirim", "Bila dananya belum masuk"]),
            (
                "completed",
                ["Dana sudah dikembalikan", "Rp50.000 sudah keluar dari rekening kami, tercatat 24 November"],
            ),
            ("rejected", ["Pengajuan ditolak", "Segelnya sudah terbuka."]),
            ("withdrawn", ["Pengajuan ditarik kembali", "Pengembalian ini tidak diperlukan lagi."]),
            ("failed", ["Pengembalian gagal", "Bank mengirim Rp50.000 kembali kepada kami. Uang itu tetap hak Anda."]),
        ],
    )
    def test_every_state_has_its_words_and_figures(self, host, step, says):
        ticket = refund(host, step)

        text = look(host, ticket)

        for each in [*says, ticket, "Rp50.000", "Barang rusak, kurang, atau tidak sesuai", "INV-1"]:
            assert each in text
        assert ("Tarik kembali pengajuan" in text) is (step in {"requested", "in_review", "approved", "failed"})

    def test_the_history_names_steps_and_nobody_of_the_shop(self, host):
        ticket = refund(host, "sent", note="Kemasannya sobek")

        text = look(host, ticket)

        assert (
            "Pengembalian dana diajukan Kemasannya sobek 24 November 2026 12.00 WIB, oleh Anda "
            "Disetujui 24 November 2026 12.00 WIB, oleh toko "
            "Dana dikirim 24 November 2026 12.00 WIB, oleh toko "
            "Berikutnya: dana masuk ke rekening Anda, biasanya paling lambat"
        ) in text
        assert OWNER not in text

    def test_approved_without_an_account_waits_for_the_shopper(self, host):
        text = look(host, refund(host, "approved", entered=False))

        assert "Menunggu data rekening Anda Rp50.000 kami kirim begitu Anda memberi tahu rekening tujuannya." in text
        assert "Tautan untuk mengisi rekening ada di e-mail s•••@contoh.test." in text
        assert "sudah lewat" not in text

    def test_a_broken_promise_is_owned_up_to(self, host):
        ticket = refund(host, "approved")

        with at(days=10):
            assert "Batas yang kami janjikan, Jumat, 27 November 2026, sudah lewat. Maaf." in look(host, ticket)

    def test_a_refund_of_the_system_says_that_it_came_by_itself(self, host):
        paid(host)
        with host.work("worker") as work:
            charge = charges.lock_charge(work, "INV-1")
            ticket = refunds.open_refund(work, charge, 5_000, reason="wrong_amount", note=None, origin="system").ticket

        assert "Pengembalian dana diajukan 24 November 2026 12.00 WIB, otomatis" in look(host, ticket)

    def test_the_payment_page_leads_there(self, host):
        address = paid(host)
        ticket = ask(host)

        assert f'href="{status_path(host, ticket)}">{ticket}</a>' in host.client.get(address).text


class TestSecrets:
    @pytest.mark.parametrize("step", ["requested", "sent", "completed"])
    def test_the_account_is_masked_everywhere(self, host, step):
        ticket = refund(host, step, entered=False)
        with host.work("customer") as work:
            entered = refunds.get_refund(work, ticket)
            if step == "requested":
                destinations.enter_by_link(work, entered.public_id, 1, read_destination(**ENTERED))
            else:
                refunds.write_destination(work, entered, read_destination(**ENTERED))
        pay_path = "/pay/" + host.charge("INV-1")["pay_url"].rpartition("/pay/")[2]

        text = look(host, ticket)

        assert "Bank Central Asia (BCA) ••••••7654 a.n. B••• S••••••" in text
        for address in (status_path(host, ticket), pay_path, f"{pay_path}/receipt", f"{pay_path}/status.json"):
            shown = host.client.get(address).text
            assert NUMBER not in re.sub(r"[\s.]", "", shown)
            assert NUMBER[:6] not in shown

    def test_whoever_has_the_status_link_gets_no_key_to_the_account(self, host):
        ticket = refund(host, entered=False)

        answer = host.client.get(status_path(host, ticket))

        assert "/destination" not in answer.text
        assert EMAIL not in answer.text

    @on_sqlite
    def test_nothing_is_cached_or_found_by_a_search(self, host):
        ticket = refund(host, entered=False)
        for address in (status_path(host, ticket), destination_path(host, ticket), f"{paid(host, 'INV-2')}/refund"):
            answer = host.client.get(address)

            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "no-store"
            assert "noindex" in answer.headers["X-Robots-Tag"]
            assert '<meta name="robots" content="noindex">' in answer.text

    @on_sqlite
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_a_forged_link_opens_nothing(self, host, method):
        ticket = refund(host, entered=False)
        status, once = status_path(host, ticket), destination_path(host, ticket)
        token = status.removeprefix("/refunds/")
        forged = [
            f"{status}x",
            "/refunds/x",
            "/refunds/%00",
            f"/refunds/{token.swapcase()}",
            f"{status}/destination",
            once.removesuffix("/destination"),
            once.replace("/destination", "x/destination"),
            host.charge("INV-1")["pay_url"].replace("/pay/", "/refunds/"),
            f"/pay/{token}",
            f"/pay/{token}/refund",
        ]
        for address in forged:
            code = getattr(host.client, method)(address, data={"do": "withdraw"}).status_code
            assert code in ({404} if method == "get" else {404, 405}), address
        assert state(host, ticket)["status"] == "requested"


class TestMessages:
    def test_a_message_is_seen_by_both_sides(self, host):
        ticket = refund(host)

        answer = send(host, ticket, "message", text="Ini <b>fotonya</b>\r\nkemarin")

        assert (answer.status_code, notes(host, ticket)) == (303, ["Ini <b>fotonya</b>\nkemarin"])
        page = host.client.get(answer.location)
        assert "Pesan Anda sudah terkirim." in page.text
        assert "Ini &lt;b&gt;fotonya&lt;/b&gt;\nkemarin" in page.text

    @pytest.mark.parametrize(
        ("text", "says"), [("  \n", "Tulis pesan, atau pilih berkas."), ("a" * 2001, "paling banyak 2000 huruf")]
    )
    def test_what_cannot_be_kept_comes_back_with_the_reason(self, host, text, says):
        ticket = refund(host)

        answer = send(host, ticket, "message", text=text)

        assert answer.status_code == 422
        assert says in answer.text
        assert text.strip() in answer.text
        assert notes(host, ticket) == []

    @on_sqlite
    def test_a_host_under_a_path_of_its_own_gets_its_forms_back(self, host):
        ticket = refund(host, entered=False)
        mounted = {"environ_overrides": {"SCRIPT_NAME": "/toko"}}

        for address in (status_path(host, ticket), destination_path(host, ticket), f"{paid(host, 'INV-2')}/refund"):
            actions = re.findall(r'action="([^"]+)"', host.client.get(address, **mounted).text)
            assert set(actions) == {f"/toko{address}"}

    def test_a_form_nobody_made(self, host):
        assert send(host, refund(host), "approve").status_code == 400


class TestFiles:
    def test_a_file_is_kept_shown_and_handed_out(self, host):
        ticket = refund(host)

        send(host, ticket, "message", text="", files=upload(("foto/bukti <1>.jpg", picture())))

        (kept,) = state(host, ticket)["evidence"]
        page = host.client.get(status_path(host, ticket))
        address = re.search(r'href="(/refunds/[^"]+/files/\w+)"', page.text)[1]
        answer = host.client.get(address)
        assert kept["filename"] == "bukti _1.jpg"
        assert "bukti _1.jpg" in page.text
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert answer.headers["Content-Disposition"].startswith("inline; filename=")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert Image.open(io.BytesIO(answer.data)).size == (40, 30)

    def test_a_pdf_is_never_opened_under_the_shops_name(self, host):
        ticket = refund(host)
        with host.work(OWNER) as work:
            file = evidence.CleanFile("bukti.pdf", "application/pdf", b"%PDF-1.4")
            public_id = evidence.attach(work, ticket, file, side="owner", kind="proof").public_id

        answer = host.client.get(f"{status_path(host, ticket)}/files/{public_id}")

        assert answer.headers["Content-Disposition"] == "attachment; filename=bukti.pdf"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Bukti transfer dari toko bukti.pdf" in look(host, ticket)

    def test_a_link_to_one_refund_opens_no_other_ones_file(self, host):
        first, second = refund(host), refund(host, ref="INV-2")
        send(host, first, "message", files=upload(("a.jpg", picture())))
        (kept,) = state(host, first)["evidence"]

        for file_id in (kept["id"], "x", "%00", "%2e%2e"):
            assert host.client.get(f"{status_path(host, second)}/files/{file_id}").status_code == 404
        assert host.client.get(f"{status_path(host, first)}x/files/{kept['id']}").status_code == 404

    @pytest.mark.parametrize(
        ("name", "content", "says"),
        [
            ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "Hanya gambar JPG, PNG"),
            ("a.jpg", b"<html><script>alert(1)</script>", "Hanya gambar JPG, PNG"),
            ("a.jpg", b"", "Berkas ini kosong."),
            ("a.jpg", picture()[:60], "rusak"),
            ("a.pdf", b"%PDF-1.4 1 0 obj <</S /JavaScript /JS (app.alert(1))>> endobj %%EOF", "dapat berjalan sendiri"),
            ("a.pdf", b"%PDF-1.4 cut off", "rusak"),
            ("a.jpg", picture() + b"\0" * (5 * 1024 * 1024), "paling besar 5 MB"),
        ],
    )
    @on_sqlite
    def test_an_attack_is_refused_with_the_reason_and_nothing_is_lost(self, host, name, content, says):
        ticket = refund(host)

        answer = send(
            host, ticket, "message", text="Lihat ini", files=upload(("baik.png", picture("PNG")), (name, content))
        )

        text = words(answer)
        assert answer.status_code == 422
        assert f"{name}: " in text
        assert says in text
        assert "Tidak ada yang terkirim." in text
        assert "Lihat ini</textarea>" in answer.text
        assert (notes(host, ticket), state(host, ticket)["evidence"]) == ([], [])

    def test_more_than_are_kept_are_refused_together(self, host):
        ticket = refund(host)

        many = send(host, ticket, "message", files=upload(*[(f"{n}.jpg", picture()) for n in range(4)]))
        for _ in range(10):
            send(host, ticket, "message", files=upload(("a.jpg", picture())))
        full = send(host, ticket, "message", text="satu lagi", files=upload(("b.jpg", picture())))

        assert "Paling banyak 3 berkas sekali kirim." in words(many)
        assert "Sudah ada 10 berkas dari Anda" in words(full)
        assert (notes(host, ticket), len(state(host, ticket)["evidence"])) == ([], 10)

    @on_sqlite
    def test_the_hosts_own_limit_does_not_stop_a_photo_and_far_too_much_is_said_kindly(self, own_host):
        own_host.app.config["MAX_CONTENT_LENGTH"] = 1024
        ticket = refund(own_host)

        fine = send(own_host, ticket, "message", files=upload(("a.png", picture("PNG", (600, 600)))))
        huge = send(own_host, ticket, "message", files=upload(("a.png", b"\0" * 33 * 1024 * 1024)))

        assert (fine.status_code, huge.status_code) == (303, 413)
        assert "Setiap berkas paling besar 5 MB" in words(huge)


class TestWithdrawing:
    def test_before_it_is_sent(self, host):
        ticket = refund(host, "approved")

        answer = send(host, ticket, "withdraw")

        assert (answer.status_code, state(host, ticket)["status"]) == (303, "withdrawn")
        assert "Anda menariknya kembali." in words(host.client.get(answer.location))

    def test_too_late_is_said_and_changes_nothing(self, host):
        ticket = refund(host, "sent")

        answer = send(host, ticket, "withdraw")

        assert (answer.status_code, state(host, ticket)["status"]) == (422, "sent")
        assert "Keadaannya baru saja berubah." in words(answer)


class TestComplaining:
    def test_it_has_a_ticket_and_a_day_of_its_own(self, host):
        ticket = refund(host, "sent")

        answer = send(host, ticket, "complaint", text="Belum masuk")

        (complaint,) = state(host, ticket)["complaints"]
        text = words(host.client.get(answer.location))
        assert answer.status_code == 303
        assert f"{complaint['ticket']} Diajukan 24 November 2026 12.00 WIB Belum masuk" in text
        assert "Kami menjawab paling lambat Kamis, 26 November 2026." in text
        assert "Apa yang tidak beres?" not in text

    def test_one_at_a_time(self, host):
        ticket = refund(host, "sent")
        send(host, ticket, "complaint", text="Belum masuk")

        again = send(host, ticket, "complaint", text="Masih belum")

        assert again.status_code == 422
        assert "Pengaduan Anda sebelumnya belum dijawab." in words(again)
        assert "Masih belum</textarea>" in again.text
        assert len(state(host, ticket)["complaints"]) == 1

    def test_the_answer_is_shown_and_another_may_follow(self, host):
        ticket = refund(host, "sent")
        send(host, ticket, "complaint", text="Belum masuk")
        with host.work(OWNER) as work:
            complaints.answer_complaint(work, state(host, ticket)["complaints"][0]["ticket"], "Sudah kami kirim ulang.")

        text = look(host, ticket)

        assert "Jawaban toko Sudah kami kirim ulang." in text
        assert "Apa yang tidak beres?" in text

    def test_nothing_said(self, host):
        answer = send(host, refund(host), "complaint", text=" ")

        assert answer.status_code == 422
        assert "Ceritakan apa yang tidak beres." in words(answer)


class TestANewLink:
    def test_it_goes_to_the_mailbox_and_the_old_one_dies(self, host):
        ticket = refund(host)
        old = destination_path(host, ticket)

        with at(hours=1):
            answer = send(host, ticket, "link")
            text = words(host.client.get(answer.location))

            assert answer.status_code == 303
            assert state(host, ticket)["timeline"][-1]["event"] == "refund.destination_asked"
            assert "Tautan baru sudah dikirim ke e-mail Anda." in text
            assert host.client.get(old).status_code == 410
            assert host.client.get(destination_path(host, ticket)).status_code == 200

    def test_not_again_and_again(self, host):
        ticket = refund(host, entered=False)

        answer = send(host, ticket, "link")

        assert answer.status_code == 422
        assert "Tautannya baru saja dikirim." in words(answer)
        assert state(host, ticket)["timeline"][-1]["event"] == "refund.requested"

    def test_without_a_mailbox_the_shop_is_asked(self, host):
        ticket = refund(host, email=None, entered=False)

        assert "mintalah tautannya kepada toko" in look(host, ticket)
        assert "Mintalah tautannya kepada toko" in words(send(host, ticket, "link"))

    def test_not_once_the_money_has_left(self, host):
        ticket = refund(host, "sent")

        with at(hours=1):
            assert send(host, ticket, "link").status_code == 422
            assert "Kirim tautan baru" not in look(host, ticket)


class TestTheAccount:
    def form(self, host, address, **fields):
        return host.client.post(address, data={**ENTERED, **fields})

    def test_it_is_typed_checked_and_kept_once(self, host):
        ticket = refund(host, entered=False)
        address = destination_path(host, ticket)

        empty = host.client.get(address)
        check = self.form(host, address)
        assert state(host, ticket)["destination"] is None
        saved = self.form(host, address, do="save")
        again = self.form(host, address, number="5210111111", do="save")

        assert "Ke rekening mana uang Anda kami kirim?" in words(empty)
        assert "5210 9876 54 a.n. Budi Santoso" in words(check)
        assert "Nama ini berbeda" not in words(check)
        assert (saved.status_code, saved.location.partition("?")[0]) == (303, status_path(host, ticket))
        assert "Rekening tujuan sudah dicatat." in words(host.client.get(saved.location))
        assert (again.status_code, host.client.get(address).status_code) == (410, 410)
        assert "Tautan ini sudah dipakai" in words(again)
        assert state(host, ticket)["destination"]["number"] == "••••••7654"

    @pytest.mark.parametrize(
        ("fields", "says"),
        [
            ({"bank": ""}, "Pilih bank dari daftar."),
            ({"bank": "999"}, "Pilih bank dari daftar."),
            ({"number": "52109876"}, "Banyaknya angka tidak cocok"),
            ({"number": "0812-BUDI"}, "hanya berisi angka"),
            ({"number": "1111111111"}, "Ini bukan nomor rekening."),
            ({"holder": "B"}, "Tulis nama pemilik rekening"),
            ({"holder": "Budi <b>"}, "tanpa tanda khusus"),
        ],
    )
    @on_sqlite
    def test_what_is_wrong_comes_back_with_what_was_typed(self, host, fields, says):
        ticket = refund(host, entered=False)

        for step in ("", "save"):
            answer = self.form(host, destination_path(host, ticket), **fields, do=step)

            assert answer.status_code == 422
            assert says in words(answer)
            typed = {**ENTERED, **fields}
            assert f'value="{typed["holder"].replace("<", "&lt;").replace(">", "&gt;")}"' in answer.text
            assert f'value="{typed["number"]}"' in answer.text
        assert state(host, ticket)["destination"] is None

    def test_going_back_keeps_what_was_typed(self, host):
        address = destination_path(host, refund(host, entered=False))

        answer = self.form(host, address, do="edit")

        assert answer.status_code == 200
        assert 'value="5210 987654"' in answer.text
        assert '<option value="014" selected>' in answer.text

    def test_another_name_than_the_payers_is_pointed_out(self, host):
        address = destination_path(host, refund(host, entered=False))

        assert "Nama ini berbeda dari nama pemesan." in words(self.form(host, address, holder="Andi Wijaya"))

    def test_it_can_be_changed_by_a_new_link_until_it_is_sent(self, host):
        ticket = refund(host, "approved")
        with at(hours=1):
            send(host, ticket, "link")
            address = destination_path(host, ticket)
            self.form(host, address, number="5210111112", do="save")
            assert state(host, ticket)["destination"]["number"] == "••••••1112"

            with host.work(OWNER) as work:
                destinations.renew_link(work, ticket)
                refunds.mark_sent(work, ticket)
            answer = host.client.get(destination_path(host, ticket))

        assert answer.status_code == 410
        assert "Rekening tujuan tidak dapat diubah lagi." in words(answer)
        assert f'href="{status_path(host, ticket)}"' in answer.text

    def test_after_its_time_the_link_says_so(self, host):
        address = destination_path(host, refund(host, entered=False))

        with at(days=60):
            answer = host.client.get(address)

        assert answer.status_code == 410
        assert "Waktu untuk memakai tautan ini sudah habis." in words(answer)


class TestAsking:
    def form(self, host, address, **fields):
        return post(host.client, f"{address}/refund", **{"reason": "goods", "amount": "50.000", "text": "", **fields})

    def tickets(self, host):
        with host.work() as work:
            return [found.ticket for found in refunds.list_refunds(work, order_ref="INV-1")]

    def test_the_form_suggests_everything_and_says_the_most(self, host):
        address = paid(host)
        due = host.charge("INV-1")["amount_due"]
        shown = f"Rp{due:,}".replace(",", ".")

        page = host.client.get(f"{address}/refund")

        assert f'value="{shown}"' in page.text
        assert f"Paling banyak {shown}." in words(page)

    def test_a_request_opens_a_ticket_with_its_evidence(self, host):
        address = paid(host)

        answer = self.form(host, address, amount="Rp 50.000", text="Pecah", files=upload(("a.jpg", picture())))

        (ticket,) = self.tickets(host)
        opened = state(host, ticket)
        assert (answer.status_code, answer.location.partition("?")[0]) == (303, status_path(host, ticket))
        assert (opened["amount"], opened["reason"], opened["note"], opened["origin"]) == (
            *(50_000, "goods", "Pecah"),
            "customer",
        )
        assert [file["filename"] for file in opened["evidence"]] == ["a.jpg"]
        assert "Pengajuan Anda sudah kami terima. Simpan nomor tiketnya." in words(host.client.get(answer.location))

    def test_only_without_a_mailbox_the_account_is_asked_for_right_there(self, host):
        address = paid(host, email=None)

        answer = self.form(host, address)

        (ticket,) = self.tickets(host)
        assert answer.location == destination_path(host, ticket)
        assert host.client.get(answer.location).status_code == 200

    @pytest.mark.parametrize(
        ("fields", "says"),
        [
            ({"reason": ""}, "Pilih alasannya."),
            ({"reason": "greed"}, "Pilih alasannya."),
            ({"amount": "lima"}, "Tulis jumlahnya dengan angka"),
            ({"amount": "0"}, "Tulis jumlahnya dengan angka"),
            ({"amount": "-5"}, "Tulis jumlahnya dengan angka"),
            ({"amount": "50.00"}, "Tulis jumlahnya dengan angka"),
            ({"amount": "9" * 15}, "yang masih dapat dikembalikan"),
            ({"reason": "other", "text": " "}, "Ceritakan singkat alasannya."),
            ({"text": "a" * 2001}, "paling banyak 2000 huruf"),
            ({"files": ("a.svg", b"<svg/>")}, "a.svg: Hanya gambar JPG, PNG, WebP, dan PDF"),
        ],
    )
    @on_sqlite
    def test_what_is_wrong_comes_back_and_nothing_is_opened(self, host, fields, says):
        address = paid(host)
        fields.setdefault("text", "Kemasan <sobek>")

        sent = {**fields, "files": upload(fields["files"])} if "files" in fields else fields
        answer = self.form(host, address, **sent)

        assert answer.status_code == 422
        assert says in words(answer)
        assert "Belum terkirim." in words(answer)
        assert fields["text"].strip().replace("<", "&lt;").replace(">", "&gt;") in answer.text
        assert f'value="{fields.get("amount", "50.000")}"' in answer.text
        assert self.tickets(host) == []

    def test_a_second_click_is_no_second_request(self, host):
        address = paid(host)

        first, second = self.form(host, address, amount="10.000"), self.form(host, address, amount="10.000")
        other = self.form(host, address, amount="11.000")

        assert first.location.partition("?")[0] == second.location
        assert len(self.tickets(host)) == 2
        assert other.status_code == 303

    def test_two_clicks_at_the_same_moment(self, host):
        address = paid(host)

        answers = at_once(*[partial(self.form, host, address, amount="10.000")] * 4)

        (ticket,) = self.tickets(host)
        assert {answer.location.partition("?")[0] for answer in answers} == {status_path(host, ticket)}

    def test_not_more_than_is_left(self, host):
        address = paid(host)
        due = host.charge("INV-1")["amount_due"]
        self.form(host, address, amount=str(due - 1_000))

        answer = self.form(host, address, amount="1.001")

        assert answer.status_code == 422
        assert "Paling banyak Rp1.000 yang masih dapat dikembalikan." in words(answer)

    def test_there_is_nothing_to_ask_while_the_order_waits_or_when_all_is_asked_for(self, host):
        waiting = host.buy()["pay_url"].removeprefix("http://localhost")
        address = paid(host, "INV-9")
        ask(host, "INV-9", host.charge("INV-9")["amount_due"])

        for each in (waiting, address):
            answer = host.client.get(f"{each}/refund")
            assert (answer.status_code, answer.location) == (302, each)
        assert self.form(host, waiting, amount="1.000").status_code == 422

    def test_a_part_that_came_for_an_order_that_still_waits_is_not_refunded_here(self, host):
        charge = host.buy()
        host.receive(bank.mutation(50_000, description=charge["reference"]))
        address = charge["pay_url"].removeprefix("http://localhost")

        assert self.form(host, address).status_code == 422
        assert self.tickets(host) == []


@on_sqlite
class TestAHostWithCsrfProtection:
    @pytest.fixture
    def guarded(self, own_host):
        CSRFProtect(own_host.app)
        own_host.app.config["MAX_CONTENT_LENGTH"] = 1024
        return own_host

    def test_its_token_is_in_every_form_and_needed(self, guarded):
        ticket = refund(guarded, entered=False)
        address = paid(guarded, "INV-2")
        client = guarded.client
        for path, fields in (
            (status_path(guarded, ticket), {"do": "message", "text": "Halo"}),
            (destination_path(guarded, ticket), {**ENTERED, "do": "save"}),
            (f"{address}/refund", {"reason": "goods", "amount": "1.000"}),
        ):
            page = client.get(path)
            token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
            forms = page.text.partition("<main")[2].count("<form")

            assert page.text.count('name="csrf_token"') == forms
            assert client.post(path, data=fields).status_code == 400
            assert client.post(path, data={**fields, "csrf_token": token}).status_code == 303

    def test_a_photo_beyond_the_hosts_limit_gets_through_its_check(self, guarded):
        path = status_path(guarded, refund(guarded))
        client = guarded.client
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)[1]

        photo = picture("PNG", (600, 600))
        fields = {"do": "message", "csrf_token": token}
        fine = post(client, path, **fields, files=upload(("a.png", photo + b"\0" * 2000)))
        huge = post(client, path, **fields, files=upload(("a.png", b"\0" * 33 * 1024 * 1024)))

        assert (fine.status_code, huge.status_code) == (303, 413)
        assert "Setiap berkas paling besar 5 MB" in words(huge)
