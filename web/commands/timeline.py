"""Timelines of executions: their history, activities and signals, for the `show` commands."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import click
from sqlalchemy import select

from models import ActivityRow, SignalRow, Transition, tracing
from models.base import db
from web.commands import output
from web.commands.listing import as_row

TRANSITION = (
    "at", "machine", "signal", "source", "target", "ignored", "reason", "cause", "actor",
    "machine_version",
)  # fmt: skip
ACTIVITY = ("id", "name", "state", "attempts", "unknown_outcomes", "due_at", "last_error")
SIGNAL = ("received_at", "source", "kind", "state", "external_id", "last_error")

Timeline = dict[str, list[dict[str, Any]]]


def load_timeline(*ids: UUID) -> Timeline:
    """Load the history, activities and signals of these executions, oldest first."""
    transitions = (
        select(Transition)
        .where(Transition.subject_id.in_(ids))
        .order_by(Transition.at, Transition.machine, Transition.version)
    )
    return {
        "history": _load_rows(transitions, TRANSITION),
        "activities": _load_rows(_select_by_subject(ActivityRow, ids), ACTIVITY),
        "signals": _load_rows(_select_by_subject(SignalRow, ids), SIGNAL),
    }


def print_sections(sections: Timeline) -> None:
    """Print each non-empty section as a table under its name.

    The versions of the machines are shown when one of them is not 1, and traces if there are any.
    """
    for name, rows in sections.items():
        if rows:
            click.echo(f"\n{name}")
            is_plain = all(row.get("machine_version", 1) == 1 for row in rows)
            hidden = {"machine_version"} if is_plain else set()
            if not any(row.get("trace") for row in rows):
                hidden.add("trace")
            output.print_rows((_without(row, hidden) for row in rows), as_json=False)


def print_with_sections(fields: dict[str, Any], sections: Timeline, *, as_json: bool) -> None:
    """Print a record and its sections, or both together as one JSON object in an array."""
    if as_json:
        output.print_rows([fields | sections], as_json=True)
        return
    output.print_record(fields)
    print_sections(sections)


def _without(row: dict[str, Any], hidden: set[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in hidden}


def _select_by_subject(row: type[Any], ids: Iterable[UUID]) -> Any:
    return select(row).where(row.subject_id.in_(ids)).order_by(row.id)


def _load_rows(query: Any, fields: Iterable[str]) -> list[dict[str, Any]]:
    return [
        as_row(instance, fields) | {"trace": tracing.trace_id(instance.traceparent)}
        for instance in db.session.scalars(query)
    ]
