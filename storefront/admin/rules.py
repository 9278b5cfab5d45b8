"""When a person, or a machine, has tried to sign in too often. Pure."""

import ipaddress
from datetime import timedelta

WINDOW = timedelta(minutes=15)
MAX_PER_PERSON = 5
MAX_PER_ADDRESS = 30
MIN_PASSWORD = 8
MAX_PASSWORD = 1000
_IPV6_NETWORK = 64


def is_throttled(*, by_person_here: int, from_address: int) -> bool:
    """Tell whether failures within the window are enough.

    A person is counted per address: strangers elsewhere cannot lock the owner out.
    """
    return by_person_here >= MAX_PER_PERSON or from_address >= MAX_PER_ADDRESS


def counted_address(address: str | None) -> str:
    """Return what failures are counted by: the address, or for IPv6 the network one household gets."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is None:
            return str(ipaddress.ip_network((parsed, _IPV6_NETWORK), strict=False))
        return str(parsed.ipv4_mapped)
    return str(parsed)


def password_problem(password: str) -> str | None:
    """Return why a password cannot be used, or None."""
    if len(password) < MIN_PASSWORD:
        return f"the password needs at least {MIN_PASSWORD} characters"
    if len(password) > MAX_PASSWORD:
        return f"the password may have at most {MAX_PASSWORD} characters"
    return None
