"""Schemas of the executions of all machines: lists, one execution, and its timeline."""

from typing import Any, Literal, Self
from uuid import UUID

from pydantic import Field

from models.money import to_decimal
from state_machines.durable import StateKind
from state_machines.durable.operations.executions import Order, Summary
from state_machines.durable.operations.why import Why, WhyKind
from web.schemas.admin.age import Age
from web.schemas.admin.paging import CountView, Page, PageQuery
from web.schemas.base import Incoming, Outgoing, Text, Timestamp
from web.schemas.product import Amount

MAX_TEXT_LENGTH = 320  # characters: that of an address


class MachinePath(Incoming):
    machine: str = Field(max_length=100)


class ExecutionPath(MachinePath):
    id: UUID


class VersionPath(ExecutionPath):
    version: int = Field(ge=1, le=2**31 - 1)


class ExecutionQuery(PageQuery):
    """The executions to list. `olderThan` is such as 30m, 2h or 1d: in their state since.

    `waitingFor` and `failedActivity` are names of activities; `failedActivity` may be "any". `q` is
    an id, a key, or the email address of a customer.
    """

    machine: Text | None = Field(None, min_length=1, max_length=100)
    state: Text | None = Field(None, min_length=1, max_length=100)
    key: Text | None = Field(None, min_length=1, max_length=MAX_TEXT_LENGTH)
    older_than: Age | None = None
    stuck: bool = False
    waiting_for: Text | None = Field(None, min_length=1, max_length=100)
    failed_activity: Text | None = Field(None, min_length=1, max_length=100)
    q: Text | None = Field(None, min_length=1, max_length=MAX_TEXT_LENGTH)
    sort: Order = Order.NEWEST


class Reference(Outgoing):
    """The machine and the id of an execution."""

    machine: str
    id: UUID


class Customer(Outgoing):
    id: UUID
    email: str


class ExecutionView(Outgoing):
    """One execution in a list. `key` is what people call it, such as an order's reference.

    `amount` is in major units of `currency`, `amountMinor` in minor ones.
    """

    machine: str
    id: UUID
    key: str
    state: str
    version: int
    state_kind: StateKind
    created_at: Timestamp
    updated_at: Timestamp
    deadline_at: Timestamp | None
    poll_at: Timestamp | None
    customer: Customer | None
    amount: Amount | None
    amount_minor: int | None
    currency: str | None
    parent: Reference | None

    @classmethod
    def of(cls, summary: Summary, emails: dict[UUID, str]) -> Self:
        return cls(**fields_of(summary, emails))


def fields_of(summary: Summary, emails: dict[UUID, str]) -> dict[str, Any]:
    """Return the fields of a view of a summary; `emails` are those of customers by their ids."""
    customer_id, parent = summary.customer_id, summary.parent
    amount, currency = summary.amount, summary.currency
    shared = ("state", "version", "created_at", "updated_at", "deadline_at", "poll_at", "currency")
    return {name: getattr(summary, name) for name in shared} | {
        "machine": summary.machine.name,
        "id": summary.id,
        "key": summary.key or str(summary.id),
        "state_kind": summary.kind,
        "customer": Customer(id=customer_id, email=emails[customer_id])
        if customer_id in emails and customer_id is not None
        else None,
        "amount": None if amount is None or currency is None else to_decimal(amount, currency),
        "amount_minor": summary.amount,
        "parent": Reference(machine=parent[0], id=parent[1]) if parent else None,
    }


class Executions(Page):
    """A page of executions, and the number of all that match."""

    items: list[ExecutionView]
    count: CountView


class Fact(Outgoing):
    """A named value of the row. `kind` says how to show it.

    An amount is exact in `value`, in minor units; `major` is the same in major units of `currency`.
    """

    name: str
    value: str | int | bool | None
    kind: Literal["text", "amount", "number", "time", "boolean", "id"]
    major: Amount | None = None
    currency: str | None = None


class WhyView(Outgoing):
    """One sentence that says why nothing is happening; `at` is when something will."""

    sentence: str
    kind: WhyKind
    activity_id: UUID | None
    at: Timestamp | None

    @classmethod
    def of(cls, why: Why) -> Self:
        return cls(**{name: getattr(why, name) for name in cls.model_fields})


class FieldView(Outgoing):
    """A field that a signal needs beside its reason."""

    name: str
    kind: Literal["text", "amount"]
    is_required: bool


class SignalChoice(Outgoing):
    """A signal that may be sent, or why it is refused now. `role` is the least that may send it.

    `isRaw` signals have no checks but those of the machine's arrows.
    """

    signal: str
    target: str | None
    allowed: bool
    refusal: str | None
    needs: list[FieldView]
    is_dangerous: bool
    is_raw: bool
    role: Literal["staff", "admin"]


class Link(Outgoing):
    label: str
    url: str


EntryKind = Literal["transition", "ignored", "activity", "signal", "email", "audit"]


class Entry(Outgoing):
    """One entry of a timeline. `raw` has the columns of its row, without secrets."""

    id: str
    at: Timestamp
    machine: str | None
    execution_id: UUID | None
    kind: EntryKind
    title: str
    source: str | None = Field(alias="from")
    target: str | None = Field(alias="to")
    version: int | None
    state: str | None
    cause: str | None
    actor: str | None
    actor_email: str | None
    reason: str | None
    started_at: Timestamp | None
    finished_at: Timestamp | None
    attempts: int | None
    error: str | None
    provider_request_id: str | None
    links: list[Link]
    raw: dict[str, Any]


class Timeline(Page):
    """A page of a timeline, newest first."""

    items: list[Entry]


class OpenActivity(Outgoing):
    """One activity of the family that is not over, or that failed. `paused` says why it is."""

    id: UUID
    name: str
    machine: str
    subject_id: UUID
    state: str
    attempts: int
    max_attempts: int | None
    unknown_outcomes: int
    due_at: Timestamp
    is_giving_up: bool
    paused: str | None
    last_error: str | None
    provider_request_id: str | None


class SignalReceived(Outgoing):
    """One event of a provider about the family."""

    id: UUID
    source: str
    external_id: str
    kind: str
    state: str
    subject_id: UUID | None
    received_at: Timestamp
    last_error: str | None


class ExecutionDetail(ExecutionView):
    """One execution with everything that a person needs to judge it.

    `timeline` is the first page; `timelineNext` is the cursor of the next one.
    """

    facts: list[Fact]
    why: WhyView
    signals: list[SignalChoice]
    children: list[ExecutionView]
    timeline: list[Entry]
    timeline_next: str | None
    activities: list[OpenActivity]
    signals_received: list[SignalReceived]
    links: list[Link]
