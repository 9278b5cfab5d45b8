"""The place for a rate service: whoever can tell what couriers ask for a parcel, over the network perhaps."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from flask import Flask, current_app

from .rules import Destination, Parcel

log = logging.getLogger(__name__)

_KEY = "storefront.rate_services"
_TOLD = "storefront.rates_told"
# Seconds for which an answer counts: a form is looked at several times. Who did not answer is asked again sooner.
_ANSWER_COUNTS, _SILENCE_COUNTS = 120.0, 15.0
_MOST_REMEMBERED = 500


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


class _Told(NamedTuple):
    """What a service told, and until when (by the process's clock) it counts."""

    rates: list[ServiceRate] | None
    until: float


def register(app: Flask, name: str, service: RateService) -> None:
    """Let delivery methods of the kind `service` ask this service, under the name that is set for them."""
    app.extensions.setdefault(_KEY, {})[name] = service
    app.extensions[_TOLD] = {}


def ask(name: str | None, parcel: Parcel, destination: Destination) -> list[ServiceRate] | None:
    """Return a service's offers, or None when it cannot tell: it is not there, did not answer, or answered nonsense.

    What it told of the same parcel a moment ago counts, so that showing a form again does not ask again.
    """
    told: dict[tuple[str | None, Parcel, Destination], _Told] = current_app.extensions.setdefault(_TOLD, {})
    key = (name, parcel, destination)
    known = told.get(key)
    if known is not None and time.monotonic() < known.until:
        return known.rates
    rates = _ask(name, parcel, destination)
    if len(told) >= _MOST_REMEMBERED:
        told.clear()
    told[key] = _Told(rates, time.monotonic() + (_SILENCE_COUNTS if rates is None else _ANSWER_COUNTS))
    return rates


def _ask(name: str | None, parcel: Parcel, destination: Destination) -> list[ServiceRate] | None:
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
