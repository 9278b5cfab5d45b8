# ruff: noqa: N818 - the names are public interface, and read as what happened
"""Everything the extension raises on purpose, ordered by what the caller can do about it.

`RefusedError`: say it to the person who asked and carry on. `ConfigError`: stop and repair the settings.
`SignatureError`: answer 401. `ApiError`: look at `retryable`.
The docstring of a class is its message when none is given, so the two cannot drift apart.
"""

from collections.abc import Mapping
from inspect import cleandoc
from typing import Any


class MootaError(Exception):
    """The payment could not be handled."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or default_message(type(self)))

    # Python would rebuild an error from its message alone and lose, or stumble over, the data of the subclasses.
    def __reduce__(self) -> tuple[Any, ...]:
        return rebuild, (type(self), str(self), self.__dict__)


def default_message(error: type[MootaError]) -> str:
    """Tell the first line of the class's docstring; its name where Python runs without docstrings (-OO)."""
    return cleandoc(error.__doc__).splitlines()[0] if error.__doc__ else error.__name__


def in_words(error: Exception) -> str:
    """Tell an error in a text that every database can keep: without NUL or half a surrogate pair, not too long."""
    text = str(error) if isinstance(error, MootaError) else f"{type(error).__name__}: {error}"
    return text[:2000].encode("utf-8", "replace").decode().replace("\x00", "\ufffd")


def rebuild(error: type[MootaError], message: str, data: dict[str, Any]) -> MootaError:
    """Make an error again that was pickled on its way between processes."""
    made = error.__new__(error, message)
    made.__dict__.update(data)
    return made


class ConfigError(MootaError):
    """The configuration is incomplete or wrong."""

    def __init__(self, message: str | None = None, *, name: str | None = None) -> None:
        """Put `name`, the variable to repair, in front of the message unless the message already has it."""
        text = message or default_message(type(self))
        super().__init__(text if name is None or name in text else f"{name}: {text}")
        self.name = name


class SignatureError(MootaError):
    """The request is not signed by Moota."""


class ApiError(MootaError):
    """Moota's API did not do what was asked."""

    def __init__(
        self,
        message: str | None = None,
        *,
        status: int | None = None,
        retryable: bool = False,
        errors: Mapping[str, list[str]] | None = None,
        remedy: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        """Keep the HTTP `status` (None: no answer came), whether trying again can help, and the messages per field.

        `remedy` says what to do in one sentence, `retry_after` after how many seconds Moota wants to be asked again.
        """
        super().__init__(message)
        self.remedy = remedy
        self.retry_after = retry_after
        self.status = status
        self.retryable = retryable
        self.errors = dict(errors or {})


class RefusedError(MootaError):
    """The present state does not allow this."""


class InvalidTransition(RefusedError):
    """This step is not allowed from the present status."""

    def __init__(self, thing: str, current: str, wanted: str) -> None:
        """Name the kind of `thing` ("charge"), its `current` status and the event that was `wanted`."""
        super().__init__(f'A {thing} that is "{current}" does not allow "{wanted}".')
        self.thing = thing
        self.current = current
        self.wanted = wanted


class DuplicateOrderRef(RefusedError):
    """There is already a charge for this order."""

    def __init__(self, message: str | None = None, *, order_ref: str) -> None:
        super().__init__(message)
        self.order_ref = order_ref


class PeriodClosed(RefusedError):
    """The month in which the bank booked this is closed."""


class MonthMoved(RefusedError):
    """Something of a month changed while it was read for closing it."""


class NoUniqueCodeAvailable(RefusedError):
    """Every unique code for this amount is in use."""

    def __init__(self, message: str | None = None, *, amount: int, account: str) -> None:
        """Keep the `amount` asked for, in rupiah, and the bank id of the `account`."""
        super().__init__(message)
        self.amount = amount
        self.account = account


class InvalidAmount(RefusedError, ValueError):
    """The amount is not a positive whole number of rupiah."""

    # Also a ValueError, so that pydantic reports it as a fault of the field rather than letting it escape.


class MethodUnavailable(RefusedError):
    """This payment method is not available."""


class UnknownAccount(RefusedError):
    """There is no such bank account."""


class UnknownCharge(RefusedError):
    """There is no charge for this order."""


class UnknownMutation(RefusedError):
    """There is no such mutation."""


class UnknownDelivery(RefusedError):
    """There is no such delivery."""


class UnknownRefund(RefusedError):
    """There is no such refund."""


class UnknownComplaint(RefusedError):
    """There is no such complaint."""


class NotRefundable(RefusedError):
    """More would go back than was received."""

    def __init__(self, message: str | None = None, *, amount: int, refundable: int) -> None:
        """Keep the `amount` asked for and what can still be `refundable`, in rupiah."""
        super().__init__(message)
        self.amount = amount
        self.refundable = refundable


class ApprovalRefused(RefusedError):
    """Somebody else has to approve this refund."""


class InvalidDestination(RefusedError):
    """Money cannot be sent to this account."""

    def __init__(self, message: str | None = None, *, field: str, why: str) -> None:
        """Name the `field` at fault (bank, number, holder) and `why` in one word, for a form in any language."""
        super().__init__(message)
        self.field = field
        self.why = why


class InvalidLink(RefusedError):
    """This link does not work any more."""

    def __init__(self, message: str | None = None, *, why: str) -> None:
        """Say `why` in one word: altered, used, expired or closed."""
        super().__init__(message)
        self.why = why


class InvalidEvidence(RefusedError):
    """This file cannot be kept as evidence."""

    def __init__(self, message: str | None = None, *, why: str) -> None:
        """Say `why` in one word: empty, size, kind, broken, pixels, active, encrypted or count."""
        super().__init__(message)
        self.why = why
