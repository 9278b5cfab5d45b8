"""What the doctor looks at in the shop: tables, e-mail, somebody to call, backups."""

import json
import os
import socket
import time

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from shopfloor import make_shop, on_sqlite


def told(shop, name):
    document = json.loads(shop.run("moota", "doctor", "--json").stdout)
    return next(check for check in document["checks"] if check["name"] == name)


@pytest.fixture
def make(tmp_path, shop_address):
    made = []

    def make(**config):
        made.append(make_shop(tmp_path / "instance", shop_address, **config))
        return made[-1]

    yield make
    for shop in made:
        shop.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_the_tables_are_looked_at(make):
    assert told(make(), "shop_migrations")["status"] == "ok"


@on_sqlite
def test_letters_that_are_only_printed_are_a_warning(make):
    assert told(make(), "mail")["remedy"].startswith("Set MAIL_URL")


@on_sqlite
def test_a_mail_server_that_lets_us_in_is_fine_and_a_silent_one_an_error(make):
    sink = Controller(Sink(), hostname="127.0.0.1", port=free_port())
    sink.start()
    shop = make(MAIL_BACKEND="smtp", MAIL_URL=f"smtp://127.0.0.1:{sink.port}")
    assert told(shop, "mail")["status"] == "ok"
    sink.stop()

    told_now = told(shop, "mail")

    assert (told_now["status"], told_now["remedy"]) == ("error", "Check MAIL_URL.")


@on_sqlite
@pytest.mark.parametrize(("address", "status"), [("", "warning"), ("pemilik@toko.test", "ok")])
def test_somebody_has_to_be_called(make, address, status):
    assert told(make(SHOP_OWNER_EMAIL=address), "owner")["status"] == status


@on_sqlite
def test_who_chose_to_be_told_in_the_panel_is_enough(make):
    shop = make()
    shop.add_staff()
    visitor = shop.visitor()
    visitor.sign_in()

    visitor.post("/admin/alerts", {"told_trouble": "y"}, on="/admin/alerts")

    assert told(shop, "owner")["status"] == "ok"


@on_sqlite
@pytest.mark.parametrize(("days", "status"), [(None, "warning"), (1, "ok"), (3, "warning")])
def test_a_backup_of_the_last_two_days_is_wanted(make, tmp_path, days, status):
    shop = make(SHOP_BACKUPS=str(tmp_path / "cadangan"))
    if days is not None:
        (tmp_path / "cadangan").mkdir()
        backup = tmp_path / "cadangan" / "toko.db"
        backup.write_bytes(b"x")
        os.utime(backup, (time.time() - days * 86_400,) * 2)

    assert told(shop, "backups")["status"] == status
