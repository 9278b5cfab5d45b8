"""What visitors see of the owner's brand: the style sheet, and a shop that is closed."""

from flask import Blueprint, Response, abort, render_template, request

from storefront.identity import current_shop
from storefront.languages import current_locale
from storefront.markdown import to_html, to_text

from .colours import sheet
from .service import find_page, text_in

bp = Blueprint("brand", __name__)

_FOR_GOOD = "public, max-age=31536000, immutable"


@bp.get("/brand.css")
def style_sheet() -> Response:
    """Return the shop's colours and fonts; an address with the present version may be kept for good."""
    shop = current_shop()
    answer = Response(sheet(shop.look), mimetype="text/css")
    is_present = request.args.get("v", type=int) == shop.version
    answer.headers["Cache-Control"] = _FOR_GOOD if is_present else "no-cache"
    return answer


@bp.get("/halaman/<slug>")
def page(slug: str) -> str:
    """Show one of the shop's own pages."""
    found = find_page(slug) or abort(404)
    return render_template("brand/page.html", text=text_in(found, current_locale()), to_html=to_html, to_text=to_text)


@bp.before_app_request
def keep_closed() -> tuple[str, int] | None:
    """Take no order while the shop is closed; everything can still be looked at, and the cart stays."""
    if request.blueprint != "checkout":
        return None
    closing = current_shop().closing(current_locale())
    return (render_template("brand/closed.html", closing=closing), 503) if closing else None
