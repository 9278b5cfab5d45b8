"""The shop's colour: whether it can be read by day and by night, the nearest one that can, and the sheet made of it.

Pure. Colours are `#rrggbb`. What is asked is WCAG 2.2 level AA for text: 4.5 to 1 against every ground the colour
stands on, since links, headings of the panel and buttons all wear it.
"""

import colorsys
import re
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

Mode: TypeAlias = Literal["light", "dark"]

ENOUGH = 4.5
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_STEPS = 512
# How much of the colour is in the soft ground behind what is chosen, and in the stronger one under the pointer.
_SOFT = 0.12
_STRONGER = 0.28
_WHITE, _BLACK, _NIGHT = "#ffffff", "#000000", "#14110f"


class Ground(NamedTuple):
    """The grounds of one mode, as `static/shop.css` names them, and the ink on them."""

    paper: str
    surface: str
    sunken: str
    ink: str


GROUNDS: dict[Mode, Ground] = {
    "light": Ground("#faf7f2", _WHITE, "#f2ece3", "#2b2420"),
    "dark": Ground("#181513", "#221e1b", "#110f0d", "#f1eae2"),
}
ACCENT = "#12594f"
# Only fonts that people's machines bring along: nothing is fetched, and text is there at once.
_SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif'
_SERIF = 'ui-serif, "Iowan Old Style", Charter, Georgia, "Noto Serif", serif'
_ROUND = 'ui-rounded, "SF Pro Rounded", "Hiragino Maru Gothic ProN", Quicksand, Nunito, ' + _SANS
_SLAB = 'Rockwell, "Rockwell Nova", "Roboto Slab", "DejaVu Serif", "Sitka Small", serif'
FONT = "warm"
# Names to the letters of running text and of headings.
FONTS: dict[str, tuple[str, str]] = {
    FONT: (_SANS, _SERIF),
    "plain": (_SANS, _SANS),
    "round": (_ROUND, _ROUND),
    "book": (_SERIF, _SERIF),
    "slab": (_SANS, _SLAB),
}


@dataclass(frozen=True, slots=True)
class Look:
    """The colours of a shop by day and by night, and the name of its fonts."""

    accent: str = ACCENT
    accent_dark: str = ""
    font: str = FONT

    def colour(self, mode: Mode) -> str:
        """Return the accent of a mode; at night, where none was chosen, the nearest to the day's that can be read."""
        if mode == "light":
            return self.accent
        return self.accent_dark or nearest(self.accent, "dark")

    def tokens(self, mode: Mode) -> dict[str, str]:
        """Return the custom properties of a mode that follow from its accent."""
        accent = self.colour(mode)
        return {
            "--accent": accent,
            "--accent-strong": mix(_BLACK if mode == "light" else _WHITE, accent, _STRONGER),
            "--on-accent": max((_WHITE, _NIGHT), key=lambda ink: contrast(ink, accent)),
            "--accent-soft": soft(accent, mode),
        }


def read_colour(text: str) -> str:
    """Return a colour in our form. Raises ValueError for what is none."""
    colour = text.strip().lower()
    if not _COLOUR.fullmatch(colour):
        raise ValueError(f"{text!r} is no colour such as {ACCENT}")
    return colour


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours by WCAG, from 1 to 21."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def lowest_contrast(colour: str, mode: Mode) -> float:
    """Return the contrast with the ground on which a colour can be read worst."""
    ground = GROUNDS[mode]
    grounds = (ground.paper, ground.surface, ground.sunken, soft(colour, mode))
    return min(contrast(colour, other) for other in grounds)


def is_readable(colour: str, mode: Mode) -> bool:
    """Tell whether text in this colour can be read on every ground of a mode."""
    return lowest_contrast(colour, mode) >= ENOUGH


def nearest(colour: str, mode: Mode) -> str:
    """Return the colour of the same hue, only as much darker or brighter as it takes to be read."""
    if is_readable(colour, mode):
        return colour
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in _parts(colour)))
    end = 0.0 if mode == "light" else 1.0
    for step in range(1, _STEPS):
        shifted = lightness + (end - lightness) * step / _STEPS
        found = _colour(*(part * 255 for part in colorsys.hls_to_rgb(hue, shifted, saturation)))
        if is_readable(found, mode):
            return found
    return _BLACK if mode == "light" else _WHITE


def mix(colour: str, ground: str, share: float) -> str:
    """Return a ground with a share of a colour in it, from 0 to 1."""
    pairs = zip(_parts(colour), _parts(ground), strict=True)
    return _colour(*(part * share + base * (1 - share) for part, base in pairs))


def soft(colour: str, mode: Mode) -> str:
    """Return the soft ground made of a colour, on which it stands where something is chosen."""
    return mix(colour, GROUNDS[mode].surface, _SOFT)


def sheet(look: Look) -> str:
    """Return the style sheet of a look: custom properties, and nothing else."""
    sans, serif = FONTS.get(look.font, FONTS[FONT])
    by_day = {**look.tokens("light"), "--sans": sans, "--serif": serif}
    return (
        f":root {{ {_rules(by_day)} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {_rules(look.tokens('dark'))} }} }}\n"
    )


def samples(look: Look) -> str:
    """Return the rules that show a look in both modes on one page, whatever the reader's own is."""
    return "".join(f".look-{mode} {{ color-scheme: {mode}; {_sample(look, mode)} }}\n" for mode in GROUNDS)


def _sample(look: Look, mode: Mode) -> str:
    ground = GROUNDS[mode]
    grounds = {f"--{name}": value for name, value in ground._asdict().items()}
    return f"{_rules({**grounds, **look.tokens(mode)})} color: {ground.ink}; background: {ground.paper};"


def _rules(tokens: dict[str, str]) -> str:
    return " ".join(f"{name}: {value};" for name, value in tokens.items())


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - from the sRGB standard


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _colour(*parts: float) -> str:
    return "#" + "".join(f"{round(part):02x}" for part in parts)
