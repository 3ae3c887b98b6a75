"""Commands for activities, the calls to providers: list, show, run now, retry, cancel, abandon."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import click
from sqlalchemy import select

from models import ActivityRow, ActivityState, reading
from models.base import db
from models.printable import escape
from state_machines.actions import bulk_changes
from state_machines.actions.selection import Filters, Selection, select_activities
from state_machines.durable import Activity, DurableMachine
from state_machines.durable.operations import commands, pauses, publishing
from web.activity_registry import load_activities
from web.commands import bulk, listing, output
from web.commands.auditing import as_operator, audited

group = click.Group("activities", help="Activities: the calls to providers, and how they ended.")

FIELDS = (
    "id",
    "name",
    "state",
    "attempts",
    "unknown_outcomes",
    "due_at",
    "subject_id",
    "last_error",
)
DETAILS = (
    *FIELDS,
    "machine",
    "payload",
    "giving_up",
    "provider_request_id",
    "created_at",
    "finished_at",
)
EXAMPLE = ("id", "name", "state", "subject_id", "last_error")

filter_options = bulk.filter_options(
    "ended (or, while under way, created)",
    click.option("--name", help='With --all: the name, such as "emails.order_confirmed".'),
    click.option("--machine", help='With --all: the machine that is told, such as "login".'),
)


@group.command("list")
@listing.state_option(ActivityState)
@click.option("--name", help='Filter by name, such as "payments.create_intent".')
@click.option("--subject", type=click.UUID, help="Filter by the id of the execution.")
@click.option("--maybe-sent", is_flag=True, help="Only emails with an attempt of unknown outcome.")
@click.option(
    "--giving-up", is_flag=True, help="Only those that gave up and whose machine does not know."
)
@listing.limit_option
@output.json_option
def show_list(  # noqa: PLR0913  each is a filter
    state: str | None,
    name: str | None,
    subject: UUID | None,
    limit: int,
    *,
    maybe_sent: bool,
    giving_up: bool,
    as_json: bool,
) -> None:
    """List activities, newest first."""
    if name is not None:
        load_activities()
        _refuse_unknown_name(name)
    conditions = listing.equals(ActivityRow, state=state, name=name, subject_id=subject)
    if maybe_sent:
        # Calls to Stripe carry an idempotency key, so that repeating them has no effect.
        conditions += [ActivityRow.unknown_outcomes > 0, ActivityRow.name.startswith("emails.")]
    if giving_up:
        conditions.append(commands.GIVING_UP)
    rows = listing.newest(ActivityRow, limit, *conditions)
    output.print_rows((listing.as_row(row, FIELDS) for row in rows), as_json=as_json)


@group.command("show")
@click.argument("activity_id", type=click.UUID)
@output.json_option
def show_one(activity_id: UUID, *, as_json: bool) -> None:
    """Show one activity. Its secret is not shown."""
    listing.print_row(listing.load(ActivityRow, activity_id, "activity"), DETAILS, as_json=as_json)


@group.command("run-now")
@click.argument("activity_id", type=click.UUID)
@output.json_option
def run_now(activity_id: UUID, *, as_json: bool) -> None:
    """Have an activity that waits run within a second, whenever it is due."""
    load_activities()
    with audited("activities run-now", activity_id):
        row = publishing.publish_soon(activity_id)
        sentence = f"{row.name} {activity_id} will run {_when(row)}"
    output.print_result(sentence, as_json=as_json, id=activity_id, state=row.state)


@group.command("retry")
@click.argument("activity_id", type=click.UUID, required=False)
@filter_options
@output.json_option
def retry(activity_id: UUID | None, *, as_json: bool, **options: Any) -> None:
    """Run a failed activity again, or with --all those that match the filters.

    Each gets a full set of attempts and keeps its idempotency key. One that has no call to make,
    because its execution has moved on, is refused: abandon it. Many are reset in batches, each of
    which is one transaction; exit status 1 says that some were refused.
    """
    load_activities()
    row_id = bulk.single_id(activity_id, options)
    if row_id is None:
        _retry_all(_select(options, commands.HAS_FAILED), options, as_json=as_json)
        return
    with audited("activities retry", row_id):
        row = commands.retry(row_id)
        sentence = f"{row.name} {row_id} will run {_when(row)}"
    output.print_result(sentence, as_json=as_json, id=row_id, state=ActivityState.PENDING)


def _when(row: ActivityRow) -> str:
    """Return when an activity runs that is due: not while it is paused."""
    reason = pauses.paused_activities().get(row.name)
    return "within a second" if reason is None else f"when it is resumed; it is paused: {reason}"


def _retry_all(selection: Selection, options: dict[str, Any], *, as_json: bool) -> None:
    name = options["name"]
    if options["dry_run"]:
        _print_dry_run(selection, "{} would run again", as_json=as_json)
        return
    tally, names = bulk.Tally(), set[str]()
    for ids in bulk.batches(selection.load_ids(selection.limit)):
        counts: dict[str, int] = {}
        with audited("activities retry", name, counts=counts, filters=selection.filters):
            changes, retried = bulk_changes.retry(selection, ids)
            counts["retried"] = retried.total()
        tally.refusals |= changes.refused
        tally.changed += retried.total()
        names |= set(retried)
    with reading():
        reasons = pauses.paused_activities()
    paused = {each: reasons[each] for each in sorted(names) if each in reasons}
    if not as_json:
        for each, reason in paused.items():
            click.echo(escape(f"{each} runs when it is resumed; it is paused: {reason}"))
    predicate = f"{name or 'activities'} will run again"
    fields = {"name": name, "paused": paused}
    bulk.print_tally(tally, "retried", as_json=as_json, predicate=predicate, **fields)


@group.command("cancel")
@click.argument("activity_id", type=click.UUID, required=False)
@filter_options
@click.option("--reason", help="The reason, recorded in the history and the audit.")
@click.option("--maybe-sent", is_flag=True, help="Also calls with an attempt of unknown outcome.")
@output.json_option
def cancel(
    activity_id: UUID | None,
    reason: str | None,
    *,
    maybe_sent: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Fail an activity that no worker runs, and tell its machine; or with --all many of them.

    It is as if its last attempt had failed, and it can be retried. One that may have been carried
    out is refused without --maybe-sent. With --all, give at least one filter; each activity is one
    transaction, and exit status 1 says that some were refused.
    """
    load_activities()
    run = partial(_cancel, reason=reason, maybe_sent=maybe_sent)
    row_id = bulk.single_id(activity_id, options)
    if row_id is None:
        _cancel_all(run, _select(options, commands.can_be_cancelled()), options, as_json=as_json)
        return
    run(row_id)
    sentence = f"{row_id} is cancelled, and its machine knows"
    output.print_result(sentence, as_json=as_json, id=row_id, state=ActivityState.FAILED)


def _cancel(activity_id: UUID, *, selection: Selection | None = None, **options: Any) -> bool:
    with as_operator("activities cancel") as actor:
        if selection is not None:
            bulk_changes.limit_lock_wait()
        bulk_changes.cancel(activity_id, operator=actor, selection=selection, **options)
    return True


def _cancel_all(
    run: Callable[..., bool],
    selection: Selection,
    options: dict[str, Any],
    *,
    as_json: bool,
) -> None:
    if options["dry_run"]:
        _print_dry_run(selection, "{} would be cancelled", as_json=as_json)
        return
    run = partial(run, selection=selection)
    tally = bulk.change_each(selection.load_ids(), run, selection.limit)
    bulk.print_tally(tally, "cancelled", as_json=as_json)


@group.command("abandon")
@click.argument("activity_id", type=click.UUID)
@output.json_option
def abandon(activity_id: UUID, *, as_json: bool) -> None:
    """Mark an activity that failed as no longer needed. Nothing runs it again."""
    with audited("activities abandon", activity_id):
        row = commands.abandon(activity_id)
    sentence = f"{row.name} {activity_id} is abandoned"
    output.print_result(sentence, as_json=as_json, id=activity_id, state=row.state)


def _select(options: dict[str, Any], condition: Any) -> Selection:
    """Return the rows of --all. Raises click.ClickException for an unknown name or machine."""
    name, machine = options["name"], options["machine"]
    if machine is not None and machine not in DurableMachine.registry:
        machines = ", ".join(DurableMachine.registry)
        raise click.BadParameter(f"{machine} is none of {machines}", param_hint="--machine")
    _refuse_unknown_name(name)
    filters = Filters(name=name, machine=machine, **bulk.read_period(options))
    rows = bulk.narrow(select_activities(filters, condition), options)
    if not set(rows.filters) - {"limit"}:
        raise click.UsageError("give a filter, such as --name: --all alone is every activity")
    return rows


def _refuse_unknown_name(name: str | None) -> None:
    """Raise click.ClickException for a name that neither the code nor a row has."""
    if name is None or name in Activity.registry:
        return
    query = select(ActivityRow.id).where(ActivityRow.name == name).limit(1)
    with reading():
        if db.session.scalar(query) is None:
            names = ", ".join(sorted(Activity.registry))
            raise click.ClickException(f"There is no activity called {name}; there are {names}")


def _print_dry_run(selection: Selection, sentence: str, *, as_json: bool) -> None:
    bulk.print_dry_run(selection, ActivityRow.name, EXAMPLE, sentence, as_json=as_json)
