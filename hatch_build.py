"""Compile the translations into the wheel: .po files are source, .mo files are not kept in the repository."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def compile_translations(root: Path) -> None:
    """Write the .mo file beside every .po file below `root`'s two packages."""
    for package in ("storefront", "payments_moota"):
        for source in (root / package).rglob("*.po"):
            with source.open("rb") as po, source.with_suffix(".mo").open("wb") as mo:
                write_mo(mo, read_po(po, locale=source.parent.parent.name))


class CompileTranslations(BuildHookInterface):
    """Runs before a wheel or an editable install is made."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Compile before files are collected."""
        compile_translations(Path(self.root))
