"""When a person, or a machine, has tried to sign in too often; how long things hold. Pure."""

from datetime import timedelta

WINDOW = timedelta(minutes=15)
MAX_PER_PERSON = 5
MAX_PER_ADDRESS = 30
# Failures with one person's address from everywhere together; where they signed in from before is not counted in.
MAX_PER_ACCOUNT = 50
MIN_PASSWORD = 8
MAX_PASSWORD = 1000
# A sign-in that nobody uses any more ends by itself.
IDLE_SESSION = timedelta(days=14)
# How long ended sign-ins are shown, and an address counts as known.
SESSIONS_KEPT = timedelta(days=90)
# Between the password and the code.
HALF_WAY = timedelta(minutes=10)
RESET_HOLDS = timedelta(minutes=30)
INVITATION_HOLDS = timedelta(days=3)


def is_throttled(*, by_person_here: int, from_address: int, by_person: int = 0, is_known_here: bool = False) -> bool:
    """Tell whether failures within the window are enough.

    A person is counted per address: strangers elsewhere cannot lock the owner out. Many strangers together close the
    door only to addresses from which the person has not been signed in before.
    """
    if by_person_here >= MAX_PER_PERSON or from_address >= MAX_PER_ADDRESS:
        return True
    return by_person >= MAX_PER_ACCOUNT and not is_known_here


def password_problem(password: str) -> str | None:
    """Return why a password cannot be used, or None."""
    if len(password) < MIN_PASSWORD:
        return f"the password needs at least {MIN_PASSWORD} characters"
    if len(password) > MAX_PASSWORD:
        return f"the password may have at most {MAX_PASSWORD} characters"
    return None
