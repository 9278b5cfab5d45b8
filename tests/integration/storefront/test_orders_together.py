"""Many orders in the panel: found page by page, done with together, printed, exported."""

import io
import re

import pytest
from openpyxl import load_workbook
from shopfloor import on_sqlite
from sqlalchemy import select

from storefront.extensions import db
from storefront.orders.models import Order
from storefront.orders.terms import OrderTerm


@pytest.fixture
def staff(shop):
    shop.add_staff("staf@toko.test", "staff")
    visitor = shop.visitor()
    visitor.sign_in("staf@toko.test")
    return visitor


def numbers(page):
    return re.findall(r'<a href="/admin/orders/(INV-\d+)">', page.text)


def paid(shop, count=2):
    placed = [shop.buy() for _ in range(count)]
    for number in placed:
        shop.pay(number)
    return placed


def together(staff, step, orders):
    return staff.post("/admin/orders/together", {"step": step, "order": orders}, on="/admin/orders")


def send(staff, rows, agreed="", **files):
    data = {"rows": rows, "agreed": agreed, **files}
    return staff.post("/admin/orders/ship", data, on="/admin/orders/ship", content_type="multipart/form-data")


def prefilled(page):
    return re.search(r"<textarea[^>]*>([^<]*)<", page.text)[1].split()


def states(shop, placed):
    return [shop.order(number).shipment_status for number in placed]


def many(shop, count):
    """Write orders as the shop would hold after years."""
    with shop.app.app_context():
        base = db.session.scalars(select(Order)).first()
        kept = {column.key: getattr(base, column.key) for column in Order.__mapper__.column_attrs}
        kept = {name: value for name, value in kept.items() if name not in {"id", "checkout_key"}}
        db.session.add_all(Order(**kept, checkout_key=f"k{number}") for number in range(count))
        db.session.commit()


def test_pages_lead_to_older_and_newer_orders_and_lose_none(shop, staff):
    shop.buy()
    many(shop, 59)
    first = staff.get("/admin/orders")
    older = re.search(r'href="(/admin/orders\?older=\d+)"', first.text)[1]
    second = staff.get(older)
    third = staff.get(re.search(r'href="(/admin/orders\?older=\d+)"', second.text)[1])
    back = staff.get(re.search(r'href="(/admin/orders\?newer=\d+)"', third.text)[1])

    seen = [*numbers(first), *numbers(second), *numbers(third)]
    assert len(seen) == len(set(seen)) == 60
    assert [len(numbers(page)) for page in (first, second, third)] == [25, 25, 10]
    assert numbers(back) == numbers(second)
    assert "newer=" not in first.text
    assert "older=" not in third.text


def test_filters_stay_in_the_address_of_the_next_page(shop, staff):
    shop.buy()
    many(shop, 30)

    page = staff.get("/admin/orders?payment=unpaid&q=siti").text

    assert re.search(r'href="/admin/orders\?older=\d+&amp;q=siti&amp;payment=unpaid"', page)
    assert "<b>31</b>" in page


def test_an_amount_with_its_unique_code_and_a_tracking_number_find_the_order(shop, staff):
    number, other = paid(shop)
    staff.post(f"/admin/orders/{number}/ship", {"courier": "JNE", "tracking_number": "JP 123 X"}, on="/admin/orders")

    due = f"{shop.charge(other)['amount_due']:,}".replace(",", ".")
    assert numbers(staff.get("/admin/orders", query_string={"q": f"Rp{due}"})) == [other]
    for written in ("jp123x", "JP 123 X", "JP123"):
        assert numbers(staff.get("/admin/orders", query_string={"q": written})) == [number]


def test_the_words_follow_the_order(shop):
    shop.buy(name="Agus")
    with shop.app.app_context():
        order = db.session.scalars(select(Order)).one()
        order.name = "Bagas"
        db.session.commit()
        words = set(db.session.scalars(select(OrderTerm.term)))
        assert "bagas" in words
        assert "agus" not in words


def test_the_chosen_orders_are_got_ready_together_and_the_others_told(shop, staff):
    placed = [*paid(shop), shop.buy()]

    together(staff, "process", placed)
    page = staff.get("/admin/orders").text
    together(staff, "process", placed)

    assert states(shop, placed) == ["processing", "processing", "none"]
    assert "3 pesanan tetap seperti semula" in staff.get("/admin/orders").text
    assert "2 pesanan selesai diubah." in page
    assert "1 pesanan tetap seperti semula" in page


def test_nothing_chosen_is_said(staff):
    assert together(staff, "process", []).location == "/admin/orders"
    assert "Pilih dulu pesanannya." in staff.get("/admin/orders").text


def test_a_list_of_tracking_numbers_shows_what_it_does_and_then_does_it_once(shop, staff):
    first, second = paid(shop)
    unpaid = shop.buy()
    rows = f"pesanan;kurir;resi\n{first};JNE;JP1\n{second};SiCepat;002\n{unpaid};JNE;JP3\nINV-9;JNE;1\n{first};JNE;X"

    shown = send(staff, rows)
    assert states(shop, [first, second]) == ["none", "none"]
    done = send(staff, rows, agreed="yes")
    again = send(staff, rows, agreed="yes")

    for told in ("Akan dikirim", "Belum lunas atau ditahan", "Pesanan ini tidak ada", "dua kali"):
        assert told in shown.text
    assert "2 pesanan ditandai dikirim" in shown.text
    assert (done.status_code, again.status_code) == (302, 302)
    assert states(shop, [first, second, unpaid]) == ["shipped", "shipped", "none"]
    assert [shop.order(number).tracking_number for number in (first, second)] == ["JP1", "002"]


def test_a_file_is_read_as_a_pasted_list(shop, staff):
    (number,) = paid(shop, 1)
    content = f"\ufeff{number},JNE,JP1\r\n".encode()

    shown = send(staff, "", file=(io.BytesIO(content), "resi.csv"))

    assert "Akan dikirim" in shown.text
    assert number in shown.text


def test_the_list_begins_with_what_waits(shop, staff):
    first, second = paid(shop)

    assert prefilled(staff.get("/admin/orders/ship")) == [f"{second};;", f"{first};;"]
    assert prefilled(together(staff, "ship", [second])) == [f"{second};;"]


@pytest.mark.parametrize(("kind", "told"), [("labels", "Jl. Melati 5"), ("slips", "Kopi Tubruk 100%")])
def test_labels_and_slips_of_the_chosen_orders(shop, staff, kind, told):
    first, second = paid(shop)

    page = staff.get(together(staff, kind, [first, second]).location)

    assert page.text.count(f'aria-label="{first}"') == 1
    assert page.text.count(told) == 2
    assert "Tidak ada pesanan" in staff.get(f"/admin/orders/papers/{kind}?order=INV-9999").text


@on_sqlite
@pytest.mark.parametrize("kind", ["labels", "slips"])
def test_papers_say_which_orders_may_not_leave_yet(shop, staff, kind):
    unpaid, paid = shop.buy(), shop.buy()
    shop.pay(paid)

    page = staff.get(f"/admin/orders/papers/{kind}?order={unpaid}&order={paid}").text
    assert f"ditahan: {unpaid}." in page

    assert "ditahan" not in staff.get(f"/admin/orders/papers/{kind}?order={paid}").text


def test_orders_are_exported_as_filtered_and_as_text(shop, staff):
    number = shop.buy(name="=SUM(1)")
    other = shop.buy()
    shop.pay(other)

    table = staff.get("/admin/orders/export.csv?payment=unpaid").text
    book = load_workbook(io.BytesIO(staff.get("/admin/orders/export.xlsx").data))

    assert number in table
    assert other not in table
    assert "'=SUM(1)" in table
    rows = list(book.active.values)
    assert [row[0] for row in rows[1:]] == [other, number]
    assert rows[2][2] == "=SUM(1)"


def test_a_note_is_read_by_staff_alone(shop, staff):
    number = shop.buy()

    answer = staff.post(
        f"/admin/orders/{number}/note", {"text": "Minta bubble wrap\nganda"}, on=f"/admin/orders/{number}"
    )
    empty = staff.post(f"/admin/orders/{number}/note", {"text": "  "}, on=f"/admin/orders/{number}")

    assert answer.status_code == 302
    assert empty.status_code == 422
    page = staff.get(f"/admin/orders/{number}").text
    assert "Minta bubble wrap" in page
    assert "staf@toko.test" in page
    assert "bubble" not in shop.visitor().get(shop.path_of(number)).text


def test_the_letters_of_an_order_are_listed_with_how_they_stand(shop, staff):
    number = shop.buy()
    waiting = staff.get(f"/admin/orders/{number}").text
    shop.process()
    shop.pay(number)
    shop.process()

    page = staff.get(f"/admin/orders/{number}").text

    assert "Cara membayar" in waiting
    assert "Menunggu" in waiting
    assert "Pembayaran diterima" in page
    assert page.count(">Terkirim<") == 2


def test_a_bookkeeper_looks_and_exports_but_changes_nothing(shop):
    shop.add_staff("buku@toko.test", "bookkeeper")
    visitor = shop.visitor()
    visitor.sign_in("buku@toko.test")
    (number,) = paid(shop, 1)

    page = visitor.get("/admin/orders").text

    assert "Cetak label" not in page
    assert visitor.get("/admin/orders/export.csv").status_code == 200
    assert together(visitor, "process", [number]).status_code == 403
    assert visitor.get("/admin/orders/ship").status_code == 403
    assert visitor.post("/admin/orders/ship", {"rows": ""}, on="/admin/orders").status_code == 403
    assert visitor.post(f"/admin/orders/{number}/note", {"text": "x"}, on="/admin/orders").status_code == 403
