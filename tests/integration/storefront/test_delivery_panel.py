"""Ways of delivery, zones and vouchers in the panel."""

import pytest
from shopfloor import DEEDS
from sqlalchemy import select

from storefront.admin.models import AuditEntry
from storefront.extensions import db
from storefront.promotions.models import Voucher
from storefront.shipping.models import DeliveryMethod, DeliveryRate, DeliveryZone


@pytest.fixture
def owner(shop):
    return signed_in(shop, "owner")


def signed_in(shop, role):
    shop.add_staff(f"{role}@toko.test", role)
    visitor = shop.visitor()
    visitor.sign_in(f"{role}@toko.test")
    return visitor


def every(shop, model):
    with shop.app.app_context():
        found = list(db.session.scalars(select(model).order_by(model.id)))
        db.session.expunge_all()
        return found


def deeds(shop):
    with shop.app.app_context():
        return [entry.action for entry in db.session.scalars(DEEDS.order_by(AuditEntry.id))]


def make_zone(owner, **typed):
    return owner.post(
        "/admin/delivery/zones/new", {"name": "Jawa", "provinces": ["Jawa Tengah", "Jawa Barat"], **typed}
    )


def test_a_flat_way_is_offered_at_once(shop, owner):
    form = {"kind": "flat", "name": "Kurir toko", "price": "15.000", "free_from": "200.000", "active": "y"}
    assert owner.post("/admin/delivery/methods/new", form).status_code == 302

    [method] = every(shop, DeliveryMethod)
    assert (method.price, method.free_from, method.active) == (15_000, 200_000, True)
    assert "Kurir toko" in owner.get("/admin/delivery").text
    assert "delivery.created" in deeds(shop)
    shopper = shop.visitor()
    shopper.put_into_cart()
    assert "Rp65.000" in shopper.get("/checkout").text


def test_prices_by_zone_are_set_changed_and_left_empty(shop, owner):
    make_zone(owner, cities="Kota Bandung\n\n Kota Cimahi ")
    [zone] = every(shop, DeliveryZone)
    assert (zone.provinces, zone.cities) == (["Jawa Tengah", "Jawa Barat"], ["Kota Bandung", "Kota Cimahi"])

    form = {"kind": "zone", "name": "JNE", "courier_code": "jne", "active": "y"}
    prices = {f"first_{zone.id}": "12.000", f"next_{zone.id}": "10.000"}
    owner.post("/admin/delivery/methods/new", {**form, **prices})
    [method] = every(shop, DeliveryMethod)
    [rate] = every(shop, DeliveryRate)
    assert (rate.first_kg, rate.next_kg) == (12_000, 10_000)

    path = f"/admin/delivery/methods/{method.id}"
    assert 'value="12.000"' in owner.get(path).text
    owner.post(path, {**form, **prices, f"next_{zone.id}": "9000"})
    assert every(shop, DeliveryRate)[0].next_kg == 9_000
    owner.post(path, form)
    assert every(shop, DeliveryRate) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"price": ""}, "0 berarti gratis"),
        ({"price": "murah"}, "misalnya 50.000"),
        ({"name": ""}, "wajib diisi"),
        ({"kind": "service"}, "nama layanan tarif"),
    ],
)
def test_what_was_typed_wrong_is_told_and_kept(shop, owner, typed, said):
    form = {"kind": "flat", "name": "Kurir toko", "price": "1.000", "estimate": "besok", **typed}
    answer = owner.post("/admin/delivery/methods/new", form)
    assert answer.status_code == 422
    assert said in answer.text
    assert "besok" in answer.text
    assert every(shop, DeliveryMethod) == []


def test_a_zone_goes_with_its_prices_and_a_second_click_is_harmless(shop, owner):
    make_zone(owner)
    [zone] = every(shop, DeliveryZone)
    prices = {f"first_{zone.id}": "12000", "kind": "zone", "name": "JNE"}
    owner.post("/admin/delivery/methods/new", prices)
    for _twice in range(2):
        answer = owner.post(f"/admin/delivery/zones/{zone.id}/remove", on="/admin/delivery")
        assert answer.status_code == 302
    assert every(shop, DeliveryZone) == every(shop, DeliveryRate) == []
    [method] = every(shop, DeliveryMethod)
    for _twice in range(2):
        assert owner.post(f"/admin/delivery/methods/{method.id}/remove", on="/admin/delivery").status_code == 302
    assert every(shop, DeliveryMethod) == []


def test_two_zones_cannot_have_one_name(shop, owner):
    make_zone(owner)
    assert "sudah dipakai" in make_zone(owner).text
    assert len(every(shop, DeliveryZone)) == 1
    assert "Pilih provinsi" in make_zone(owner, name="Bali", provinces=[]).text


def test_a_voucher_is_made_changed_and_keeps_its_code(shop, owner):
    form = {"code": "hemat 10", "kind": "percent", "value": "10", "active": "y", "ends_at": "2099-12-31T23:59"}
    assert owner.post("/admin/vouchers/new", form).status_code == 302
    [voucher] = every(shop, Voucher)
    assert (voucher.code, voucher.value, voucher.active) == ("HEMAT10", 10, True)
    assert voucher.ends_at.isoformat() == "2099-12-31T16:59:00+00:00"

    path = f"/admin/vouchers/{voucher.id}"
    assert 'value="2099-12-31T23:59"' in owner.get(path).text
    owner.post(path, {**form, "code": "LAIN", "value": "15", "max_discount": "20.000"})
    [voucher] = every(shop, Voucher)
    assert (voucher.code, voucher.value, voucher.max_discount) == ("HEMAT10", 15, 20_000)
    assert deeds(shop) == ["voucher.created", "voucher.changed"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"value": "101"}, "Paling banyak 100 persen"),
        ({"value": ""}, "wajib diisi"),
        ({"code": "a!"}, "huruf, angka, atau tanda hubung"),
        ({"starts_at": "2027-01-02T00:00", "ends_at": "2027-01-01T00:00"}, "setelah awalnya"),
        ({"usage_limit": "-1"}, "angka bulat"),
    ],
)
def test_terms_that_make_no_sense_are_refused(shop, owner, typed, said):
    answer = owner.post("/admin/vouchers/new", {"code": "HEMAT", "kind": "percent", "value": "10", **typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert every(shop, Voucher) == []


def test_a_code_is_given_out_once(shop, owner):
    form = {"code": "HEMAT", "kind": "free_delivery", "value": "", "active": "y"}
    owner.post("/admin/vouchers/new", form)
    answer = owner.post("/admin/vouchers/new", form)
    assert answer.status_code == 422
    assert "sudah ada" in answer.text
    assert len(every(shop, Voucher)) == 1


def test_the_limit_cannot_fall_below_what_was_used_and_the_uses_are_shown(shop, owner):
    owner.post("/admin/vouchers/new", {"code": "HEMAT", "kind": "fixed", "value": "20.000", "active": "y"})
    shopper = shop.visitor()
    shopper.put_into_cart()
    form = shopper.checkout_form(voucher="HEMAT")
    shopper.client.post("/checkout", data={**form, "recount": "1"})
    assert shopper.client.post("/checkout", data=form).status_code == 302
    [voucher] = every(shop, Voucher)
    path = f"/admin/vouchers/{voucher.id}"
    assert shop.newest_order().number in owner.get(path).text
    refused = owner.post(path, {"kind": "fixed", "value": "20.000", "usage_limit": "0", "active": "y"})
    assert "sudah dipakai 1 kali" in refused.text


@pytest.mark.parametrize("path", ["/admin/delivery/methods/new", "/admin/delivery/zones/new", "/admin/vouchers/new"])
def test_a_bookkeeper_looks_but_changes_nothing(shop, owner, path):
    bookkeeper = signed_in(shop, "bookkeeper")
    assert bookkeeper.get("/admin/delivery").status_code == 200
    assert bookkeeper.get("/admin/vouchers").status_code == 200
    assert bookkeeper.get(path).status_code == 403
    token = {"csrf_token": bookkeeper.token("/admin/delivery")}
    assert bookkeeper.client.post(path, data=token).status_code == 403
    owner.post("/admin/vouchers/new", {"code": "HEMAT", "kind": "fixed", "value": "20.000", "active": "y"})
    [voucher] = every(shop, Voucher)
    assert bookkeeper.client.post(f"/admin/vouchers/{voucher.id}", data=token).status_code == 403
