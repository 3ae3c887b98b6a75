"""Commands for sign-ins: list and show them, resend a code, and unlock an address."""

from uuid import UUID

import click

from models import Login, LoginState, reading
from models.errors import ConflictError, NotFoundError
from state_machines.actions.code_guesses import forget_failures
from state_machines.actions.login_codes import lock_address, resend_code
from state_machines.login import LoginMachine
from web.commands import listing, output
from web.commands.auditing import audited
from web.commands.input_types import EmailAddress, email_argument
from web.commands.timeline import load_timeline, print_with_sections

group = click.Group("logins", help="Sign-ins by emailed code.")

FIELDS = ("id", "email", "state", "wrong_codes", "deadline_at", "created_at")
DETAILS = (*FIELDS, "user_id", "version", "updated_at")


@group.command("list")
@listing.state_option(LoginState)
@click.option("--email", type=EmailAddress(), help="Filter by email address.")
@listing.limit_option
@output.json_option
def show_list(state: str | None, email: str | None, limit: int, *, as_json: bool) -> None:
    """List sign-ins, newest first."""
    logins = listing.newest(Login, limit, *listing.equals(Login, state=state, email=email))
    output.print_rows((listing.as_row(login, FIELDS) for login in logins), as_json=as_json)


@group.command("show")
@click.argument("login_id", type=click.UUID)
@output.json_option
def show(login_id: UUID, *, as_json: bool) -> None:
    """Show one sign-in with its history. The code is stored as a hash and cannot be shown."""
    fields = listing.as_row(listing.load(Login, login_id, "login"), DETAILS)
    with reading():
        timeline = load_timeline(login_id)
    print_with_sections(fields, timeline, as_json=as_json)


@group.command("resend")
@click.argument("login_id", type=click.UUID)
@output.json_option
def resend(login_id: UUID, *, as_json: bool) -> None:
    """Send a new code for a sign-in whose email failed. The old code becomes invalid."""
    with audited("logins resend", login_id):
        login = LoginMachine.lock([login_id]).get(login_id)
        if login is None:
            raise NotFoundError(f"There is no login {login_id}")
        resend_code(login)
    sentence = f"a new code is on its way to {login.email}"
    output.print_result(sentence, as_json=as_json, id=login_id)


@group.command("unlock")
@email_argument
@output.json_option
def unlock(email: str, *, as_json: bool) -> None:
    """Reset the count of wrong codes for an address, so that it can sign in again at once."""
    with audited("logins unlock", email):
        lock_address(email)
        if not forget_failures(email):
            raise ConflictError(f"No wrong codes are counted for {email}")
    output.print_result(f"{email} can sign in again", as_json=as_json, email=email)
