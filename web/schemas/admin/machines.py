"""Schemas of the machines: their tables with live counts."""

from pydantic import RootModel

from state_machines.durable import StateKind
from web.schemas.admin.paging import CountView
from web.schemas.base import Outgoing, Timestamp


class StateView(Outgoing):
    """A state with its executions, and the seconds for which recent ones stayed in it."""

    name: str
    kind: StateKind
    is_final: bool
    is_retired: bool
    count: CountView
    p50_seconds: float | None
    p95_seconds: float | None


class ArrowView(Outgoing):
    """An arrow with its moves in the last hour. `source` is null where executions begin."""

    signal: str
    source: str | None
    target: str
    activities: list[str]
    writes: list[str]
    parent_signal: str | None
    is_quiet: bool
    is_retired: bool
    last_hour: int


class DeadlineView(Outgoing):
    """A timer: the signal is sent after each of `afterSeconds` in turn."""

    states: list[str]
    after_seconds: list[float]
    signal: str


class VerifyResult(Outgoing):
    """The last recorded check of a machine's histories (`flask machines verify --record`)."""

    at: Timestamp
    differences: int


class MachineView(Outgoing):
    """A machine. `verify` is null until a check of its histories is recorded.

    `stranded` counts executions in states that it no longer has. `bulkSignals` are the operator
    signals that a bulk job may send: those that need no fields of each execution.
    """

    name: str
    version: int
    parent: str | None
    states: list[StateView]
    arrows: list[ArrowView]
    deadlines: list[DeadlineView]
    operator_signals: list[str]
    bulk_signals: list[str]
    verify: VerifyResult | None
    stranded: int


class Machines(RootModel[list[MachineView]]):
    pass
