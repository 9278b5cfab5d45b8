"""The shop's own pages: begun from samples, written, previewed, put in order, read in both languages."""

import pytest
from shopfloor import DEEDS, fields, on_sqlite
from sqlalchemy import select

from storefront.admin.models import AuditEntry
from storefront.brand import pages, service
from storefront.brand.models import Page
from storefront.extensions import db
from storefront.placeholders import unknown

# Words and pages: what the databases do differently is tried where the panel is walked.
pytestmark = on_sqlite

PAGES = "/admin/pages"


@pytest.fixture
def owner(shop):
    shop.add_staff()
    visitor = shop.visitor()
    visitor.sign_in()
    return visitor


def write(owner, **typed):
    text = {"title": "Ukuran baju", "body": "## Tabel\n\nUkur dulu.", "published": "y"}
    return owner.post(f"{PAGES}/new", {**text, **typed})


def titles(page):
    """Return the titles in the footer, in their order."""
    foot = page.partition('<footer class="site-foot"')[2]
    return [part.partition("</a>")[0].partition(">")[2] for part in foot.split('<a href="/halaman/')[1:]]


def test_a_page_is_read_and_stands_in_the_footer(owner, visitor):
    assert write(owner).status_code == 302

    page = visitor.get("/halaman/ukuran-baju")
    assert "<h1>Ukuran baju</h1>" in page.text
    assert "<h2>Tabel</h2>" in page.text
    assert 'content="Tabel Ukur dulu."' in page.text
    assert titles(visitor.get("/").text) == ["Ukuran baju"]


def test_a_draft_is_seen_by_nobody(shop, owner, visitor):
    owner.post(f"{PAGES}/new", {"title": "Rahasia", "body": "Belum"})

    assert visitor.get("/halaman/rahasia").status_code == 404
    assert titles(visitor.get("/").text) == []
    with shop.app.app_context():
        assert service.find_page("rahasia") is None


@pytest.mark.parametrize("slug", pages.SAMPLES)
def test_every_sample_is_complete_in_both_languages_and_waits_to_be_published(shop, owner, visitor, slug):
    owner.post(f"{PAGES}/sample/{slug}", on=PAGES)

    assert visitor.get(f"/halaman/{slug}").status_code == 404
    with shop.app.app_context():
        page = db.session.scalars(select(Page)).one()
        for text in (page.body, page.body_en):
            assert unknown(text, ()) == []
            assert len(text) > 300
    typed = {**fields(owner.get(f"{PAGES}/edit/{slug}").text), "published": "y"}
    owner.client.post(f"{PAGES}/edit/{slug}", data=typed)

    assert visitor.get(f"/halaman/{slug}").status_code == 200
    visitor.get("/bahasa/en")
    assert page.title_en in visitor.get(f"/halaman/{slug}").text


def test_samples_know_the_shops_terms(shop, owner):
    owner.post(f"{PAGES}/sample/{service.TERMS}", on=PAGES)

    with shop.app.app_context():
        page = db.session.scalars(select(Page)).one()
        assert "24 jam setelah memesan" in page.body
        assert "within 24 hours of ordering" in page.body_en
        assert "Transfer ke BCA" in page.body
        assert "2 hari kerja" in page.body


def test_a_sample_is_used_once_and_what_is_none_is_not_found(owner):
    owner.post(f"{PAGES}/sample/cara-bayar", on=PAGES)

    assert "/sample/cara-bayar" not in owner.get(PAGES).text
    assert owner.post(f"{PAGES}/sample/cara-bayar", on=PAGES).status_code == 302
    assert owner.post(f"{PAGES}/sample/lain", on=PAGES).status_code == 404


def test_an_english_reader_gets_english_where_there_is_some(owner, visitor):
    write(owner)
    write(owner, title="Kirim", title_en="Delivery", body_en="By **courier**.")
    visitor.get("/bahasa/en")

    assert "<strong>courier</strong>" in visitor.get("/halaman/kirim").text
    assert '<article class="prose" lang="id">' in visitor.get("/halaman/ukuran-baju").text
    assert titles(visitor.get("/").text) == ["Ukuran baju", "Delivery"]


def test_a_preview_keeps_nothing_and_leads_back(owner, visitor):
    shown = write(owner, preview="1", body_en="## Table")

    assert "<h2>Tabel</h2>" in shown.text
    assert "<h2>Table</h2>" in shown.text
    assert visitor.get("/halaman/ukuran-baju").status_code == 404
    back = owner.client.post(f"{PAGES}/new", data={**fields(shown.text), "again": "1"})
    assert "Ukur dulu." in back.text
    kept = {name: value for name, value in fields(shown.text).items() if name != "again"}
    assert owner.client.post(f"{PAGES}/new", data=kept).status_code == 302
    assert visitor.get("/halaman/ukuran-baju").status_code == 200


def test_nobodys_work_is_overwritten_unseen(owner, visitor):
    write(owner)
    first = {**fields(owner.get(f"{PAGES}/edit/ukuran-baju").text), "published": "y"}
    owner.client.post(f"{PAGES}/edit/ukuran-baju", data={**first, "body": "Tulisan orang lain"})

    stale = owner.client.post(f"{PAGES}/edit/ukuran-baju", data={**first, "body": "Tulisan saya"})

    assert stale.status_code == 409
    assert "Tulisan saya" in stale.text
    assert "Tulisan orang lain" in visitor.get("/halaman/ukuran-baju").text
    again = {**fields(stale.text), "published": "y"}
    assert owner.client.post(f"{PAGES}/edit/ukuran-baju", data=again).status_code == 302
    assert "Tulisan saya" in visitor.get("/halaman/ukuran-baju").text


def test_pages_are_put_in_order(owner, visitor):
    for title in ("Satu", "Dua", "Tiga"):
        write(owner, title=title)

    owner.post(f"{PAGES}/move/tiga", {"way": "up"}, on=PAGES)
    owner.post(f"{PAGES}/move/satu", {"way": "up"}, on=PAGES)
    assert titles(visitor.get("/").text) == ["Satu", "Tiga", "Dua"]
    owner.post(f"{PAGES}/move/satu", {"way": "down"}, on=PAGES)
    owner.post(f"{PAGES}/move/satu", {"way": "sideways"}, on=PAGES)
    assert titles(visitor.get("/").text) == ["Tiga", "Satu", "Dua"]


def test_deleting_asks_first_and_the_log_keeps_the_text(shop, owner, visitor):
    write(owner)

    assert "Hapus “Ukuran baju”?" in owner.get(f"{PAGES}/delete/ukuran-baju").text
    assert visitor.get("/halaman/ukuran-baju").status_code == 200
    owner.post(f"{PAGES}/delete/ukuran-baju")

    assert visitor.get("/halaman/ukuran-baju").status_code == 404
    assert titles(visitor.get("/").text) == []
    with shop.app.app_context():
        entry = db.session.scalars(DEEDS.order_by(AuditEntry.id.desc())).first()
        assert entry.action == "page.deleted"
        assert "Ukur dulu." in entry.before["body"]


@pytest.mark.parametrize(
    ("typed", "told"), [({"title": "Ukuran  Baju!"}, "Sudah ada"), ({"title": "???"}, "alamatnya")]
)
def test_two_pages_have_two_addresses(owner, typed, told):
    write(owner)

    answer = write(owner, **typed)

    assert answer.status_code in {409, 422}
    assert told in answer.text
    assert "Ukur dulu." in answer.text


@pytest.mark.parametrize("role", ["staff", "bookkeeper"])
def test_only_owners_write_pages(shop, owner, role):
    write(owner)
    shop.add_staff("lain@toko.test", role)
    visitor = shop.visitor()
    visitor.sign_in("lain@toko.test")
    token = visitor.token("/admin/orders")

    for path in ("new", "edit/ukuran-baju", "delete/ukuran-baju", "move/ukuran-baju", "sample/cara-bayar"):
        assert visitor.client.post(f"{PAGES}/{path}", data={"csrf_token": token}).status_code == 403
    for path in ("", "/new", "/edit/ukuran-baju", "/delete/ukuran-baju"):
        assert visitor.get(f"{PAGES}{path}").status_code == 403
