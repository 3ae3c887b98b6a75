"""Commands for the inbox of signals from Stripe and SendGrid: list, show and replay them."""

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
from web.commands.auditing import audited

group = click.Group("signals", help="Messages of Stripe and SendGrid: list, show, replay.")

FIELDS = ("id", "received_at", "source", "kind", "state", "attempts", "subject_id", "last_error")
DETAILS = (*FIELDS, "external_id", "due_at", "applied_at", "payload")
REPLAYABLE = (SignalState.FAILED, SignalState.UNMATCHED, SignalState.IGNORED)
TIMESTAMP = click.DateTime(("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"))


@group.command("list")
@listing.state_option(SignalState)
@click.option("--source", help="Filter by sender: stripe or sendgrid.")
@click.option("--subject", type=click.UUID, help="Filter by the id of an order or login.")
@listing.limit_option
@output.json_option
def show_list(
    state: str | None, source: str | None, subject: UUID | None, limit: int, *, as_json: bool
) -> None:
    """List signals, newest first."""
    conditions = listing.equals(SignalRow, state=state, source=source, subject_id=subject)
    signals = listing.newest(SignalRow, limit, *conditions)
    output.print_rows((listing.as_row(signal, FIELDS) for signal in signals), as_json=as_json)


@group.command("show")
@click.argument("signal_id", type=click.UUID)
@output.json_option
def show(signal_id: UUID, *, as_json: bool) -> None:
    """Show one signal with its payload."""
    listing.print_row(listing.load(SignalRow, signal_id, "signal"), DETAILS, as_json=as_json)


@group.command("replay")
@click.argument("signal_id", type=click.UUID, required=False)
@click.option("--all", "every", is_flag=True, help="Replay all signals that match the filters.")
@listing.state_option(REPLAYABLE)
@click.option("--source", help="With --all: filter by sender, stripe or sendgrid.")
@click.option("--kind", help='With --all: filter by kind, such as "charge.dispute.created".')
@click.option("--since", type=TIMESTAMP, help="With --all: received at or after this time (UTC).")
@click.option("--dry-run", is_flag=True, help="With --all: only count the matches.")
@output.json_option
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
    """Apply a signal again that was not applied: the code can read it now, or its order exists now.

    With --all: every failed signal, or those that match the filters.
    """
    filters = {"state": state, "source": source, "kind": kind, "since": since}
    if signal_id is not None and not (every or dry_run or any(filters.values())):
        _replay_one(signal_id, as_json=as_json)
    elif signal_id is None and every:
        _replay_all(filters, dry_run=dry_run, as_json=as_json)
    else:
        raise click.UsageError("give an ID, or --all")


def _replay_all(filters: dict[str, Any], *, dry_run: bool, as_json: bool) -> None:
    conditions = [
        SignalRow.state == (filters["state"] or SignalState.FAILED),
        SignalRow.payload.is_not(None),
        *listing.equals(SignalRow, source=filters["source"], kind=filters["kind"]),
    ]
    if filters["since"] is not None:
        conditions.append(SignalRow.received_at >= filters["since"].replace(tzinfo=UTC))
    if dry_run:
        with reading():
            count = select(func.count()).select_from(SignalRow).where(*conditions)
            number = db.session.scalar(count)
        output.print_result(f"{number} would be applied again", as_json=as_json, signals=number)
        return
    details: dict[str, Any] = {name: str(value) for name, value in filters.items() if value}
    with audited("signals replay", "--all", details=details):
        details["signals"] = inbox.replay_all(*conditions)
    sentence = f"{details['signals']} will be applied again"
    output.print_result(sentence, as_json=as_json, signals=details["signals"])


def _replay_one(signal_id: UUID, *, as_json: bool) -> None:
    with audited("signals replay", signal_id):
        row = db.session.get(SignalRow, signal_id, with_for_update=True)
        if row is None:
            raise NotFoundError(f"there is no signal {signal_id}")
        if row.state in (SignalState.APPLIED, SignalState.STORED):
            raise ConflictError(f"signal {signal_id} is {row.state}: there is nothing to replay")
        if row.payload is None:
            raise ConflictError(f"signal {signal_id} is too old: its payload has been erased")
        inbox.replay(row)
    sentence = f"{row.kind} will be applied within a second"
    output.print_result(sentence, as_json=as_json, id=signal_id)
