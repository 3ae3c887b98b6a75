"""Commands for the inbox of signals from Stripe and SendGrid: list, show and replay them."""

from typing import Any
from uuid import UUID

import click

from models import SignalRow, SignalState
from state_machines import HANDLERS
from state_machines.actions import bulk_changes, replay_signal
from state_machines.actions.selection import Filters, select_signals
from web.commands import bulk, listing, output
from web.commands.auditing import audited

group = click.Group(
    "signals", help="Signals: the events of Stripe and SendGrid as they were stored."
)

FIELDS = ("id", "received_at", "source", "kind", "state", "attempts", "subject_id", "last_error")
DETAILS = (*FIELDS, "external_id", "due_at", "applied_at", "payload")
REPLAYABLE = (SignalState.FAILED, SignalState.UNMATCHED, SignalState.IGNORED)
SOURCES = click.Choice(tuple(HANDLERS))
EXAMPLE = ("id", "received_at", "source", "kind", "last_error")


@group.command("list")
@listing.state_option(SignalState)
@click.option("--source", type=SOURCES, help="Filter by sender.")
@click.option("--subject", type=click.UUID, help="Filter by the id of the execution.")
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
@bulk.filter_options(
    "received",
    listing.state_option(REPLAYABLE, "With --all: filter by state."),
    click.option("--source", type=SOURCES, help="With --all: filter by sender."),
    click.option("--kind", help='With --all: filter by kind, such as "charge.dispute.created".'),
)
@output.json_option
def replay(signal_id: UUID | None, *, as_json: bool, **options: Any) -> None:
    """Apply a signal that was not applied, such as one whose order did not exist yet.

    With --all: every failed signal, or those that match the filters. They are stored again in
    batches, each of which is one transaction; exit status 1 says that some were locked.
    """
    row_id = bulk.single_id(signal_id, options)
    if row_id is None:
        _replay_all(options, as_json=as_json)
    else:
        _replay_one(row_id, as_json=as_json)


def _replay_all(options: dict[str, Any], *, as_json: bool) -> None:
    names = {name: options[name] for name in ("state", "source", "kind")}
    filters = Filters(**names, **bulk.read_period(options))
    selection = bulk.narrow(select_signals(filters), options)
    if options["dry_run"]:
        sentence = "{} would be applied again"
        bulk.print_dry_run(selection, SignalRow.kind, EXAMPLE, sentence, as_json=as_json)
        return
    tally = bulk.Tally()
    for ids in bulk.batches(selection.load_ids(selection.limit)):
        details: dict[str, Any] = {**selection.filters}
        with audited("signals replay", "--all", details=details):
            changes = bulk_changes.replay(selection, ids)
            details["signals"] = len(changes.changed)
        tally.refusals |= changes.refused
        tally.changed += details["signals"]
    bulk.print_tally(tally, "signals", as_json=as_json, predicate="will be applied again")


def _replay_one(signal_id: UUID, *, as_json: bool) -> None:
    with audited("signals replay", signal_id):
        row = replay_signal.replay(signal_id)
    sentence = f"{row.kind} will be applied within a second"
    output.print_result(sentence, as_json=as_json, id=signal_id)
