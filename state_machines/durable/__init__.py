"""The durable engine: a transition and the calls that it schedules are one commit.

It knows rows, signals, activities and deadlines, but no order and no broker.
docs/explanation/the-engine.md lists its files in the order in which to read them.
"""

from state_machines.durable.activity import (
    Activity,
    Call,
    Priority,
    note_request_id,
    time_left,
)
from state_machines.durable.base.cause import caused_by
from state_machines.durable.base.failure import (
    CallError,
    NonRetryableError,
    RetryableError,
    RetryPolicy,
    Snooze,
    UnknownOutcomeError,
)
from state_machines.durable.base.timers import Deadline, Poll, growing
from state_machines.durable.definition import Arrow, Display, StateKind, writes
from state_machines.durable.machine import DurableMachine, SignalRefusedError

__all__ = [
    "Activity",
    "Arrow",
    "Call",
    "CallError",
    "Deadline",
    "Display",
    "DurableMachine",
    "NonRetryableError",
    "Poll",
    "Priority",
    "RetryPolicy",
    "RetryableError",
    "SignalRefusedError",
    "Snooze",
    "StateKind",
    "UnknownOutcomeError",
    "caused_by",
    "growing",
    "note_request_id",
    "time_left",
    "writes",
]
