"""The extension's own texts: message ids are Indonesian, `translations/` holds the other languages."""

from functools import cache
from pathlib import Path

from babel.support import NullTranslations, Translations

_FOLDER = Path(__file__).parent / "translations"


def translate(locale: str, message: str, **values: object) -> str:
    """Return `message` in the language of `locale`, with its placeholders filled."""
    text = _catalogue(locale.partition("_")[0]).gettext(message)
    return text % values if values else text


def marked(message: str) -> str:
    """Return a text of a table as it is; imported as `t` it marks the text for the catalogues."""
    return message


@cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(_FOLDER, [language], domain="moota")
