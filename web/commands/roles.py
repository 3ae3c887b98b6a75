"""The role in PostgreSQL that the processes have."""

import re
from typing import Any

import click
from sqlalchemy import exc

from config import settings
from models import database_role
from web.commands import output
from web.commands.acting import acting

group = click.Group("roles", help="The role in PostgreSQL that the processes have.")


class RoleName(click.ParamType[str]):
    name = "role"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", value):
            self.fail(f"{value!r} is no plain name of a role", param, ctx)
        return str(value)


@group.command("grant")
@click.argument("role", type=RoleName())
@output.as_json
def grant(role: str, *, as_json: bool) -> None:
    """Make ROLE where it is missing, and give it what the processes need: rows, and no tables.

    The owner of the tables runs it, after each `db upgrade`. APP_PASSWORD is the role's password
    from then on; where it is not set, nothing changes about that.
    """
    try:
        with acting("roles grant", role):
            database_role.grant(role, settings.app_password)
    except ValueError as wrong:
        raise click.BadParameter(str(wrong)) from wrong
    except exc.ProgrammingError as refused:
        raise click.ClickException(str(refused.orig)) from refused
    output.done(f"{role} may read and write rows; it owns no table", as_json=as_json, role=role)
