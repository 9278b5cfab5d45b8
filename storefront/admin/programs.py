"""Which browser on which device a request came from, as people call them. Pure, and a guess: anybody may write it."""

# What others claim to be comes after those who say more.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("UCBrowser/", "UC Browser"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
_DEVICES = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def program_name(user_agent: str) -> str:
    """Return such as `Chrome, Android`; what nothing is known of stays as it is."""
    known = (next((name for mark, name in names if mark in user_agent), None) for names in (_BROWSERS, _DEVICES))
    return ", ".join(filter(None, known)) or user_agent
