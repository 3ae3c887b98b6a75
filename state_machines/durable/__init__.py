"""The durable engine: machines whose every move, and the calls it asks for, are one commit.

It knows rows, signals, activities and deadlines, and nothing of orders or of any broker. Read it in
this order: arrow.py and machine.py (what may move), move.py, effect.py and journal.py (what a move
writes), activity.py (what a call is), claim.py, batch.py, runner.py and recorder.py (how a call is
made once), handler.py and inbox.py (messages from outside), sweep.py (what time brings back).
"""

from state_machines.durable.activity import (
    Activity,
    Call,
    CallError,
    NonRetryableError,
    RetryableError,
    RetryPolicy,
    Snooze,
    UnknownOutcomeError,
    note_request_id,
    time_left,
)
from state_machines.durable.definition import Arrow, Deadline, Poll, growing
from state_machines.durable.cause import caused_by
from state_machines.durable.machine import DurableMachine, SignalRefusedError
from state_machines.durable.writes import writes

__all__ = [
    "Activity",
    "Arrow",
    "Call",
    "CallError",
    "Deadline",
    "DurableMachine",
    "NonRetryableError",
    "Poll",
    "RetryPolicy",
    "RetryableError",
    "SignalRefusedError",
    "Snooze",
    "UnknownOutcomeError",
    "caused_by",
    "growing",
    "note_request_id",
    "time_left",
    "writes",
]
