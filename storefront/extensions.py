"""The extension objects, without an app: `create_app` binds them."""

from flask_babel import Babel
from flask_login import LoginManager
from flask_mailman import Mail
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from payments_moota import ConfigError, MootaPayments

from .database import Base

__all__ = ["ConfigError", "babel", "csrf", "db", "login", "mail", "migrate", "moota"]

# Models derive from Base itself, which type checkers understand; Flask-SQLAlchemy only needs to know its tables.
db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate()
csrf = CSRFProtect()
login = LoginManager()
babel = Babel()
mail = Mail()
moota = MootaPayments()
