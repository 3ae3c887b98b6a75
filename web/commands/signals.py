"""The inbox: messages from Stripe and SendGrid, for who operates the system."""

from uuid import UUID

import click

from models import SignalRow, SignalState
from models.base import db
from models.errors import ConflictError, NotFoundError
from state_machines.durable import inbox
from web.commands import listing, output
from web.commands.acting import acting

group = click.Group("signals", help="Messages from outside: look, replay.")

FIELDS = ("id", "received_at", "source", "kind", "state", "attempts", "subject_id", "last_error")
MORE = (*FIELDS, "external_id", "due_at", "applied_at", "payload")


@group.command("list")
@listing.state(SignalState)
@click.option("--source", help="Only those of this sender: stripe, sendgrid.")
@click.option("--subject", type=click.UUID, help="Only those about this order or login.")
@listing.limit
@output.as_json
def show_list(
    state: str | None, source: str | None, subject: UUID | None, limit: int, *, as_json: bool
) -> None:
    """List signals, newest first."""
    given = {"state": state, "source": source, "subject_id": subject}
    wanted = [getattr(SignalRow, name) == is_ for name, is_ in given.items() if is_ is not None]
    found = listing.newest(SignalRow, limit, *wanted)
    output.show((listing.told(row, FIELDS) for row in found), as_json=as_json)


@group.command("show")
@click.argument("signal_id", type=click.UUID)
@output.as_json
def show(signal_id: UUID, *, as_json: bool) -> None:
    """Show one signal with what was sent."""
    listing.show(listing.one(SignalRow, signal_id, "signal"), MORE, as_json=as_json)


@group.command("replay")
@click.argument("signal_id", type=click.UUID)
@output.as_json
def replay(signal_id: UUID, *, as_json: bool) -> None:
    """Have a signal that was not applied tried again: when the code can read it now, or the order
    that it is about has appeared.
    """
    with acting("signals replay", signal_id):
        row = db.session.get(SignalRow, signal_id, with_for_update=True)
        if row is None:
            raise NotFoundError(f"there is no signal {signal_id}")
        if row.state in (SignalState.APPLIED, SignalState.STORED):
            raise ConflictError(f"signal {signal_id} is {row.state}: there is nothing to replay")
        inbox.replay(row)
    output.done(f"{row.kind} will be applied within a second", as_json=as_json, id=signal_id)
