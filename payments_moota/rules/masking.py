"""How much of a person's details is shown: enough to recognise one's own, too little to use somebody else's."""

# Also how a number is kept once its full digits have been removed.
HIDDEN = "•"
_SHOWN_DIGITS = 4
# Digits that stay hidden at the least, however short the number.
_HIDDEN_DIGITS = 3
_SHOWN_PHONE_DIGITS = 3


def tail(number: str) -> str:
    """Return the last four digits, fewer of a number so short that four would give it away."""
    return number[-shown:] if (shown := min(_SHOWN_DIGITS, len(number) - _HIDDEN_DIGITS)) > 0 else ""


def mask_number(number: str) -> str:
    """Write an account number with all but its last four digits hidden: ••••••7890; a hidden one stays as it is."""
    shown = tail(number)
    return HIDDEN * (len(number) - len(shown)) + shown


def is_masked(number: str) -> bool:
    """Tell whether a number has been hidden already, so that nobody can use it any more."""
    return HIDDEN in number


def mask_name(name: str) -> str:
    """Write a name with the first letter of each word: B••• S••••••."""
    return " ".join(word[0] + HIDDEN * (len(word) - 1) for word in name.split())


def mask_email(address: str) -> str:
    """Write an e-mail address with the first letter of its name and its domain: b•••@contoh.id."""
    name, _, domain = address.rpartition("@")
    return f"{name[0]}{HIDDEN * 3}@{domain}" if name else HIDDEN * 3


def mask_phone(number: str) -> str:
    """Write a phone number with its last three digits: •••••••••890."""
    digits = "".join(filter(str.isdigit, number))
    shown = max(0, min(_SHOWN_PHONE_DIGITS, len(digits) - _SHOWN_DIGITS))
    return HIDDEN * (len(digits) - shown) + digits[len(digits) - shown :]
