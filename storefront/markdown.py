"""Markdown from people who work in the shop, made into HTML that can do no harm.

HTML in the text is shown as text; pictures are left out, since pages load nothing from elsewhere; a link tells other
sites nothing and vouches for nothing. Headings begin below the page's own and never skip a level.
"""

import re
from collections.abc import Iterable

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_DEEPEST = 6
_SPACES = re.compile(r"\s+")
_BREAKS = frozenset({"softbreak", "hardbreak"})
_END = (Token("softbreak", "", 0),)
_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable("image")


def to_html(text: str, *, level: int = 2) -> Markup:
    """Return a text as HTML; `level` is that of its first heading."""
    tokens = _markdown.parse(text)
    _set_levels(tokens, level)
    for token in _inside(tokens):
        if token.type == "link_open":
            token.attrSet("rel", "nofollow noopener")
    return Markup(_markdown.renderer.render(tokens, _markdown.options, {}))  # noqa: S704 - the renderer escapes all text


def to_text(text: str, longest: int | None = None) -> str:
    """Return the words of a text in one line, at most `longest` characters of them, cut between words."""
    words = "".join(" " if token.type in _BREAKS else token.content for token in _inside(_markdown.parse(text)))
    line = _SPACES.sub(" ", words).strip()
    if longest is None or len(line) <= longest:
        return line
    return f"{line[: longest - 1].rsplit(' ', 1)[0]}…"


def _inside(tokens: Iterable[Token]) -> Iterable[Token]:
    """Yield what stands in the lines of a text, a break after each block."""
    for token in tokens:
        yield from token.children or ()
        if token.type == "inline":
            yield from _END


def _set_levels(tokens: Iterable[Token], top: int) -> None:
    """Give headings the levels that their order on the page allows."""
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    highest = min((int(token.tag[1]) for token in headings), default=1)
    last = top - 1
    for token in headings:
        if token.type == "heading_open":
            last = min(int(token.tag[1]) - highest + top, last + 1, _DEEPEST)
        token.tag = f"h{last}"
