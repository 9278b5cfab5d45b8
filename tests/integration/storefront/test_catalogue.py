"""Browsing, searching and sorting."""

import re

import pytest
from shopfloor import on_sqlite


def titles(page):
    return re.findall(r'<h[23]><a href="/produk/[^"]+">([^<]+)</a></h[23]>', page.replace("&amp;", "&"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kopi", ["Kopi Tubruk 100%"]),
        ("KOPI tubruk", ["Kopi Tubruk 100%"]),
        ("cafe creme", ["Café Crème"]),
        ("CAFÉ", ["Café Crème"]),
        ("%", ["Kopi Tubruk 100%"]),
        ("_", ["Teh_Hijau"]),
        ("\\", []),
        ("kopi teh", []),
        ("tidak ada", []),
    ],
)
def test_search_forgives_case_and_accents_and_takes_wildcards_as_they_are(visitor, query, found):
    page = visitor.get("/cari", query_string={"q": query})

    assert (200, found) == (page.status_code, titles(page.text))


def test_an_empty_search_leads_to_the_whole_catalogue(visitor):
    assert visitor.get("/cari?q=%20").location == "/"


@on_sqlite
@pytest.mark.parametrize(
    ("sort", "first"),
    [("", "Kopi Tubruk 100%"), ("harga-naik", "Teh Melati"), ("harga-turun", "Café Crème"), ("nama", "Café Crème")],
)
def test_products_are_sorted_as_asked(visitor, sort, first):
    assert first == titles(visitor.get("/", query_string={"sort": sort}).text)[0]


@pytest.mark.parametrize(
    "path", ["/produk/tidak-ada", "/kategori/tidak-ada", "/produk/%2e%2e", "/?page=99", "/cari?q=kopi&page=2", "/tidak"]
)
def test_what_is_not_there_is_a_404_page(visitor, path):
    page = visitor.get(path)

    assert page.status_code == 404
    assert "Kembali ke toko" in page.text


@pytest.mark.parametrize("path", ["/?page=abc", "/?page=0", "/?page=-1", "/?page=99999999999999999999", "/?sort=x"])
def test_nonsense_in_the_address_shows_the_beginning(visitor, path):
    assert visitor.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/produk/%00", "/cari?q=%00", "/?page=%00"])
def test_nul_is_refused_before_it_reaches_the_database(visitor, path):
    assert visitor.get(path).status_code == 400


def test_a_product_taken_off_sale_is_gone(shop, visitor):
    shop.change_product(active=False)

    assert visitor.get("/produk/kopi-tubruk").status_code == 404
    assert "Kopi Tubruk" not in visitor.get("/").text


@pytest.mark.parametrize("path", ["/", "/kategori/kopi", "/cari?q=kopi", "/produk/kopi-tubruk"])
def test_a_page_of_the_catalogue_needs_few_queries(shop, visitor, path):
    """Lists grow; a query per product would make them slow without anybody noticing."""
    with shop.statements() as statements:
        assert visitor.get(path).status_code == 200
    assert len(statements) <= 3, statements
