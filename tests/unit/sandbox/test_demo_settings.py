"""What the demo sets, what it leaves alone, and how it refuses a port."""

import socket
from contextlib import ExitStack

import pytest

from storefront import demo


def is_free(port):
    with socket.socket() as listener:
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


@pytest.fixture
def taken():
    """Return a port that is taken, above one that is free."""
    with ExitStack() as tried:
        while True:
            listener = tried.enter_context(socket.socket())
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            port = listener.getsockname()[1]
            if is_free(port - 1):
                break
        yield port


def test_a_taken_port_is_told_in_one_line(taken):
    with pytest.raises(demo.DemoError, match=f"Port {taken} cannot be used") as refused:
        demo.find_port(str(taken))

    assert "\n" not in str(refused.value)


def test_the_banks_port_is_looked_at_too(taken):
    with pytest.raises(demo.DemoError, match=f"Port {taken} cannot be used"):
        demo.find_port(str(taken - 1))


@pytest.mark.parametrize("text", ["", "abc", "0", "-1", "65535", "99999999999", "５０００", "80.5"])
def test_what_is_no_port_is_named(text):
    with pytest.raises(demo.DemoError, match="PORT"):
        demo.find_port(text)


def test_the_secret_is_made_once_and_only_the_owner_reads_it(tmp_path):
    first = demo.defaults(5000, tmp_path, {})
    second = demo.defaults(5000, tmp_path, {})

    assert first == second
    assert len(first["MOOTA_WEBHOOK_SECRET"]) == 48
    assert (tmp_path / "demo_webhook_secret").stat().st_mode & 0o077 == 0


def test_what_somebody_has_set_stays(tmp_path):
    given = {
        "SHOP_NAME": "Toko Ani",
        "MOOTA_WEBHOOK_SECRET_FILE": "elsewhere",
        "MAIL_URL": "smtp://localhost",
        "SHOP_BASE_URL": "https://shop.example",
    }

    chosen = demo.defaults(5000, tmp_path, given)

    own = {"MOOTA_BASE_URL", "MOOTA_ACCESS_TOKEN"}  # those of the pretend bank
    assert set(chosen) == {"PYTHONUNBUFFERED", "MOOTA_PUBLIC_URL", "MOOTA_WEBHOOK_ALLOWED_IPS", *own}
    assert chosen["MOOTA_PUBLIC_URL"] == "https://shop.example"
    assert list(tmp_path.iterdir()) == []


def test_the_block_tells_every_address_and_the_login():
    block = demo.welcome(5010, "Toko Ani", "ab12-cd34")

    for wanted in ("http://127.0.0.1:5010/", "http://127.0.0.1:5010/admin/", "http://127.0.0.1:5011/", "ab12-cd34"):
        assert wanted in block
