"""The owner's panel: pages about money that a host mounts behind its own login.

Each part of it lists its routes; every route passes `access.guarded`, so that none is open by mistake.
"""

from datetime import date

from flask import Blueprint, Response
from werkzeug.exceptions import RequestEntityTooLarge

from ...context import state
from .. import uploads
from ..answers import answer
from ..words import short_date
from . import books, charges, codes, inbox, mutations, navigation, refunds
from .access import guarded, page_context
from .navigation import panel_pages

_PARTS = (navigation, mutations, charges, codes, refunds, inbox, books)


def create_panel(path: str) -> Blueprint:
    """Return the blueprint with every page of the panel, below `path`; one for each application."""
    blueprint = Blueprint("moota_panel", __name__, url_prefix=path)
    blueprint.context_processor(page_context)
    blueprint.url_value_preprocessor(uploads.allow_files)
    blueprint.register_error_handler(RequestEntityTooLarge, _too_large)
    for part in _PARTS:
        for route in part.ROUTES:
            view = guarded(route.view, route.right)
            blueprint.add_url_rule(route.rule, route.endpoint, view, methods=[route.method])
    blueprint.add_app_template_global(panel_pages, "moota_panel_pages")
    blueprint.add_app_template_filter(_written_day, "moota_date")
    return blueprint


def _written_day(day: str) -> str:
    """Write a day of the books as people do."""
    return short_date(date.fromisoformat(day), state())


def _too_large(_error: RequestEntityTooLarge) -> Response:
    """Say so in our words, whoever noticed it first."""
    return answer("moota/panel/too_large.html", status=413)
