"""The minimal shop with a receiver that stops in the middle of settling, for as long as a file is there."""

import os
import time
from pathlib import Path

from flask import Flask
from hosts import minimal

from payments_moota import signals


def create_app() -> Flask:
    app = minimal.create_app()
    stop, reached = Path(os.environ["HOST_STOP"]), Path(os.environ["HOST_REACHED"])

    @signals.charge_paid.connect_via(app)
    def wait(_app: Flask, **_extra: object) -> None:
        if stop.exists():
            # What was done so far is in the transaction, not only in memory.
            minimal.db.session.flush()
            reached.touch()
        while stop.exists():
            time.sleep(0.02)

    return app
