"""The groups of commands of every application."""

from click import Command
from flask import Flask

from web.commands import (
    activities,
    add,
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
