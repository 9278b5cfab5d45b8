"""What is done in the panel is noted for good."""

import re

import pytest
from shopfloor import DEEDS, on_sqlite
from sqlalchemy import select

from storefront.admin import audit
from storefront.admin.models import AuditEntry
from storefront.extensions import db


def note(shop, action, subject, **facts):
    with shop.app.app_context():
        audit.note(db.session(), action, subject, **facts)
        db.session.commit()


@pytest.fixture
def owner(shop):
    shop.add_staff()
    visitor = shop.visitor()
    visitor.sign_in()
    return visitor


def test_only_what_changed_is_kept(shop):
    note(shop, "voucher.changed", "HEMAT", before={"value": 10, "name": "Hemat"}, after={"value": 15, "name": "Hemat"})

    with shop.app.app_context():
        entry = db.session.scalars(DEEDS).one()
        assert (entry.actor, entry.before, entry.after) == ("cli", {"value": 10}, {"value": 15})


@on_sqlite
@pytest.mark.parametrize("deed", ["change", "delete"])
def test_an_entry_cannot_be_changed_or_deleted(shop, deed):
    note(shop, "voucher.ended", "HEMAT")

    with shop.app.app_context():
        entry = db.session.scalars(DEEDS).one()
        if deed == "change":
            entry.actor = "orang lain"
        else:
            db.session.delete(entry)
        with pytest.raises(TypeError, match="history"):
            db.session.flush()


def test_the_owner_finds_and_exports_what_was_done(shop, owner):
    note(shop, "voucher.created", "HEMAT", after={"value": 10})
    note(shop, "page.changed", "=tentang")

    assert "HEMAT" in owner.get("/admin/audit?q=voucher").text
    assert "=tentang" not in owner.get("/admin/audit?q=voucher").text
    exported = owner.get("/admin/audit/export.csv").get_data(as_text=True)
    assert "'=tentang" in exported
    assert "HEMAT" in exported


def test_coming_and_going_is_noted_with_where_from_and_without_what_was_typed(shop, owner):
    secret, elsewhere = "kata-sandi-di-kolom-salah", {"environ_overrides": {"REMOTE_ADDR": "203.0.113.9"}}
    shop.visitor().sign_in(password=secret, **elsewhere)
    shop.visitor().sign_in(secret, secret, **elsewhere)
    shop.visitor().post("/admin/password", {"email": "pemilik@toko.test"})
    owner.post("/admin/logout", on="/admin/audit")
    owner.sign_in()

    with shop.app.app_context():
        query = select(AuditEntry).where(AuditEntry.action.startswith("staff.")).order_by(AuditEntry.id)
        noted = [(entry.action, entry.actor, entry.subject) for entry in db.session.scalars(query)]
    mine = "pemilik@toko.test"
    assert noted == [
        ("staff.signed_in", mine, mine),
        ("staff.refused", "-", mine),
        ("staff.refused", "-", ""),
        ("staff.reset_asked", "-", mine),
        ("staff.signed_out", mine, mine),
        ("staff.signed_in", mine, mine),
    ]
    assert secret not in owner.get("/admin/audit/export.csv").get_data(as_text=True)
    assert told(owner.get("/admin/audit?q=203.0.113.9&deed=people")) == ["Percobaan masuk ditolak"] * 2
    assert "203.0.113.9" in owner.get("/admin/audit/export.csv?deed=people").get_data(as_text=True)


def told(answer):
    """Return what the list says was done, newest first."""
    return re.findall(r'<b class="deed">(.*?)<', answer.text)


def test_deeds_are_told_in_words_and_chosen_by_them_while_the_export_keeps_their_codes(shop, owner):
    note(shop, "stock.changed", "kopi")
    note(shop, "backup.done", "toko.tar.gz")
    note(shop, "an.older_name", "")

    assert told(owner.get("/admin/audit"))[:3] == ["an.older_name", "Cadangan selesai", "Stok diubah"]
    assert told(owner.get("/admin/audit?deed=stock.changed")) == ["Stok diubah"]
    assert told(owner.get("/admin/audit?deed=settings")) == ["Cadangan selesai"]
    exported = owner.get("/admin/audit/export.csv?deed=stock.changed").get_data(as_text=True)
    assert "stock.changed" in exported
    assert "backup.done" not in exported
    owner.get("/bahasa/en")
    assert told(owner.get("/admin/audit?deed=stock.changed")) == ["Stock changed"]


def test_long_lists_go_on_where_the_page_ended(shop, owner):
    for number in range(audit.PAGE_SIZE + 1):
        note(shop, "stock.changed", f"barang-{number:03}")

    first = owner.get("/admin/audit").text

    assert "barang-050" in first
    assert "barang-000" not in first
    with shop.app.app_context():
        below = db.session.scalars(DEEDS.with_only_columns(AuditEntry.id).order_by(AuditEntry.id)).all()[1]
    assert "barang-000" in owner.get(f"/admin/audit?older={below}").text


@pytest.mark.parametrize("role", ["staff", "bookkeeper"])
def test_only_owners_read_the_log(shop, role):
    shop.add_staff("lain@toko.test", role)
    visitor = shop.visitor()
    visitor.sign_in("lain@toko.test")

    assert visitor.get("/admin/audit").status_code == 403
