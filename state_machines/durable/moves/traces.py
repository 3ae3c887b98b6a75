"""The spans of transitions, and the contexts of signals."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from models import tracing
from models.durable.execution import Execution
from models.tracing import NewSpan, Span
from state_machines.durable.base.cause import current_cause
from state_machines.durable.definition import Arrow
from state_machines.durable.unit_of_work import trace_of, unit_of_work

Write = TypeVar("Write", bound=Callable[..., None])


def traced(write: Write) -> Write:
    """Make a span of each transition that `write` of a machine writes."""

    @wraps(write)
    def write_in_span(machine: Any, arrow: Arrow, row: Execution, **options: Any) -> None:
        if not tracing.is_on():
            write(machine, arrow, row, **options)
            return
        with _transition_span(machine.name, arrow, row):
            write(machine, arrow, row, **options)

    return cast("Write", write_in_span)


def _transition_span(
    machine: str, arrow: Arrow, row: Execution
) -> AbstractContextManager[Span | None]:
    """Make a span below the one under way, with a link to the execution's last transition.

    Facts from outside and deadlines have no such span: theirs continues the execution's trace.
    """
    last = trace_of(row.id)
    attributes = {
        "projectx.machine": machine,
        "projectx.execution": str(row.id),
        "projectx.source": arrow.source or "",
        "projectx.target": arrow.target,
        "projectx.cause": current_cause().text,
    }
    parent, links = tracing.current() or last, [last, tracing.source()]
    name = f"{machine} {arrow.signal}"
    return tracing.span(NewSpan(name, parent=parent, links=links, attributes=attributes))


def note_signal(source: str, external_id: str, kind: str, subject_id: UUID | None) -> str | None:
    """Make a span of a signal in the trace of its execution, and return its context.

    The span links to the request that brought the signal. Without such a trace the context is that
    of the request.
    """
    trace = unit_of_work().traces.get(subject_id) if subject_id else None
    if not tracing.is_on() or trace is None:
        return tracing.current()
    attributes = {
        "projectx.signal": f"{source}:{external_id}",
        "projectx.execution": str(subject_id),
    }
    name, links = f"signal {source} {kind}", [tracing.current()]
    with tracing.span(NewSpan(name, "consumer", trace, links, attributes)):
        return tracing.current()
