"""Statistics of machines: executions in each state, times in states, and moves along arrows."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import extract, func, literal, select
from sqlalchemy.orm import aliased

from models.base import db
from models.clock import now
from models.durable.transition import Transition
from models.keyset import Count, count_rows, load_distinct
from state_machines.durable.base.states import state_of
from state_machines.durable.operations.executions import Machine

# Executions whose history is read for the times in states: the newest ones.
SAMPLE_SIZE = 200
# Transitions of the last hour that are counted.
MAX_MOVES = 100_000
HOUR = timedelta(hours=1)


class Stay(NamedTuple):
    """The seconds for which recent executions were in a state: median and 95th percentile."""

    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Census:
    """The executions of a machine: a count of each state, also of those that it no longer has."""

    counts: dict[str, Count]
    stranded: int


def count_states(machine: Machine) -> Census:
    """Count the executions in each state, up to a limit."""
    # Those that rows are in: the code may not know all of them.
    counts = {state: _count(machine, state) for state in load_distinct(state_of(machine))}
    usable = [s.value for s in machine.states if s not in machine.retired_states]
    stranded = sum(count.number for state, count in counts.items() if state not in usable)
    return Census(counts, stranded)


def _count(machine: Machine, state: str) -> Count:
    return count_rows(select(machine.model.id).where(state_of(machine) == state))


def measure_stays(machine: Machine) -> dict[str, Stay]:
    """Measure how long the newest executions were in each state, by those that left it."""
    newest = select(machine.model.id).order_by(machine.model.id.desc()).limit(SAMPLE_SIZE)
    moves = (
        select(
            Transition.target.label("state"),
            func.lead(Transition.at)
            .over(partition_by=Transition.subject_id, order_by=Transition.version)
            .label("until"),
            Transition.at.label("since"),
        )
        .where(
            Transition.subject_id.in_(newest.scalar_subquery()),
            ~Transition.ignored,
            Transition.source.is_distinct_from(Transition.target),
        )
        .subquery()
    )
    seconds = extract("epoch", moves.c.until - moves.c.since)
    query = (
        select(moves.c.state, *(_percentile(share, seconds) for share in (0.5, 0.95)))
        .where(moves.c.until.is_not(None))
        .group_by(moves.c.state)
    )
    return {state: Stay(float(p50), float(p95)) for state, p50, p95 in db.session.execute(query)}


def _percentile(share: float, value: Any) -> Any:
    return func.percentile_cont(literal(share)).within_group(value.asc())


def count_moves() -> dict[tuple[str, str, str | None, str], int]:
    """Count the transitions of the last hour by machine, signal, source and target."""
    recent = (
        select(Transition.machine, Transition.signal, Transition.source, Transition.target)
        .where(Transition.at > now() - HOUR, ~Transition.ignored)
        .order_by(Transition.at.desc())
        .limit(MAX_MOVES)
        .subquery()
    )
    row = aliased(Transition, recent)
    columns = (row.machine, row.signal, row.source, row.target)
    query = select(*columns, func.count()).group_by(*columns)
    return {tuple(key): number for *key, number in db.session.execute(query)}  # type: ignore[misc]
