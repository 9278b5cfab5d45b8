"""The place for a rate service: whoever can tell what couriers ask for a parcel, over the network perhaps."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from flask import Flask, current_app

from .rules import Destination, Parcel

log = logging.getLogger(__name__)

_KEY = "storefront.rate_services"


@dataclass(frozen=True, slots=True)
class ServiceRate:
    """One offer of a rate service: `code` names it there for good, `fee` is in rupiah."""

    code: str
    name: str
    fee: int
    estimate: str = ""
    courier_code: str | None = None


class RateService(Protocol):
    """Tells what a parcel costs. It is asked at checkout and has to answer, or raise, within a few seconds."""

    def rates(self, parcel: Parcel, destination: Destination) -> Sequence[ServiceRate]:
        """Return the offers for this parcel; none where nobody delivers. Any exception means: cannot tell now."""


def register(app: Flask, name: str, service: RateService) -> None:
    """Let delivery methods of the kind `service` ask this service, under the name that is set for them."""
    app.extensions.setdefault(_KEY, {})[name] = service


def ask(name: str | None, parcel: Parcel, destination: Destination) -> list[ServiceRate] | None:
    """Return a service's offers, or None when it cannot tell: it is not there, did not answer, or answered nonsense."""
    service: RateService | None = current_app.extensions.get(_KEY, {}).get(name)
    if service is None:
        log.warning("No rate service is registered as %r", name)
        return None
    try:
        rates = list(service.rates(parcel, destination))
    except Exception:
        log.exception("The rate service %r did not answer", name)
        return None
    sound = [rate for rate in rates if type(rate.fee) is int and rate.fee >= 0]
    if len(sound) != len(rates):
        log.warning("The rate service %r named prices that are none", name)
    return sound
