"""English is complete: every text on screen has its translation, with the same placeholders, and none is unmarked."""

import importlib
import inspect
import pkgutil
import re

import pytest
from babel.support import Translations
from catalogues import DOMAINS, LANGUAGES, ROOT, found_in_code, is_translated, read, updated
from jinja2 import Environment, nodes
from wtforms import Form

import storefront

COMMAND = ".venv/bin/python tests/contracts/catalogues.py"
TEMPLATES = sorted(
    path
    for folder in ("templates", "payments_moota/templates")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".html", ".txt"}
)

_PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[a-z%]")
_MARKUP = re.compile(r"[<>]|https?://|/home/|\bwww\.")
_TAG = re.compile(r"<!--.*?-->|<[^>]*>|&\w+;", re.DOTALL)
_SPOKEN_ATTRIBUTE = re.compile(r'(?:alt|title|placeholder|aria-label)="([^"\x00]*[A-Za-z]{3}[^"\x00]*)"')
_WORD = re.compile(r"[A-Za-z]{2,}")

catalogue = pytest.mark.parametrize(
    ("domain", "language"),
    [(domain, language) for domain in DOMAINS for language in LANGUAGES],
    ids=[f"{domain.name}-{language}" for domain in DOMAINS for language in LANGUAGES],
)


def messages(domain, language):
    return [message for message in read(domain, language) if message.id]


def forms_of(text):
    """Return the singular and the plural of a text, or the one form it has; nothing that is still to be written."""
    return [form for form in (text if isinstance(text, tuple) else (text,)) if form]


@catalogue
def test_a_catalogue_holds_exactly_the_texts_of_the_code(domain, language):
    kept = {message.id for message in messages(domain, language)}
    needed = {message.id for message in found_in_code(domain) if message.id}

    assert kept == needed, f"Texts were added, changed or dropped; run {COMMAND} and translate what is new"


@catalogue
def test_a_catalogue_has_the_form_that_keeps_it_free_of_noise(domain, language):
    text = domain.file(language).read_text(encoding="utf-8")

    assert text == updated(domain, language), f"Run {COMMAND}"


@catalogue
def test_every_text_is_translated(domain, language):
    assert not [message.id for message in messages(domain, language) if message.fuzzy or not is_translated(message)]


@catalogue
def test_a_translation_has_the_placeholders_of_its_text(domain, language):
    different = [
        message.id
        for message in messages(domain, language)
        for form in forms_of(message.string)
        if sorted(_PLACEHOLDER.findall(form)) != sorted(_PLACEHOLDER.findall(forms_of(message.id)[0]))
    ]

    assert not different


@catalogue
def test_a_translation_begins_and_ends_like_its_text(domain, language):
    """A colon before a list, a full stop, a space: what stands around a text relies on them."""
    different = [
        (message.id, form)
        for message in messages(domain, language)
        for form in forms_of(message.string)
        if form != form.strip() or (form[-1] in ":,") != (forms_of(message.id)[0][-1] in ":,")
    ]

    assert not different


@catalogue
def test_a_text_is_words_only(domain, language):
    texts = [
        text for message in messages(domain, language) for text in (*forms_of(message.id), *forms_of(message.string))
    ]

    assert not [text for text in texts if _MARKUP.search(text)]


@catalogue
def test_what_is_compiled_is_what_is_written(domain, language):
    compiled = domain.file(language).with_suffix(".mo")
    assert compiled.exists(), "The catalogues are not compiled; make test does it"
    with compiled.open("rb") as file:
        spoken = Translations(file, domain=domain.name)

    plain = [message for message in messages(domain, language) if isinstance(message.id, str)]
    assert not [message.id for message in plain if spoken.gettext(message.id) != (message.string or message.id)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_words_in_a_template_are_left_unmarked(path):
    page = "".join(
        part.data if isinstance(part, nodes.TemplateData) else "\x00"
        for output in Environment(autoescape=True).parse(path.read_text(encoding="utf-8")).find_all(nodes.Output)
        for part in output.nodes
    )

    assert not _SPOKEN_ATTRIBUTE.findall(page)
    assert not _WORD.findall(_TAG.sub(" ", page))


def test_a_form_never_speaks_with_its_librarys_own_words():
    """WTForms knows no Indonesian: a check without a message of ours would answer in English."""
    silent = [
        f"{form.__name__}.{name}: {type(check).__name__}"
        for form in every_form()
        for name, field in inspect.getmembers(form, lambda member: hasattr(member, "field_class"))
        for check in field.kwargs.get("validators", ())
        if getattr(check, "message", "ours") is None
    ]

    assert not silent


def every_form():
    modules = pkgutil.walk_packages(storefront.__path__, "storefront.")
    loaded = [importlib.import_module(module.name) for module in modules if module.name.rpartition(".")[2] == "forms"]
    return {
        member
        for module in loaded
        for member in vars(module).values()
        if inspect.isclass(member) and issubclass(member, Form) and member.__module__ == module.__name__
    }
