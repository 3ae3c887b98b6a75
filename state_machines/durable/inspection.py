"""Checks of executions and registries.

Does the history lead to the row? Is something scheduled for every row that waits? Does everything
that a table names exist?
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select

from models.base import reading, transaction
from models.clock import now
from models.durable.activity import NOT_OVER, SWEPT, ActivityRow
from models.durable.transition import Transition
from state_machines.durable.activity import Activity
from state_machines.durable.base.states import moved_by_system, state_of
from state_machines.durable.definition import registered_writes
from state_machines.durable.machine import DurableMachine
from state_machines.durable.operations import limits

# The sweep publishes an overdue activity again and again, until a worker claims it.
MAX_UNCLAIMED_AGE = timedelta(hours=1)


class RegistryError(RuntimeError):
    """Tables name activities or writes that do not exist. The message lists all of them."""


@dataclass(frozen=True, slots=True)
class Difference:
    """An execution that differs from its history, or that nothing will move."""

    machine: str
    id: UUID
    what: str


def check_registry(
    machines: Collection[type[DurableMachine[Any]]],
    activities: Collection[type[Activity[Any, Any, Any]]] | None = None,
) -> None:
    """Raise RegistryError unless all writes and activities that the tables name are registered.

    A process that has not loaded the activities passes None, and their names are not checked.
    """
    problems: list[str] = []
    for machine in machines:
        writes = {name for arrow in machine.arrows for name in arrow.writes}
        problems += [
            f"{machine.name}: no function is registered with @writes({name!r})"
            for name in sorted(writes - registered_writes.keys())
        ]
        if activities is not None:
            problems += _check_activities(machine, {item.name: item for item in activities})
    if problems:
        raise RegistryError("\n- ".join(["tables name what does not exist:", *problems]))


def _check_activities(
    machine: type[DurableMachine[Any]], activities: dict[str, type[Activity[Any, Any, Any]]]
) -> Iterator[str]:
    names = {name for arrow in machine.arrows for name in arrow.do}
    for name in sorted(names | ({machine.poll.do} if machine.poll else set())):
        if name not in activities:
            yield f"{machine.name}: there is no activity {name!r}"
        elif (other := activities[name].machine) is not machine:
            yield f"{machine.name}: the activity {name!r} belongs to {other.name}"


def verify(machine: type[DurableMachine[Any]], *, page: int = 1000) -> Iterator[Difference]:
    """Replay every history of `machine` and yield what differs from the rows."""
    row, last = machine.model, None
    while True:
        # One snapshot: a row may move between two statements.
        with reading(one_snapshot=True) as session:
            query = select(row.id, state_of(machine), row.version).order_by(row.id).limit(page)
            rows = session.execute(query if last is None else query.where(row.id > last)).all()
            if not rows:
                return
            steps = session.scalars(
                select(Transition)
                .where(Transition.subject_id.in_([key for key, *_ in rows]))
                .order_by(Transition.subject_id, Transition.version)
            ).all()
            histories: dict[UUID, list[Transition]] = {}
            for step in steps:
                histories.setdefault(step.subject_id, []).append(step)
            differences = [
                Difference(machine.name, key, what)
                for key, state, version in rows
                if (what := compare(machine, state, version, histories.get(key, [])))
            ]
            last = rows[-1][0]
        yield from differences


def compare(
    machine: type[DurableMachine[Any]], state: str, version: int, history: list[Transition]
) -> str | None:
    """Return what differs between a row and its history; None when the history replays to the row.

    Arrows of steps that a newer version of the machine has written are not judged.
    """
    arrows = {(arrow.signal.value, arrow.source, arrow.target) for arrow in machine.arrows}
    current: str | None = None
    for number, step in enumerate(history, start=1):
        if step.version != number:
            return f"version {number} is missing"
        if step.source != current:
            return f"version {number} starts from {step.source}, not from {current}"
        is_judged = not step.ignored and step.machine_version <= machine.version
        if is_judged and (step.signal, step.source, step.target) not in arrows:
            writer = "" if step.machine_version == machine.version else _name_writer(step)
            return (
                f"version {number} has no arrow: {step.source} --{step.signal}--> {step.target}"
                + writer
            )
        current = step.target
    if (current, len(history)) != (state, version):
        return f"the row is {state} at {version}, its history {current} at {len(history)}"
    return None


def _name_writer(step: Transition) -> str:
    return f"; version {step.machine_version} of the machine wrote it: keep its arrow as retired"


def stuck(machine: type[DurableMachine[Any]], subject_id: UUID | None = None) -> list[Difference]:
    """Return executions that nothing will move, or the reasons for which nothing moves one.

    They have no deadline, poll or activity in a state that the system must leave; or they could not
    record that an activity gave up; or no worker claims their activity; or they wait for something
    that will not come.
    """
    row = machine.model
    this = [] if subject_id is None else [row.id == subject_id]
    with transaction() as session:
        rows = session.execute(
            select(row.id, row.state).where(
                row.state.in_(moved_by_system(machine)), *unscheduled(machine), *this
            )
        ).all()
    return [
        Difference(machine.name, key, f"{state}, and nothing will move it") for key, state in rows
    ] + [
        *_not_given_up(machine, subject_id),
        *_unclaimed(machine, subject_id),
        *_unawaited(machine, this),
    ]


def unscheduled(machine: type[DurableMachine[Any]]) -> list[ColumnElement[bool]]:
    """Return the conditions that an execution has no deadline, no poll and no activity."""
    row = machine.model
    waiting = exists().where(
        ActivityRow.subject_id == row.id,
        ActivityRow.state.in_(NOT_OVER),
        ActivityRow.giving_up.is_(None),
    )
    no_poll = (
        [row.poll_at.is_(None) | row.state.not_in(machine.poll.states)] if machine.poll else []
    )
    timed = [state for deadline in machine.deadlines for state in deadline.states]
    no_deadline = row.deadline_at.is_(None) | row.state.not_in(timed)
    return [no_deadline, ~waiting, *no_poll]


def _unawaited(
    machine: type[DurableMachine[Any]], this: list[ColumnElement[bool]]
) -> Iterator[Difference]:
    """Yield executions in a state whose `awaited` condition no longer holds."""
    row = machine.model
    for state, condition in machine.awaited.items():
        with transaction() as session:
            # One statement sees one moment.
            query = select(row.id).where(row.state == state, ~condition, *this).order_by(row.id)
            keys = session.scalars(query).all()
        for key in keys:
            yield Difference(machine.name, key, f"{state}, and what it waits for will not come")


def _not_given_up(
    machine: type[DurableMachine[Any]], subject_id: UUID | None
) -> Iterator[Difference]:
    """Yield executions whose activity gave up, and whose machine could not record it yet."""
    query = select(ActivityRow.subject_id, ActivityRow.name, ActivityRow.last_error).where(
        ActivityRow.machine == machine.name,
        ActivityRow.state.in_(NOT_OVER),
        ActivityRow.giving_up.is_not(None),
        *_about(subject_id),
    )
    with transaction() as session:
        rows = session.execute(query.order_by(ActivityRow.id)).all()
    for key, name, error in rows:
        yield Difference(machine.name, key, f"does not know that {name} gave up: {error}")


def _unclaimed(machine: type[DurableMachine[Any]], subject_id: UUID | None) -> Iterator[Difference]:
    """Yield executions with an activity that should have been claimed long ago.

    It is paused, waits for the limit of its provider, or its name is unknown to the code.
    """
    query = select(ActivityRow.subject_id, ActivityRow.name).where(
        ActivityRow.machine == machine.name,
        ActivityRow.state.in_(SWEPT),
        ActivityRow.is_late(now() - MAX_UNCLAIMED_AGE),
        *_about(subject_id),
    )
    with transaction() as session:
        rows = session.execute(query.order_by(ActivityRow.id)).all()
        reasons = limits.reasons_to_wait()
    for key, name in rows:
        reason = reasons.get(name, f"nobody has taken {name} for an hour")
        yield Difference(machine.name, key, reason)


def _about(subject_id: UUID | None) -> list[ColumnElement[bool]]:
    return [] if subject_id is None else [ActivityRow.subject_id == subject_id]


def stranded(machine: type[DurableMachine[Any]]) -> list[Difference]:
    """List executions in states that the code no longer knows, or that are retired."""
    retired = [state.value for state in machine.retired_states]
    usable = [state.value for state in machine.states if state not in machine.retired_states]
    state = state_of(machine)
    query = select(machine.model.id, state).where(state.not_in(usable)).order_by(machine.model.id)
    with transaction() as session:
        rows = session.execute(query).all()
    return [
        Difference(
            machine.name,
            key,
            f"{current} is {'retired' if current in retired else 'no state any more'}",
        )
        for key, current in rows
    ]
