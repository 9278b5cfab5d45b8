"""The system page tells whether everything runs."""

import pytest

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
    assert "Terakhir:" in page


def test_the_doctor_looks_on_demand(owner):
    assert "no_such" not in owner.get(SYSTEM).text

    page = owner.post(SYSTEM)

    assert page.status_code == 200
    assert "<code>shop_migrations</code>" in page.text
    assert "<code>webhook_secret</code>" in page.text


@pytest.mark.parametrize("role", ["staff", "bookkeeper"])
def test_only_owners_see_the_machinery(shop, role):
    shop.add_staff("lain@toko.test", role)
    visitor = shop.visitor()
    visitor.sign_in("lain@toko.test")
    token = visitor.token("/admin/orders")

    assert visitor.get(SYSTEM).status_code == 403
    assert visitor.client.post(SYSTEM, data={"csrf_token": token}).status_code == 403
