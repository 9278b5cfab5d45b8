"""Texts for people. The message ids are Indonesian; `translations/` holds the other languages."""

from flask_babel import gettext, lazy_gettext
from flask_babel import ngettext as _ngettext

_l = lazy_gettext


def _(message: str, **values: object) -> str:
    """Return `message` in the reader's language, with its placeholders filled."""
    return str(gettext(message, **values))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Return `one` or `many` in the reader's language, as `num` asks, with the placeholders filled."""
    return str(_ngettext(one, many, num, **values))
