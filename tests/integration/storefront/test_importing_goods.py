"""Goods brought in from files, and handed out as files."""

import csv
import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PIL import Image
from shopfloor import DEEDS, fields, on_sqlite
from sqlalchemy import select

from storefront.admin.models import AuditEntry
from storefront.catalog.models import Category, Product
from storefront.database import now
from storefront.extensions import db
from storefront.imports import service
from storefront.imports.models import ImportJob

FILE = """Nama barang;Kategori;Kode;Pilihan;Varian;Harga;Stok;Berat (gram)
Kaos Lurik;Pakaian;KL-M;Ukuran;M;120.000;5;200
Kaos Lurik;Pakaian;KL-L;Ukuran;L;125.000;7;220
Kopi Tubruk 100%;Kopi;;;;55.000;99;
Madu;Kopi;;;;murah;1;
Sirup;Kopi;KL-M;;;9.000;1;
"""


def signed_in(shop, role="owner"):
    shop.add_staff(f"{role}@toko.test", role)
    visitor = shop.visitor()
    visitor.sign_in(f"{role}@toko.test")
    return visitor


@pytest.fixture
def owner(shop):
    return signed_in(shop)


def bring(visitor, content=FILE, name="barang.csv", pictures=None):
    form = {"csrf_token": visitor.token("/admin/imports"), "file": (io.BytesIO(content.encode()), name)}
    if pictures is not None:
        form["pictures"] = (io.BytesIO(pictures), "gambar.zip")
    return visitor.client.post("/admin/imports", data=form)


def chosen(visitor, address, **typed):
    """Return the form of the columns as it was filled in by the shop."""
    page = visitor.get(address).text
    form = {"csrf_token": fields(page)["csrf_token"], "columns": "1"}
    for part in page.split("<select ")[1:]:
        name = part.split('name="')[1].split('"')[0]
        if '" selected' in part.split("</select>")[0]:
            form[name] = part.split('" selected')[0].rsplit('value="', 1)[1]
    return {**form, **typed}


def work(shop):
    with shop.app.app_context():
        for job_id in db.session.scalars(select(ImportJob.id)).all():
            service.run(job_id)


def job(shop):
    with shop.app.app_context():
        found = db.session.scalars(select(ImportJob).order_by(ImportJob.id.desc()).limit(1)).one()
        db.session.expunge_all()
        return found


def counts(shop):
    found = job(shop)
    return (found.status, found.created, found.updated, found.unchanged, found.refused, found.done)


def product(shop, slug):
    with shop.app.app_context():
        found = db.session.scalars(select(Product).where(Product.slug == slug)).one_or_none()
        assert found is None or (found.variants is not None and found.category is not None)
        db.session.expunge_all()
        return found


def try_it(shop, owner, content=FILE, pictures=None, **typed):
    address = bring(owner, content, pictures=pictures).location
    assert owner.client.post(address, data={**chosen(owner, address, **typed), "do": "try"}).status_code == 302
    work(shop)
    return address


def bring_in(shop, owner, address):
    token = fields(owner.get(address).text)["csrf_token"]
    for _ in range(2):  # a double click
        assert owner.client.post(address, data={"csrf_token": token, "do": "bring"}).status_code == 302
    work(shop)


def test_a_file_is_tried_then_brought_in_and_refused_rows_say_why(shop, owner):
    address = try_it(shop, owner)
    assert counts(shop) == ("done", 2, 1, 0, 2, 5)
    assert product(shop, "kaos-lurik") is None
    page = owner.get(address).text
    assert "toko Anda belum berubah" in page
    assert "Harga “murah” tidak terbaca." in page

    bring_in(shop, owner, address)

    assert counts(shop) == ("done", 2, 1, 0, 2, 5)
    shirt = product(shop, "kaos-lurik")
    assert (shirt.category.name, shirt.option_names) == ("Pakaian", ["Ukuran"])
    assert [(each.label, each.price, each.stock, each.code) for each in shirt.variants] == [
        ("M", 120_000, 5, "KL-M"),
        ("L", 125_000, 7, "KL-L"),
    ]
    assert (product(shop, "kopi-tubruk").price, product(shop, "kopi-tubruk").stock) == (55_000, 10)
    refused = list(csv.reader(io.StringIO(owner.get(f"{address}/refused.csv").text.lstrip("\ufeff")), delimiter=";"))
    assert [row[0] for row in refused] == ["Baris", "5", "6"]
    assert "KL-M" in refused[2][1]
    assert refused[1][2:7] == ["Madu", "Kopi", "", "", ""]
    with shop.app.app_context():
        names = [entry.action for entry in db.session.scalars(DEEDS.order_by(AuditEntry.id))]
    assert names == ["import.started", "import.finished"]


def test_brought_in_once_more_nothing_changes(shop, owner):
    for _ in range(2):
        bring_in(shop, owner, try_it(shop, owner))

    assert counts(shop) == ("done", 0, 0, 3, 2, 5)


@on_sqlite
def test_stock_that_is_known_changes_only_when_that_was_asked_for(shop, owner):
    bring_in(shop, owner, try_it(shop, owner, stock="1"))

    assert product(shop, "kopi-tubruk").stock == 99


@on_sqlite
def test_all_goods_come_back_as_they_went_out(shop, owner):
    bring_in(shop, owner, try_it(shop, owner))
    book = load_workbook(io.BytesIO(owner.get("/admin/imports/goods.xlsx").data))
    rows = list(book.active.iter_rows(values_only=True))
    assert len(rows) == 7
    content = owner.get("/admin/imports/goods.csv").text
    assert "Kaos Lurik;Pakaian;KL-L;Ukuran;L;125000;;7;220" in content

    try_it(shop, owner, content, stock="1")

    assert counts(shop) == ("done", 0, 0, 6, 0, 6)


@on_sqlite
def test_a_file_without_prices_changes_known_goods_and_makes_none(shop, owner):
    bring_in(shop, owner, try_it(shop, owner))
    content = "et_title_product_name,et_title_product_description\nKaos Lurik,Tenun tangan.\nKaos Baru,Bagus.\n"

    bring_in(shop, owner, try_it(shop, owner, content))

    assert counts(shop) == ("done", 0, 1, 0, 1, 2)
    shirt = product(shop, "kaos-lurik")
    assert (shirt.description, [each.price for each in shirt.variants]) == ("Tenun tangan.", [120_000, 125_000])
    assert product(shop, "kaos-baru") is None
    assert "belum ada di toko, dan harganya kosong" in owner.get(f"/admin/imports/{job(shop).id}").text


@on_sqlite
def test_a_new_variant_without_a_price_is_refused_and_its_neighbour_changed(shop, owner):
    bring_in(shop, owner, try_it(shop, owner))

    bring_in(shop, owner, try_it(shop, owner, "Nama barang;Varian;Berat (gram)\nKaos Lurik;M;300\nKaos Lurik;S;250\n"))

    assert counts(shop) == ("done", 0, 1, 0, 1, 2)
    assert [(each.label, each.weight_grams) for each in product(shop, "kaos-lurik").variants] == [
        ("M", 300),
        ("L", 220),
    ]


@on_sqlite
def test_a_column_that_is_missing_is_asked_for_and_the_choice_is_kept(shop, owner):
    address = bring(owner, "Barang;Rupiah\nTeh Baru;9000\n").location
    form = {"csrf_token": fields(owner.get(address).text)["csrf_token"], "columns": "1", "column-price": "1"}

    answer = owner.client.post(address, data=form)
    assert (answer.status_code, "Pilih kolom untuk: Nama barang" in answer.text) == (422, True)
    form["column-name"] = "0"
    answer = owner.client.post(address, data=form)
    assert (answer.status_code, "Pilih kolom kategori" in answer.text) == (422, True)
    with shop.app.app_context():
        tea = db.session.scalars(select(Category.id).where(Category.slug == "teh")).one()
    owner.client.post(address, data={**form, "category": str(tea)})
    work(shop)
    assert counts(shop) == ("done", 1, 0, 0, 0, 1)
    bring_in(shop, owner, address)
    assert product(shop, "teh-baru").category.slug == "teh"


@on_sqlite
@pytest.mark.parametrize(("content", "said"), [("", "kosong"), ("\x00\x01", "bukan berkas CSV")])
def test_a_file_that_cannot_be_read_is_told(shop, owner, content, said):
    answer = bring(owner, content)

    assert (answer.status_code, said in answer.text) == (422, True)


@on_sqlite
def test_a_file_that_is_gone_fails_and_says_so(shop, owner, tmp_path):
    address = bring(owner).location
    form = chosen(owner, address)
    owner.client.post(address, data={**form, "do": "try"})
    with shop.app.app_context():
        (service._path(job(shop).path)).unlink()
    work(shop)

    assert job(shop).status == "failed"
    assert "Berkasnya sudah tidak ada" in owner.get(address).text


@on_sqlite
def test_files_are_deleted_after_some_months(shop, owner):
    bring(owner)
    with shop.app.app_context():
        old = db.session.scalars(select(ImportJob)).one()
        old.created_at = now() - timedelta(days=91)
        path = service._path(old.path)
        db.session.commit()
    assert path.exists()

    bring(owner)
    with shop.app.app_context():
        service.continue_waiting()

    assert not path.exists()
    with shop.app.app_context():
        assert len(db.session.scalars(select(ImportJob)).all()) == 1


@on_sqlite
def test_the_sweep_finds_what_waits_and_long_files_go_bit_by_bit(shop, owner):
    lines = "".join(f"Barang {number};Kopi;1.000;1\n" for number in range(130))
    address = try_it(shop, owner, f"Nama barang;Kategori;Harga;Stok\n{lines}")
    token = fields(owner.get(address).text)["csrf_token"]
    owner.client.post(address, data={"csrf_token": token, "do": "bring"})
    assert "Sedang dimasukkan" in owner.get(address).text

    shop.app.extensions["huey"].flush()
    with shop.app.app_context():
        for thread in service.start_waiting():
            thread.join()

    assert counts(shop) == ("done", 130, 0, 0, 0, 130)


@on_sqlite
@pytest.mark.parametrize(("role", "may"), [("owner", True), ("staff", True), ("bookkeeper", False)])
def test_who_may_bring_goods_in(shop, owner, role, may):
    address = bring(owner).location
    visitor = owner if role == "owner" else signed_in(shop, role)

    assert visitor.get("/admin/imports/goods.csv").status_code == 200
    assert visitor.get(address).headers["Cache-Control"] == "no-store"
    token = fields(visitor.get("/admin/imports").text)["csrf_token"]
    for path in ("/admin/imports", address):
        answer = visitor.client.post(path, data={"csrf_token": token})
        assert (answer.status_code != 403) is may


def zipped(**files):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        for name, content in files.items():
            made.writestr(f"foto/{name}", content)
    return archive.getvalue()


def picture(colour, size=(700, 500)):
    content = io.BytesIO()
    Image.new("RGB", size, colour).save(content, "JPEG")
    return content.getvalue()


WITH_PICTURES = """Nama barang;Kategori;Harga;Gambar
Sarung;Pakaian;90.000;depan.JPG, https://contoh.test/jauh.jpg
Sarung;Pakaian;90.000;belakang.jpg
Kopi Tubruk 100%;Kopi;50.000;hilang.jpg;
Peci;Pakaian;40.000;rusak.jpg
"""


@on_sqlite
def test_pictures_come_from_a_zip_and_never_from_the_net(shop, owner):
    archive = zipped(**{"depan.jpg": picture("red"), "belakang.jpg": picture("blue"), "rusak.jpg": b"bukan gambar"})
    address = try_it(shop, owner, WITH_PICTURES, archive)
    media_folder = Path(shop.app.instance_path) / "media"
    assert not list(media_folder.rglob("*.webp"))
    assert "Alamat web tidak diambil" in owner.get(address).text

    bring_in(shop, owner, address)

    sarung = product(shop, "sarung").pictures
    assert [each["width"] for each in sarung] == [700, 700]
    with owner.get(f"/media/{sarung[0]['id']}-320.webp") as shown:
        assert shown.mimetype == "image/webp"
    assert product(shop, "peci").pictures == []
    notes = owner.get(f"{address}/notes.csv").text
    assert "hilang.jpg: Tidak ada di ZIP." in notes
    assert "rusak.jpg: Berkas ini bukan gambar" in notes
    files = set(media_folder.rglob("*.webp"))

    bring_in(shop, owner, try_it(shop, owner, WITH_PICTURES, archive))

    assert (product(shop, "sarung").pictures, set(media_folder.rglob("*.webp"))) == (sarung, files)


@on_sqlite
def test_what_is_no_zip_is_refused_and_nothing_is_kept(shop, owner):
    answer = bring(owner, pictures=b"PK bukan zip")

    assert (answer.status_code, "bukan ZIP" in answer.text) == (422, True)
    assert not list((Path(shop.app.instance_path) / "imports").iterdir())
