"""Texts for people. The message ids are Indonesian; `translations/` holds the other languages."""

from flask_babel import gettext, lazy_gettext

_l = lazy_gettext


def _(message: str, **values: object) -> str:
    """Return `message` in the reader's language, with its placeholders filled."""
    return str(gettext(message, **values))
