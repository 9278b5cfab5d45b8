"""Finding goods: filters, mistyped words, search engines; and pages that stay light."""

import json
import re

import pytest
from sqlalchemy import select

from storefront.catalog.models import Category, Product, Variant
from storefront.customers.models import Customer
from storefront.extensions import db

_MOST_BYTES = 60_000


def titles(page):
    return re.findall(r"<h[23]><a [^>]*>([^<]+)</a></h[23]>", page)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/?min=50000", ["Kopi Tubruk 100%", "Café Crème"]),
        ("/?maks=30.000", ["Teh Melati", "Teh_Hijau"]),
        ("/?maks=30.000&ada=1", ["Teh_Hijau"]),
        ("/?min=Rp30.000&maks=50000&sort=harga-naik", ["Teh_Hijau", "Kopi Tubruk 100%"]),
        ("/kategori/kopi?maks=60000", ["Kopi Tubruk 100%"]),
        ("/?min=murah", ["Kopi Tubruk 100%", "Café Crème", "Teh Melati", "Teh_Hijau"]),
        ("/?min=900000", []),
    ],
)
def test_the_list_is_narrowed_by_price_and_stock(visitor, address, found):
    page = visitor.get(address)
    assert page.status_code == 200
    assert titles(page.text) == found


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/cari?q=te&kategori=teh", ["Teh Melati", "Teh_Hijau"]),
        ("/cari?q=te&kategori=teh&ada=1", ["Teh_Hijau"]),
        ("/cari?q=kopi&kategori=teh", []),
        ("/cari?q=teh&kategori=tidak-ada", ["Teh Melati", "Teh_Hijau"]),
    ],
)
def test_a_search_is_narrowed_to_a_category(visitor, address, found):
    page = visitor.get(address).text
    assert titles(page) == found
    assert re.search(r'href="/cari\?q=\w+(&amp;ada=1)?&amp;kategori=kopi"', page)


@pytest.fixture
def member(shop):
    """Somebody who pays 18,000 for the coffee that others pay 50,000 for."""
    shop.buy()
    with shop.app.app_context():
        db.session.scalars(select(Variant).where(Variant.price == 50_000)).one().member_price = 18_000
        siti = db.session.scalars(select(Customer)).one()
        siti.is_member = True
        db.session.commit()
    return shop.customer()


@pytest.mark.parametrize("path", ["/", "/produk/kopi-tubruk"])
def test_members_see_their_price_and_the_usual_one_struck_through(shop, member, path):
    page = member.get(path).text
    assert "Rp18.000" in page
    assert '<s class="usual"><span class="visually-hidden">biasanya </span>Rp50.000</s>' in page
    assert "Rp18.000" not in shop.visitor().get(path).text


@pytest.mark.parametrize(
    ("address", "for_anybody", "for_members"),
    [
        ("/?maks=19000", [], ["Kopi Tubruk 100%"]),
        ("/?min=40000", ["Kopi Tubruk 100%", "Café Crème"], ["Café Crème"]),
        (
            "/?sort=harga-naik",
            ["Teh Melati", "Teh_Hijau", "Kopi Tubruk 100%", "Café Crème"],
            ["Kopi Tubruk 100%", "Teh Melati", "Teh_Hijau", "Café Crème"],
        ),
        ("/cari?q=kopi&maks=19000", [], ["Kopi Tubruk 100%"]),
    ],
)
def test_the_list_goes_by_the_prices_that_whoever_looks_would_pay(shop, member, address, for_anybody, for_members):
    assert titles(shop.visitor().get(address).text) == for_anybody
    assert titles(member.get(address).text) == for_members


def test_a_members_price_above_the_usual_one_moves_nothing(shop, member):
    with shop.app.app_context():
        db.session.scalars(select(Variant).where(Variant.price == 20_000)).one().member_price = 60_000
        db.session.commit()
    assert "Teh Melati" in titles(member.get("/?maks=20000").text)


def test_what_is_called_like_that_comes_before_what_only_mentions_it(shop, visitor):
    shop.change_product("cafe-creme", summary="Lebih ringan daripada teh")
    assert titles(visitor.get("/cari?q=teh").text) == ["Teh Melati", "Teh_Hijau", "Café Crème"]
    assert titles(visitor.get("/cari?q=teh&sort=nama").text) == ["Café Crème", "Teh Melati", "Teh_Hijau"]


def test_filters_that_leave_nothing_can_be_taken_off(visitor):
    page = visitor.get("/?min=900000").text
    assert "Tidak ada yang cocok dengan saringan ini" in page
    assert "Hapus saringan" in page


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kopi tubrk", "Kopi Tubruk 100%"),
        ("tubruk kpi", "Kopi Tubruk 100%"),
        ("cafe crem", "Café Crème"),
        ("melatti", "Teh Melati"),
        ("melati sereh", "Teh Melati"),
    ],
)
def test_mistyped_words_lead_to_what_was_meant_and_say_so(visitor, typed, meant):
    page = visitor.get("/cari", query_string={"q": typed}).text
    assert titles(page)[0] == meant
    if typed != "cafe crem":
        assert "Mungkin ini yang Anda cari" in page


@pytest.mark.parametrize("typed", ["sepeda", "xx", "%%%", "q" * 100])
def test_words_that_are_like_nothing_lead_nowhere(visitor, typed):
    assert titles(visitor.get("/cari", query_string={"q": typed}).text) == []


def test_a_product_tells_search_engines_its_price_and_stock(shop, visitor):
    shop.change_product(name="Kopi </script><b>", summary="Enak & murah")
    page = visitor.get("/produk/kopi-tubruk").text
    [block] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    facts = json.loads(block)
    assert facts["name"] == "Kopi </script><b>"
    [offer] = facts["offers"]
    assert (offer["price"], offer["priceCurrency"]) == (50_000, "IDR")
    assert offer["availability"] == "https://schema.org/InStock"
    assert f'<link rel="canonical" href="{facts["url"]}">' in page


def test_the_story_of_a_product_is_safe_markdown(shop, visitor):
    shop.change_product(description="## Asal\n\n**Gayo** <script>alert(1)</script> [lihat](javascript:alert(1))")
    page = visitor.get("/produk/kopi-tubruk").text
    assert "<h2>Asal</h2>" in page
    assert "<strong>Gayo</strong>" in page
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_several_variants_show_their_prices_and_what_is_left(shop, visitor):
    with shop.app.app_context():
        product = db.session.scalars(select(Product).where(Product.slug == "kopi-tubruk")).one()
        product.option_names = ["Ukuran"]
        product.variants[0].label, product.variants[0].options = "100 g", ["100 g"]
        product.variants.append(Variant(label="250 g", options=["250 g"], price=110_000, stock=2, position=1))
        product.variants.append(Variant(label="1 kg", options=["1 kg"], price=400_000, stock=0, position=2))
        db.session.commit()
    page = visitor.get("/produk/kopi-tubruk").text
    assert "Ukuran" in page
    assert "Rp110.000 · Sisa 2" in page
    assert page.count("disabled") == 1
    assert "mulai" in visitor.get("/").text


def test_robots_find_the_shop_and_leave_people_alone(shop, visitor):
    shop.change_product(slug="teh-melati", active=False)
    robots = visitor.get("/robots.txt").text
    assert "Disallow: /admin" in robots
    assert "Sitemap: http://localhost/sitemap.xml" in robots
    answer = visitor.get("/sitemap.xml")
    assert answer.mimetype == "application/xml"
    assert "<loc>http://localhost/produk/kopi-tubruk</loc>" in answer.text
    assert "teh-melati" not in answer.text
    assert "/kategori/kopi" in answer.text


@pytest.fixture
def full_shelves(shop):
    """Five hundred products, each in three variants."""
    with shop.app.app_context():
        shelf = db.session.scalars(select(Category).limit(1)).one()
        for number in range(500):
            variants = [
                Variant(label=f"{size} g", options=[f"{size} g"], price=10_000 + number * 100 + size, stock=number % 7)
                for size in (100, 250, 500)
            ]
            db.session.add(
                Product(
                    slug=f"barang-{number}",
                    name=f"Barang nomor {number} dengan nama yang cukup panjang",
                    summary="Keterangan singkat yang juga tidak terlalu pendek. " * 3,
                    description="Cerita panjang.\n\n" * 60,
                    drawing="drawings/kopi-tubruk.svg",
                    option_names=["Berat"],
                    variants=variants,
                    category=shelf,
                    position=number,
                )
            )
        db.session.commit()
    return shop


@pytest.mark.parametrize("is_signed_in", [False, True])
def test_pages_of_a_large_catalogue_take_three_queries_and_stay_light(full_shelves, is_signed_in):
    full_shelves.buy()
    looking = full_shelves.customer() if is_signed_in else full_shelves.visitor()
    for path in ("/", "/?page=20&sort=harga-turun&min=20000&ada=1", "/cari?q=barang+nomor", "/produk/barang-7"):
        with full_shelves.statements() as statements:
            page = looking.get(path)
        assert page.status_code == 200, path
        assert len(statements) <= 3, (path, statements)
        assert len(page.data) < _MOST_BYTES, path
