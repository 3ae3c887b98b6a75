"""Schemas of signals: the events of providers in the inbox."""

from typing import Any
from uuid import UUID

from pydantic import Field

from models import SignalRow, SignalState
from web.schemas.admin.links import LinkView
from web.schemas.admin.paging import CountView, Page, PageQuery
from web.schemas.base import Incoming, Outgoing, Timestamp

REPLAYABLE = (SignalState.FAILED, SignalState.UNMATCHED, SignalState.IGNORED)


class SignalsQuery(PageQuery):
    """The filters of the list."""

    state: SignalState | None = None
    source: str | None = Field(None, max_length=100)
    kind: str | None = Field(None, max_length=200)
    subject: UUID | None = None


class SignalPath(Incoming):
    signal_id: UUID


class SignalView(Outgoing):
    """A signal. Without `hasPayload` it cannot be replayed: retention has erased the content."""

    id: UUID
    source: str
    kind: str
    external_id: str
    state: SignalState
    subject_id: UUID | None
    attempts: int
    due_at: Timestamp
    received_at: Timestamp
    applied_at: Timestamp | None
    last_error: str | None
    has_payload: bool
    can_replay: bool
    links: list[LinkView]

    @classmethod
    def fields_of(cls, row: SignalRow, *, has_payload: bool, template: str) -> dict[str, Any]:
        """Return the fields of a signal. `template` is that of its sender's dashboard."""
        names = ("id", "source", "kind", "external_id", "state", "subject_id", "attempts")
        times = ("due_at", "received_at", "applied_at", "last_error")
        return {name: getattr(row, name) for name in (*names, *times)} | {
            "has_payload": has_payload,
            "can_replay": has_payload and row.state in REPLAYABLE,
            "links": LinkView.external(f"Event at {row.source}", template, row.external_id),
        }


class SignalDetail(SignalView):
    """A signal with its payload, which only the role `admin` sees."""

    payload: dict[str, Any] | None


class SignalPage(Page):
    items: list[SignalView]
    count: CountView | None
