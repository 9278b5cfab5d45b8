"""Registering our webhook at Moota: one step that may be repeated, and puts right what is wrong."""

from dataclasses import dataclass
from typing import Literal

from . import accounts, pulling
from .api.client import MootaClient
from .api.records import WebhookIn
from .context import state, transaction
from .errors import ApiError, ConfigError

Fault = Literal["kinds", "codes", "secret"]

# A narrower range of codes hides refunds and wrong amounts; they are amounts like any other.
FIRST_CODE, LAST_CODE = 0, 999
_PATH = "/webhook/moota"


@dataclass(frozen=True, slots=True)
class Registered:
    """What `register` did: ids that were right already, how many were made, and ids that were taken away."""

    kept: list[str]
    made: int
    removed: list[str]


def webhook_address(url: str | None = None) -> str:
    """Return the address of our webhook at `url`, default: by MOOTA_PUBLIC_URL. Raises ConfigError without either."""
    address = url or pulling.our_address()
    if address is None:
        raise ConfigError("set it to the shop's address, or give --url", name="MOOTA_PUBLIC_URL")
    return address if address.endswith(_PATH) else address.rstrip("/") + _PATH


def register_ours(url: str | None = None) -> tuple[str, Registered]:
    """Have Moota send everything to our webhook, see `webhook_address`; return that address, and what was done.

    Raises ConfigError without an address, a secret or an access token, ApiError.
    """
    here = state()
    secret = here.settings.webhook_secret
    if not secret:
        raise ConfigError(
            "a webhook must be signed: choose a long random secret and set it", name="MOOTA_WEBHOOK_SECRET"
        )
    address = webhook_address(url)
    with transaction("moota") as work:
        bank_ids = [account.bank_id for account in accounts.list_accounts(work)]
    return address, register(here.client(), url=address, secret=secret, bank_ids=bank_ids)


def register(client: MootaClient, *, url: str, secret: str, bank_ids: list[str]) -> Registered:
    """Have Moota send everything to `url`: all accounts with one webhook or, where it wants that, one for each.

    What is registered for this address and is wrong is taken away, after what is right has been made. Raises ApiError.
    """
    found = client.webhooks(url=url)
    right = [webhook for webhook in found if not faults_of(webhook, secret)]
    for_all = [webhook for webhook in right if not webhook.bank_id][:1]
    made = 0
    kept = for_all
    if not for_all:
        kept, made = _register_all(client, url, secret, right, bank_ids)
    removed = [webhook.webhook_id for webhook in found if webhook not in kept]
    for webhook_id in removed:
        client.remove_webhook(webhook_id)
    return Registered([webhook.webhook_id for webhook in kept], made, removed)


def faults_of(webhook: WebhookIn, secret: str | None) -> list[Fault]:
    """Return what a registration lacks: both directions, all amounts, our secret."""
    faults: list[Fault] = []
    if webhook.kinds != "both":
        faults.append("kinds")
    if webhook.first_code > FIRST_CODE or webhook.last_code < LAST_CODE:
        faults.append("codes")
    if webhook.secret != (secret or ""):
        faults.append("secret")
    return faults


def _register_all(
    client: MootaClient, url: str, secret: str, right: list[WebhookIn], bank_ids: list[str]
) -> tuple[list[WebhookIn], int]:
    try:
        client.register_webhook(url=url, secret=secret)
    except ApiError as error:
        # Its own documentation says that no account means all; in practice one was asked for.
        if error.status != 422 or not {"bank_account_id", "bank_id"} & error.errors.keys():  # noqa: PLR2004 - HTTP
            raise
    else:
        return [], 1
    covered = {webhook.bank_id: webhook for webhook in right if webhook.bank_id in bank_ids}
    missing = [bank_id for bank_id in bank_ids if bank_id not in covered]
    for bank_id in missing:
        client.register_webhook(url=url, secret=secret, bank_id=bank_id)
    return list(covered.values()), len(missing)
