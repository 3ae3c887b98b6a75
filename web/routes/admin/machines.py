"""The route of the machines, with live counts of their states and arrows."""

import hashlib
import json
import math
from collections.abc import Callable
from typing import Any

from models import AuditRow, reading
from models.keyset import Count
from state_machines.durable import DurableMachine
from state_machines.durable.operations.actions import actions_of
from state_machines.durable.operations.commands import required_fields
from state_machines.durable.operations.executions import Machine, is_final, state_kind
from state_machines.durable.operations.statistics import (
    Stay,
    count_moves,
    count_states,
    measure_stays,
)
from web.cached import Cached
from web.pagination import Mark, conditional_on
from web.routes.admin.guard import Role, blueprint, needs
from web.routes.admin.last_verify import load_last_verify
from web.schemas.admin.machines import (
    ArrowView,
    DeadlineView,
    Machines,
    MachineView,
    StateView,
    VerifyResult,
)
from web.schemas.admin.paging import CountView

api = blueprint("machines")
Moves = dict[tuple[str, str, str | None, str], int]
NONE = Count(0, is_exact=True)
MAX_AGE = 2.0  # seconds


@api.get("/machines", responses={200: Machines})
@needs(Role.STAFF)
def show() -> Any:
    """Return all machines with their states, arrows, deadlines, and the signals of operators.

    The counts are at most two seconds old.
    """
    return conditional_on(*machines.get())


def _load() -> tuple[Mark, Callable[[], Any]]:
    """Load the answer, with a mark that is made of it once for all requests."""
    with reading():
        moves, last_verify = count_moves(), load_last_verify()
        machines = sorted(DurableMachine.registry.items())
        items = [_view(machine, moves, last_verify) for _, machine in machines]
    body = [item.json_ready() for item in items]
    digest = hashlib.sha256(json.dumps(body).encode()).hexdigest()[:32]
    return Mark(digest, math.inf), lambda: body


machines = Cached(MAX_AGE, _load)


def _view(machine: Machine, moves: Moves, last_verify: AuditRow | None) -> MachineView:
    census, stays = count_states(machine), measure_stays(machine)
    # Also states that the code no longer has, while rows are in them.
    names = dict.fromkeys([*(state.value for state in machine.states), *census.counts])
    others = [signal.value for signal in machine.operator_signals]
    return MachineView(
        name=machine.name,
        version=machine.version,
        parent=machine.parent.name if machine.parent else None,
        states=[
            _view_state(machine, name, census.counts.get(name, NONE), stays.get(name))
            for name in names
        ],
        arrows=_view_arrows(machine, moves),
        deadlines=[
            DeadlineView(
                states=[state.value for state in deadline.states],
                after_seconds=[interval.total_seconds() for interval in deadline.intervals],
                signal=deadline.send.value,
            )
            for deadline in machine.deadlines
        ],
        operator_signals=list(dict.fromkeys([*others, *actions_of(machine)])),
        bulk_signals=[
            signal.value
            for signal in machine.operator_signals
            if not required_fields(machine, signal)
        ],
        verify=_view_verify(machine, last_verify),
        stranded=census.stranded,
    )


def _view_verify(machine: Machine, last: AuditRow | None) -> VerifyResult | None:
    """Return the result of the last check for one machine, or None where it was not recorded."""
    if last is None or "byMachine" not in last.details:
        return None
    return VerifyResult(at=last.at, differences=last.details["byMachine"].get(machine.name, 0))


def _view_state(machine: Machine, name: str, count: Count, stay: Stay | None) -> StateView:
    return StateView(
        name=name,
        kind=state_kind(machine, name),
        is_final=is_final(machine, name),
        is_retired=name in machine.retired_states,
        count=CountView.of(count),
        p50_seconds=stay.p50 if stay else None,
        p95_seconds=stay.p95 if stay else None,
    )


def _view_arrows(machine: Machine, moves: Moves) -> list[ArrowView]:
    return [
        ArrowView(
            signal=arrow.signal.value,
            source=arrow.source.value if arrow.source else None,
            target=arrow.target.value,
            activities=list(arrow.do),
            writes=list(arrow.writes),
            parent_signal=arrow.parent_signal.value if arrow.parent_signal else None,
            is_quiet=arrow.quiet,
            is_retired=arrow.retired,
            last_hour=moves.get((machine.name, arrow.signal, arrow.source, arrow.target), 0),
        )
        for arrow in machine.arrows
    ]
