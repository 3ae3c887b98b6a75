"""Commands for activities, the calls to other systems: list, show, retry and abandon them."""

from uuid import UUID

import click
from sqlalchemy import ColumnElement, select, update

from models import ActivityRow, ActivityState
from models.base import db
from models.clock import now
from models.durable.activity import UNDER_WAY
from models.errors import ConflictError, NotFoundError
from web.commands import listing, output
from web.commands.auditing import audited

group = click.Group("activities", help="Calls to other systems: list, show, retry, abandon.")

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
# No attempt is left, but the machine has not applied the failure yet.
GIVING_UP = ActivityRow.state.in_(UNDER_WAY) & ActivityRow.giving_up.is_not(None)


@group.command("list")
@listing.state_option(ActivityState)
@click.option("--name", help='Filter by name, such as "payments.create_intent".')
@click.option("--subject", type=click.UUID, help="Filter by the id of the execution.")
@click.option("--maybe-sent", is_flag=True, help="Only e-mails that may have been sent twice.")
@click.option("--giving-up", is_flag=True, help="Only those whose failure is not applied yet.")
@listing.limit_option
@output.json_option
def show_list(  # noqa: PLR0913  one a filter
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
    conditions = listing.equals(ActivityRow, state=state, name=name, subject_id=subject)
    if maybe_sent:
        # Calls to Stripe carry an idempotency key, so that repeating them has no effect.
        conditions += [ActivityRow.unknown_outcomes > 0, ActivityRow.name.startswith("emails.")]
    if giving_up:
        conditions.append(GIVING_UP)
    rows = listing.newest(ActivityRow, limit, *conditions)
    output.print_rows((listing.as_row(row, FIELDS) for row in rows), as_json=as_json)


@group.command("show")
@click.argument("activity_id", type=click.UUID)
@output.json_option
def show_one(activity_id: UUID, *, as_json: bool) -> None:
    """Show one activity. Its secret is not shown."""
    listing.print_row(listing.load(ActivityRow, activity_id, "activity"), DETAILS, as_json=as_json)


@group.command("retry")
@click.argument("activity_id", type=click.UUID, required=False)
@click.option("--name", help='With --all: the name, such as "emails.order_confirmed".')
@click.option("--all", "every", is_flag=True, help="With --name: all that failed.")
@output.json_option
def retry(activity_id: UUID | None, name: str | None, *, every: bool, as_json: bool) -> None:
    """Run an activity that failed again, or all of one name.

    Each gets a full set of attempts and keeps its idempotency key.
    """
    if activity_id is not None and name is None and not every:
        with audited("activities retry", activity_id):
            row = _lock_failed(activity_id)
            _reset_failed(ActivityRow.id == activity_id)
        sentence = f"{row.name} {activity_id} will run within a second"
        output.print_result(sentence, as_json=as_json, id=activity_id, state=ActivityState.PENDING)
    elif activity_id is None and name is not None and every:
        counts: dict[str, int] = {}
        with audited("activities retry", name, counts=counts):
            _require_name(name)
            counts["retried"] = _reset_failed(ActivityRow.name == name)
        sentence = f"{counts['retried']} {name} will run again"
        output.print_result(sentence, as_json=as_json, name=name, **counts)
    else:
        raise click.UsageError("give an ID, or --name NAME --all")


@group.command("abandon")
@click.argument("activity_id", type=click.UUID)
@output.json_option
def abandon(activity_id: UUID, *, as_json: bool) -> None:
    """Mark an activity that failed as no longer needed."""
    with audited("activities abandon", activity_id):
        row = _lock_failed(activity_id)
        row.state, row.secret, row.finished_at = ActivityState.ABANDONED, None, now()
        row.token, row.giving_up = None, None
    sentence = f"{row.name} {activity_id} is abandoned"
    output.print_result(sentence, as_json=as_json, id=activity_id, state=row.state)


def _lock_failed(activity_id: UUID) -> ActivityRow:
    """Lock a failed activity. Raises NotFoundError, and ConflictError unless it has failed."""
    row = db.session.get(ActivityRow, activity_id, with_for_update=True)
    if row is None:
        raise NotFoundError(f"there is no activity {activity_id}")
    if row.state != ActivityState.FAILED and row.giving_up is None:
        raise ConflictError(f"{row.name} {activity_id} is {row.state}, not failed")
    return row


def _require_name(name: str) -> None:
    """Raise NotFoundError when no activity has this name."""
    if db.session.scalar(select(ActivityRow.id).where(ActivityRow.name == name).limit(1)) is None:
        raise NotFoundError(f"there is no activity called {name}")


def _reset_failed(condition: ColumnElement[bool]) -> int:
    """Give failed activities a full set of attempts, and return their number."""
    is_failed = (ActivityRow.state == ActivityState.FAILED) | GIVING_UP
    failed = select(ActivityRow.id).where(is_failed, condition)
    # Locking in the order of ids keeps two operators from a deadlock.
    locked = failed.order_by(ActivityRow.id).with_for_update().cte("locked")
    reset = db.session.scalars(
        update(ActivityRow)
        .where(ActivityRow.id.in_(select(locked.c.id)))
        .values(
            state=ActivityState.PENDING,
            attempts=0,
            due_at=now(),
            finished_at=None,
            token=None,
            giving_up=None,
        )
        .returning(ActivityRow.id)
        .execution_options(synchronize_session=False)
    )
    return len(reset.all())
