"""When a person, or a machine, has tried to sign in too often. Pure."""

from datetime import timedelta

WINDOW = timedelta(minutes=15)
MAX_PER_PERSON = 5
MAX_PER_ADDRESS = 30
MIN_PASSWORD = 8
MAX_PASSWORD = 1000


def is_throttled(*, by_person_here: int, from_address: int) -> bool:
    """Tell whether failures within the window are enough.

    A person is counted per address: strangers elsewhere cannot lock the owner out.
    """
    return by_person_here >= MAX_PER_PERSON or from_address >= MAX_PER_ADDRESS


def password_problem(password: str) -> str | None:
    """Return why a password cannot be used, or None."""
    if len(password) < MIN_PASSWORD:
        return f"the password needs at least {MIN_PASSWORD} characters"
    if len(password) > MAX_PASSWORD:
        return f"the password may have at most {MAX_PASSWORD} characters"
    return None
