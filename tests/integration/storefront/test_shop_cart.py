"""The cart keeps what the visitor wants and tells when the shelf has changed."""

import pytest
from shopfloor import fields, on_sqlite
from test_bill import sign_in


def quantity_of(visitor, name="qty-"):
    values = fields(visitor.get("/keranjang").text)
    return [int(value) for key, value in values.items() if key.startswith(name)]


def change(visitor, **quantities):
    """Set the one line's quantity, or press its remove button."""
    shown = fields(visitor.get("/keranjang").text)
    name = next(key for key in shown if key.startswith("qty-"))
    data = {"csrf_token": shown["csrf_token"], name: quantities.get("to", shown[name])}
    if quantities.get("remove"):
        data["remove"] = name.removeprefix("qty-")
    return visitor.client.post("/keranjang/ubah", data=data)


def test_pieces_add_up(visitor):
    visitor.put_into_cart(quantity=2)
    visitor.put_into_cart(quantity=3)

    assert quantity_of(visitor) == [5]
    assert "Rp250.000" in visitor.get("/keranjang").text


def test_more_than_there_is_becomes_what_there_is_and_is_told(visitor):
    visitor.put_into_cart(quantity=11)

    page = visitor.get("/keranjang").text
    assert "Stok Kopi Tubruk 100% tidak cukup. Jumlah di keranjang menjadi 10." in page
    assert quantity_of(visitor) == [10]


def test_what_is_sold_out_does_not_enter_the_cart(visitor):
    visitor.post("/keranjang/tambah/teh-melati", {"quantity": 1}, on="/produk/kopi-tubruk")

    page = visitor.get("/keranjang").text
    assert "Stok Teh Melati habis." in page
    assert "Keranjang Anda masih kosong" in page


@on_sqlite
@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "abc", "", "1000", "99999999999999999999"])
def test_a_quantity_that_is_none_is_told_beside_the_field(visitor, quantity):
    answer = visitor.put_into_cart(quantity=quantity)

    assert answer.status_code == 422
    assert 'id="quantity-error"' in answer.text
    assert "Keranjang Anda masih kosong" in visitor.get("/keranjang").text


def test_an_unknown_product_is_not_found(visitor):
    assert visitor.post("/keranjang/tambah/tidak-ada", {"quantity": 1}, on="/produk/kopi-tubruk").status_code == 404


def test_quantities_can_be_changed_and_lines_removed(visitor):
    visitor.put_into_cart(quantity=2)

    change(visitor, to=4)
    assert quantity_of(visitor) == [4]
    change(visitor, remove=True)
    assert quantity_of(visitor) == []


@on_sqlite
@pytest.mark.parametrize("typed", ["-2", "x", "1000", "9" * 40])
def test_a_changed_quantity_that_is_none_changes_nothing(visitor, typed):
    visitor.put_into_cart(quantity=2)

    change(visitor, to=typed)

    assert "Jumlah harus berupa angka" in visitor.get("/keranjang").text
    assert quantity_of(visitor) == [2]


def test_a_product_not_in_the_cart_cannot_be_changed_into_it(visitor):
    visitor.put_into_cart(quantity=1)
    token = visitor.token("/keranjang")

    visitor.client.post("/keranjang/ubah", data={"csrf_token": token, "qty-999999": "3", "remove": "888888"})

    assert quantity_of(visitor) == [1]


def test_falling_stock_and_rising_prices_are_told(shop, visitor):
    visitor.put_into_cart(quantity=5)
    shop.change_product(stock=2, price=60_000)

    page = visitor.get("/keranjang").text

    assert "Stok tinggal 2." in page
    assert "Harga Kopi Tubruk 100% berubah dari Rp50.000 menjadi Rp60.000." in page
    assert "berubah dari" not in visitor.get("/keranjang").text


def test_what_is_no_longer_sold_leaves_the_cart_and_is_told(shop, visitor):
    visitor.put_into_cart()
    shop.change_product(active=False)

    page = visitor.get("/keranjang").text

    assert "sudah tidak dijual" in page
    assert "Keranjang Anda masih kosong" in page


def test_a_form_without_its_token_is_refused_kindly(visitor):
    answer = visitor.client.post("/keranjang/tambah/kopi-tubruk", data={"quantity": 1})

    assert answer.status_code == 400
    assert "Formulir kedaluwarsa" in answer.text


def test_a_signed_in_customer_has_one_cart_on_every_device(shop):
    shop.buy()
    phone, desk = shop.visitor(), shop.visitor()
    sign_in(shop, phone)
    phone.put_into_cart("kopi-tubruk", 2)
    desk.put_into_cart("kopi-tubruk", 1)
    desk.put_into_cart("cafe-creme", 1)

    sign_in(shop, desk)

    page = desk.get("/keranjang").text
    assert "1 barang dari keranjang Anda di perangkat lain kami tambahkan" in page
    assert quantity_of(desk) == [2, 1]
    assert quantity_of(phone) == [2, 1]
    change(phone, remove=True)
    assert quantity_of(desk) == [1]

    form = desk.checkout_form()
    assert desk.client.post("/checkout", data=form).status_code == 302
    assert "/pay/" in desk.client.post("/checkout", data=form).location
    assert "Keranjang Anda masih kosong" in phone.get("/keranjang").text
    assert phone.check_out().location.endswith("/keranjang")


@on_sqlite
def test_signing_out_takes_the_cart_from_the_browser_and_not_from_the_account(shop, visitor):
    shop.buy()
    sign_in(shop, visitor)
    visitor.put_into_cart()

    visitor.post("/akun/keluar", on="/akun")

    assert "Keranjang Anda masih kosong" in visitor.get("/keranjang").text
    sign_in(shop, visitor)
    assert quantity_of(visitor) == [1]
