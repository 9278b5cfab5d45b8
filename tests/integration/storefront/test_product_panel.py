"""Products, variants, pictures and categories in the panel."""

import io
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image
from shopfloor import DEEDS, fields, on_sqlite
from sqlalchemy import select

from storefront.admin.models import AuditEntry
from storefront.catalog.models import Category, Product, Variant
from storefront.extensions import db

NEW = {
    "name": "Kopi Gayo",
    "summary": "Tebal",
    "description": "**Enak**",
    "price": "82.000",
    "stock": "12",
    "weight_grams": "230",
    "code": "KG-200",
    "active": "y",
}


def signed_in(shop, role="owner"):
    shop.add_staff(f"{role}@toko.test", role)
    visitor = shop.visitor()
    visitor.sign_in(f"{role}@toko.test")
    return visitor


@pytest.fixture
def owner(shop):
    return signed_in(shop)


def product(shop, slug="kopi-tubruk"):
    with shop.app.app_context():
        found = db.session.scalars(select(Product).where(Product.slug == slug)).one()
        assert found.variants is not None
        assert found.category is not None
        db.session.expunge_all()
        return found


def variant_id(shop, slug="kopi-tubruk"):
    return product(shop, slug).variants[0].id


def path(shop, slug="kopi-tubruk", rest=""):
    return f"/admin/products/{product(shop, slug).id}{rest}"


def deeds(shop):
    with shop.app.app_context():
        entries = db.session.scalars(DEEDS.order_by(AuditEntry.id))
        return [(entry.action, entry.subject) for entry in entries]


def category_id(shop, slug="kopi"):
    with shop.app.app_context():
        return db.session.scalars(select(Category.id).where(Category.slug == slug)).one()


def filled(visitor, address, **typed):
    """Return the form of a page as a browser has it, with some of it typed over."""
    return {**fields(visitor.get(address).text), **typed}


def titles(page):
    return re.findall(r'<h2><a href="/admin/products/\d+">([^<]+)</a></h2>', page)


def pictures_form(visitor, address, **typed):
    """Return the form of a product's pictures, which shares its page with others."""
    page = visitor.get(address).text
    mark = re.search(r'name="seen" type="hidden" value="(\w+)"', page)[1]
    return {"csrf_token": fields(page)["csrf_token"], "seen": mark, **typed}


def test_a_product_is_made_once_however_often_it_is_sent(shop, owner):
    form = filled(owner, "/admin/products/new", **NEW, category=category_id(shop))

    answers = [owner.client.post("/admin/products/new", data=form) for _ in range(2)]

    made = product(shop, "kopi-gayo")
    assert [answer.location for answer in answers] == [f"/admin/products/{made.id}"] * 2
    [variant] = made.variants
    assert (variant.price, variant.stock, variant.weight_grams, variant.code) == (82_000, 12, 230, "KG-200")
    assert deeds(shop) == [("product.created", "kopi-gayo")]
    assert "<strong>Enak</strong>" in shop.visitor().get("/produk/kopi-gayo").text


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ({"name": ""}, 422, "wajib diisi"),
        ({"name": "???"}, 422, "huruf atau angka"),
        ({"price": "0"}, 422, "lebih dari 0"),
        ({"price": "murah"}, 422, "misalnya 50.000"),
        ({"price": "999.999.999.999.999.999.999"}, 422, "terlalu besar"),
        ({"stock": ""}, 422, "wajib diisi"),
        ({"stock": "-1"}, 422, "0 atau lebih"),
        ({"weight_grams": "2000000"}, 422, "Paling banyak 1000000"),
    ],
)
@on_sqlite
def test_what_was_typed_wrong_is_told_and_kept(shop, owner, typed, status, said):
    form = filled(owner, "/admin/products/new", **{**NEW, "category": category_id(shop), **typed})
    answer = owner.client.post("/admin/products/new", data=form)
    assert answer.status_code == status
    assert said in answer.text
    assert "Tebal" in answer.text


@pytest.mark.parametrize("typed", [{"name": "KOPI tubruk!"}, {"code": "K-1"}])
def test_a_name_or_a_code_that_is_taken_is_told(shop, owner, typed):
    with shop.app.app_context():
        db.session.scalars(select(Variant).limit(1)).one().code = "K-1"
        db.session.commit()

    answer = owner.post("/admin/products/new", {**NEW, "category": category_id(shop), **typed})

    assert answer.status_code == 409
    assert ("Sudah ada barang" if "name" in typed else "Kode ini sudah dipakai") in answer.text


def test_a_product_is_changed_and_taken_off_sale(shop, owner):
    form = filled(owner, path(shop), name="Kopi Tubruk Baru", category=category_id(shop, "teh"))
    form.pop("active")

    assert owner.client.post(path(shop), data=form).status_code == 302

    changed = product(shop)
    assert (changed.name, changed.category.slug, changed.active) == ("Kopi Tubruk Baru", "teh", False)
    assert shop.visitor().get("/produk/kopi-tubruk").status_code == 404
    assert deeds(shop) == [("product.changed", "kopi-tubruk")]


def test_whoever_was_slower_sees_what_the_other_changed_before_writing_over_it(shop, owner):
    form = filled(owner, path(shop), category=category_id(shop))
    shop.change_product(summary="Dari orang lain")

    refused = owner.client.post(path(shop), data={**form, "summary": "Dari saya"})

    assert refused.status_code == 409
    assert "Orang lain mengubah barang ini" in refused.text
    assert product(shop).summary == "Dari orang lain"
    again = {**fields(refused.text), "category": category_id(shop)}
    assert owner.client.post(path(shop), data=again).status_code == 302
    assert product(shop).summary == "Dari saya"


def test_stock_moves_by_the_difference_so_that_what_was_sold_stays_sold(shop, owner):
    form = filled(owner, "/admin/products")
    form[f"stock-{variant_id(shop)}"] = "15"
    shop.change_product(stock=8)  # two were sold since

    owner.client.post("/admin/products", data=form)
    assert shop.stock() == 13

    owner.client.post("/admin/products", data=form)
    assert shop.stock() == 13
    assert deeds(shop) == [("stock.changed", "Kopi Tubruk 100%")]


def test_sales_and_edits_at_the_same_time_are_all_counted(shop, owner):
    """Six buyers take one each while two people of the shop add ten and take three away."""
    shop.change_product(stock=20)
    edits = [filled(owner, "/admin/products") | {f"stock-{variant_id(shop)}": stock} for stock in ("30", "17")]
    buyers = [shop.visitor() for _ in range(6)]
    forms = []
    for buyer in buyers:
        buyer.put_into_cart()
        forms.append(buyer.checkout_form())
    cookie = owner.client.get_cookie("session").value

    def edit(form):
        client = shop.app.test_client()
        client.set_cookie("session", cookie)
        return client.post("/admin/products", data=form)

    with ThreadPoolExecutor(8) as pool:
        sales = [
            pool.submit(buyer.client.post, "/checkout", data=form) for buyer, form in zip(buyers, forms, strict=True)
        ]
        changes = [pool.submit(edit, form) for form in edits]
        assert {each.result().status_code for each in (*sales, *changes)} == {302}

    assert (shop.count_orders(), shop.stock()) == (6, 20 - 6 + 10 - 3)


def test_stock_never_goes_below_nothing_and_that_is_told(shop, owner):
    form = filled(owner, "/admin/products")
    form[f"stock-{variant_id(shop)}"] = "0"
    form[f"price-{variant_id(shop)}"] = "55.000"
    shop.change_product(stock=3)

    page = owner.client.post("/admin/products", data=form, follow_redirects=True).text

    assert "hasilnya di bawah 0" in page
    assert "1 perubahan disimpan" in page
    assert (shop.stock(), product(shop).price) == (3, 55_000)


def test_a_price_that_somebody_else_changed_is_left_alone(shop, owner):
    form = filled(owner, "/admin/products")
    form[f"price-{variant_id(shop)}"] = "55.000"
    shop.change_product(price=60_000)

    page = owner.client.post("/admin/products", data=form, follow_redirects=True).text

    assert "sudah diubah orang lain menjadi Rp60.000" in page
    assert product(shop).price == 60_000


@on_sqlite
def test_one_figure_that_cannot_be_read_stops_them_all_and_keeps_what_was_typed(shop, owner):
    form = filled(owner, "/admin/products")
    form[f"stock-{variant_id(shop)}"] = "sepuluh"
    form[f"stock-{variant_id(shop, 'cafe-creme')}"] = "99"

    answer = owner.client.post("/admin/products", data=form)

    assert answer.status_code == 422
    assert 'value="sepuluh"' in answer.text
    assert 'value="99"' in answer.text
    assert shop.stock("cafe-creme") == 5


@on_sqlite
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Kopi Tubruk 100%", "Café Crème", "Teh Melati", "Teh_Hijau"]),
        ("?q=creme+CAFE", ["Café Crème"]),
        ("?q=km-9", ["Kopi Tubruk 100%"]),
        ("?show=active", ["Café Crème", "Teh Melati", "Teh_Hijau"]),
        ("?show=inactive", ["Kopi Tubruk 100%"]),
        ("?show=sold_out", ["Teh Melati"]),
        ("?show=low", ["Café Crème", "Teh Melati", "Teh_Hijau"]),
        ("?category=99999999999999999999", ["Kopi Tubruk 100%", "Café Crème", "Teh Melati", "Teh_Hijau"]),
        ("?q=tidakada", []),
    ],
)
def test_products_are_found(shop, owner, query, found):
    shop.change_product(active=False)
    with shop.app.app_context():
        db.session.scalars(select(Variant).order_by(Variant.id).limit(1)).one().code = "KM-90"
        db.session.commit()

    assert titles(owner.get(f"/admin/products{query}").text) == found


def test_variants_are_added_changed_and_taken_off_sale(shop, owner):
    assert owner.get(path(shop, rest="/variants/new")).location == path(shop)
    owner.client.post(path(shop), data=filled(owner, path(shop), category=category_id(shop), option_1="Ukuran"))
    first = path(shop, rest=f"/variants/{variant_id(shop)}")
    owner.client.post(first, data=filled(owner, first, option_1="250 g", stock="9"))
    large = {"option_1": "1 kg", "price": "180.000", "member_price": "170.000", "stock": "4", "active": "y"}
    form = filled(owner, path(shop, rest="/variants/new"), **large)
    for _ in range(2):
        assert owner.client.post(path(shop, rest="/variants/new"), data=form).status_code == 302

    changed = product(shop)
    assert [(each.label, each.price, each.stock) for each in changed.variants] == [
        ("250 g", 50_000, 9),
        ("1 kg", 180_000, 4),
    ]
    assert "1 kg" in shop.visitor().get("/produk/kopi-tubruk").text
    second = path(shop, rest=f"/variants/{changed.variants[1].id}")
    taken = owner.client.post(second, data=filled(owner, second, option_1="250 g"))
    assert (taken.status_code, "Varian lain sudah memakai pilihan ini" in taken.text) == (409, True)
    form = filled(owner, second)
    form.pop("active")
    owner.client.post(second, data=form)
    assert "1 kg" not in shop.visitor().get("/produk/kopi-tubruk").text
    names = [action for action, _subject in deeds(shop)]
    assert names == ["product.changed", "variant.changed", "stock.changed", "variant.created", "variant.changed"]


def test_options_cannot_be_dropped_that_tell_variants_apart(shop, owner):
    with shop.app.app_context():
        found = db.session.scalars(select(Product).where(Product.slug == "kopi-tubruk")).one()
        found.option_names = ["Ukuran"]
        found.variants[0].label, found.variants[0].options = "S", ["S"]
        found.variants.append(Variant(label="M", options=["M"], price=1, stock=1, position=1))
        db.session.commit()

    answer = owner.client.post(path(shop), data=filled(owner, path(shop), category=category_id(shop), option_1=""))

    assert answer.status_code == 409
    assert "tidak bisa dibedakan lagi" in answer.text
    assert product(shop).option_names == ["Ukuran"]


def test_a_form_of_a_variant_moves_its_stock_once_and_never_below_nothing(shop, owner):
    address = path(shop, rest=f"/variants/{variant_id(shop)}")
    form = filled(owner, address, stock="12")
    shop.change_product(stock=9)
    for _ in range(2):
        owner.client.post(address, data=form)
    assert shop.stock() == 11

    form = filled(owner, address, stock="0")
    shop.change_product(stock=5)
    assert "hasilnya di bawah 0" in owner.client.post(address, data=form, follow_redirects=True).text
    assert shop.stock() == 5


def drawn(colour="red", kind="JPEG"):
    out = io.BytesIO()
    Image.new("RGB", (700, 500), colour).save(out, kind)
    out.seek(0)
    return out


@on_sqlite
def test_pictures_are_added_described_put_in_order_and_removed(shop, owner):
    address = path(shop, rest="/pictures")
    seen = pictures_form(owner, path(shop))
    files = [(drawn(), "a.jpg"), (drawn("blue", "PNG"), "b.png"), (io.BytesIO(b"x"), "c.txt")]
    page = owner.client.post(address, data={**seen, "files": files}, follow_redirects=True).text
    assert "2 gambar ditambahkan" in page
    assert "c.txt: Berkas ini bukan gambar" in page
    first, second = product(shop).pictures

    again = owner.client.post(address, data={**seen, "files": [(drawn(), "a.jpg")]}, follow_redirects=True).text
    assert "sudah berubah sejak halamannya dibuka" in again
    assert len(product(shop).pictures) == 2

    form = pictures_form(owner, path(shop), **{f"place-{second['id']}": "1", f"alt-{second['id']}": "Cangkir biru"})
    owner.client.post(address, data=form)
    assert [each["id"] for each in product(shop).pictures] == [second["id"], first["id"]]
    assert 'alt="Cangkir biru"' in shop.visitor().get("/produk/kopi-tubruk").text

    owner.client.post(address, data=pictures_form(owner, path(shop), **{f"remove-{first['id']}": "1"}))
    assert [each["id"] for each in product(shop).pictures] == [second["id"]]
    assert owner.get(f"/media/{first['id']}-320.webp").status_code == 404
    assert owner.get(f"/media/{second['id']}-320.webp", buffered=True).status_code == 200
    assert [action for action, _subject in deeds(shop)] == ["product.pictures"] * 3


@on_sqlite
def test_files_too_large_for_one_form_are_refused_by_the_shop(shop, owner):
    large = (io.BytesIO(b"\xff" * (13 * 1024 * 1024)), "besar.jpg")
    form = pictures_form(owner, path(shop), files=[large])
    page = owner.client.post(path(shop, rest="/pictures"), data=form, follow_redirects=True).text
    assert "besar.jpg: Gambarnya lebih besar dari 12 MB" in page


def test_categories_are_made_renamed_ordered_and_hidden(shop, owner):
    form = filled(owner, "/admin/categories/new", name="Paket Hadiah", description="Untuk yang tersayang")
    for _ in range(2):
        assert owner.client.post("/admin/categories/new", data=form).status_code == 302
    taken = owner.post("/admin/categories/new", {"name": "paket hadiah", "active": "y"})
    assert taken.status_code == 409

    gifts = category_id(shop, "paket-hadiah")
    for _ in range(2):
        owner.post(f"/admin/categories/{gifts}/place", {"to": "0"}, on="/admin/categories")
    home = shop.visitor().get("/").text
    assert home.index("Paket Hadiah") < home.index(">Kopi<")
    assert "Untuk yang tersayang" in shop.visitor().get("/kategori/paket-hadiah").text

    edit = filled(owner, f"/admin/categories/{gifts}", name="Hadiah")
    edit.pop("active")
    assert owner.client.post(f"/admin/categories/{gifts}", data=edit).status_code == 302
    assert shop.visitor().get("/kategori/paket-hadiah").status_code == 404
    assert "Hadiah" not in shop.visitor().get("/").text
    assert [action for action, _subject in deeds(shop)] == ["category.created", "category.moved", "category.changed"]


@on_sqlite
@pytest.mark.parametrize(("role", "may"), [("owner", True), ("staff", True), ("bookkeeper", False)])
def test_who_may_change_what(shop, role, may):
    visitor = signed_in(shop, role)
    here, kind = path(shop), f"/admin/categories/{category_id(shop)}"
    variant = path(shop, rest=f"/variants/{variant_id(shop)}")
    for address in ("/admin/products", here, variant, "/admin/categories", kind):
        page = visitor.get(address)
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "no-store"
        assert ("Simpan" in page.text or "Buat kategori" in page.text) is may
    allowed = {200, 302, 422} if may else {403}
    for address in ("/admin/products/new", path(shop, rest="/variants/new"), "/admin/categories/new"):
        assert visitor.get(address).status_code in allowed
    token = fields(visitor.get("/admin/products").text)["csrf_token"]
    posted = ("/admin/products", here, variant, kind, *(path(shop, rest=each) for each in ("/stock", "/pictures")))
    for address in (*posted, f"{kind}/place", "/admin/products/new", "/admin/categories/new"):
        assert visitor.client.post(address, data={"csrf_token": token}).status_code in allowed, address


@on_sqlite
def test_strangers_are_sent_to_sign_in(shop, visitor):
    for address in ("/admin/products", path(shop), "/admin/categories"):
        assert "/admin/login" in visitor.get(address).location


@on_sqlite
@pytest.mark.parametrize("address", ["/admin/products/999", "/admin/products/999/variants/1", "/admin/categories/999"])
def test_what_is_not_there_is_a_404_page(shop, owner, address):
    assert owner.get(address).status_code == 404


@on_sqlite
def test_the_list_needs_few_queries_however_long_it_is(shop, owner):
    with shop.app.app_context():
        shelf = db.session.scalars(select(Category).limit(1)).one()
        for number in range(60):
            variants = [Variant(label=f"{size}", options=[f"{size}"], price=1000, stock=size) for size in range(3)]
            db.session.add(Product(slug=f"b-{number}", name=f"Barang {number}", category=shelf, variants=variants))
        db.session.commit()
    with shop.statements() as statements:
        assert owner.get("/admin/products?page=2&q=barang").status_code == 200
    # One for the session, one for the person; the others are the list itself.
    assert len(statements) <= 5, statements
