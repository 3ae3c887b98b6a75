"""The inbox: messages from Stripe and SendGrid, for who operates the system."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import click
from sqlalchemy import func, select

from models import SignalRow, SignalState, reading
from models.base import db
from models.errors import ConflictError, NotFoundError
from state_machines.durable import inbox
from web.commands import listing, output
from web.commands.acting import acting

group = click.Group("signals", help="Messages from outside: look, replay.")

FIELDS = ("id", "received_at", "source", "kind", "state", "attempts", "subject_id", "last_error")
REPLAYABLE = (SignalState.FAILED, SignalState.UNMATCHED, SignalState.IGNORED)
MOMENT = click.DateTime(("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"))
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
@click.argument("signal_id", type=click.UUID, required=False)
@click.option("--all", "every", is_flag=True, help="All that the other options name.")
@listing.state(REPLAYABLE)
@click.option("--source", help="With --all: those of this sender: stripe, sendgrid.")
@click.option("--kind", help='With --all: those of this kind, such as "charge.dispute.created".')
@click.option("--since", type=MOMENT, help="With --all: those received from this moment (UTC) on.")
@click.option("--dry-run", is_flag=True, help="With --all: only count them.")
@output.as_json
def replay(  # noqa: PLR0913  one a filter
    signal_id: UUID | None,
    state: str | None,
    source: str | None,
    kind: str | None,
    since: datetime | None,
    *,
    every: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Have a signal that was not applied tried again: when the code can read it now, or the order
    that it is about has appeared. With --all: every failed one, or those that the options name.
    """
    filters = {"state": state, "source": source, "kind": kind, "since": since}
    if signal_id is not None and not (every or dry_run or any(filters.values())):
        _replay_one(signal_id, as_json=as_json)
    elif signal_id is None and every:
        _replay_all(filters, dry_run=dry_run, as_json=as_json)
    else:
        raise click.UsageError("give an ID, or --all")


def _replay_all(filters: dict[str, Any], *, dry_run: bool, as_json: bool) -> None:
    which = [
        SignalRow.state == (filters["state"] or SignalState.FAILED),
        SignalRow.payload.is_not(None),
    ]
    which += [
        getattr(SignalRow, name) == filters[name] for name in ("source", "kind") if filters[name]
    ]
    if filters["since"] is not None:
        which.append(SignalRow.received_at >= filters["since"].replace(tzinfo=UTC))
    if dry_run:
        with reading():
            number = db.session.scalar(select(func.count()).select_from(SignalRow).where(*which))
        output.done(f"{number} would be applied again", as_json=as_json, signals=number)
        return
    details: dict[str, Any] = {name: str(value) for name, value in filters.items() if value}
    with acting("signals replay", "--all", details=details):
        details["signals"] = inbox.replay_all(*which)
    said = f"{details['signals']} will be applied again"
    output.done(said, as_json=as_json, signals=details["signals"])


def _replay_one(signal_id: UUID, *, as_json: bool) -> None:
    with acting("signals replay", signal_id):
        row = db.session.get(SignalRow, signal_id, with_for_update=True)
        if row is None:
            raise NotFoundError(f"there is no signal {signal_id}")
        if row.state in (SignalState.APPLIED, SignalState.STORED):
            raise ConflictError(f"signal {signal_id} is {row.state}: there is nothing to replay")
        if row.payload is None:
            raise ConflictError(f"signal {signal_id} is too old: what it said has been erased")
        inbox.replay(row)
    output.done(f"{row.kind} will be applied within a second", as_json=as_json, id=signal_id)
