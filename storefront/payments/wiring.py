"""Setting the extension up for the shop: who may do what, and where the shop's own pages are."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, url_for

from payments_moota import Panel
from payments_moota.context import Right
from storefront import overrides, receivers
from storefront.extensions import db, moota
from storefront.identity import current_shop
from storefront.languages import current_locale
from storefront.notifications.owner import tell_owner
from storefront.orders import links, returning, service
from storefront.orders.models import id_of_number
from storefront.texts import _

from .upkeep import note_overdue, release_held_stock


def init_app(
    app: Flask,
    huey: Any,
    *,
    approvers: Callable[[], int],
    panel: Callable[[Right], str],
    note: Callable[..., object],
    check_password: Callable[[str], str | None],
) -> None:
    """Set the extension up for the shop and listen to what it says; `approvers` counts who may approve refunds.

    `panel` lets people into the extension's pages of the panel, see `MootaPayments.init_app`; `note` keeps what they
    change there in the shop's own log: called with the session, the action and its subject.
    `check_password` says in a sentence what is wrong with a password, None when it is theirs.

    Raises ConfigError naming the variable when a MOOTA_ setting cannot be used.
    """
    moota.init_app(
        app,
        session=db.session,
        huey=huey,
        order_url=_order_url,
        help_url=_help_url,
        locale=current_locale,
        approvers=approvers,
        panel=Panel(
            panel,
            order_url=_panel_order_url,
            refund_url=_panel_goods_url,
            check_password=check_password,
        ),
    )
    moota.overrides(app)(overrides.current)
    receivers.note_changes(app, note)
    receivers.connect(app)
    for job in (release_held_stock, note_overdue, tell_owner):
        moota.periodic(app)(job)


def _order_url(order_ref: str) -> str | None:
    order_id = id_of_number(order_ref)
    order = service.find_order(db.session(), order_id) if order_id else None
    return links.order_url(order.id) if order and order.number == order_ref else None


def _help_url(order_ref: str) -> str | None:
    """Return a chat with the shop in which the order's number is written already."""
    chat = current_shop().whatsapp_url
    text = _("Halo, saya mau bertanya tentang pembayaran pesanan %(number)s.", number=order_ref)
    return f"{chat}?{urlencode({'text': text}, quote_via=quote)}" if chat else None


def _panel_order_url(order_ref: str) -> str | None:
    """Return the panel's page of an order; of money that was asked for by hand there is none."""
    return url_for("admin.order", number=order_ref) if id_of_number(order_ref) else None


def _panel_goods_url(ticket: str) -> str | None:
    """Return the panel's page of the goods a refund is about; of one that is about money alone there is none."""
    has_goods = returning.lines_of_refund(db.session(), ticket)
    return url_for("admin_refunds.show", ticket=ticket) if has_goods else None
