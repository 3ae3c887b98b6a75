"""The command line: `flask --app wsgi GROUP COMMAND`, with one group for each noun.

Exit status: 0 on success; 1 on failure, with a sentence on stderr and nothing changed, unless only
the output could not be written; 2 for wrong usage.
"""

from click import Command
from flask import Flask

from web.commands import (
    activities,
    audit,
    control,
    encryption,
    logins,
    machines,
    money,
    notices,
    orders,
    products,
    reconcile,
    roles,
    signals,
    users,
)
from web.commands.input_types import validate_input
from web.commands.outage import explain_outages

GROUPS: tuple[Command, ...] = (
    activities.group,
    audit.group,
    control.group,
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
    """Add all command groups to the application."""
    for group in GROUPS:
        add(app, group)


def add(app: Flask, command: Command) -> None:
    """Add a command to the application, with the input checks and error messages of all others."""
    validate_input(command)
    explain_outages(command)
    app.cli.add_command(command)
