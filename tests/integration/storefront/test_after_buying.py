"""After buying: the invoice on paper, and the same goods once more."""

import re

import pytest
from shopfloor import on_sqlite
from sqlalchemy import update

from storefront.extensions import db
from storefront.formats import rupiah
from storefront.orders import paper_views
from storefront.orders.invoice_pdf import pdf_of
from storefront.orders.models import Order, id_of_number


def texts(pdf):
    """Return what stands in an uncompressed PDF, piece by piece, as its readers see it."""
    pieces = re.findall(rb"\((.*?)(?<!\\)\) Tj", pdf, re.DOTALL)
    return [re.sub(rb"\\(.)", rb"\1", piece).decode("latin-1") for piece in pieces]


def invoice(shop, number, **options):
    with shop.app.test_request_context():
        order = db.session.get(Order, id_of_number(number))
        gathered = paper_views._invoice_of(order)
        return pdf_of(gathered, shop="Toko", contact="0812", issued="hari ini", compress=False, **options)


def ordered(shop, **values):
    """Change what stands in the newest order."""
    with shop.app.app_context():
        db.session.execute(update(Order).values(**values))
        db.session.commit()


def post(shop, number, step, visitor=None):
    visitor = visitor or shop.visitor()
    path = shop.path_of(number)
    return visitor.post(f"{path}/{step}", on="/produk/cafe-creme")


def test_the_invoice_of_a_paid_order_adds_up_and_says_so(shop, visitor):
    number = shop.buy(quantity=2)
    shop.pay(number)

    page = visitor.get(f"{shop.path_of(number)}/invoice")

    due = rupiah(shop.charge(number)["amount_due"])
    assert page.headers["Cache-Control"] == "no-store"
    assert "LUNAS" in page.text
    for figure in (rupiah(50_000), rupiah(100_000), due, f"+{due}"):
        assert figure in page.text
    assert f"{shop.path_of(number)}/invoice" in visitor.get(shop.path_of(number)).text


@on_sqlite
def test_the_pdf_says_the_same_as_the_page(shop):
    number = shop.buy(quantity=2, name="Bu Désirée Núñez", address="Jl. Melati – blok “A”")
    shop.pay(number)
    due = shop.charge(number)["amount_due"]

    found = texts(invoice(shop, number))

    for expected in (
        f"Invoice {number}",
        "LUNAS",
        "Bu Désirée Núñez",
        'Jl. Melati - blok "A"',
        "Kopi Tubruk 100%",
        "2",
        "Rp50.000",
        "Rp100.000",
        rupiah(due - 100_000),
        rupiah(due),
        f"+{rupiah(due)}",
    ):
        assert expected in found


@on_sqlite
def test_the_pdf_has_a_line_for_delivery_and_for_the_voucher(shop):
    number = shop.buy()
    ordered(
        shop,
        discount=5_000,
        voucher_code="HEMAT",
        delivery_name="Kurir kota",
        delivery_fee=9_000,
        delivery_discount=4_000,
        total=50_000,
    )

    found = texts(invoice(shop, number))

    assert "BELUM DIBAYAR" in found
    place = found.index("Voucher HEMAT")
    assert found[place + 1] == "-Rp5.000"
    assert found[found.index("Ongkir (Kurir kota)") + 1] == "Rp9.000"
    assert "-Rp4.000" in found


@on_sqlite
def test_letters_that_the_fonts_lack_do_not_stop_the_pdf(shop):
    number = shop.buy(name="Nguyễn 🌶 店")

    found = texts(invoice(shop, number))

    assert "Nguyen ? ?" in found or "Nguy?n ? ?" in found or "Nguyên ? ?" in found


@on_sqlite
def test_the_refunded_order_shows_what_went_back(shop):
    number = shop.buy()
    shop.pay(number)
    due = shop.charge(number)["amount_due"]
    with shop.app.test_request_context():
        db.session.rollback()
    for step in (
        (
            "request",
            number,
            str(due),
            "--reason",
            "other",
            "--bank",
            "bca",
            "--number",
            "1234567890",
            "--holder",
            "Siti",
        ),
    ):
        assert shop.run("moota", "refund", *step).exit_code == 0
    ticket = shop.refunds(number)[0]["ticket"]
    for step in ("approve", "mark-sent", "complete"):
        result = shop.run("moota", "refund", step, ticket, "--note", "sudah")
        assert result.exit_code == 0, result.output

    found = texts(invoice(shop, number))

    assert "DANA DIKEMBALIKAN" in found
    assert f"-{rupiah(due)}" in found
    assert "Rp0" in found


def test_the_file_is_a_pdf_for_who_has_the_link(shop, visitor):
    number = shop.buy()

    answer = visitor.get(f"{shop.path_of(number)}/invoice.pdf")

    assert answer.data.startswith(b"%PDF-")
    assert answer.mimetype == "application/pdf"
    assert number in answer.headers["Content-Disposition"]
    assert visitor.get("/orders/palsu/invoice.pdf").status_code == 404
    assert visitor.get("/orders/palsu/invoice").status_code == 404


def test_a_hundred_lines_fill_several_pages_without_losing_one(shop):
    number = shop.buy()
    with shop.app.test_request_context():
        order = db.session.get(Order, id_of_number(number))
        gathered = paper_views._invoice_of(order)
        gathered.lines.extend(gathered.lines * 99)
        found = texts(pdf_of(gathered, shop="Toko", contact="", issued="", compress=False))
        db.session.rollback()

    assert found.count("Kopi Tubruk 100%") == 100


def test_the_same_goods_are_put_into_the_cart_again(shop):
    number = shop.buy(quantity=2)
    shop.pay(number)
    visitor = shop.visitor()

    answer = post(shop, number, "again", visitor)

    assert answer.location == "/keranjang"
    page = visitor.get("/keranjang").text
    assert "Kopi Tubruk 100%" in page
    assert 'value="2"' in page
    assert "ada di keranjang" in page


def test_what_is_gone_short_or_dearer_now_is_said(shop):
    number = shop.buy(quantity=3)
    shop.pay(number)
    shop.change_product(price=55_000)
    visitor = shop.visitor()
    post(shop, number, "again", visitor)
    assert "waktu itu Rp50.000, sekarang Rp55.000" in visitor.get("/keranjang").text

    shop.change_product(stock=1)
    visitor = shop.visitor()
    post(shop, number, "again", visitor)
    assert "tidak cukup" in visitor.get("/keranjang").text

    shop.change_product(active=False)
    visitor = shop.visitor()
    post(shop, number, "again", visitor)
    page = visitor.get("/keranjang").text
    assert "Kopi Tubruk 100% sudah tidak dijual." in page
    assert "ada di keranjang" not in page


@pytest.mark.parametrize("step", ["again"])
def test_buying_again_needs_the_token_of_the_form(shop, visitor, step):
    assert visitor.client.post(f"{shop.path_of(shop.buy())}/{step}").status_code == 400
