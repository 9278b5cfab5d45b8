"""The owner gives the shop its face, sees it before it is kept, and closes the shop."""

import io
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from shopfloor import DEEDS, fields, on_sqlite

from storefront.admin.models import AuditEntry
from storefront.brand.colours import nearest
from storefront.database import now
from storefront.extensions import db

# Words and pages: what the databases do differently is tried where the panel is walked.
pytestmark = on_sqlite

BRAND = "/admin/brand"
OPENING = "/admin/brand/opening"


@pytest.fixture
def owner(shop):
    shop.add_staff()
    visitor = shop.visitor()
    visitor.sign_in()
    return visitor


def brand(owner, **typed):
    """Return the form of the page, filled in; the colour at night follows by itself."""
    return {**fields(owner.get(BRAND).text), "dark_by_itself": "y", "font": "warm", **typed}


def save(owner, path=BRAND, **typed):
    return owner.client.post(path, data=brand(owner, **typed))


def close(owner, **typed):
    return owner.post(OPENING, {"closed_now": "y", **typed})


def today():
    """Return the day it is where the shop is."""
    return now().astimezone(ZoneInfo("Asia/Jakarta")).date()


def test_what_is_saved_is_seen_by_everybody(owner, visitor):
    answer = save(
        owner,
        name="Kopi Lereng",
        tagline="Dari kebun sendiri",
        tagline_en="From our own garden",
        whatsapp="0812-9999-8888",
        welcome="Kopi dari lereng",
        footer="Buka setiap hari",
        instagram="@kopilereng",
    )

    assert answer.status_code == 302
    page = visitor.get("/").text
    assert "Kopi dari lereng" in page
    assert "Dari kebun sendiri" in page
    assert "Buka setiap hari" in page
    assert "https://www.instagram.com/kopilereng" in page
    assert "https://wa.me/6281299998888" in page
    assert "· Kopi Lereng</title>" in page
    visitor.get("/bahasa/en")
    assert "From our own garden" in visitor.get("/").text
    assert "Buka setiap hari" in visitor.get("/").text


def test_the_look_is_a_sheet_of_its_own_that_may_be_kept_for_good(owner, visitor):
    assert "/brand.css" not in visitor.get("/").text

    save(owner, accent="#7a1f4b", font="plain")

    page = visitor.get("/").text
    assert '<link rel="stylesheet" href="/brand.css?v=1">' in page
    sheet = visitor.get("/brand.css?v=1")
    assert "--accent: #7a1f4b;" in sheet.text
    assert "immutable" in sheet.headers["Cache-Control"]
    assert sheet.mimetype == "text/css"
    assert "Set-Cookie" not in sheet.headers
    assert visitor.get("/brand.css?v=7").headers["Cache-Control"] == "no-cache"


def test_the_payment_page_wears_the_look_too(shop, owner):
    save(owner, accent="#7a1f4b")
    number = shop.buy()

    assert "/brand.css?v=1" in shop.visitor().get(shop.pay_path(number)).text


def test_a_colour_that_cannot_be_read_is_refused_with_the_nearest_that_can(owner, visitor):
    answer = save(owner, accent="#ffcc00", name="Nama Baru")

    assert answer.status_code == 422
    offered = nearest("#ffcc00", "light")
    assert f"Pakai {offered}" in answer.text
    assert 'value="Nama Baru"' in answer.text
    assert "Nama Baru" not in visitor.get("/").text

    taken = owner.client.post(
        BRAND, data={**fields(answer.text), "dark_by_itself": "y", "font": "warm", "take": "accent"}
    )
    assert taken.status_code == 200
    assert fields(taken.text)["accent"] == offered
    assert "Nama Baru" not in visitor.get("/").text


def test_the_colour_at_night_can_be_the_owners_own(owner, visitor):
    typed = brand(owner, accent="#7a1f4b", accent_dark="#241019")
    del typed["dark_by_itself"]

    refused = owner.client.post(BRAND, data=typed)
    kept = owner.client.post(BRAND, data={**typed, "accent_dark": "#ffb3d1"})

    assert "tampilan gelap" in refused.text
    assert kept.status_code == 302
    assert "--accent: #ffb3d1;" in visitor.get("/brand.css").text


def test_a_preview_shows_everything_and_keeps_nothing(owner, visitor):
    shown = save(owner, f"{BRAND}/preview", name="Kopi Lereng", accent="#7a1f4b", footer="Baris satu\nBaris dua")

    assert "Kopi Lereng" in shown.text
    assert "accent=%237a1f4b" in shown.text
    assert "Kopi Lereng" not in visitor.get("/").text
    sheet = owner.get("/admin/brand/preview.css?accent=%237a1f4b&font=plain")
    assert ".look-dark" in sheet.text
    assert "--accent: #7a1f4b;" in sheet.text

    back = owner.client.post(BRAND, data={**fields(shown.text), "again": "1"})
    assert 'value="Kopi Lereng"' in back.text
    assert "Kopi Lereng" not in visitor.get("/").text
    again = fields(shown.text)
    again.pop("again", None)
    assert owner.client.post(BRAND, data=again).status_code == 302
    assert "Kopi Lereng" in visitor.get("/").text
    assert "Baris satu" in visitor.get("/").text


def test_a_name_that_is_no_colour_does_not_reach_a_sheet(owner):
    sheet = owner.get("/admin/brand/preview.css?accent=red;}body{display:none&font=<x>").text

    assert "display" not in sheet


def test_an_address_of_another_site_is_refused(owner):
    answer = save(owner, instagram="https://jahat.test/kopilereng")

    assert answer.status_code == 422
    assert "Tulis nama akun seperti @tokokami" in answer.text


def test_changes_are_noted_with_what_was_before(shop, owner):
    save(owner, name="Kopi Lereng")
    save(owner, name="Kopi Lembah")

    with shop.app.app_context():
        entry = db.session.scalars(DEEDS.order_by(AuditEntry.id.desc())).first()
        assert entry.action == "brand.changed"
        assert (entry.before["name"], entry.after["name"]) == ("Kopi Lereng", "Kopi Lembah")


def test_an_empty_text_takes_back_what_was_said(owner, visitor):
    save(owner, footer="Buka setiap hari")
    save(owner, footer="")

    assert "Buka setiap hari" not in visitor.get("/").text
    assert "Pesanan terkonfirmasi sendiri" in visitor.get("/").text


def test_a_closed_shop_shows_its_goods_and_takes_no_order(shop, owner, visitor):
    visitor.put_into_cart()
    form = visitor.checkout_form()

    close(owner, closed="Kami libur Lebaran", reopens=(today() + timedelta(days=9)).isoformat())

    for answer in (visitor.get("/checkout"), visitor.client.post("/checkout", data=form)):
        assert answer.status_code == 503
        assert "Kami libur Lebaran" in answer.text
        assert "Kami buka lagi pada" in answer.text
    assert shop.count_orders() == 0
    assert "Kami libur Lebaran" in visitor.get("/produk/kopi-tubruk").text
    assert "Keranjang Anda tetap tersimpan." in visitor.get("/keranjang").text

    owner.post(OPENING, {})
    assert visitor.check_out().status_code == 302


def test_a_shop_whose_day_has_come_is_open(owner, visitor):
    close(owner, reopens=(today() - timedelta(days=1)).isoformat())
    visitor.put_into_cart()

    assert visitor.get("/checkout").status_code == 200


def test_a_notice_is_up_on_its_days_and_not_in_the_panel(owner, visitor):
    owner.post(OPENING, {"notice": "Kurir libur", "notice_until": today().isoformat()})
    assert "Kurir libur" in visitor.get("/").text
    assert "Kurir libur" not in owner.get("/admin/orders").text

    past = (today() - timedelta(days=2)).isoformat()
    owner.post(OPENING, {"notice": "Kurir libur", "notice_until": past})
    assert "Kurir libur" not in visitor.get("/").text


def test_a_notice_cannot_end_before_it_begins(owner):
    answer = owner.post(OPENING, {"notice": "Libur", "notice_since": "2026-12-02", "notice_until": "2026-12-01"})

    assert answer.status_code == 422
    assert "lebih awal" in answer.text


def send_logo(owner, content):
    data = {"logo": (io.BytesIO(content), "logo.png"), "csrf_token": owner.token(BRAND)}
    return owner.client.post(f"{BRAND}/logo", data=data)


def png(width=400, height=100):
    out = io.BytesIO()
    Image.new("RGBA", (width, height), (200, 30, 30, 120)).save(out, "PNG")
    return out.getvalue()


def logo_of(page):
    found = re.search(r'<img class="logo" src="([^"]+)"', page)
    return found and found[1]


def test_a_logo_is_made_anew_shown_and_taken_away(owner, visitor):
    assert send_logo(owner, png()).status_code == 302
    address = logo_of(visitor.get("/").text)
    with visitor.get(address) as answer:
        assert answer.mimetype == "image/webp"
    save(owner, footer="Buka setiap hari")
    assert logo_of(visitor.get("/").text) == address

    send_logo(owner, png(300, 300))
    assert visitor.get(address).status_code == 404
    owner.post(f"{BRAND}/logo", {"remove": "1"}, on=BRAND)
    assert logo_of(visitor.get("/").text) is None


@pytest.mark.parametrize(("content", "told"), [(b"<svg/>", "bukan gambar"), (b"", "Berkasnya kosong")])
def test_what_is_no_picture_is_refused_as_a_logo(owner, visitor, content, told):
    answer = send_logo(owner, content)

    assert answer.status_code == 422
    assert told in answer.text
    assert logo_of(visitor.get("/").text) is None


@pytest.mark.parametrize("role", ["staff", "bookkeeper"])
def test_only_owners_change_the_face(shop, role):
    shop.add_staff("lain@toko.test", role)
    visitor = shop.visitor()
    visitor.sign_in("lain@toko.test")
    token = visitor.token("/admin/orders")

    for path in (BRAND, OPENING, f"{BRAND}/preview", f"{BRAND}/logo"):
        assert visitor.client.post(path, data={"csrf_token": token, "name": "x"}).status_code == 403
    assert visitor.get(BRAND).status_code == 403
    assert 'href="/admin/brand"' not in visitor.get("/admin/orders").text
