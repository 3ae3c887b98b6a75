"""Sign-ins, for who operates the system."""

import getpass
from uuid import UUID

import click

from models import transaction
from state_machines.durable import SignalRefusedError, caused_by
from state_machines.login import LoginMachine, resend_code

group = click.Group("logins", help="Sign-ins by e-mailed code.")


@group.command("resend")
@click.argument("login_id", type=click.UUID)
def resend(login_id: UUID) -> None:
    """Send a new code for a login whose e-mail failed. The old code is dead."""
    try:
        with caused_by("command", "logins resend", actor=getpass.getuser()), transaction():
            login = LoginMachine.lock([login_id]).get(login_id)
            if login is None:
                raise click.ClickException(f"there is no login {login_id}")
            resend_code(login)
    except SignalRefusedError as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"a new code is on its way to {login.email}")
