"""The command that grants the application's role in PostgreSQL its privileges."""

import re
from typing import Any

import click
from sqlalchemy import exc

from config import settings
from models import database_role
from web.commands import output
from web.commands.auditing import audited

group = click.Group("roles", help="The application's role in PostgreSQL.")


class RoleName(click.ParamType[str]):
    """A role name that needs no quotes in SQL."""

    name = "role"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", value):
            self.fail(f"{value!r} is not a plain role name", param, ctx)
        return str(value)


@group.command("grant")
@click.argument("role", type=RoleName())
@output.json_option
def grant(role: str, *, as_json: bool) -> None:
    """Create ROLE if it is missing, and let it read and write rows, but not change tables.

    Run this as the owner of the tables, after each `db upgrade`. APP_PASSWORD becomes the role's
    password; without it the password stays as it is.
    """
    try:
        with audited("roles grant", role):
            database_role.grant(role, settings.app_password)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    except exc.ProgrammingError as error:
        raise click.ClickException(str(error.orig)) from error
    sentence = f"{role} may read and write rows; it owns no table"
    output.print_result(sentence, as_json=as_json, role=role)
