"""`flask moota …`: every verb for people at a terminal and for scripts, in any host shop."""

import click

from .accounts import accounts
from .charges import charge
from .complaints import complaint
from .doctor import doctor
from .feed import pull, webhook
from .holidays import holidays
from .inbox import inbox
from .mutations import mutation
from .reconcile import reconcile
from .refunds import refund
from .retention import purge
from .simulate import sandbox, simulate
from .system import expire, process, upgrade, worker

moota_cli = click.Group(
    "moota",
    help="Payments by Moota: charges, mutations, refunds, webhooks.",
    commands=[
        accounts,
        charge,
        doctor,
        complaint,
        expire,
        holidays,
        inbox,
        mutation,
        process,
        pull,
        purge,
        reconcile,
        refund,
        sandbox,
        simulate,
        upgrade,
        webhook,
        worker,
    ],
)
