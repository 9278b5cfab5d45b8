"""The system page tells whether everything runs."""

from pathlib import Path

import pytest
from shopfloor import DEEDS, fields, on_sqlite

from storefront.admin.models import AuditEntry
from storefront.backups import folder, runs
from storefront.backups.models import BackupRun
from storefront.extensions import db, moota

SYSTEM = "/admin/system"


@pytest.fixture
def owner(shop):
    shop.add_staff()
    visitor = shop.visitor()
    visitor.sign_in()
    return visitor


def test_a_shop_that_has_just_begun(owner):
    page = owner.get(SYSTEM).text

    assert "belum pernah" in page
    assert "belum ada" in page
    assert page.count("terbaru") == 2


def test_what_ran_and_what_waits(shop, owner):
    shop.sweep()
    shop.buy()
    page = owner.get(SYSTEM).text
    waiting = page.partition("Surat dan tag menunggu dikirim</dt>")[2]

    assert "Tanda hidup pekerja" in page
    assert waiting.partition("</dd>")[0].endswith(">1")


def test_the_newest_backup_is_named(shop, owner):
    assert shop.run("backup").exit_code == 0

    page = owner.get(SYSTEM).text

    assert "storefront-" in page
    assert "Diperiksa" in page


def test_the_doctor_looks_on_demand(owner):
    assert "no_such" not in owner.get(SYSTEM).text

    page = owner.post(SYSTEM)

    assert page.status_code == 200
    assert "<code>shop_migrations</code>" in page.text
    assert "<code>webhook_secret</code>" in page.text


def test_what_the_doctor_found_is_told_in_the_readers_language(shop, owner):
    assert "Tabel toko sudah versi" in owner.post(SYSTEM).text
    assert "Pekerja latar belum pernah terlihat" in owner.post(SYSTEM).text

    owner.get("/bahasa/en")
    page = owner.post(SYSTEM).text
    assert "The background worker has never been seen" in page
    assert "Tabel toko" not in page


def test_what_the_worker_cannot_finish_is_told_until_it_can(shop, owner):
    broken = True

    @moota.periodic(shop.app)
    def tell_owner():
        if broken:
            raise OSError("disk penuh")

    shop.sweep()
    page = owner.get(SYSTEM).text
    assert "Memberi tahu pemilik" in page
    assert "OSError: disk penuh" in page

    broken = False
    shop.sweep()
    assert "disk penuh" not in owner.get(SYSTEM).text


def work(shop):
    with shop.app.app_context():
        runs.run_waiting()


@on_sqlite
def test_a_backup_is_asked_for_and_made_by_the_worker(shop, owner):
    for _ in range(2):  # a second click asks for nothing more
        assert owner.post(f"{SYSTEM}/backups", on=SYSTEM).status_code == 302
    page = owner.get(SYSTEM).text
    assert "Sedang dibuat" in page
    assert 'data-reload="3000"' in page

    work(shop)
    page = owner.get(SYSTEM).text
    assert "Sedang dibuat" not in page
    assert page.count("Diperiksa") == 1
    work(shop)
    with shop.app.app_context():
        (kept,) = folder.list_kept()
        run = runs.newest(db.session())
        assert (run.status, run.file_name, run.size) == ("done", kept.name, kept.size)
        actions = db.session.scalars(DEEDS.with_only_columns(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["backup.asked", "backup.done"]


@on_sqlite
def test_the_worker_deletes_the_oldest_beyond_what_the_owner_keeps_and_notes_it(shop, owner):
    with shop.app.app_context():
        old = folder.backups_folder() / "storefront-20260101-031500.tar.gz"
    old.parent.mkdir(parents=True, exist_ok=True)
    old.write_bytes(b"x")
    chosen = {"timezone": "Asia/Jakarta", "code_mode": "add", "approval": "auto", "refund_code": "return"}
    typed = {**fields(owner.get("/admin/settings").text), **chosen, "code_books": "income", "tags": "yes"}
    assert typed["backups_kept"] == "14"
    assert owner.client.post("/admin/settings", data={**typed, "backups_kept": "1"}).status_code == 302
    assert "paling banyak 1;" in owner.get(SYSTEM).text

    owner.post(f"{SYSTEM}/backups", on=SYSTEM)
    work(shop)

    assert not old.exists()
    with shop.app.app_context():
        assert len(folder.list_kept()) == 1
        noted = db.session.scalars(DEEDS.order_by(AuditEntry.id.desc()).limit(1)).one()
        assert noted.after["removed"] == [old.name]


@on_sqlite
def test_a_backup_that_broke_off_is_told_and_can_be_asked_for_again(shop, owner):
    with shop.app.app_context():
        db.session.add(BackupRun(asked_by="pemilik@toko.test", status="running"))
        db.session.commit()
    work(shop)
    assert "Pekerja berhenti di tengah jalan" in owner.get(SYSTEM).text

    owner.post(f"{SYSTEM}/backups", on=SYSTEM)
    work(shop)
    page = owner.get(SYSTEM).text
    assert "Pekerja berhenti" not in page
    assert "Diperiksa" in page


@on_sqlite
def test_two_workers_make_one_backup(shop, owner):
    owner.post(f"{SYSTEM}/backups", on=SYSTEM)
    with shop.app.app_context(), runs._alone() as first:
        assert first
        runs.run_waiting()
        assert runs.newest(db.session()).status == "waiting"


@on_sqlite
def test_a_backup_that_is_refused_says_why(shop, owner, monkeypatch):
    monkeypatch.setattr(folder, "is_room", lambda: False)
    owner.post(f"{SYSTEM}/backups", on=SYSTEM)
    work(shop)
    assert "Ruang di server tidak cukup" in owner.get(SYSTEM).text

    file = Path(shop.app.instance_path) / "berkas"
    file.touch()
    shop.app.config["SHOP_BACKUPS"] = str(file / "cadangan")
    owner.post(f"{SYSTEM}/backups", on=SYSTEM)
    work(shop)
    assert "cadangan/: Not a directory" in owner.get(SYSTEM).text


@pytest.mark.parametrize("role", ["staff", "bookkeeper"])
def test_only_owners_see_the_machinery(shop, role):
    shop.add_staff("lain@toko.test", role)
    visitor = shop.visitor()
    visitor.sign_in("lain@toko.test")
    token = visitor.token("/admin/orders")

    assert visitor.get(SYSTEM).status_code == 403
    assert visitor.client.post(SYSTEM, data={"csrf_token": token}).status_code == 403
