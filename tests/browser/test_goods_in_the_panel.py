"""Goods in the panel as people see them: no barrier and nothing sticking out."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect
from steps import unfold
from watching import look_over

pytestmark = pytest.mark.browser


def a_picture(number):
    out = io.BytesIO()
    Image.new("RGB", (900, 600 + 300 * number), (90, 60 * number, 80)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("address", ["", "?q=tidakada", "?show=sold_out", "/new", "/1", "/1/variants/1"])
def test_the_owners_pages_of_goods(owner, address):
    owner.goto(f"/admin/products{address}")
    unfold(owner)
    look_over(owner)


def test_a_file_of_goods_from_the_upload_to_the_shelf(owner):
    owner.goto("/admin/imports")
    look_over(owner)
    rows = f"Nama Produk;Harga;Stok;SKU\nKeripik Tempe;12.000;5;KT\n{'Panjangsekali' * 9};murah;1;\n"
    owner.get_by_label("Berkas", exact=True).set_input_files(
        {"name": f"{'shopee' * 20}.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    )
    owner.get_by_role("button", name="Unggah").click()
    owner.get_by_label("Kategori untuk barang tanpa kategori").select_option("Kopi")
    look_over(owner)
    owner.get_by_role("button", name="Coba dulu").click()
    expect(owner.get_by_role("heading", name="Yang akan terjadi")).to_be_visible()
    look_over(owner)
    owner.get_by_role("button", name="Masukkan ke toko").click()
    expect(owner.get_by_role("heading", name="Yang terjadi")).to_be_visible()
    look_over(owner)
    owner.goto("/produk/keripik-tempe")
    expect(owner.get_by_role("heading", name="Keripik Tempe")).to_be_visible()


@pytest.mark.parametrize("address", ["", "/new", "/1"])
def test_the_owners_pages_of_categories(owner, address):
    owner.goto(f"/admin/categories{address}")
    look_over(owner)


def test_goods_with_pictures_and_sizes_from_the_panel_to_the_shelf(owner, page):
    owner.goto("/admin/products?q=celemek")
    owner.get_by_role("link", name="Celemek Lurik", exact=True).click()
    pictures = [{"name": f"{n}.png", "mimeType": "image/png", "buffer": a_picture(n)} for n in range(3)]
    owner.get_by_label("Tambah gambar").set_input_files(pictures)
    owner.get_by_role("button", name="Simpan gambar").click()
    expect(owner.get_by_text("3 gambar ditambahkan.")).to_be_visible()
    look_over(owner)
    owner.get_by_role("link", name="Tambah varian").click()
    look_over(owner)
    owner.get_by_role("button", name="Simpan").evaluate("button => button.form.noValidate = true")
    owner.get_by_role("button", name="Simpan").click()
    expect(owner.get_by_role("heading", name="bagian perlu diperbaiki")).to_be_visible()
    look_over(owner)
    page.goto("/produk/celemek-lurik")
    look_over(page)


def test_goods_with_an_endless_name(owner, shop):
    shop.change_product("tampah-bambu", name="Keripiktempedaunjeruksangrai" * 5)
    owner.goto("/admin/products?q=keripiktempe")
    look_over(owner)
    owner.get_by_role("link", name="Keripiktempe").first.click()
    look_over(owner)
    shop.change_product("tampah-bambu", name="Tampah Bambu 40 cm")
