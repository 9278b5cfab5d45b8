"""What the forms of shoppers share: text that was written, and the refusal of what cannot be taken as it is."""

from flask import request

from ..refund_steps import LONGEST_TEXT, clean_text
from .words import Translate


class UnfitError(Exception):
    """What was sent cannot be taken as it is; carries a sentence for each reason."""

    def __init__(self, *problems: str) -> None:
        super().__init__(*problems)
        self.problems = list(problems)


def read_text(t: Translate) -> str:
    """Return what was written, tidied; nothing when nothing was. Raises UnfitError when it is too long to be kept."""
    text = request.form.get("text", "").replace("\r\n", "\n").strip()
    if len(text) > LONGEST_TEXT:
        raise UnfitError(t("Tulisannya terlalu panjang; paling banyak %(count)d huruf.", count=LONGEST_TEXT))
    return clean_text(text) or ""
