"""A shop of your own that takes payments by bank transfer, confirmed by Moota."""

# First, so that an install without the shop's extra says what is missing.
from . import needs  # noqa: F401, I001

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, has_request_context, session
from sqlalchemy.exc import ArgumentError

from . import checks, cli, errors, formats, health, languages, markdown, media, payments, schema, security
from .admin import account_views as admin_account_views
from .admin import audit
from .admin import alert_views as admin_alert_views
from .admin import audit_views as admin_audit_views
from .admin import brand_views as admin_brand_views
from .admin import category_views as admin_category_views
from .admin import page_views as admin_page_views
from .admin import contact_views as admin_contact_views
from .admin import customer_views as admin_customer_views
from .admin import delivery_views as admin_delivery_views
from .admin import door_views as admin_door_views
from .admin import export_views as admin_export_views
from .admin import feedback_views as admin_feedback_views
from .admin import message_views as admin_message_views
from .admin import manual_views as admin_manual_views
from .admin import order_tools as admin_order_tools
from .admin import payment_views as admin_payment_views
from .admin import import_views as admin_import_views
from .admin import people_import_views as admin_people_import_views
from .admin import picture_views as admin_picture_views
from .admin import product_views as admin_product_views
from .admin import refund_views as admin_refund_views
from .admin import security_views as admin_security_views
from .admin import shipment_views as admin_shipment_views
from .admin import settings_views as admin_settings_views
from .admin import system_views as admin_system_views
from .admin import template_views as admin_template_views
from .admin import staff_views as admin_staff_views
from .admin import variant_views as admin_variant_views
from .admin import views as admin_views
from .admin import voucher_views as admin_voucher_views
from .admin import webhook_views as admin_webhook_views
from .admin.service import count_active_owners
from .admin.staff_letters import STAFF_EMAIL, send_staff_email
from .backups import runs as backup_runs
from .brand import views as brand_views
from .cart import service as cart_service
from .cart import views as cart_views
from .catalog import crawling
from .catalog import views as catalog_views
from .checkout import views as checkout_views
from .config import load_config, read_environment
from .customers import access as customer_access
from .customers import account_views
from .customers import views as customer_views
from .customers.letters import CUSTOMER_EMAIL, send_customer_email
from .database import prepare_sqlite
from .extensions import ConfigError, babel, csrf, db, login, mail, migrate, moota
from .feedback import views as feedback_views
from .feedback.letters import FEEDBACK_EMAIL, send_feedback_email
from .identity import current_shop
from .imports import service as imports
from .instance import prepare_instance, secret_key
from .notifications.owner import OWNER_EMAIL
from .notifications.sender import TEST_EMAIL, send_email, send_owner_email, send_test_letter
from .notifications.service import EMAIL
from .notifications.transport import mail_config
from .orders import lookup as order_lookup
from .orders import paper_views, return_views
from .orders import views as order_views
from .queue import make_queue
from .tidying import tidy
from .regions import views as region_views

_PACKAGE = Path(__file__).parent


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """Make the shop.

    Without `config` the environment and `.env` are read, and a bad value ends the program with one line that names
    the variable. A mapping is read instead of them, and a bad value raises ConfigError; keys that are no settings of
    ours reach `app.config` as they are.
    """
    if config is not None:
        return _build(load_config(config))
    try:
        return _build(load_config(read_environment()))
    except ConfigError as error:
        raise SystemExit(" ".join(str(error).split())) from None


def _build(settings: dict[str, Any]) -> Flask:
    instance = prepare_instance(settings["STOREFRONT_INSTANCE"])
    app = Flask(__name__, instance_path=str(instance), template_folder=_template_folder())
    app.config.update(_defaults(settings, instance))
    app.config.update({name: value for name, value in settings.items() if name != "SECRET_KEY"})
    _bind_extensions(app, instance)
    panel = (
        admin_views,
        admin_account_views,
        admin_alert_views,
        admin_product_views,
        admin_variant_views,
        admin_picture_views,
        admin_import_views,
        admin_people_import_views,
        admin_category_views,
        admin_audit_views,
        admin_delivery_views,
        admin_export_views,
        admin_voucher_views,
        admin_brand_views,
        admin_customer_views,
        admin_door_views,
        admin_security_views,
        admin_staff_views,
        admin_feedback_views,
        admin_message_views,
        admin_page_views,
        admin_payment_views,
        admin_manual_views,
        admin_contact_views,
        admin_order_tools,
        admin_refund_views,
        admin_shipment_views,
        admin_settings_views,
        admin_system_views,
        admin_template_views,
        admin_webhook_views,
    )
    for part in (
        brand_views,
        catalog_views,
        cart_views,
        checkout_views,
        order_views,
        paper_views,
        order_lookup,
        return_views,
        customer_views,
        account_views,
        feedback_views,
        region_views,
        *panel,
        languages,
        health,
        media,
        crawling,
    ):
        app.register_blueprint(part.bp)
    _prepare_pages(app)
    cli.init_app(app)
    return app


def _defaults(settings: dict[str, Any], instance: Path) -> dict[str, Any]:
    """Return what follows from the settings, and what no setting needs to say."""
    https = security.is_https(settings)
    return {
        "SECRET_KEY": settings["SECRET_KEY"] or secret_key(instance),
        "SQLALCHEMY_DATABASE_URI": settings["DATABASE_URL"] or f"sqlite:///{instance / 'storefront.db'}",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": https,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=90),
        "PREFERRED_URL_SCHEME": "https" if https else "http",
        "WTF_CSRF_TIME_LIMIT": int(timedelta(hours=12).total_seconds()),
        "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(hours=1),
        "BABEL_DEFAULT_LOCALE": languages.DEFAULT,
        **mail_config(settings["MAIL_URL"], settings["MAIL_FROM"], settings["SHOP_BASE_URL"]),
    }


def _template_folder() -> str:
    """Return the templates packed with the wheel, else those beside the package in a checkout."""
    packed = _PACKAGE / "templates"
    return str(packed if packed.is_dir() else _PACKAGE.parent / "templates")


def _bind_extensions(app: Flask, instance: Path) -> None:
    _bind_database(app)
    csrf.init_app(app)
    login.init_app(app)
    babel.init_app(app, locale_selector=languages.select_locale)
    mail.init_app(app)
    huey = make_queue(app.config["QUEUE_URL"], instance, app.config["SECRET_KEY"])
    app.extensions["huey"] = huey
    payments.init_app(
        app,
        huey,
        approvers=count_active_owners,
        panel=admin_payment_views.let_into_panel,
        check_password=admin_payment_views.check_password_again,
        note=audit.note,
    )
    checks.connect(app)
    imports.bind(app, huey)
    backup_runs.bind(app, huey)
    for job in (imports.continue_waiting, backup_runs.continue_backups, tidy):
        moota.periodic(app)(job)
    moota.sender(app, EMAIL)(send_email)
    moota.sender(app, OWNER_EMAIL)(send_owner_email)
    moota.sender(app, CUSTOMER_EMAIL)(send_customer_email)
    moota.sender(app, FEEDBACK_EMAIL)(send_feedback_email)
    moota.sender(app, TEST_EMAIL)(send_test_letter)
    moota.sender(app, STAFF_EMAIL)(send_staff_email)


def _bind_database(app: Flask) -> None:
    try:
        db.init_app(app)
    except (ArgumentError, ImportError) as error:
        raise ConfigError(f"DATABASE_URL: this database cannot be used: {error}", name="DATABASE_URL") from error
    with app.app_context():
        prepare_sqlite(db.engine)
    migrate.init_app(app, db, directory=str(schema.MIGRATIONS), include_name=payments.include_name)


def _prepare_pages(app: Flask) -> None:
    security.init_app(app)
    errors.init_app(app)
    feedback_views.init_app(app)
    app.context_processor(_page_context)
    app.add_template_filter(formats.rupiah, "rupiah")
    app.add_template_global(_mail_accent, "mail_accent")
    app.add_template_filter(formats.show_phone, "phone")
    app.add_template_filter(markdown.to_html, "markdown")
    app.add_template_global(media.widths_of, "picture_widths")
    app.add_template_global(media.fitting_width, "picture_width")
    app.add_template_global(region_views.region_lists)
    app.add_template_global(customer_access.is_member)
    app.add_template_filter(_tanggal, "tanggal")
    app.add_template_filter(datetime.fromisoformat, "dari_iso")
    app.add_template_filter(_tanggal_pendek, "tanggal_pendek")
    app.add_template_filter(_hari, "hari")
    app.add_template_filter(_hari_pendek, "hari_pendek")


def _page_context() -> dict[str, Any]:
    return {
        "shop": current_shop(),
        "cart_count": cart_service.count_pieces(session) if has_request_context() else 0,
        "locale": languages.current_locale(),
    }


def _mail_accent() -> str:
    """Return the shop's colour for letters, which know no custom properties."""
    return current_shop().look.accent


def _tanggal(moment: datetime) -> str:
    return formats.tanggal(moment, current_shop().timezone, languages.current_locale())


def _hari(day: date) -> str:
    return formats.hari(day, languages.current_locale())


def _hari_pendek(day: date) -> str:
    return formats.hari_pendek(day, languages.current_locale())


def _tanggal_pendek(moment: datetime) -> str:
    return formats.tanggal_pendek(moment, current_shop().timezone, languages.current_locale())
