"""The extension's pages and endpoints: they translate HTTP, call one verb and commit."""

from flask import Blueprint, current_app, request

from . import pay, webhook

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
    blueprint.add_url_rule("/webhook/moota", "webhook", webhook.receive, methods=["POST"])
    blueprint.add_url_rule("/pay/<token>", "pay", pay.show)
    blueprint.add_url_rule("/pay/<token>/status.json", "pay_status", pay.status)
    return blueprint


def _exempt_webhook_from_csrf(*_: object) -> None:
    """Moota signs its requests and knows no CSRF token.

    Done here, because it runs before CSRFProtect looks at the request whichever of the two was set up first.
    """
    csrf = current_app.extensions.get("csrf")
    if csrf is not None and request.endpoint == WEBHOOK_ENDPOINT:
        csrf.exempt(webhook.receive)
