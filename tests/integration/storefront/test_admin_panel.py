"""The panel lets in who belongs there, finds orders and sends them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hosts import bank
from shopfloor import PASSWORD, on_sqlite
from sqlalchemy import select

from storefront.admin.access import OPEN
from storefront.admin.models import StaffMember
from storefront.extensions import db


@pytest.fixture
def staff(shop):
    """Return somebody who signed in as the owner."""
    shop.add_staff()
    visitor = shop.visitor()
    assert visitor.sign_in().status_code == 302
    return visitor


def numbers(page):
    return re.findall(r'<a href="/admin/orders/(INV-\d+)">', page)


def guarded(app):
    """Return every route of the panel but the door itself, with a method it answers."""
    values = {"number": "INV-1001", "ticket": "RFD-2026-000001", "step": "approve"}
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/admin") and rule.endpoint not in OPEN:
            path = re.sub(r"<int[^>]*>", "1", rule.rule)
            path = re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda match: values.get(match[1], "x"), path)
            for method in rule.methods & {"GET", "POST"}:
                yield method, path


def test_no_route_of_the_panel_lets_a_stranger_in(shop):
    visitor = shop.visitor()
    token = visitor.token("/produk/kopi-tubruk")
    routes = list(guarded(shop.app))

    answers = [visitor.client.open(path, method=method, data={"csrf_token": token}) for method, path in routes]

    assert len(routes) >= 13
    assert [answer.status_code for answer in answers] == [302] * len(routes)
    assert all(answer.location.startswith("/admin/login") for answer in answers)


def test_signing_in_leads_to_where_one_wanted_to_go(shop):
    shop.add_staff()
    visitor = shop.visitor()

    door = visitor.get("/admin/orders?payment=paid").location

    assert visitor.sign_in().location == "/admin/"
    assert visitor.get(door).location == "/admin/orders?payment=paid"


@on_sqlite
@pytest.mark.parametrize(
    "target", ["https://jahat.test/", "//jahat.test", "/\\jahat.test", "jahat", "javascript:alert(1)"]
)
def test_signing_in_never_leads_elsewhere(shop, target):
    shop.add_staff()
    visitor = shop.visitor()
    token = visitor.token("/admin/login")

    answer = visitor.client.post(
        "/admin/login",
        query_string={"next": target},
        data={"csrf_token": token, "email": "pemilik@toko.test", "password": PASSWORD},
    )

    assert answer.location == "/admin/"


@pytest.mark.parametrize(("email", "password"), [("pemilik@toko.test", "salah-semua"), ("siapa@toko.test", PASSWORD)])
def test_a_wrong_password_and_an_unknown_person_look_the_same(shop, email, password):
    shop.add_staff()

    answer = shop.visitor().sign_in(email, password)

    assert answer.status_code == 401
    assert "E-mail atau kata sandi tidak cocok." in answer.text


def test_the_email_is_read_without_capitals_and_spaces(shop):
    shop.add_staff()

    assert shop.visitor().sign_in("  Pemilik@Toko.test ").status_code == 302


def test_too_many_failures_close_the_door_for_a_while_and_only_from_there(shop):
    shop.add_staff()
    visitor = shop.visitor()
    failures = [visitor.sign_in(password="salah-semua").status_code for _ in range(5)]

    refused = visitor.sign_in()
    elsewhere = shop.visitor().sign_in(environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16)):
        later = shop.visitor().sign_in()

    assert failures == [401] * 5
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "900")
    assert "Terlalu banyak percobaan" in refused.text
    assert (elsewhere.status_code, later.status_code) == (302, 302)


def test_getting_in_forgets_the_failures(shop):
    shop.add_staff()
    visitor = shop.visitor()
    for _ in range(2):
        for _ in range(4):
            visitor.sign_in(password="salah-semua")
        assert shop.visitor().sign_in().status_code == 302


def test_signing_in_renews_the_session_and_keeps_the_cart(shop):
    shop.add_staff()
    visitor = shop.visitor()
    visitor.put_into_cart(quantity=2)
    with visitor.client.session_transaction() as session:
        session["planted"] = "x"
        token = session["csrf_token"]

    visitor.sign_in()

    with visitor.client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != token
        assert session["cart"]


def test_signing_out_ends_a_copied_session_too(shop, staff):
    copied = shop.app.test_client()
    copied.set_cookie("session", staff.client.get_cookie("session").value)
    assert copied.get("/admin/orders").status_code == 200

    staff.post("/admin/logout", on="/admin/orders")

    assert staff.get("/admin/orders").status_code == 302
    assert copied.get("/admin/orders").status_code == 302


def test_somebody_who_was_locked_out_is_out_at_once(shop, staff):
    with shop.app.app_context():
        db.session.scalars(select(StaffMember)).one().active = False
        db.session.commit()

    assert staff.get("/admin/orders").status_code == 302
    assert shop.visitor().sign_in().status_code == 401


@pytest.fixture
def three_orders(shop):
    first = shop.buy(name="Siti Rahayu", email="siti@contoh.test", phone="0812-3456-7890")
    second = shop.buy(name="Bu Désirée Núñez", email="desi@lain.test", phone="+62 857 1111 2222")
    third = shop.buy("cafe-creme", name="Agus 100%", email="agus@contoh.test", phone="08131234567")
    shop.pay(second)
    return [third, second, first]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [0, 1, 2]),
        ("siti", [2]),
        ("desiree NUNEZ", [1]),
        ("@contoh.test", [0, 2]),
        ("0857-1111-2222", [1]),
        ("62857", [1]),
        ("+62 812", [2]),
        ("100%", [0]),
        ("nunez", [1]),
        ("7890", [2]),
        ("Rp75.000", [0]),
        ("iti", []),
        ("%", []),
        ("tidak ada", []),
    ],
)
def test_orders_are_found_by_what_people_remember(staff, three_orders, query, found):
    page = staff.get("/admin/orders", query_string={"q": query})

    assert numbers(page.text) == [three_orders[place] for place in found]


def test_orders_are_found_by_number(staff, three_orders):
    number = three_orders[1]

    for written in (number, number.lower(), number.removeprefix("INV-")):
        assert numbers(staff.get("/admin/orders", query_string={"q": written}).text) == [number]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"payment": "paid"}, [1]),
        ({"payment": "unpaid"}, [0, 2]),
        ({"payment": "unpaid", "q": "agus"}, [0]),
        ({"shipment": "shipped"}, []),
        ({"queue": "to_ship"}, [1]),
        ({"queue": "unpaid"}, [0, 2]),
        ({"queue": "attention"}, []),
        ({"queue": "nonsense", "since": "x"}, [0, 1, 2]),
        ({"since": "2020-01-01", "until": "2020-12-31"}, []),
        ({"since": "2020-01-01"}, [0, 1, 2]),
        ({"until": "2020-01-01"}, []),
        ({"payment": "nonsense", "shipment": "nonsense"}, [0, 1, 2]),
    ],
)
def test_orders_are_filtered(staff, three_orders, filters, found):
    page = staff.get("/admin/orders", query_string=filters)

    assert numbers(page.text) == [three_orders[place] for place in found]


@pytest.mark.parametrize("number", ["INV-1", "INV-999999", "x", "INV-99999999999999999999", "%2e%2e", "INV--5"])
def test_an_unknown_order_is_not_found(staff, number):
    assert staff.get(f"/admin/orders/{number}").status_code == 404


def test_a_paid_order_is_sent_and_the_shopper_reads_how(shop, staff):
    number = shop.buy()
    shop.pay(number)

    answer = staff.post(
        f"/admin/orders/{number}/ship",
        {"courier": "JNE REG", "tracking_number": " JP 123 "},
        on=f"/admin/orders/{number}",
    )

    assert answer.status_code == 302
    order = shop.order(number)
    assert (order.shipment_status, order.courier, order.tracking_number) == ("shipped", "JNE REG", "JP 123")
    assert (order.events[-1].name, order.events[-1].actor) == ("order.shipped", "pemilik@toko.test")
    page = shop.visitor().get(shop.path_of(number)).text
    assert "JNE REG" in page
    assert "Dikirim" in page
    assert "pemilik@toko.test" in staff.get(f"/admin/orders/{number}").text
    assert "pemilik@toko.test" not in page


def test_shipping_asks_how(shop, staff):
    number = shop.buy()
    shop.pay(number)

    answer = staff.post(f"/admin/orders/{number}/ship", {"courier": "JNE"}, on=f"/admin/orders/{number}")

    assert answer.status_code == 422
    assert "wajib diisi" in answer.text
    assert shop.order(number).shipment_status == "none"


def test_an_unpaid_order_is_not_sent_and_none_is_sent_twice(shop, staff):
    number = shop.buy()
    parcel = {"courier": "JNE", "tracking_number": "1"}

    staff.post(f"/admin/orders/{number}/ship", parcel, on="/admin/orders")
    assert shop.order(number).shipment_status == "none"
    assert "belum atau tidak lagi dapat dikirim" in staff.get("/admin/orders").text

    shop.pay(number)
    staff.post(f"/admin/orders/{number}/ship", parcel, on="/admin/orders")
    staff.post(f"/admin/orders/{number}/ship", {**parcel, "tracking_number": "2"}, on="/admin/orders")
    assert shop.order(number).tracking_number == "1"


def test_a_bookkeeper_looks_but_does_not_ship(shop):
    shop.add_staff("buku@toko.test", "bookkeeper")
    number = shop.buy()
    shop.pay(number)
    visitor = shop.visitor()
    visitor.sign_in("buku@toko.test")

    assert visitor.get(f"/admin/orders/{number}").status_code == 200
    refused = visitor.post(
        f"/admin/orders/{number}/ship", {"courier": "JNE", "tracking_number": "1"}, on="/admin/orders"
    )
    assert refused.status_code == 403
    assert shop.order(number).shipment_status == "none"


def from_elsewhere(shop, address="103.28.52.99"):
    """Post an authentic webhook from an address that is not on the list; return the answer's status."""
    content = bank.body(bank.mutation(1))
    return (
        shop.app.test_client()
        .post(
            "/webhook/moota",
            data=content,
            headers={"Signature": bank.sign(content)},
            environ_overrides={"REMOTE_ADDR": address},
        )
        .status_code
    )


def test_the_owner_lets_a_new_address_of_mootas_in_with_one_click(shop, staff):
    assert from_elsewhere(shop) == 403
    assert "Webhook asli dari 103.28.52.99 ditolak" in staff.get("/admin/orders").text

    staff.post("/admin/webhooks/allow", {"address": "103.28.52.99"}, on="/admin/orders")

    assert "ditolak" not in staff.get("/admin/orders").text
    assert from_elsewhere(shop) == 200


def test_an_address_of_ones_own_network_is_a_proxy_and_offers_no_click(shop, staff):
    from_elsewhere(shop, "10.0.0.7")

    page = staff.get("/admin/orders").text

    assert "TRUSTED_PROXIES" in page
    assert "Izinkan alamat ini" not in page
    staff.post("/admin/webhooks/allow", {"address": "10.0.0.7"}, on="/admin/orders")
    assert from_elsewhere(shop, "10.0.0.7") == 403


def test_only_an_owner_lets_an_address_in(shop):
    shop.add_staff("staf@toko.test", "staff")
    helper = shop.visitor()
    helper.sign_in("staf@toko.test")
    from_elsewhere(shop)

    assert "Izinkan alamat ini" not in helper.get("/admin/orders").text
    assert helper.post("/admin/webhooks/allow", {"address": "103.28.52.99"}, on="/admin/orders").status_code == 403
    assert from_elsewhere(shop) == 403
