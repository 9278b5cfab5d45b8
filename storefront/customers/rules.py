"""Who a customer is, and how long their links hold. Pure."""

from datetime import datetime, timedelta

from storefront.formats import fold, phone_digits

LINK_HOLDS = timedelta(minutes=30)


def email_key(email: str) -> str:
    """Return the address by which a customer is known: without spaces around it, in lower case."""
    return email.strip().lower()


def search_text(name: str, email: str, phone: str) -> str:
    """Return what the panel's search looks through; the telephone number both ways people write it."""
    numbers = f"{phone_digits(phone)} 0{phone[3:]}" if phone else ""
    return fold(f"{name} {email} {numbers}")


def sign_in_stamp(session_key: str, last_login_at: datetime | None) -> str:
    """Return what a sign-in link is bound to: the next sign-in, or signing out everywhere, ends the link."""
    return f"{session_key}.{last_login_at.isoformat() if last_login_at else ''}"
