"""A setting that cannot be used stops the start-up with one line: the variable, the value seen, what it should be."""

import pytest
from flask import Flask

from payments_moota import ConfigError, MootaPayments
from payments_moota.config import load_settings

BAD = [
    ("MOOTA_UNIQUE_CODE_MIN", "0", "between"),
    ("MOOTA_UNIQUE_CODE_MIN", "satu", "satu"),
    ("MOOTA_UNIQUE_CODE_MAX", "1.5", "1.5"),
    ("MOOTA_UNIQUE_CODE_MAX", "1000000", "between"),
    ("MOOTA_UNIQUE_CODE_MODE", "multiply", "add or subtract"),
    ("MOOTA_CHARGE_TTL_MINUTES", "0", "between"),
    ("MOOTA_CHARGE_TTL_MINUTES", "1 day", "1 day"),
    ("MOOTA_LATE_WINDOW_MINUTES", "-1", "between"),
    ("MOOTA_INBOX_RETENTION_DAYS", "13", "between"),
    ("MOOTA_WEBHOOK_ALLOWED_IPS", "103.28.52.300", "103.28.52.300"),
    ("MOOTA_WEBHOOK_ALLOWED_IPS", "10.0.0.1/8", "10.0.0.1/8"),
    ("MOOTA_WEBHOOK_ALLOWED_IPS", " , ", "no address"),
    ("MOOTA_BASE_URL", "app.moota.co", "https://"),
    ("MOOTA_PUBLIC_URL", "/toko", "https://"),
    ("MOOTA_TIMEZONE", "Jakarta", "Asia/Jakarta"),
]


@pytest.mark.parametrize(("name", "value", "told"), BAD)
def test_a_bad_value_stops_the_start_and_is_named(name, value, told):
    app = Flask("host")
    app.config[name] = value

    with pytest.raises(ConfigError) as refused:
        MootaPayments().init_app(app, session=lambda: None)

    assert name in str(refused.value)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_smallest_code_must_not_be_above_the_largest():
    with pytest.raises(ConfigError, match="MOOTA_UNIQUE_CODE_MAX"):
        load_settings({"MOOTA_UNIQUE_CODE_MIN": "500", "MOOTA_UNIQUE_CODE_MAX": "499"})


@pytest.mark.parametrize(("given", "minutes"), [(None, 1440), ("", 1440), ("60", 60), (" 60 ", 60), (60, 60)])
def test_values_may_be_text_or_typed_and_empty_means_default(given, minutes):
    assert load_settings({"MOOTA_CHARGE_TTL_MINUTES": given}).charge_ttl.total_seconds() == minutes * 60


def test_the_defaults_are_the_contracts():
    settings = load_settings({})

    assert (settings.codes.low, settings.codes.high, settings.codes.mode) == (1, 999, "add")
    assert settings.late_window.total_seconds() == 4320 * 60
    assert settings.inbox_retention.days == 90
    assert settings.base_url == "https://app.moota.co"
    assert (settings.access_token, settings.webhook_secrets) == (None, ())
    assert settings.webhook_allowed.allows("103.236.201.178")
    assert not settings.webhook_allowed.allows("127.0.0.1")


def test_settings_cannot_be_changed_while_running():
    with pytest.raises(AttributeError):
        load_settings({}).webhook_secret = "x"


def test_secrets_do_not_show():
    settings = load_settings({"MOOTA_WEBHOOK_SECRET": "rahasia-1", "MOOTA_ACCESS_TOKEN": "rahasia-2"})

    assert "rahasia" not in repr(settings)
    assert "rahasia" not in str(settings)


def test_the_secret_before_counts_beside_the_present_one_and_never_alone():
    both = load_settings({"MOOTA_WEBHOOK_SECRET": "baru", "MOOTA_WEBHOOK_SECRET_PREVIOUS": "lama"})

    assert both.webhook_secrets == ("baru", "lama")
    assert load_settings({"MOOTA_WEBHOOK_SECRET_PREVIOUS": "lama"}).webhook_secrets == ()
    assert "lama" not in repr(both)
