"""Selections: the rows that a change of many rows is about, found by filters, oldest first."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from models.base import db, reading
from models.durable.activity import ActivityRow
from models.durable.signal import SignalRow, SignalState
from models.errors import InvalidInputError
from state_machines.durable import DurableMachine
from state_machines.durable.base.states import state_of
from state_machines.durable.operations.commands import OperationRefusedError

LOCKED = "It is locked by another transaction: try again"
NO_MATCH = "It no longer matches the filters"
ENDED_OR_CREATED_AT = func.coalesce(ActivityRow.finished_at, ActivityRow.created_at)


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of an operator; None matches all.

    `since` and `until` compare the time at which an activity ended, or was created while it is
    under way, and that at which a signal was received. `changed_before` is about executions.
    """

    ids: tuple[UUID, ...] | None = None
    name: str | None = None
    machine: str | None = None
    subject_id: UUID | None = None
    state: str | None = None
    source: str | None = None
    kind: str | None = None
    error: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    changed_before: datetime | None = None

    def require_only(self, names: Collection[str]) -> None:
        """Raise InvalidInputError for a filter of another name, which would narrow nothing."""
        for name in self.as_json():
            if name not in names:
                expected = ", ".join(sorted(map(_field, names)))
                raise InvalidInputError(
                    f"filter.{_field(name)}", f"is not a filter of this action: {expected}"
                )

    def as_json(self) -> dict[str, Any]:
        """Return the filters that are set, as JSON."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: _as_json(value) for name, value in values.items() if value is not None}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Filters":
        """Return the filters that `as_json` has written."""
        read = {name: _READERS.get(name, str)(value) for name, value in values.items()}
        return cls(**read)


def _field(name: str) -> str:
    """Return the name of a filter in requests."""
    return _FIELDS.get(name) or re.sub("_([a-z])", lambda match: match[1].upper(), name)


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return [str(key) for key in value] if isinstance(value, tuple) else str(value)


_FIELDS = {"subject_id": "subject", "changed_before": "olderThan"}
_READERS: dict[str, Any] = {
    "ids": lambda keys: tuple(UUID(key) for key in keys),
    "subject_id": UUID,
    **dict.fromkeys(("since", "until", "changed_before"), datetime.fromisoformat),
}


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows that a change is about, oldest first. `filters` are for the audit."""

    row: type[Any]
    conditions: list[ColumnElement[bool]]
    limit: int | None = None
    filters: dict[str, str] = field(default_factory=dict)

    def load_ids(self, limit: int | None = None) -> list[UUID]:
        """Load the ids of the rows that match now."""
        query = select(self.row.id).where(*self.conditions).order_by(self.row.id)
        with reading():
            return list(db.session.scalars(query.limit(limit)))

    def lock(self, row_id: UUID) -> None:
        """Lock a row. Raises OperationRefusedError unless it still matches."""
        query = select(self.row.id).where(self.row.id == row_id, *self.conditions)
        if db.session.scalar(query.with_for_update()) is None:
            raise OperationRefusedError(NO_MATCH)

    def lock_free(self, ids: Iterable[UUID]) -> set[UUID]:
        """Lock the rows of `ids` that match and that no other transaction holds."""
        query = select(self.row.id).where(self.row.id.in_(ids), *self.conditions)
        free = query.order_by(self.row.id).with_for_update(skip_locked=True)
        return set(db.session.scalars(free))

    def find_locked(self, ids: Iterable[UUID]) -> dict[UUID, str]:
        """Return those of `ids` that still match, though they should have been changed.

        Another transaction holds them.
        """
        remaining = select(self.row.id).where(self.row.id.in_(ids), *self.conditions)
        return dict.fromkeys(db.session.scalars(remaining.order_by(self.row.id)), LOCKED)


def select_activities(filters: Filters, *conditions: ColumnElement[bool]) -> Selection:
    """Return the activities that match the filters and `conditions`."""
    matching = _equal(ActivityRow, filters, "name", "machine", "subject_id", "state")
    matching += _since_until(ActivityRow, ENDED_OR_CREATED_AT, filters)
    return Selection(ActivityRow, [*conditions, *matching])


def select_signals(filters: Filters) -> Selection:
    """Return the signals that match the filters and can be replayed; by default failed ones."""
    is_replayable = SignalRow.payload.is_not(None)
    matching = _equal(SignalRow, filters, "source", "kind", "subject_id")
    matching += _since_until(SignalRow, SignalRow.received_at, filters)
    state = SignalRow.state == (filters.state or SignalState.FAILED)
    return Selection(SignalRow, [state, is_replayable, *matching])


def select_executions(machine: type[DurableMachine[Any]], filters: Filters) -> Selection:
    """Return the executions of a machine that match `state`, `changed_before` and `ids`."""
    row = machine.model
    matching = [] if filters.ids is None else [row.id.in_(filters.ids)]
    if filters.state is not None:
        matching.append(state_of(machine) == filters.state)
    if filters.changed_before is not None:
        matching.append(row.updated_at < filters.changed_before)
    return Selection(row, matching)


def _equal(row: type[Any], filters: Filters, *names: str) -> list[ColumnElement[bool]]:
    values = {name: getattr(filters, name) for name in names}
    equal = [getattr(row, name) == value for name, value in values.items() if value is not None]
    return equal if filters.ids is None else [*equal, row.id.in_(filters.ids)]


def _since_until(row: type[Any], time: Any, filters: Filters) -> list[ColumnElement[bool]]:
    matching = []
    if filters.error:
        matching.append(row.last_error.contains(filters.error, autoescape=True))
    if filters.since is not None:
        matching.append(time >= filters.since)
    if filters.until is not None:
        matching.append(time < filters.until)
    return matching
