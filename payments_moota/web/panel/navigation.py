"""The areas of the panel, for its own navigation and for a host's."""

from dataclasses import dataclass
from typing import Literal

from flask import Response, make_response, redirect, request, url_for

from ..answers import private, translator
from ..words import Translate
from .routes import Route


@dataclass(frozen=True, slots=True)
class PanelPage:
    """One area: where it begins, what it is called, and whether the reader is there (`page`) or below it (`true`)."""

    url: str
    text: str
    current: Literal["page", "true"] | None


def _areas(t: Translate) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Return each area's first endpoint, its name, and the endpoints that belong to it besides."""
    return (
        ("mutations", t("Uang masuk"), ("all_mutations", "mutation", "rules", "confirm")),
        ("charges", t("Tagihan"), ("charge", "codes")),
        ("refunds", t("Pengembalian dana"), ("all_refunds", "refund")),
        ("inbox", t("Webhook"), ("delivery",)),
        ("books", t("Pembukuan"), ()),
    )


def panel_pages() -> list[PanelPage]:
    """Return the areas in the reader's language; templates call it as `moota_panel_pages()`."""
    return [_page(*area) for area in _areas(translator())]


def home() -> Response:
    """Lead from where the panel stands to its first area."""
    return private(make_response(redirect(panel_pages()[0].url)))


def _page(endpoint: str, text: str, below: tuple[str, ...]) -> PanelPage:
    here = (request.endpoint or "").removeprefix("moota_panel.")
    is_ours = (request.endpoint or "").startswith("moota_panel.")
    current: Literal["page", "true"] | None = None
    if is_ours and here == endpoint:
        current = "page"
    elif is_ours and (here in below or any(here.startswith(f"{each}_") for each in (endpoint, *below))):
        current = "true"
    return PanelPage(url_for(f"moota_panel.{endpoint}"), text, current)


ROUTES = (Route("/", "home", home),)
