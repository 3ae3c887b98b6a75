"""Schemas of activities: calls to providers, as operators see them."""

from typing import Any
from uuid import UUID

from pydantic import Field, StrictBool

from config import settings
from models import ActivityRow, ActivityState
from models.durable.activity import NOT_OVER
from models.tracing import trace_id
from state_machines.durable import Activity
from state_machines.durable.activity import Priority
from web.schemas.admin.links import LinkView
from web.schemas.admin.paging import CountView, Page, PageQuery
from web.schemas.admin.reason import Reason
from web.schemas.base import Incoming, Outgoing, Timestamp


class ActivitiesQuery(PageQuery):
    """The filters of the list. `maybeSent` are emails with an attempt of unknown outcome."""

    state: ActivityState | None = None
    name: str | None = Field(None, max_length=100)
    machine: str | None = Field(None, max_length=100)
    subject: UUID | None = None
    error: str | None = Field(None, min_length=1, max_length=200)
    maybe_sent: bool = False
    giving_up: bool = False


class ActivityPath(Incoming):
    activity_id: UUID


class RequiredReason(Incoming):
    """The body of a dangerous change."""

    reason: Reason


class OptionalReason(Incoming):
    """The body of a change that serves a customer."""

    reason: Reason | None = None


class ActivityCancellation(RequiredReason):
    """The body of a cancellation. `maybeSent` cancels also a call with an unknown outcome."""

    maybe_sent: StrictBool = False


class GivingUpView(Outgoing):
    """An error that the machine could not be told of yet, and the number of failed trials."""

    error: str
    permanent: bool
    failures: int


class ActivityView(Outgoing):
    """An activity. `maxAttempts` is null when this version of the code does not know its name."""

    id: UUID
    name: str
    machine: str
    subject_id: UUID
    state: ActivityState
    attempts: int
    max_attempts: int | None
    unknown_outcomes: int
    maybe_sent: bool
    giving_up: GivingUpView | None
    due_at: Timestamp
    created_at: Timestamp
    finished_at: Timestamp | None
    last_error: str | None
    provider_request_id: str | None
    queue: str | None
    provider: str | None
    priority: Priority | None
    paused: str | None
    allowed: list[str]
    links: list[LinkView]

    @classmethod
    def fields_of(cls, row: ActivityRow, paused: dict[str, str]) -> dict[str, Any]:
        """Return the fields of an activity. `paused` has the reasons by name."""
        known = Activity.registry.get(row.name)
        names = ("id", "name", "machine", "subject_id", "state", "attempts", "unknown_outcomes")
        times = ("due_at", "created_at", "finished_at", "last_error", "provider_request_id")
        return {name: getattr(row, name) for name in (*names, *times)} | {
            "max_attempts": known.retry.attempts if known else None,
            # Calls with an idempotency key are carried out once, however often they are made.
            "maybe_sent": row.unknown_outcomes > 0 and not (known and known.keyed),
            "giving_up": row.giving_up,
            "queue": known.queue if known else None,
            "provider": known.provider if known else None,
            "priority": known.priority if known else None,
            "paused": paused.get(row.name),
            "allowed": list_allowed(row),
            "links": _links(row, known.provider if known else None),
        }

    @classmethod
    def of(cls, row: ActivityRow, paused: dict[str, str]) -> "ActivityView":
        return cls(**cls.fields_of(row, paused))


class ActivityDetail(ActivityView):
    """An activity with its payload. The secret is never shown."""

    payload: dict[str, Any]

    @classmethod
    def of(cls, row: ActivityRow, paused: dict[str, str]) -> "ActivityDetail":
        return cls(**cls.fields_of(row, paused), payload=row.payload)


class ActivityPage(Page):
    items: list[ActivityView]
    count: CountView | None


class ActivityName(Outgoing):
    """An activity that the code knows, and the reason of its pause."""

    name: str
    machine: str
    queue: str
    provider: str | None
    priority: Priority
    attempts: int
    timeout_seconds: float
    paused: str | None


class ActivityNames(Outgoing):
    items: list[ActivityName]


def list_allowed(row: ActivityRow) -> list[str]:
    """Return what an operator may ask for in the state of an activity, as the paths name it."""
    if row.state == ActivityState.FAILED or row.giving_up is not None:
        return ["retry", "abandon"]
    if row.state not in NOT_OVER or row.state == ActivityState.RUNNING:
        return []
    has_to_wait = row.state in (ActivityState.WAITING, ActivityState.QUEUED)
    return ["run-now", "cancel"] if has_to_wait else ["cancel"]


def _links(row: ActivityRow, provider: str | None) -> list[LinkView]:
    subject = f"/console/executions/{row.machine}/{row.subject_id}"
    template = {"stripe": settings.stripe_dashboard_url, "sendgrid": settings.sendgrid_url}.get(
        provider or "", ""
    )
    return [
        LinkView(label="Execution", url=subject),
        *LinkView.external(f"Request at {provider}", template, row.provider_request_id),
        *LinkView.external("Logs", settings.logs_url, str(row.id)),
        *LinkView.external("Trace", settings.trace_url, trace_id(row.traceparent)),
    ]
