"""Handling of providers' events: the functions that an application registers for them.

A handler applies an event, in the transaction that stores it. It
- makes no network call, and changes nothing outside PostgreSQL: the application of a repeated event
  is rolled back;
- opens and commits no transaction;
- locks the rows that it moves, and moves them with `observe`: events come in any order, and again;
- raises NoSubjectError, NotOursError or MalformedError, which keep what it has written. Any other
  error rolls everything back, and the sweep applies the event again, up to twelve times.

A keeper decides which payloads may be stored, and a watcher learns of events that failed or were
applied late.
"""

from collections.abc import Callable, Collection
from typing import Any, NamedTuple
from uuid import UUID

from models import tracing
from models.durable.signal import ERASED_PAYLOAD, SignalState
from state_machines.durable.base.cause import caused_by


class NoSubjectError(Exception):
    """The event is about something unknown here. It is stored as unmatched."""


class NotOursError(Exception):
    """The event is of a kind that means nothing here. It is stored as ignored."""


class MalformedError(Exception):
    """The event is not what its kind says. It is stored as failed, for an operator."""


class Outcome(NamedTuple):
    """The result of applying an event: its new state, its subject's id, and the error."""

    state: SignalState
    subject_id: UUID | None = None
    error: str | None = None


# The sender's id, the kind, and the payload.
ProviderEvent = tuple[str, str, dict[str, Any]]
# Takes kind and payload, moves machines, and returns the id of the event's subject. The module's
# docstring says what it may not do.
Handler = Callable[[str, dict[str, Any]], UUID]
# Takes a subject's id, and returns whether payloads about it may be stored.
Keeper = Callable[[UUID], bool]
# Takes source, sender's id, kind and outcome of an event that failed, or that was applied later
# than it came. Runs in the transaction that stores the outcome.
Watcher = Callable[[str, str, str, Outcome], None]

# The shop fills these when it is imported: state_machines/__init__.py.
handlers: dict[str, Handler] = {}
# The kinds that the handler of a source reads. One that is not here reads all of its source.
kinds: dict[str, Collection[str]] = {}
keepers: list[Keeper] = []
watchers: list[Watcher] = []


def apply(source: str, event: ProviderEvent) -> Outcome:
    """Apply an event in the current transaction. Raises the error that prevents it for now."""
    external_id, kind, payload = event
    with caused_by(f"signal:{source}", external_id), tracing.from_outside():
        try:
            return Outcome(SignalState.APPLIED, handlers[source](kind, payload))
        except NoSubjectError as error:
            return Outcome(SignalState.UNMATCHED, error=str(error))
        except NotOursError as error:
            return Outcome(SignalState.IGNORED, error=str(error))
        except MalformedError as error:
            return Outcome(SignalState.FAILED, error=str(error))


def storable_payload(payload: dict[str, Any] | None, outcome: Outcome) -> dict[str, Any] | None:
    """Return the part of the payload that may be stored."""
    subject_id = outcome.subject_id
    if subject_id is None or all(keeper(subject_id) for keeper in keepers):
        return payload
    return ERASED_PAYLOAD


def tell_watchers(source: str, external_id: str, kind: str, outcome: Outcome) -> None:
    """Tell all watchers of an event that failed, or that was applied later than it came."""
    for watcher in watchers:
        watcher(source, external_id, kind, outcome)
