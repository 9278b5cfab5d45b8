"""The texts on screen and their English catalogues; running this file brings the catalogues up to date.

New texts are added without a translation, texts that are gone are dropped, translations stay. A catalogue holds no
dates, places or people, so that it changes only when a text does.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
LANGUAGES = ("en",)

_HEADER = """\
# {language} texts of {package}. The message ids are Indonesian.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"
"""


@dataclass(frozen=True)
class Domain:
    """The texts of one package: their file's name, where they stand in the code, and what marks them there."""

    name: str
    package: str
    folders: tuple[str, ...]
    functions: dict[str, tuple[int, ...] | None]

    def file(self, language):
        return ROOT / self.package / "translations" / language / "LC_MESSAGES" / f"{self.name}.po"


DOMAINS = (
    Domain("moota", "payments_moota", ("payments_moota",), {"t": None}),
    Domain(
        "messages",
        "storefront",
        ("storefront", "templates"),
        {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)},
    ),
)


def found_in_code(domain: Domain) -> Catalog:
    """Return every text of a domain."""
    catalog = Catalog()
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    for folder in domain.folders:
        extracted = extract_from_dir(ROOT / folder, methods, options, keywords=domain.functions)
        for _path, _line, message, _comments, _context in extracted:
            catalog.add(message)
    return catalog


def read(domain: Domain, language: str) -> Catalog:
    """Return a catalogue as it is kept; an empty one where there is none yet."""
    path = domain.file(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(domain: Domain, language: str) -> str:
    """Return a catalogue's file as it should be: the texts of the code, with the translations there are."""
    catalog = read(domain, language)
    catalog.update(found_in_code(domain), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    out = io.BytesIO()
    write_po(out, catalog, width=120, omit_header=True, no_location=True, sort_output=True)
    header = _HEADER.format(language=language, package=domain.package, plural_forms=catalog.plural_forms)
    return f"{header}\n{out.getvalue().decode().lstrip()}"


def every() -> Iterator[tuple[Domain, str]]:
    """Yield each domain with each language it is translated into."""
    yield from ((domain, language) for domain in DOMAINS for language in LANGUAGES)


def write() -> None:
    """Bring every catalogue up to date and say what is left to translate."""
    for domain, language in every():
        path = domain.file(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(updated(domain, language), encoding="utf-8")
        empty = [message.id for message in read(domain, language) if message.id and not is_translated(message)]
        click.echo(f"{path.relative_to(ROOT)}: {len(empty)} texts to translate")


def is_translated(message) -> bool:
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(strings)


if __name__ == "__main__":
    write()
