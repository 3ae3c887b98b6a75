"""What signals mean: for each source there is one function that applies them."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from models.durable.signal import ERASED_PAYLOAD, SignalState
from state_machines.durable.machine import DurableMachine
from state_machines.durable.unit_of_work import caused_by


class NoSubjectError(Exception):
    """The signal is about something that is not here. It is kept."""


class NotOursError(Exception):
    """The signal is of a kind that means nothing here. It is kept."""


class MalformedError(Exception):
    """The signal is not what its kind says. It is kept, and put before the operator."""


# The sender's id, the kind, and the payload.
Told = tuple[str, str, dict[str, Any]]
# Takes the kind and the payload, moves machines, and answers the id of what it was about.
Handler = Callable[[str, dict[str, Any]], UUID]
# Takes the kind and the payload; the machine and the id of the execution that will be moved, where
# the signal alone says so.
Subject = Callable[[str, dict[str, Any]], tuple[type[DurableMachine[Any]], UUID] | None]
# What became of a signal: its state, whom it was about, and why not.
Outcome = tuple[SignalState, UUID | None, str | None]
# Is told, in the transaction that notes it, what became of a signal that was not simply applied
# when it came: its source, the sender's id, its kind, and the outcome.
Watcher = Callable[[str, str, str, Outcome], None]
_handlers: dict[str, Handler] = {}
_watchers: list[Watcher] = []
# Says whether what was said about a subject may be kept, when it has been applied.
Keeper = Callable[[UUID], bool]
_keepers: list[Keeper] = []
_subjects: dict[str, Subject] = {}


def handles(source: str, subject: Subject | None = None) -> Callable[[Handler], Handler]:
    """Register the function that applies the signals of `source`. By `subject`, those that come
    together are locked together.
    """

    def register(handler: Handler) -> Handler:
        _handlers[source] = handler
        if subject is not None:
            _subjects[source] = subject
        return handler

    return register


def watch(watcher: Watcher) -> Watcher:
    """Register a function that is told which signals failed, and how stored ones ended."""
    _watchers.append(watcher)
    return watcher


def keeps(keeper: Keeper) -> Keeper:
    """Register a function that says about whom payloads may be kept."""
    _keepers.append(keeper)
    return keeper


def payload_to_keep(payload: dict[str, Any] | None, outcome: Outcome) -> dict[str, Any] | None:
    """What is kept of the payload of a signal that ended so."""
    _, subject_id, _ = outcome
    if subject_id is None or all(keeper(subject_id) for keeper in _keepers):
        return payload
    return ERASED_PAYLOAD


def tell_watchers(source: str, external_id: str, kind: str, outcome: Outcome) -> None:
    for watcher in _watchers:
        watcher(source, external_id, kind, outcome)


def apply(source: str, signal: Told) -> Outcome:
    """Apply a signal in the current transaction. Raises what keeps it from being applied now."""
    external_id, kind, payload = signal
    with caused_by(f"signal:{source}", external_id):
        try:
            return SignalState.APPLIED, _handlers[source](kind, payload), None
        except NoSubjectError as unknown:
            return SignalState.UNMATCHED, None, str(unknown)
        except NotOursError as other:
            return SignalState.IGNORED, None, str(other)
        except MalformedError as wrong:
            return SignalState.FAILED, None, str(wrong)


def lock_together(source: str, signals: Iterable[Told]) -> None:
    """Lock what the signals say they are about, a machine at a time."""
    wanted: defaultdict[type[DurableMachine[Any]], list[UUID]] = defaultdict(list)
    for _, kind, payload in signals if source in _subjects else ():
        if found := _subjects[source](kind, payload):
            machine, subject_id = found
            wanted[machine].append(subject_id)
    for machine in sorted(wanted, key=lambda machine: machine.name):
        machine.lock(wanted[machine])
