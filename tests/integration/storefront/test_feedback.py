"""Buyers review what has arrived, anybody asks, the shop answers; strangers cannot flood it."""

import pytest
from shopfloor import DEEDS, make_shop, on_sqlite, stock_up
from sqlalchemy import func, select
from test_privacy import deliver

from storefront.admin.models import AuditEntry
from storefront.catalog.models import Product
from storefront.extensions import db
from storefront.feedback.models import Feedback, Message

PRODUCT = "/produk/kopi-tubruk"


@pytest.fixture
def arrived(shop):
    """Return the address of an order that has arrived."""
    number = shop.buy()
    shop.pay(number)
    deliver(shop, number)
    return shop.path_of(number)


@pytest.fixture
def owner(shop):
    shop.add_staff()
    visitor = shop.visitor()
    visitor.sign_in()
    return visitor


def review(shop, order, stars=5, text="Harum sekali", slug="kopi-tubruk"):
    return shop.visitor().post(f"{order}/ulasan/{slug}", {"stars": str(stars), "text": text})


def kept(shop):
    with shop.app.app_context():
        found = list(db.session.scalars(select(Feedback).order_by(Feedback.id)))
        db.session.expunge_all()
        return found


def rating(shop):
    with shop.app.app_context():
        product = db.session.scalars(select(Product).where(Product.slug == "kopi-tubruk")).one()
        return product.rating_sum, product.rating_count


def move(owner, each, **shown):
    return owner.post(f"/admin/feedback/{each.id}/status", shown, on="/admin/feedback")


def test_a_review_waits_for_the_shop_and_then_counts(shop, arrived, owner):
    assert "Tulis ulasan" in shop.visitor().get(arrived).text
    assert review(shop, arrived).status_code == 302
    (each,) = kept(shop)
    assert (each.name, each.stars, each.status) == ("Siti R.", 5, "waiting")
    assert "Harum sekali" not in shop.visitor().get(PRODUCT).text
    assert "Sudah diulas" in shop.visitor().get(arrived).text

    move(owner, each, shown="1")
    assert rating(shop) == (5, 1)
    page = shop.visitor().get(PRODUCT).text
    assert "Harum sekali" in page
    assert page.count("5,0") == 2  # beside the name and above what was said
    assert "5,0" in shop.visitor().get("/").text
    assert "Harum sekali" in shop.visitor().get(f"{PRODUCT}/ulasan").text

    move(owner, each, shown="1")
    assert rating(shop) == (5, 1)
    move(owner, each)
    assert rating(shop) == (0, 0)
    assert "Harum sekali" not in shop.visitor().get(PRODUCT).text
    assert "Nilai pembeli" not in shop.visitor().get("/").text
    with shop.app.app_context():
        assert db.session.scalars(DEEDS.with_only_columns(AuditEntry.action)).all() == ["feedback.moved"] * 2


def test_one_review_for_each_order_and_product(shop, arrived):
    review(shop, arrived)
    again = shop.visitor().get(f"{arrived}/ulasan/kopi-tubruk")

    assert again.status_code == 302
    assert len(kept(shop)) == 1


@on_sqlite
def test_only_what_has_arrived_is_reviewed_and_only_what_was_bought(shop, arrived):
    number = shop.buy()
    shop.pay(number)

    assert shop.visitor().get(f"{shop.path_of(number)}/ulasan/kopi-tubruk").status_code == 404
    assert shop.visitor().get(f"{arrived}/ulasan/cafe-creme").status_code == 404
    assert shop.visitor().get("/orders/palsu/ulasan/kopi-tubruk").status_code == 404


@on_sqlite
@pytest.mark.parametrize(("stars", "text"), [("6", "x"), ("", "x"), ("5", " ")])
def test_a_review_needs_stars_and_words(shop, arrived, stars, text):
    answer = review(shop, arrived, stars, text)

    assert answer.status_code == 422
    assert "perlu diperbaiki" in answer.text
    assert kept(shop) == []


@on_sqlite
def test_the_owner_may_let_reviews_be_shown_at_once(shop, arrived, owner):
    owner.post("/admin/feedback/settings", {"at_once": "1"}, on="/admin/feedback")

    review(shop, arrived, stars=4)

    assert rating(shop) == (4, 1)
    assert kept(shop)[0].status == "shown"


def ask(visitor, **typed):
    return visitor.post(f"{PRODUCT}/tanya", {"text": "Bisa digiling?", "name": "Budi", **typed})


def test_an_answered_question_is_shown_and_told_by_email(shop, visitor, owner):
    assert ask(visitor, email="Budi@contoh.test").location == PRODUCT
    (question,) = kept(shop)
    assert "Bisa digiling?" not in visitor.get(PRODUCT).text

    owner.post(f"/admin/feedback/{question.id}/answer", {"answer": "Bisa."}, on=f"/admin/feedback/{question.id}")
    shop.process()

    page = visitor.get(PRODUCT).text
    assert "Bisa digiling?" in page
    assert "Bisa." in page
    (letter,) = [mail for mail in shop.mails() if mail.to == ["Budi@contoh.test"]]
    assert "Bisa." in letter.body
    assert rating(shop) == (0, 0)
    owner.post(f"/admin/feedback/{question.id}/answer", {"answer": "Bisa, halus."}, on=f"/admin/feedback/{question.id}")
    shop.process()
    assert len(shop.subjects("Budi@contoh.test")) == 1


def test_programs_fall_into_the_trap_and_learn_nothing(shop, visitor):
    honest, caught = ask(visitor), ask(shop.visitor(), website="https://jahat.test")

    assert caught.location == honest.location
    assert len(kept(shop)) == 1
    typed = {"name": "Bot", "email": "bot@contoh.test", "text": "Beli!", "website": "x"}
    assert visitor.post("/kontak", typed).status_code == 302
    with shop.app.app_context():
        assert db.session.execute(select(func.count(Message.id))).scalar_one() == 0


def test_somebody_who_writes_too_often_waits_and_keeps_what_was_typed(shop, visitor):
    answers = [ask(visitor).status_code for _ in range(3)]

    refused = ask(visitor, text="Keempat kali")

    assert answers == [302] * 3
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "900")
    assert "Keempat kali" in refused.text
    assert len(kept(shop)) == 3


@pytest.fixture
def called(shop_address, tmp_path):
    """Return a shop whose owner is told by e-mail."""
    made = make_shop(tmp_path / "called", shop_address, SHOP_OWNER_EMAIL="pemilik@toko.test")
    stock_up(made)
    yield made
    made.close()


def test_a_message_reaches_the_owner_by_letter_and_in_the_panel(called):
    typed = {"name": "Budi", "email": "budi@contoh.test", "phone": "0812-3456-7890", "text": "Kapan buka?"}
    assert called.visitor().post("/kontak", {**typed, "order_number": "INV-1001"}).status_code == 302
    called.process()

    (letter,) = [mail for mail in called.mails() if "pesan dari Budi" in mail.subject]
    assert (letter.to, letter.reply_to) == (["pemilik@toko.test"], ["budi@contoh.test"])
    assert "Kapan buka?" in letter.body
    called.add_staff("staf@toko.test", "staff")
    staff = called.visitor()
    staff.sign_in("staf@toko.test")
    page = staff.get("/admin/messages").text
    assert "Kapan buka?" in page
    with called.app.app_context():
        number = db.session.scalars(select(Message.id)).one()
    staff.post(f"/admin/messages/{number}/done", on="/admin/messages")
    assert "Kapan buka?" not in staff.get("/admin/messages").text
    assert "staf@toko.test" in staff.get("/admin/messages?done=1").text


@on_sqlite
def test_the_contact_page_knows_a_signed_in_customer(shop):
    shop.buy()
    page = shop.customer().get("/kontak?pesanan=INV-1001").text

    assert 'value="siti@contoh.test"' in page
    assert 'value="INV-1001"' in page


@on_sqlite
def test_a_bookkeeper_has_nothing_to_do_with_what_people_say(shop):
    shop.add_staff("buku@toko.test", "bookkeeper")
    visitor = shop.visitor()
    visitor.sign_in("buku@toko.test")

    assert visitor.get("/admin/feedback").status_code == 403
    assert visitor.get("/admin/messages").status_code == 403


def test_a_forgotten_buyers_name_is_gone_from_the_products_page(shop, arrived, owner):
    review(shop, arrived)
    move(owner, kept(shop)[0], shown="1")
    assert "Siti R." in shop.visitor().get(PRODUCT).text

    shop.customer().post("/akun/data/hapus", {"email": "siti@contoh.test"})

    page = shop.visitor().get(PRODUCT).text
    assert "Siti R." not in page
    assert "Harum sekali" in page
    assert rating(shop) == (5, 1)
