"""Suggestions for the page's script while an address is typed."""

import time
from typing import Any

from flask import Blueprint, Response, jsonify, request

from storefront.extensions import db
from storefront.throttle import Bursts, counted_address

from . import service

bp = Blueprint("regions", __name__)

_MOST_IN_A_MINUTE = 240
_LONGEST = 80
_KEPT_SECONDS = 3600

_bursts = Bursts(_MOST_IN_A_MINUTE)


@bp.get("/wilayah.json")
def suggest() -> tuple[Response, int]:
    """Answer with places for the field `field`, by what it and the fields above it hold."""
    if not _bursts.allows(counted_address(request.remote_addr), time.monotonic()):
        return jsonify(error="too many requests"), 429
    name = request.args.get("field", "")
    if name not in service.SUGGESTED:
        return jsonify(error="unknown field"), 400
    address = {each: request.args.get(each, "")[:_LONGEST] for each in service.LEVELS}
    found = service.suggest(db.session(), name, address)
    answer = jsonify(places=[{"text": each.text, "fields": each.fields} for each in found])
    answer.headers["Cache-Control"] = f"private, max-age={_KEPT_SECONDS}"
    return answer, 200


def region_lists(form: Any) -> dict[str, list[str]] | None:
    """Return what is suggested below each field of an address in this form; None without the table."""
    return service.lists(db.session(), {name: form[name].data or "" for name in service.LEVELS})
