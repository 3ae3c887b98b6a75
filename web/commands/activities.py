"""Calls to the outside world, for who operates the system."""

from typing import Any
from uuid import UUID

import click
from sqlalchemy import select

from models import ActivityRow, ActivityState, transaction
from models.base import db
from models.clock import now
from web.commands import output

group = click.Group("activities", help="Calls to the outside world: look, retry, abandon.")

STATES = click.Choice([state.value for state in ActivityState])
FIELDS = ("id", "name", "state", "attempts", "due_at", "subject_id", "last_error")
DETAILS = (*FIELDS, "machine", "payload", "provider_request_id", "created_at", "finished_at")


@group.command("list")
@click.option("--state", type=STATES, help="Only those in this state.")
@click.option("--limit", default=50, show_default=True, help="How many, newest first.")
@output.as_json
def show_list(state: str | None, limit: int, *, as_json: bool) -> None:
    """List activities, newest first."""
    rows = select(ActivityRow).order_by(ActivityRow.id.desc()).limit(limit)
    if state is not None:
        rows = rows.where(ActivityRow.state == state)
    with transaction() as session:
        found = session.scalars(rows).all()
    output.show((told(row) for row in found), as_json=as_json)


@group.command("show")
@click.argument("activity_id", type=click.UUID)
@output.as_json
def show_one(activity_id: UUID, *, as_json: bool) -> None:
    """Show one activity. Its secret is not shown."""
    with transaction() as session:
        row = session.get(ActivityRow, activity_id)
    if row is None:
        raise click.ClickException(f"there is no activity {activity_id}")
    fields = told(row, DETAILS)
    if as_json:
        output.show([fields], as_json=True)
    else:
        output.record(fields)


@group.command("retry")
@click.argument("activity_id", type=click.UUID)
def retry(activity_id: UUID) -> None:
    """Have an activity that gave up run again, with a new set of tries and the same key."""
    with transaction():
        row = _given_up(activity_id)
        row.state, row.attempts = ActivityState.PENDING, 0
        row.due_at, row.finished_at = now(), None
    click.echo(f"{row.name} {activity_id} will run within a second")


@group.command("abandon")
@click.argument("activity_id", type=click.UUID)
def abandon(activity_id: UUID) -> None:
    """Say that an activity that gave up is not needed any more."""
    with transaction():
        row = _given_up(activity_id)
        row.state, row.secret = ActivityState.ABANDONED, None
    click.echo(f"{row.name} {activity_id} is abandoned")


def told(row: ActivityRow, fields: tuple[str, ...] = FIELDS) -> dict[str, Any]:
    """What an operator may see of an activity: all but its secret."""
    return {name: getattr(row, name) for name in fields}


def _given_up(activity_id: UUID) -> ActivityRow:
    row = db.session.get(ActivityRow, activity_id, with_for_update=True)
    if row is None:
        raise click.ClickException(f"there is no activity {activity_id}")
    if row.state != ActivityState.FAILED:
        raise click.ClickException(f"{row.name} {activity_id} is {row.state}, not failed")
    return row
