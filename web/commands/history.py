"""What an order or another execution went through, for who operates the system."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import click
from sqlalchemy import select

from models import ActivityRow, SignalRow, Transition
from models.base import db
from web.commands import output
from web.commands.listing import told

STEP = ("at", "machine", "signal", "source", "target", "ignored", "reason", "cause", "actor")
CALL = ("id", "name", "state", "attempts", "unknown_outcomes", "due_at", "last_error")
SIGNAL = ("received_at", "source", "kind", "state", "external_id", "last_error")

Story = dict[str, list[dict[str, Any]]]


def story_of(*ids: UUID) -> Story:
    """History, activities and signals of some executions, oldest first."""
    steps = (
        select(Transition)
        .where(Transition.subject_id.in_(ids))
        .order_by(Transition.at, Transition.machine, Transition.version)
    )
    return {
        "history": _rows(steps, STEP),
        "activities": _rows(_about(ActivityRow, ids), CALL),
        "signals": _rows(_about(SignalRow, ids), SIGNAL),
    }


def tell(parts: Story) -> None:
    """Print parts under their names."""
    for name, rows in parts.items():
        if rows:
            click.echo(f"\n{name}")
            output.show(rows, as_json=False)


def _about(row: type[Any], ids: Iterable[UUID]) -> Any:
    return select(row).where(row.subject_id.in_(ids)).order_by(row.id)


def _rows(query: Any, fields: Iterable[str]) -> list[dict[str, Any]]:
    return [told(row, fields) for row in db.session.scalars(query)]
