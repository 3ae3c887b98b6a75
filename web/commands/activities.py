"""Calls to the outside world, for who operates the system."""

from uuid import UUID

import click
from sqlalchemy import ColumnElement, select, update

from models import ActivityRow, ActivityState
from models.activity import UNDER_WAY
from models.base import db
from models.clock import now
from models.errors import ConflictError, NotFoundError
from web.commands import listing, output
from web.commands.acting import acting

group = click.Group("activities", help="Calls to the outside world: look, retry, abandon.")

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
MORE = ("machine", "payload", "giving_up", "provider_request_id", "created_at", "finished_at")
DETAILS = (*FIELDS, *MORE)
# Tells "no try is left, and the machine could not be told so" from all others that are under way.
GIVING_UP = ActivityRow.state.in_(UNDER_WAY) & ActivityRow.giving_up.is_not(None)


@group.command("list")
@listing.state(ActivityState)
@click.option("--name", help='Only those called so, such as "payments.create_intent".')
@click.option("--subject", type=click.UUID, help="Only those of this execution.")
@click.option("--maybe-sent", is_flag=True, help="Only those that may have been done twice.")
@click.option("--giving-up", is_flag=True, help="Only those whose machine could not be told.")
@listing.limit
@output.as_json
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
    given = {"state": state, "name": name, "subject_id": subject}
    wanted = [getattr(ActivityRow, key) == is_ for key, is_ in given.items() if is_ is not None]
    if maybe_sent:
        # Stripe's calls carry a key, and are done once however often they are made.
        wanted += [ActivityRow.unknown_outcomes > 0, ActivityRow.name.startswith("emails.")]
    if giving_up:
        wanted.append(GIVING_UP)
    found = listing.newest(ActivityRow, limit, *wanted)
    output.show((listing.told(row, FIELDS) for row in found), as_json=as_json)


@group.command("show")
@click.argument("activity_id", type=click.UUID)
@output.as_json
def show_one(activity_id: UUID, *, as_json: bool) -> None:
    """Show one activity. Its secret is not shown."""
    listing.show(listing.one(ActivityRow, activity_id, "activity"), DETAILS, as_json=as_json)


@group.command("retry")
@click.argument("activity_id", type=click.UUID, required=False)
@click.option("--name", help='With --all: those called so, such as "emails.order_confirmed".')
@click.option("--all", "every", is_flag=True, help="With --name: all of them that gave up.")
@output.as_json
def retry(activity_id: UUID | None, name: str | None, *, every: bool, as_json: bool) -> None:
    """Have an activity that gave up run again, with a new set of tries and the same key; or all of
    one name.
    """
    if activity_id is not None and name is None and not every:
        with acting("activities retry", activity_id):
            row = _given_up(activity_id)
            _again(ActivityRow.id == activity_id)
        said = f"{row.name} {activity_id} will run within a second"
        output.done(said, as_json=as_json, id=activity_id, state=ActivityState.PENDING)
    elif activity_id is None and name is not None and every:
        counts: dict[str, int] = {}
        with acting("activities retry", name, counts=counts):
            _known(name)
            counts["retried"] = _again(ActivityRow.name == name)
        said = f"{counts['retried']} {name} will run again"
        output.done(said, as_json=as_json, name=name, **counts)
    else:
        raise click.UsageError("give an ID, or --name NAME --all")


@group.command("abandon")
@click.argument("activity_id", type=click.UUID)
@output.as_json
def abandon(activity_id: UUID, *, as_json: bool) -> None:
    """Say that an activity that gave up is not needed any more."""
    with acting("activities abandon", activity_id):
        row = _given_up(activity_id)
        row.state, row.secret, row.finished_at = ActivityState.ABANDONED, None, now()
        row.token, row.giving_up = None, None
    said = f"{row.name} {activity_id} is abandoned"
    output.done(said, as_json=as_json, id=activity_id, state=row.state)


def _given_up(activity_id: UUID) -> ActivityRow:
    row = db.session.get(ActivityRow, activity_id, with_for_update=True)
    if row is None:
        raise NotFoundError(f"there is no activity {activity_id}")
    if row.state != ActivityState.FAILED and row.giving_up is None:
        raise ConflictError(f"{row.name} {activity_id} is {row.state}, not failed")
    return row


def _known(name: str) -> None:
    if db.session.scalar(select(ActivityRow.id).where(ActivityRow.name == name).limit(1)) is None:
        raise NotFoundError(f"there is no activity called {name}")


def _again(which: ColumnElement[bool]) -> int:
    """A new set of tries for those that gave up; how many there were."""
    over = (ActivityRow.state == ActivityState.FAILED) | GIVING_UP
    failed = select(ActivityRow.id).where(over, which)
    # Two operators at once take them in the same order.
    taken = failed.order_by(ActivityRow.id).with_for_update().cte("taken")
    found = db.session.scalars(
        update(ActivityRow)
        .where(ActivityRow.id.in_(select(taken.c.id)))
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
    return len(found.all())
