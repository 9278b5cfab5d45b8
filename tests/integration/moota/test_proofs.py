"""Proofs of transfer: taken from the payer, made anew, limited, shown to the shop alone, and worth no money."""

import io
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from hosts import bank
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from payments_moota import RefusedError, charges, proofs, signals
from payments_moota.web.proving import proof_file

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
OWNER = "pemilik@toko.test"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


@pytest.fixture
def shop(host):
    host.buy()
    return host


def path(host, ref="INV-1"):
    return "/pay/" + host.charge(ref)["pay_url"].rpartition("/pay/")[2]


def picture(color="white", image_format="JPEG", **options):
    out = io.BytesIO()
    Image.new("RGB", (40, 60), color).save(out, image_format, **options)
    return out.getvalue()


def send(host, *files, ref="INV-1"):
    # The test client itself would leave a temporary file open when there is much to send.
    given = [FileStorage(io.BytesIO(content), filename=name) for name, content in files]
    boundary, body = encode_multipart({"files": given})
    kind = f'multipart/form-data; boundary="{boundary}"'
    return host.client.post(f"{path(host, ref)}/proof", data=body, content_type=kind)


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(html).partition("<main")[2]).split())


def kept(host, ref="INV-1"):
    with host.work() as work:
        return [proof.public_id for proof in proofs.of(work, charges.get_charge(work, ref))]


def test_a_proof_is_received_shown_as_waiting_and_pays_nothing(shop):
    answer = send(shop, ("bukti.jpg", picture()))

    assert (answer.status_code, answer.headers["Location"]) == (303, path(shop) + "#bukti")
    text = words(shop.client.get(path(shop)).text)
    assert "Bukti Anda kami terima 12.00 WIB; menunggu pemeriksaan. Kirim bukti lain" in text
    assert (shop.charge("INV-1")["status"], shop.charge("INV-1")["amount_paid"]) == ("pending", 0)


def test_the_host_hears_of_it_in_the_same_transaction(shop):
    heard = []

    @signals.proof_received.connect_via(shop.app)
    def on_proof(app, charge, proof, **extra):
        heard.append((charge.order_ref, proof.filename))

    send(shop, ("foto/bukti transfer.jpg", picture()))

    assert heard == [("INV-1", "bukti transfer.jpg")]


def test_the_picture_is_made_anew_without_where_it_was_taken(shop):
    exif = Image.Exif()
    exif[0x010F] = "Rumah Ani"
    send(shop, ("bukti.jpg", picture(exif=exif) + b"<script>alert(1)</script>"))

    with shop.work() as work:
        content = proofs.get(work, "INV-1", kept(shop)[0]).content
    assert (b"Rumah Ani" in content, b"<script>" in content) == (False, False)
    assert Image.open(io.BytesIO(content)).size == (40, 60)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("bukti.jpg", b"<html>", "Hanya gambar JPG, PNG, WebP, dan PDF yang diterima."),
        ("bukti.jpg", picture()[:80], "Berkas ini rusak"),
        ("bukti.pdf", b"%PDF-1.4\n1 0 obj<</S /JavaScript>>endobj\n%%EOF", "dapat berjalan sendiri"),
        ("besar.png", b"x" * (5 * 1024 * 1024 + 1), "paling besar 5 MB"),
    ],
    ids=["no picture", "half a picture", "a script in a PDF", "too large"],
)
def test_what_cannot_be_kept_is_refused_with_the_reason(shop, name, content, why):
    answer = send(shop, (name, content))

    assert answer.status_code == 422
    assert why in words(answer.text)
    assert kept(shop) == []


def test_nothing_chosen_is_told(shop):
    answer = shop.client.post(f"{path(shop)}/proof", data={}, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert "Pilih dulu gambar atau PDF" in words(answer.text)


def test_five_are_kept_and_the_same_file_counts_once(shop):
    for shade in range(5):
        send(shop, ("bukti.png", picture((shade, 0, 0), "PNG")))
        assert send(shop, ("bukti.png", picture((shade, 0, 0), "PNG"))).status_code == 303

    answer = send(shop, ("bukti.png", picture((99, 0, 0), "PNG")))

    assert answer.status_code == 422
    assert "Sudah ada 5 bukti" in words(answer.text)
    assert len(kept(shop)) == proofs.MOST_PROOFS
    assert "Kirim bukti" not in words(shop.client.get(path(shop)).text)


def test_the_payers_link_opens_no_proof_and_one_order_opens_no_others(shop):
    shop.buy()
    send(shop, ("bukti.jpg", picture()))
    (public_id,) = kept(shop)

    assert public_id not in shop.client.get(path(shop)).text
    with shop.work() as work, pytest.raises(RefusedError):
        proofs.get(work, "INV-2", public_id)


def test_the_host_mounts_it_for_its_own_people(shop):
    send(shop, ("bukti.jpg", picture()))
    (public_id,) = kept(shop)

    with shop.app.test_request_context():
        shown, none = proof_file("INV-1", public_id), proof_file("INV-1", "00000000000000000000")

    assert none is None
    assert shown.mimetype == "image/jpeg"
    assert shown.headers["Content-Disposition"] == "inline; filename=bukti.jpg"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]


def test_who_looked_at_it_is_kept_and_the_payer_sees_that(shop, clock):
    send(shop, ("bukti.jpg", picture()))
    with shop.work() as work:
        assert [proof.charge.order_ref for proof in proofs.waiting(work)] == ["INV-1"]
    clock.shift(timedelta(minutes=5))

    with shop.work(OWNER) as work:
        assert (proofs.note_seen(work, "INV-1"), proofs.note_seen(work, "INV-1")) == (1, 0)

    assert "Bukti Anda sudah dilihat toko 12.05 WIB." in words(shop.client.get(path(shop)).text)
    with shop.work() as work:
        assert proofs.waiting(work) == []
        assert proofs.of(work, charges.get_charge(work, "INV-1"))[0].seen_by == OWNER


def test_a_paid_order_needs_none(shop):
    charge = shop.charge("INV-1")
    shop.receive(bank.mutation(charge["amount_due"], at=NOON))

    assert shop.client.get(f"{path(shop)}/proof").status_code == 302
    assert send(shop, ("bukti.jpg", picture())).status_code == 422
    assert kept(shop) == []


def test_a_cancelled_order_takes_one_since_its_money_may_have_gone(shop):
    shop.json("charge", "cancel", "INV-1", "--reason", "batal")

    assert send(shop, ("bukti.jpg", picture())).status_code == 303
    assert "Bukti Anda kami terima" in words(shop.client.get(path(shop)).text)


def test_pictures_go_after_their_time_and_what_waits_stays(shop, clock):
    shop.buy()
    for ref in ("INV-1", "INV-2"):
        send(shop, ("bukti.jpg", picture()), ref=ref)
    shop.json("charge", "cancel", "INV-1", "--reason", "batal")
    clock.shift(timedelta(days=89))
    assert shop.json("purge")["proofs"] == 0
    clock.shift(timedelta(days=2))

    assert [shop.json("purge")["proofs"] for _ in range(2)] == [1, 0]

    with shop.work() as work:
        (gone,) = proofs.of(work, charges.get_charge(work, "INV-1"))
        (stays,) = proofs.of(work, charges.get_charge(work, "INV-2"))
        assert (gone.content, gone.removed_at is not None, bool(stays.content)) == (b"", True, True)
        with pytest.raises(RefusedError):
            proofs.get(work, "INV-1", gone.public_id)


def test_a_forged_link_takes_nothing(shop):
    assert shop.client.get("/pay/palsu/proof").status_code == 404
    assert shop.client.post("/pay/palsu/proof", data={}).status_code == 404
