"""MAIL_URL says where e-mails go."""

import pytest

from storefront.extensions import ConfigError
from storefront.notifications.transport import mail_config

PLAIN = {"MAIL_BACKEND": "smtp", "MAIL_USE_SSL": False, "MAIL_USE_TLS": False}


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("console:", {"MAIL_BACKEND": "console"}),
        ("smtp://mail.test", {**PLAIN, "MAIL_SERVER": "mail.test", "MAIL_PORT": 25, "MAIL_USERNAME": None}),
        ("smtp://localhost:1025", {**PLAIN, "MAIL_SERVER": "localhost", "MAIL_PORT": 1025}),
        ("smtp://a:b@localhost:1025", {**PLAIN, "MAIL_USERNAME": "a", "MAIL_PASSWORD": "b"}),
        (
            "smtp://a%40toko.test:p%3A%2F@mail.test:587",
            {"MAIL_USE_TLS": True, "MAIL_USERNAME": "a@toko.test", "MAIL_PASSWORD": "p:/", "MAIL_PORT": 587},
        ),
        ("smtps://a:b@mail.test", {"MAIL_USE_SSL": True, "MAIL_USE_TLS": False, "MAIL_PORT": 465}),
    ],
)
def test_an_address_becomes_settings(url, told):
    config = mail_config(url, "", "")

    assert {name: config[name] for name in told} == told


@pytest.mark.parametrize("url", ["smtp://", "smtp://:25", "smtp://mail.test:x", "smtp://mail.test:70000"])
def test_an_address_that_leads_nowhere_is_refused(url):
    with pytest.raises(ConfigError, match="MAIL_URL"):
        mail_config(url, "", "")


@pytest.mark.parametrize(
    ("sender", "base_url", "told"),
    [
        ("", "", "no-reply@localhost"),
        ("", "https://toko.test:8443", "no-reply@toko.test"),
        ("Toko <a@b.test>", "https://toko.test", "Toko <a@b.test>"),
    ],
)
def test_the_sender_follows_the_shops_address(sender, base_url, told):
    assert mail_config("console:", sender, base_url)["MAIL_DEFAULT_SENDER"] == told
