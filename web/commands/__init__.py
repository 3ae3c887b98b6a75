"""The command line: `flask --app wsgi GROUP COMMAND`. One group a noun.

Exit status: 0 when it is done, 1 when it could not be (a sentence on stderr says why; nothing was
changed), 2 when the command was called wrongly.
"""

from click import Command
from flask import Flask

from web.commands import (
    activities,
    audit,
    encryption,
    logins,
    machines,
    money,
    notices,
    order_changes,  # noqa: F401  the other half of the group `orders`
    orders,
    product_changes,  # noqa: F401  more of the group `products`
    product_import,  # noqa: F401  a command of the group `products`
    products,
    reconcile,
    roles,
    signals,
    user_changes,  # noqa: F401  the other half of the group `users`
    users,
)
from web.commands.outage import explain_outages
from web.commands.typed import judge_input

GROUPS: tuple[Command, ...] = (
    activities.group,
    audit.group,
    encryption.group,
    logins.group,
    machines.group,
    money.disputes,
    money.payments,
    money.refunds,
    notices.group,
    orders.group,
    products.group,
    reconcile.command,
    roles.group,
    signals.group,
    users.group,
)


def register(app: Flask) -> None:
    for group in GROUPS:
        add(app, group)


def add(app: Flask, command: Command) -> None:
    """Give `app` a command, whose input is judged as that of all others."""
    judge_input(command)
    explain_outages(command)
    app.cli.add_command(command)
