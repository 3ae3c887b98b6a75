"""Schemas of the overview: the state of the shop at a glance, each number with its page."""

from uuid import UUID

from models import NoticeKind, PauseKind, ReconciliationState
from web.schemas.admin.paging import CountView
from web.schemas.base import Outgoing, Timestamp
from web.schemas.product import Amount


class RatesView(Outgoing):
    """Events in the last complete minute."""

    transitions: int
    orders: int
    payments: int
    declined: int
    path: str


class FailureView(Outgoing):
    """Something that waits for an operator. `name` is such as `failedActivities`."""

    name: str
    count: CountView
    path: str


class LagView(Outgoing):
    """The oldest overdue activity of a name, and since when it is due, even if it is paused."""

    name: str
    activity_id: UUID
    machine: str
    subject_id: UUID
    due_at: Timestamp
    seconds: float
    is_paused: bool
    path: str


class QueueView(Outgoing):
    """A queue's messages by priority; null while Redis is unreachable."""

    name: str
    interactive: int | None
    background: int | None
    path: str


class WorkerView(Outgoing):
    """Beat, or the workers of a queue. `isPresent` is null while Redis is unreachable."""

    name: str
    is_present: bool | None


class LastSweepView(Outgoing):
    at: Timestamp
    seconds: float


class LastReconciliationView(Outgoing):
    id: UUID
    state: ReconciliationState
    at: Timestamp
    events: int
    orphans: int
    path: str


class LastVerifyView(Outgoing):
    """The last recorded check of all histories (`flask machines verify --record`)."""

    at: Timestamp
    differences: int


class OpenNoticesView(Outgoing):
    kind: NoticeKind
    count: CountView
    path: str


class FailedCallsView(Outgoing):
    """Failed activities of one name with one error, in which ids and long numbers are left out."""

    name: str
    error: str
    count: CountView
    path: str


class MoneyTodayView(Outgoing):
    """The payments of orders placed today (UTC), and the refunds of today.

    `refunded` is what the bank has accepted, and `refundRequested` what it has not yet.
    """

    currency: str
    captured: Amount
    refunded: Amount
    refund_requested: Amount
    captured_minor: int
    refunded_minor: int
    refund_requested_minor: int
    payments: int
    path: str


class MinuteView(Outgoing):
    """The events of one minute: transitions, orders placed, payments succeeded and declined."""

    minute: Timestamp
    transitions: int
    orders: int
    payments: int
    declined: int


class PauseInForceView(Outgoing):
    kind: PauseKind
    name: str
    reason: str
    paused_at: Timestamp
    path: str


class OverviewView(Outgoing):
    """The overview, at most two seconds old. `lags` are the longest ones, longest first."""

    at: Timestamp
    rates: RatesView
    failures: list[FailureView]
    lags: list[LagView]
    oldest_waiting: LagView | None
    queues: list[QueueView]
    workers: list[WorkerView]
    last_sweep: LastSweepView | None
    last_reconciliation: LastReconciliationView | None
    last_verify: LastVerifyView | None
    notices: list[OpenNoticesView]
    failed_calls: list[FailedCallsView]
    money_today: list[MoneyTodayView]
    series: list[MinuteView]
    pauses: list[PauseInForceView]
