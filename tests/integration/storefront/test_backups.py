"""A shop is copied while it runs, and comes back whole; nothing is lost by restoring unless somebody says so."""

import io
import json
import resource
import sqlite3
import tarfile
import threading
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from shopfloor import make_shop, on_postgresql, on_sqlite
from sqlalchemy import create_engine, text

from storefront.backups import folder
from storefront.brand import service
from storefront.brand.models import Page
from storefront.extensions import db

MEDIA = "media/ab/abcdef-320.webp"


def write_file(shop, name, content):
    path = _instance(shop) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def _instance(shop):
    return Path(shop.app.instance_path)


def backup(shop, tmp_path, name="copy.tar.gz"):
    target = tmp_path / name
    result = shop.run("backup", str(target), "--json")
    assert result.exit_code == 0, result.output
    return target, json.loads(result.stdout)


def names_in(target):
    with tarfile.open(target) as tar:
        return sorted(tar.getnames())


@pytest.fixture
def elsewhere(request, shop, databases, tmp_path):
    """Return another shop with an empty database of the same kind."""
    kind = "sqlite" if shop.app.config["DATABASE_URL"].startswith("sqlite") else "postgresql"
    address = databases.empty(kind)
    made = make_shop(tmp_path / "elsewhere", address)
    yield made
    made.close()


def test_a_shop_comes_back_whole_in_another_place(shop, elsewhere, tmp_path):
    number = shop.buy()
    shop.pay(number)
    write_file(shop, MEDIA, b"a picture")

    target, told = backup(shop, tmp_path)
    result = elsewhere.run("restore", str(target))

    assert result.exit_code == 0, result.output
    assert "flask init" in result.output
    assert elsewhere.order(number).payment_status == "paid"
    assert elsewhere.charge(number)["amount_paid"] == shop.charge(number)["amount_paid"]
    assert (_instance(elsewhere) / MEDIA).read_bytes() == b"a picture"
    assert told["files"] == len(names_in(target)) - 2
    assert elsewhere.run("init").exit_code == 0
    assert elsewhere.visitor().get("/").status_code == 200


def test_a_backup_is_for_its_owner_and_leaves_out_what_is_made_again(shop, tmp_path):
    write_file(shop, "queue.db", b"x")
    write_file(shop, "backups/old.tar.gz", b"x")
    write_file(shop, "secret_key", b"kunci")

    target, _told = backup(shop, tmp_path)

    assert target.stat().st_mode & 0o077 == 0
    names = names_in(target)
    assert "files/secret_key" in names
    assert not [name for name in names if "queue" in name or "old" in name]
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy.tar.gz"]


def test_without_a_name_it_goes_where_the_doctor_looks(shop):
    result = shop.run("backup")

    assert result.exit_code == 0, result.output
    assert len(list((_instance(shop) / "backups").glob("storefront-*.tar.gz"))) == 1
    assert "There is a backup of the last two days." in shop.run("moota", "doctor").output


def test_a_backup_is_never_overwritten(shop, tmp_path):
    target, _told = backup(shop, tmp_path)
    before = target.read_bytes()

    result = shop.run("backup", str(target))

    assert (result.exit_code, target.read_bytes()) == (1, before)
    assert "never overwritten" in result.output


def test_what_is_there_is_left_alone_unless_somebody_says_so(shop, tmp_path):
    kept = shop.buy()
    target, _told = backup(shop, tmp_path)
    later = shop.buy("teh_hijau")

    refused = shop.run("restore", str(target))
    assert refused.exit_code == 1
    assert "--replace" in refused.output
    assert shop.order(later) is not None

    assert shop.run("restore", str(target), "--replace").exit_code == 0
    assert shop.order(kept) is not None
    assert shop.order(later) is None


@pytest.mark.parametrize("harm", ["cut", "changed", "other"])
def test_a_damaged_backup_touches_nothing(shop, tmp_path, harm):
    target, _told = backup(shop, tmp_path)
    number = shop.buy()
    damage(target, harm)

    result = shop.run("restore", str(target), "--replace")

    assert result.exit_code == 1
    assert len(result.stderr.strip().splitlines()) <= 2
    assert shop.order(number) is not None


def damage(target, harm):
    if harm == "cut":
        content = target.read_bytes()
        target.write_bytes(content[: len(content) // 2])
    elif harm == "other":
        target.write_bytes(b"no archive")
    else:
        repack(target, lambda name, content: content + b"!" if name == "database" else content)


def repack(target, change, more=()):
    """Write an archive again with other contents, and further members."""
    with tarfile.open(target) as tar:
        members = [(member.name, tar.extractfile(member).read()) for member in tar]
    with tarfile.open(target, "w:gz") as tar:
        for name, content in [*((name, change(name, content)) for name, content in members), *more]:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))


@on_sqlite
@pytest.mark.parametrize("name", ["files/../../escaped", "/escaped", "other"])
def test_nothing_lands_outside_the_shops_folder(shop, tmp_path, name):
    target, _told = backup(shop, tmp_path)
    repack(target, lambda _name, content: content, [(name, b"harm")])

    assert shop.run("restore", str(target), "--replace").exit_code == 1
    assert not list(tmp_path.rglob("escaped"))


def test_a_copy_is_of_one_moment_while_others_write(shop, tmp_path):
    """Two rows that are always written together are together in every copy."""
    stop, failures = threading.Event(), []

    def write():
        number = 0
        while not stop.is_set():
            number += 1
            try:
                with shop.app.app_context():
                    db.session.add_all([Page(slug=f"{side}-{number}", title=side, body="x" * 500) for side in "ab"])
                    db.session.commit()
            except Exception as error:  # noqa: BLE001 - told by the test
                failures.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = [backup(shop, tmp_path, f"copy{number}.tar.gz")[0] for number in range(3)]
    finally:
        stop.set()
        writer.join()

    assert not failures
    for copy in copies:
        assert shop.run("restore", str(copy), "--replace").exit_code == 0
        with shop.app.app_context():
            counted = db.session.execute(text("SELECT title, count(*) FROM page GROUP BY title ORDER BY title")).all()
            assert len({count for _title, count in counted}) <= 1


@on_sqlite
def test_a_backup_of_another_kind_of_database_is_refused(shop, tmp_path):
    target, _told = backup(shop, tmp_path)
    repack(
        target,
        lambda name, content: content.replace(b'"sqlite"', b'"postgresql"') if name == "manifest.json" else content,
    )

    result = shop.run("restore", str(target), "--replace")

    assert result.exit_code == 1
    assert "this backup is of postgresql" in result.output


@on_sqlite
def test_the_copy_is_one_file_that_any_sqlite_opens(shop, tmp_path):
    shop.buy()
    target, _told = backup(shop, tmp_path)
    with tarfile.open(target) as tar:
        (tmp_path / "alone.db").write_bytes(tar.extractfile("database").read())

    with closing(sqlite3.connect(tmp_path / "alone.db")) as alone:
        assert alone.execute("SELECT count(*) FROM orders").fetchone() == (1,)
        assert alone.execute("PRAGMA journal_mode").fetchone() == ("delete",)


@on_postgresql
def test_tables_that_the_copy_does_not_know_do_not_survive(shop, tmp_path):
    target, _told = backup(shop, tmp_path)
    engine = create_engine(shop.app.config["DATABASE_URL"])
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE newer (id int)"))

    assert shop.run("restore", str(target), "--replace").exit_code == 0

    with engine.begin() as connection:
        assert connection.execute(text("SELECT to_regclass('newer')")).scalar() is None
    engine.dispose()


def test_what_does_not_exist_is_wrong_usage(shop, tmp_path):
    assert shop.run("restore", str(tmp_path / "none.tar.gz")).exit_code == 2


def put_older(shop, *names):
    for name in names:
        write_file(shop, f"backups/{name}", b"x")


def kept(shop):
    return sorted(path.name for path in (_instance(shop) / "backups").glob("*.gz"))


def keep_at_most(shop, count):
    with shop.app.app_context():
        service.change(db.session(), {folder.KEPT: count})
        db.session.commit()


@contextmanager
def no_room_for_files(most=50_000):
    """Let no file grow beyond so many bytes, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


OLDER = [f"storefront-2026010{day}-031500.tar.gz" for day in range(1, 5)]


@on_sqlite
def test_the_oldest_go_once_a_new_one_is_whole(shop):
    put_older(shop, *OLDER, "milik-orang-lain.tar.gz")
    keep_at_most(shop, 3)

    told = json.loads(shop.run("backup", "--json").stdout)

    new = Path(told["file"]).name
    assert kept(shop) == ["milik-orang-lain.tar.gz", OLDER[2], OLDER[3], new]
    assert told["removed"] == OLDER[:2]


@on_sqlite
def test_a_new_backup_stays_even_where_the_clock_was_ahead_before(shop):
    put_older(shop, "storefront-20990101-031500.tar.gz")
    keep_at_most(shop, 1)

    told = json.loads(shop.run("backup", "--json").stdout)

    assert kept(shop) == [Path(told["file"]).name]


@on_sqlite
def test_nothing_goes_where_the_new_one_failed_or_went_elsewhere_or_all_are_kept(shop, tmp_path):
    put_older(shop, *OLDER)
    keep_at_most(shop, 1)

    assert shop.run("backup", str(tmp_path / "lain.tar.gz")).exit_code == 0
    assert kept(shop) == OLDER
    with no_room_for_files():
        assert shop.run("backup").exit_code == 1
    assert kept(shop) == OLDER
    keep_at_most(shop, 0)
    assert shop.run("backup").exit_code == 0
    assert len(kept(shop)) == len(OLDER) + 1
