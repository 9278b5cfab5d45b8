"""Alerts: what the owner has to look into about the way of the money, standing until it has ended.

kind              | stands while                                                      | ends
------------------|-------------------------------------------------------------------|------------------------------
api_v1            | V1 push notifications arrive                                      | none came for a week
feed_silent       | an account has been silent beyond its usual rhythm                | it is heard of again
bank_login        | Moota says that it cannot get into the bank                       | it can again
balance_gap       | the balances of the last days do not continue                     | they do, or the days are over
contradicted      | Moota told a mutation twice and not the same                      | a person has acknowledged it
api_refused       | Moota's API refuses or does not answer the periodic pull          | a pull succeeds
"""

from typing import Any

from sqlalchemy import select

from . import signals
from .models import Alert
from .models.base import insert_new
from .work import Work


def raise_alert(work: Work, kind: str, key: str, **data: Any) -> bool:
    """Raise an alert unless one of this key stands already; tell whether it is new."""
    work.begin()
    values = {"key": key, "kind": kind, "data": data, "raised_at": work.now()}
    made = insert_new(work.session, Alert.__table__, **values)  # type: ignore[arg-type]
    if made is None:
        return False
    work.emit(signals.alert_raised, alert=work.session.get_one(Alert, made))
    return True


def end_alert(work: Work, key: str) -> bool:
    """End the standing alert of this key; tell whether there was one."""
    if find_standing(work, key) is None:
        return False
    work.begin()
    alert = work.session.scalars(_standing().where(Alert.key == key).with_for_update()).one_or_none()
    if alert is None:
        return False
    alert.ended_at = work.now()
    work.emit(signals.alert_ended, alert=alert)
    return True


def find_standing(work: Work, key: str) -> Alert | None:
    """Return the standing alert of this key."""
    return work.session.scalars(_standing().where(Alert.key == key)).one_or_none()


def standing(work: Work) -> list[Alert]:
    """Return the alerts that stand, oldest first."""
    return list(work.session.scalars(_standing().order_by(Alert.id)))


def _standing() -> Any:
    return select(Alert).where(Alert.ended_at.is_(None))
