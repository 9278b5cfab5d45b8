"""The extension's pages and endpoints: they translate HTTP, call one verb and commit."""

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from . import checking, choosing, destination, pay, proving, qr, refunds, requesting, uploads, webhook
from .answers import answer

WEBHOOK_ENDPOINT = "moota.webhook"


def create_blueprint() -> Blueprint:
    """Return the blueprint with every route of the contract; one for each application."""
    blueprint = Blueprint(
        "moota",
        __name__,
        template_folder="../templates",
        static_folder="../static/moota",
        static_url_path="/static/moota",
    )
    blueprint.record(lambda setup: setup.app.extensions.setdefault(webhook.REFUSALS, webhook.RefusalCounter()))
    blueprint.url_value_preprocessor(_exempt_webhook_from_csrf)
    blueprint.url_value_preprocessor(uploads.allow_files)
    blueprint.register_error_handler(RequestEntityTooLarge, _too_large)
    blueprint.add_url_rule("/webhook/moota", "webhook", webhook.receive, methods=["POST"])
    blueprint.add_url_rule("/pay/<token>", "pay", pay.show)
    blueprint.add_url_rule("/pay/<token>/status.json", "pay_status", pay.status)
    blueprint.add_url_rule("/pay/<token>/check", "pay_check", checking.ask, methods=["POST"])
    blueprint.add_url_rule("/pay/<token>/proof", "pay_proof", proving.prove, methods=["GET", "POST"])
    blueprint.add_url_rule("/pay/<token>/method", "pay_method", choosing.choose, methods=["GET", "POST"])
    blueprint.add_url_rule("/pay/<token>/qr.png", "pay_qr", qr.show)
    blueprint.add_url_rule("/pay/<token>/receipt", "pay_receipt", pay.receipt)
    _add_refund_pages(blueprint)
    return blueprint


def _add_refund_pages(blueprint: Blueprint) -> None:
    both = ["GET", "POST"]
    blueprint.add_url_rule("/pay/<token>/refund", "refund_request", requesting.ask, methods=both)
    blueprint.add_url_rule("/refunds/<token>", "refund", refunds.refund, methods=both)
    blueprint.add_url_rule("/refunds/<token>/files/<file_id>", "refund_file", refunds.file)
    blueprint.add_url_rule("/refunds/<token>/destination", "refund_destination", destination.destination, methods=both)


def _too_large(_error: RequestEntityTooLarge) -> Response:
    """Say so in our words, whoever noticed it first: the form, or a CSRF check of the host that reads it before us."""
    page = request.script_root + request.path
    return answer("moota/too_large.html", status=413, url=page, max_megabytes=uploads.MAX_MEGABYTES)


def _exempt_webhook_from_csrf(*_: object) -> None:
    """Moota signs its requests and knows no CSRF token.

    Done here, because it runs before CSRFProtect looks at the request whichever of the two was set up first.
    """
    csrf = current_app.extensions.get("csrf")
    if csrf is not None and request.endpoint == WEBHOOK_ENDPOINT:
        csrf.exempt(webhook.receive)
