"""The reference: six characters a payer may write into the transfer note, found again in whatever the bank makes of it.

Written so that people and machines rarely confuse it:
- 23 characters; of every pair that looks alike (0/O, 1/I/L, 5/S, 6/G, 8/B, 2/Z, V/U) at most one is used;
- digits and letters take turns: at least three changes between them, so that no word, name or number is one, nor a
  word with a number before, behind or inside it;
- the last character is a check. With distinct weights modulo the prime 23, one wrong character and any two swapped
  characters always show; anything else slips through once in 23 times.
"""

import random
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise

LENGTH = 6
DIGITS = "23479"
LETTERS = "ACDEFHJKMNPQRTVWXY"
ALPHABET = DIGITS + LETTERS

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
# Of the first five; the check character itself weighs one.
_WEIGHTS = (6, 5, 4, 3, 2)
# Any remainder will do; this one makes K7QX2M, the example of the documentation, a reference.
_REMAINDER = 20
_LEAST_CHANGES = 3

_MISREAD = str.maketrans("ZU", "2V")
# Characters no reference has, and the ones of ours that a hurried eye or hand turns into them.
_TAKEN_FOR = {
    "O": "DQ",
    "0": "DQ",
    "I": "7J",
    "1": "7J",
    "L": "7J",
    "B": "3R",
    "8": "3R",
    "S": "3",
    "5": "3",
    "G": "C9",
    "6": "C9",
}
_WORD = re.compile(r"[^\W_]+")
# What a person or a bank may put inside a code: spaces, line breaks, hyphens, dots, underscores, invisible characters.
# Anything else (a slash, a colon, a bar) separates fields, and no code runs across it.
_PHRASE = re.compile(r"[^\W_]+(?:[\s._\u00ad\u200b-\u200d\u2010-\u2015\u2060\ufeff-]+[^\W_]+)*")


def make_reference(rng: random.Random) -> str:
    """Make a reference; about 1.5 million exist, so the caller must still see that no open charge has the same."""
    while True:
        body = "".join(rng.choices(ALPHABET, k=LENGTH - 1))
        reference = body + _check_character(body)
        if is_reference(reference):
            return reference


def is_reference(text: str) -> bool:
    """Tell whether `text` is a reference exactly as made: six of our characters, taking turns, with the right check."""
    if len(text) != LENGTH or not all(character in _VALUES for character in text):
        return False
    changes = sum((one in DIGITS) != (other in DIGITS) for one, other in pairwise(text))
    return changes >= _LEAST_CHANGES and _check_character(text[:-1]) == text[-1]


def find_references(text: str) -> list[str]:
    """Find the references in a bank's description, the most trustworthy first, each once.

    Forgiven: capitals or not, full-width characters, Z written for 2 and U for V (unless no true digit is left),
    spaces, line breaks, hyphens and dots inside the code, words glued to it. A code cut short is not one.

    Order: codes that begin and end where words do; then codes inside one longer word; then codes that start or end
    inside words and run across a gap. Within each, as they stand in the text. A glued reading that overlaps a
    whole one is dropped.

    Trust: of random strings over the alphabet one in 95 passes for a reference. Ordinary descriptions hold hardly any
    such strings, because I, O, S, L, B, G, 0, 1, 5, 6 and 8 break them and a word beside a number does not take turns
    often enough: of 300,000 invented ones (channel, names, numbers) none yielded a reference nobody made. A code cut
    to five characters is completed by a neighbour to some other reference once in 30 times. Such a chance hit belongs
    to one of 1,000 open charges once in 1,500 times. So a hit is evidence for a charge that exists on the same
    account, never proof alone.
    """
    hits = [hit for words in _phrases(text) for hit in _hits_in(words)]
    return list(dict.fromkeys(hit.reference for hit in sorted(hits, key=lambda hit: hit.doubt)))


@dataclass(frozen=True, slots=True)
class Named:
    """The references a description names: `clear` ones, and `loose` ones that prove nothing without the amount."""

    clear: tuple[str, ...]
    loose: tuple[str, ...]


def read_note(text: str) -> Named:
    """Tell the references a description names clearly from those it only seems to name; each once.

    Clear: a code that begins and ends where words do, or that shares its word with letters and other codes only
    (BAYARK7QX2M). Loose: a code among digits, as in a bank's own long numbers; one that cuts words and runs across
    a gap; and, where nothing is clear, a code with one character missing at either end or misread as one that looks
    like it (O for Q, 8 for 3): the check character tells which it was.
    """
    phrases = _phrases(text)
    clear: list[str] = []
    loose: list[str] = []
    for words in phrases:
        hits = _hits_in(words)
        for hit in hits:
            (clear if _is_clear(hit, hits, words) else loose).append(hit.reference)
    if not clear:
        loose += [reference for words in phrases for reference in _restored(words)]
    hints = tuple(reference for reference in dict.fromkeys(loose) if reference not in clear)
    return Named(clear=tuple(dict.fromkeys(clear)), loose=hints)


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    reference: str
    doubt: int  # 0: whole words, 1: inside one word, 2: across a gap and cutting words


def _phrases(text: str) -> list[list[str]]:
    """Cut a description where no code can run across, and each piece into its words."""
    normal = unicodedata.normalize("NFKC", text).upper()
    return [_WORD.findall(phrase) for phrase in _PHRASE.findall(normal)]


def _hits_in(words: list[str]) -> list[_Hit]:
    """Read every six characters of a phrase, gaps ignored; drop what overlaps a code made of whole words."""
    hits = list(_windows(words))
    whole = [hit.start for hit in hits if hit.doubt == 0]
    return [hit for hit in hits if hit.doubt == 0 or all(abs(hit.start - start) >= LENGTH for start in whole)]


def _windows(words: list[str]) -> Iterator[_Hit]:
    compact = "".join(words)
    edges = {0, *accumulate(map(len, words))}
    for start in range(len(compact) - LENGTH + 1):
        end = start + LENGTH
        reference = _read(compact[start:end])
        if reference is not None:
            yield _Hit(start, reference, _doubt(start, end, edges))


def _read(seen: str) -> str | None:
    reference = seen.translate(_MISREAD)
    has_digit = any(character in DIGITS for character in seen)
    return reference if has_digit and is_reference(reference) else None


def _doubt(start: int, end: int, edges: set[int]) -> int:
    if start in edges and end in edges:
        return 0
    return 2 if any(edge in edges for edge in range(start + 1, end)) else 1


def _is_clear(hit: _Hit, hits: list[_Hit], words: list[str]) -> bool:
    if hit.doubt != 1:
        return hit.doubt == 0
    codes = {place for other in hits for place in range(other.start, other.start + LENGTH)}
    ends = list(accumulate(map(len, words)))
    word = next(number for number, end in enumerate(ends) if hit.start < end)
    beginning = ends[word] - len(words[word])
    return all(character.isalpha() or beginning + place in codes for place, character in enumerate(words[word]))


def _restored(words: list[str]) -> Iterator[str]:
    """Guess the references of which whole words hold all but one character."""
    misread = (guess for seen in _whole_words(words, LENGTH) for guess in _with_one_replaced(seen))
    cut = (
        guess for seen in _whole_words(words, LENGTH - 1) for lost in ALPHABET for guess in (seen + lost, lost + seen)
    )
    for guess in chain(misread, cut):
        reference = _read(guess)
        if reference is not None:
            yield reference


def _whole_words(words: list[str], length: int) -> Iterator[str]:
    for first in range(len(words)):
        for text in accumulate(words[first:]):
            if len(text) == length:
                yield text
            if len(text) >= length:
                break


def _with_one_replaced(seen: str) -> Iterator[str]:
    for place, character in enumerate(seen):
        for meant in _TAKEN_FOR.get(character, ""):
            yield seen[:place] + meant + seen[place + 1 :]


def _check_character(body: str) -> str:
    total = sum(weight * _VALUES[character] for weight, character in zip(_WEIGHTS, body, strict=True))
    return ALPHABET[(_REMAINDER - total) % len(ALPHABET)]
