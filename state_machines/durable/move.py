"""What a move writes: state, version, history, deadline, activities, effects, and the word to the
parent.
"""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast

from transitions import EventData

from models.base import db
from models.clock import now
from models.durable.execution import Execution, Polled
from state_machines.durable.definition import Arrow, registered_writes
from state_machines.durable.unit_of_work import current_cause, schedule, unit_of_work

if TYPE_CHECKING:
    from state_machines.durable.machine import DurableMachine


class Move:
    """One arrow of one machine; `transitions` calls it when it has changed the state."""

    def __init__(self, machine: "type[DurableMachine[Any]]", arrow: Arrow) -> None:
        self.machine = machine
        self.arrow = arrow

    def __call__(self, event: EventData) -> None:
        self.write(cast("Execution", event.model), **event.kwargs)

    def write(
        self, row: Execution, *, reason: str | None = None, secret: str | None = None
    ) -> None:
        """Write down that `row` has moved along the arrow."""
        machine, arrow = self.machine, self.arrow
        if not arrow.quiet:
            append(machine, row, arrow.signal, arrow.source, reason=reason)
        for name in arrow.do:
            schedule(name, machine.name, row.id, secret=secret)
        self._wind(row)
        if isinstance(row, Polled):
            row.poll_at = self._poll_at(row, row.poll_at)
        for name in arrow.writes:
            registered_writes[name](row, reason)
        if arrow.parent_signal is not None and machine.parent is not None:
            parent = db.session.get_one(machine.parent.model, machine.root_id(row))
            machine.parent.observe(parent, arrow.parent_signal, reason=reason)

    def _wind(self, row: Execution) -> None:
        deadline = self.machine.deadline_of(row.state)
        if deadline is None:
            row.deadline_at = None
            return
        rang = row.deadline_at is not None and row.deadline_at <= now()
        if rang or deadline is not self.machine.deadline_of(self.arrow.source):
            since = row.created_at if deadline.from_birth else row.updated_at
            row.deadline_at = now() + deadline.interval(now() - since)

    def _poll_at(self, row: Execution, before: datetime | None) -> datetime | None:
        poll = self.machine.poll
        if poll is None or row.state not in poll.states:
            return None
        if self.arrow.source in poll.states:
            return before
        return poll.after(row.created_at, now())


def append(  # noqa: PLR0913  all that a history row says
    machine: "type[DurableMachine[Any]]",
    row: Execution,
    signal: StrEnum,
    source: str | None,
    *,
    ignored: bool = False,
    reason: str | None = None,
) -> None:
    """Add a row to the history of `row`, and count its version up."""
    why = current_cause()
    row.version += 1
    row.updated_at = now()
    if source is not None:
        unit_of_work().moved.add(machine.root_id(row))
    unit_of_work().history.append(
        {
            "subject_id": row.id,
            "version": row.version,
            "machine": machine.name,
            "signal": signal.value,
            "source": source,
            "target": row.state,
            "ignored": ignored,
            "reason": reason,
            "cause": why.text,
            "actor": why.actor,
            "at": row.updated_at,
        }
    )
