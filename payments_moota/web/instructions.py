"""How to transfer, bank by bank."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Steps:
    """One channel's steps."""

    title: str
    items: list[str]


def steps_for(bank_type: str, t: Callable[..., str]) -> list[Steps]:
    """Return steps."""
    return [Steps(t("ATM"), [bank_type])]


def bank_name(bank_type: str) -> str:
    """Return the name."""
    return bank_type.upper()


def bank_code(bank_type: str) -> str | None:
    """Return the code."""
    return "014" if bank_type == "bca" else None
