"""How much of a person's details is shown: enough to recognise one's own, too little to use somebody else's."""

_DOT = "•"
_SHOWN_DIGITS = 4
# Digits that stay hidden at the least, however short the number.
_HIDDEN_DIGITS = 3
_SHOWN_PHONE_DIGITS = 3


def tail(number: str) -> str:
    """Return the last four digits, fewer of a number so short that four would give it away."""
    return number[-shown:] if (shown := min(_SHOWN_DIGITS, len(number) - _HIDDEN_DIGITS)) > 0 else ""


def mask_number(number: str) -> str:
    """Write an account number with all but its last four digits hidden: ••••••7890."""
    shown = tail(number)
    return _DOT * (len(number) - len(shown)) + shown


def mask_name(name: str) -> str:
    """Write a name with the first letter of each word: B••• S••••••."""
    return " ".join(word[0] + _DOT * (len(word) - 1) for word in name.split())


def mask_email(address: str) -> str:
    """Write an e-mail address with the first letter of its name and its domain: b•••@contoh.id."""
    name, _, domain = address.rpartition("@")
    return f"{name[0]}{_DOT * 3}@{domain}" if name else _DOT * 3


def mask_phone(number: str) -> str:
    """Write a phone number with its last three digits: •••••••••890."""
    digits = "".join(filter(str.isdigit, number))
    shown = max(0, min(_SHOWN_PHONE_DIGITS, len(digits) - _SHOWN_DIGITS))
    return _DOT * (len(digits) - shown) + digits[len(digits) - shown :]
