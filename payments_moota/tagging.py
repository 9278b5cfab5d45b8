"""Tags on Moota's side: a mutation that pays an order carries the order's number and the shop's name there, too."""

import logging
from typing import Any

from . import outbox
from .api.client import MootaClient
from .errors import ApiError
from .models import Mutation
from .work import Work

log = logging.getLogger("payments_moota")

KIND = "moota.tag"

# Moota does not know the mutation, or refuses the tag: nothing that trying again would mend.
_FINAL = frozenset({404, 422})


def ask_for_tags(work: Work, mutation: Mutation, order_ref: str) -> None:
    """Ask for a mutation to be tagged with an order, once; nothing where Moota's API is not used."""
    settings = work.settings
    if settings.access_token is None or not settings.tags_mutations:
        return
    payload = {"mutation_id": mutation.mutation_id, "tags": [order_ref, settings.shop_tag]}
    outbox.enqueue(work, KIND, f"tag:{mutation.mutation_id}:{order_ref}", payload)


def send(client: MootaClient, payload: dict[str, Any]) -> None:
    """Tag a mutation at Moota. What cannot be mended is let go; anything else is raised and tried again."""
    try:
        client.tag_mutation(payload["mutation_id"], payload["tags"])
    except ApiError as error:
        if error.status not in _FINAL:
            raise
        log.info("Moota did not tag mutation %s (HTTP %s)", payload["mutation_id"], error.status)
