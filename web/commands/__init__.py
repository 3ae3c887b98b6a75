"""The command line: `flask --app wsgi GROUP COMMAND`. One group a noun."""

from click import Group
from flask import Flask

from web.commands import activities, logins, machines, orders, products

GROUPS: tuple[Group, ...] = (
    activities.group,
    logins.group,
    machines.group,
    orders.group,
    products.group,
)


def register(app: Flask) -> None:
    for group in GROUPS:
        app.cli.add_command(group)
