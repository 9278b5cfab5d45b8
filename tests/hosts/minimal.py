"""A shop that is not the storefront: all that a host needs in order to be paid, in under 60 lines."""

import os
from typing import Any

from flask import Flask, jsonify, request
from flask_sqlalchemy import SQLAlchemy
from huey import SqliteHuey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from payments_moota import Charge, Customer, MootaPayments, signals


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "shop_order"

    ref: Mapped[str] = mapped_column(primary_key=True)
    total: Mapped[int]
    state: Mapped[str] = mapped_column(default="unpaid")


db = SQLAlchemy(model_class=Base)
moota = MootaPayments()


def create_app(config: dict[str, Any] | None = None, *, huey: Any = None) -> Flask:
    app = Flask(__name__)
    app.config.from_mapping(SECRET_KEY="host", SQLALCHEMY_DATABASE_URI=os.environ.get("HOST_DATABASE_URL", "sqlite://"))
    app.config.from_mapping({name: value for name, value in os.environ.items() if name.startswith("MOOTA_")})
    app.config.from_mapping(config or {})
    db.init_app(app)
    if "HOST_QUEUE" in os.environ:
        huey = SqliteHuey(filename=os.environ["HOST_QUEUE"], results=False)
    moota.init_app(app, session=db.session, huey=huey, order_url=lambda ref: f"/orders/{ref}")

    @app.post("/orders/<ref>")
    def check_out(ref: str) -> Any:
        total = int(request.form["total"])
        db.session.add(Order(ref=ref, total=total))
        charge = moota.create_charge(ref, total, customer=Customer(name=request.form.get("name")))
        db.session.commit()
        return jsonify(moota.charge_object(charge)), 201

    @app.get("/orders/<ref>")
    def show(ref: str) -> Any:
        return jsonify(ref=ref, state=db.get_or_404(Order, ref).state)

    @signals.charge_paid.connect_via(app)
    def on_paid(_app: Flask, charge: Charge, **_extra: Any) -> None:
        db.session.get_one(Order, charge.order_ref, with_for_update=True).state = "paid"

    return app
