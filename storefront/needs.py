"""Say in one line what is missing when the shop is imported from an install of the extension alone."""

from importlib.util import find_spec

_OWN = ("flask_sqlalchemy", "flask_migrate", "flask_wtf", "flask_login", "flask_babel", "argon2")

if missing := [name for name in _OWN if find_spec(name) is None]:
    raise ImportError(f"The shop needs {', '.join(missing)}: install it with pip install 'flask-payments-moota[shop]'.")
