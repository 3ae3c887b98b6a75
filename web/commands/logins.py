"""Sign-ins, for who operates the system."""

from uuid import UUID

import click

from models import Login, LoginState, reading
from models.errors import ConflictError, NotFoundError
from state_machines.guesses import forget_failures
from state_machines.login import LoginMachine, lock_address, resend_code
from web.commands import listing, output
from web.commands.acting import acting
from web.commands.history import story_of, tell
from web.commands.users import Address, address

group = click.Group("logins", help="Sign-ins by e-mailed code.")

FIELDS = ("id", "email", "state", "wrong_codes", "deadline_at", "created_at")
MORE = (*FIELDS, "user_id", "version", "updated_at")


@group.command("list")
@listing.state(LoginState)
@click.option("--email", type=Address(), help="Only those of this address.")
@listing.limit
@output.as_json
def show_list(state: str | None, email: str | None, limit: int, *, as_json: bool) -> None:
    """List sign-ins, newest first."""
    given = {"state": state, "email": email}
    wanted = [getattr(Login, name) == is_ for name, is_ in given.items() if is_ is not None]
    found = listing.newest(Login, limit, *wanted)
    output.show((listing.told(row, FIELDS) for row in found), as_json=as_json)


@group.command("show")
@click.argument("login_id", type=click.UUID)
@output.as_json
def show(login_id: UUID, *, as_json: bool) -> None:
    """Show one sign-in with its history. Its code is not shown: nobody knows it."""
    about = listing.told(listing.one(Login, login_id, "login"), MORE)
    with reading():
        story = story_of(login_id)
    if as_json:
        output.show([about | story], as_json=True)
        return
    output.record(about)
    tell(story)


@group.command("resend")
@click.argument("login_id", type=click.UUID)
@output.as_json
def resend(login_id: UUID, *, as_json: bool) -> None:
    """Send a new code for a login whose e-mail failed. The old code is dead."""
    with acting("logins resend", login_id):
        login = LoginMachine.lock([login_id]).get(login_id)
        if login is None:
            raise NotFoundError(f"there is no login {login_id}")
        resend_code(login)
    output.done(f"a new code is on its way to {login.email}", as_json=as_json, id=login_id)


@group.command("unlock")
@address
@output.as_json
def unlock(email: str, *, as_json: bool) -> None:
    """Forget the wrong codes of an address, so that codes are taken for it again at once."""
    with acting("logins unlock", email):
        lock_address(email)
        if not forget_failures(email):
            raise ConflictError(f"no wrong codes are counted for {email}")
    output.done(f"codes are taken for {email} again", as_json=as_json, email=email)
