"""Checks on executions: does the history lead to the row, and does everything have a next step?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, exists, select

from models.base import reading, transaction
from models.clock import now
from models.durable.activity import DUE, UNDER_WAY, ActivityRow
from models.durable.transition import Transition
from state_machines.durable import limits, pauses
from state_machines.durable.activity import Activity
from state_machines.durable.machine import DurableMachine

# What is due is handed out every few seconds, also when no worker takes it.
UNTAKEN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Difference:
    """An execution that is not what its history says, or that nothing will move."""

    machine: str
    id: UUID
    what: str


def verify(machine: type[DurableMachine[Any]], *, page: int = 1000) -> Iterator[Difference]:
    """Replay every history of `machine` and yield what differs from the rows."""
    row, last = machine.model, None
    while True:
        # Rows and histories of one moment: between two, a row may move on.
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
            found = [
                Difference(machine.name, key, what)
                for key, state, version in rows
                if (what := compare(machine, state, version, histories.get(key, [])))
            ]
            last = rows[-1][0]
        yield from found


def compare(
    machine: type[DurableMachine[Any]], state: str, version: int, history: list[Transition]
) -> str | None:
    """Return what differs between a row and its history; None when the history replays to the row.

    Arrows of steps that a newer version of the machine has written are not judged.
    """
    arrows = {(arrow.signal.value, arrow.source, arrow.target) for arrow in machine.arrows}
    at: str | None = None
    for number, step in enumerate(history, start=1):
        if step.version != number:
            return f"version {number} is missing"
        if step.source != at:
            return f"version {number} starts from {step.source}, not from {at}"
        is_judged = not step.ignored and step.machine_version <= machine.version
        if is_judged and (step.signal, step.source, step.target) not in arrows:
            writer = "" if step.machine_version == machine.version else _name_writer(step)
            return (
                f"version {number} has no arrow: {step.source} --{step.signal}--> {step.target}"
                + writer
            )
        at = step.target
    if (at, len(history)) != (state, version):
        return f"the row is {state} at {version}, its history {at} at {len(history)}"
    return None


def _name_writer(step: Transition) -> str:
    return f"; version {step.machine_version} of the machine wrote it: keep its arrow as retired"


def stuck(machine: type[DurableMachine[Any]]) -> list[Difference]:
    """Executions that wait for nothing: not in an end state, no deadline, nothing to be asked, no
    activity under way; those that could not be told that an activity gave up; those whose activity
    nobody takes; and those in whose state something is awaited that will not come.
    """
    row = machine.model
    waiting = exists().where(
        ActivityRow.subject_id == row.id,
        ActivityRow.state.in_(UNDER_WAY),
        ActivityRow.giving_up.is_(None),
    )
    no_poll = (
        [row.poll_at.is_(None) | row.state.not_in(machine.poll.states)] if machine.poll else []
    )
    timed = [state for deadline in machine.deadlines for state in deadline.states]
    no_deadline = row.deadline_at.is_(None) | row.state.not_in(timed)
    with transaction() as session:
        found = session.execute(
            select(row.id, row.state).where(
                row.state.in_(moved_by_system(machine)), no_deadline, ~waiting, *no_poll
            )
        ).all()
    return [
        Difference(machine.name, key, f"{state}, and nothing will move it") for key, state in found
    ] + [*_untold(machine), *_untaken(machine), *_waiting_in_vain(machine)]


def _waiting_in_vain(machine: type[DurableMachine[Any]]) -> Iterator[Difference]:
    """Yield executions whose state waits for a child, a person or the outside world, of whom
    nothing more is to be expected.
    """
    row = machine.model
    for state, condition in machine.awaited.items():
        with transaction() as session:
            # One statement sees one moment.
            query = select(row.id).where(row.state == state, ~condition).order_by(row.id)
            keys = session.scalars(query).all()
        for key in keys:
            yield Difference(machine.name, key, f"{state}, and what it waits for will not come")


def _untold(machine: type[DurableMachine[Any]]) -> Iterator[Difference]:
    """Yield executions whose activity gave up, while every try to tell them so has failed."""
    query = select(ActivityRow.subject_id, ActivityRow.name, ActivityRow.last_error).where(
        ActivityRow.machine == machine.name,
        ActivityRow.state.in_(UNDER_WAY),
        ActivityRow.giving_up.is_not(None),
    )
    with transaction() as session:
        rows = session.execute(query.order_by(ActivityRow.id)).all()
    for key, name, error in rows:
        yield Difference(machine.name, key, f"does not know that {name} gave up: {error}")


def _untaken(machine: type[DurableMachine[Any]]) -> Iterator[Difference]:
    """Yield executions with an activity that should have been claimed long ago.

    It is paused, waits for the limit of its provider, or its name is unknown to the code.
    """
    query = select(ActivityRow.subject_id, ActivityRow.name).where(
        ActivityRow.machine == machine.name,
        ActivityRow.state.in_(DUE),
        ActivityRow.due_at < now() - UNTAKEN,
    )
    with transaction() as session:
        rows = session.execute(query.order_by(ActivityRow.id)).all()
        reasons = _reasons_to_wait()
    for key, name in rows:
        reason = reasons.get(name, f"nobody has taken {name} for an hour")
        yield Difference(machine.name, key, reason)


def _reasons_to_wait() -> dict[str, str]:
    """Return the names of the activities that have to wait, each with a sentence that says why."""
    limited = limits.limited_providers()
    at_limit = {
        each.name: f"{each.name} waits for the limit of {each.provider}"
        for each in Activity.registry.values()
        if each.provider in limited
    }
    paused = pauses.paused_activities()
    return at_limit | {name: f"{name} is paused: {why}" for name, why in paused.items()}


def stranded(machine: type[DurableMachine[Any]]) -> list[Difference]:
    """List executions that no longer belong in their state: the code does not know it any more, or
    it is retired.
    """
    retired = [state.value for state in machine.retired_states]
    usable = [state.value for state in machine.states if state not in machine.retired_states]
    state = state_of(machine)
    query = select(machine.model.id, state).where(state.not_in(usable)).order_by(machine.model.id)
    with transaction() as session:
        rows = session.execute(query).all()
    return [
        Difference(
            machine.name, key, f"{at} is {'retired' if at in retired else 'no state any more'}"
        )
        for key, at in rows
    ]


def state_of(machine: type[DurableMachine[Any]]) -> ColumnElement[str]:
    """The column of the states, also of those that the code no longer knows."""
    return cast(machine.model.state, Text)


def moved_by_system(machine: type[DurableMachine[Any]]) -> tuple[str, ...]:
    """The states that the system itself must leave: neither final nor waiting for a person."""
    return tuple(
        state
        for state in machine.states
        if state not in machine.externally_driven
        and any(
            arrow.source == state and arrow.target != state
            for arrow in machine.arrows
            if not arrow.retired
        )
    )


def mermaid(machine: type[DurableMachine[Any]]) -> str:
    """Return the machine's state diagram in Mermaid's notation."""
    lines = ["stateDiagram-v2"]
    for arrow in machine.arrows:
        label = arrow.signal.value
        if arrow.parent_signal:
            label += f" (parent: {arrow.parent_signal.value})"
        if arrow.do:
            label += " / " + ", ".join(arrow.do)
        if arrow.writes:
            label += " + " + ", ".join(arrow.writes)
        if arrow.retired:
            label += " (retired)"
        lines.append(f"    {arrow.source or '[*]'} --> {arrow.target}: {label}")
    for deadline in machine.deadlines:
        lines += [
            f"    {state}: {state}<br/>deadline: {deadline.send.value}" for state in deadline.states
        ]
    lines += [f"    {state}: {state}<br/>retired" for state in machine.retired_states]
    return "\n".join(lines) + "\n"
