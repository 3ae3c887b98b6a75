"""The spans of batches, which link to their rows, and of attempts, in the traces of their rows."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from uuid import UUID

from models import tracing
from models.tracing import Attributes, NewSpan, Span
from state_machines.durable.activity import Activity, Attempt, Call
from state_machines.durable.leases import Claim
from state_machines.durable.unit_of_work import unit_of_work


def batch_span(claimed: Claim, since: int | None) -> AbstractContextManager[Span | None]:
    """Make a span of a claimed batch, which began at `since`. That of one row is its attempt's."""
    if not tracing.is_on() or len(claimed.calls) <= 1:
        return tracing.OFF
    name, links = claimed.activity.name, [call.traceparent for call in claimed.calls]
    attributes: Attributes = {"projectx.activity": name, "projectx.rows": len(links)}
    new = NewSpan(f"batch {name}", "consumer", links=links, attributes=attributes, since=since)
    return tracing.span(new)


def attempt_span(
    activity: Activity[Any, Any, Any], attempt: Attempt, batch: str | None, claimed_at: int | None
) -> AbstractContextManager[object]:
    """Make a span of one attempt. `batch` is the context of its batch's span.

    Without one, the span of the attempt begins at `claimed_at`.
    """
    if not tracing.is_on():
        return tracing.OFF
    return _attempt_span(activity, attempt, batch, None if batch else claimed_at)


@contextmanager
def _attempt_span(
    activity: Activity[Any, Any, Any], attempt: Attempt, batch: str | None, since: int | None
) -> Iterator[None]:
    call = attempt.call
    attributes: Attributes = {
        "projectx.activity": activity.name,
        "projectx.activity.id": str(call.id),
        "projectx.attempt": call.attempt,
        "projectx.machine": activity.machine.name,
        "projectx.execution": str(call.subject_id),
    }
    # A row from before there were traces has no context.
    parent = call.traceparent or batch
    new = NewSpan(activity.name, "internal", parent, [batch], attributes, since)
    with tracing.span(new):
        attempt.traceparent = tracing.current()
        yield


def note_traces(machine: Any, rows: Mapping[UUID, Any], calls: Iterable[Call]) -> None:
    """Note the contexts of calls as the last ones of their executions, and of these' parents.

    An activity is in the trace of its execution. To look for the context of the last transition
    would take a query more in each transaction that records a result.
    """
    if not tracing.is_on():
        return
    known = unit_of_work().traces
    for call in calls:
        row = rows.get(call.subject_id)
        if row is not None and call.traceparent is not None:
            known.setdefault(row.id, call.traceparent)
            known.setdefault(machine.root_id(row), call.traceparent)
