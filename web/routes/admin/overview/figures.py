"""The figures of the overview. Each statement has an index or a bound."""

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Text,
    column,
    func,
    literal,
    select,
    true,
)

from models import (
    ActivityRow,
    ActivityState,
    Bulk,
    BulkState,
    Notice,
    NoticeKind,
    Pause,
    Reconciliation,
    SignalRow,
    SignalState,
    Sweep,
    reading,
)
from models.base import db
from models.clock import now
from models.durable.activity import SWEPT
from models.keyset import MAX_COUNT, Count, count_rows
from state_machines.durable import Activity
from state_machines.durable.operations.commands import GIVING_UP
from state_machines.durable.operations.pauses import paused_activities
from web.cached import Cached
from web.routes.admin.last_verify import load_last_verify
from web.routes.admin.overview import failed_calls as failures
from web.routes.admin.overview.money import MAX_AGE, load_money
from web.routes.admin.overview.queues import load_queues
from web.routes.admin.overview.series import Series
from web.schemas.admin.overview import (
    FailureView,
    LagView,
    LastReconciliationView,
    LastSweepView,
    LastVerifyView,
    MinuteView,
    OpenNoticesView,
    OverviewView,
    PauseInForceView,
    RatesView,
)
from web.schemas.admin.paging import CountView

MAX_LAGS = 10
series = Series()
money = Cached(MAX_AGE, load_money)
failed_calls = Cached(failures.MAX_AGE, failures.load_failed_calls)
# Name, table, condition, path of the console.
FAILURES: tuple[tuple[str, Any, ColumnElement[bool], str], ...] = (
    (
        "failedActivities",
        ActivityRow,
        ActivityRow.state == ActivityState.FAILED,
        "/console/activities?state=failed",
    ),
    ("givingUp", ActivityRow, GIVING_UP, "/console/activities?givingUp=true"),
    (
        "failedSignals",
        SignalRow,
        SignalRow.state == SignalState.FAILED,
        "/console/signals?state=failed",
    ),
    (
        "unmatchedSignals",
        SignalRow,
        SignalRow.state == SignalState.UNMATCHED,
        "/console/signals?state=unmatched",
    ),
    ("failedJobs", Bulk, Bulk.state == BulkState.FAILED, "/console/bulk"),
)


def load_overview() -> dict[str, Any]:
    """Read everything that the overview shows, as JSON."""
    queues, workers = load_queues()
    with reading():
        minutes, lags = series.load(), _load_lags()
        view = OverviewView(
            at=now(),
            rates=_rates(minutes),
            failures=_count_failures(),
            lags=lags,
            oldest_waiting=lags[0] if lags else None,
            queues=queues,
            workers=workers,
            last_sweep=_last_sweep(),
            last_reconciliation=_last_reconciliation(),
            last_verify=_last_verify(),
            notices=_count_notices(),
            failed_calls=failed_calls.get(),
            money_today=money.get(),
            series=minutes,
            pauses=_load_pauses(),
        )
    return view.json_ready()


def _rates(minutes: list[MinuteView]) -> RatesView:
    complete = minutes[-2].model_dump(exclude={"minute"})
    return RatesView(**complete, path="/console/executions?sort=changed")


def _count_failures() -> list[FailureView]:
    return [
        FailureView(name=name, count=_count(select(row.id).where(condition)), path=path)
        for name, row, condition, path in FAILURES
    ]


def _load_lags() -> list[LagView]:
    """Return the oldest overdue activity of each name, the longest overdue first."""
    at, oldest = now(), dict[str, Any]()
    overdue = ActivityRow.state.in_(SWEPT) & (ActivityRow.due_at < at)
    rows = [
        *_oldest_of_each(ActivityRow.due_at, overdue),
        *_oldest_of_each(ActivityRow.late_since, ActivityRow.is_published()),
    ]
    for row in sorted(rows, key=attrgetter("since")):
        oldest.setdefault(row.name, row)
    paused = paused_activities()
    return [
        LagView(
            name=row.name,
            activity_id=row.id,
            machine=row.machine,
            subject_id=row.subject_id,
            due_at=row.since,
            seconds=(at - row.since).total_seconds(),
            is_paused=row.name in paused,
            path=f"/console/activities?name={row.name}",
        )
        for row in list(oldest.values())[:MAX_LAGS]
    ]


def _oldest_of_each(since: Any, condition: ColumnElement[bool]) -> Iterable[Any]:
    """Load the activity of each name that meets the condition and has the earliest `since`."""
    names = func.unnest(literal(sorted(Activity.registry), ARRAY(Text)))
    name = names.table_valued(column("name", Text)).render_derived("names")
    columns = (ActivityRow.id, ActivityRow.machine, ActivityRow.subject_id, since.label("since"))
    rows = select(*columns).where(ActivityRow.name == name.c.name, condition)
    first = rows.order_by(since).limit(1).lateral("first")
    return db.session.execute(select(name.c.name, first).select_from(name.join(first, true())))


def _last_sweep() -> LastSweepView | None:
    at: datetime | None = db.session.scalar(select(Sweep.at))
    if at is None:
        return None
    return LastSweepView(at=at, seconds=max((now() - at).total_seconds(), 0))


def _last_reconciliation() -> LastReconciliationView | None:
    row = db.session.scalar(select(Reconciliation).order_by(Reconciliation.id.desc()).limit(1))
    if row is None:
        return None
    return LastReconciliationView(
        id=row.id,
        state=row.state,
        at=row.created_at,
        events=row.events,
        orphans=row.orphans,
        path=f"/console/executions/reconciliation/{row.id}",
    )


def _last_verify() -> LastVerifyView | None:
    row = load_last_verify()
    if row is None:
        return None
    return LastVerifyView(at=row.at, differences=row.details["differences"])


def _count_notices() -> list[OpenNoticesView]:
    """Count the open notices of each kind; beyond 1,000 in all, the numbers are minimums."""
    newest = select(Notice.kind).where(Notice.settled_at.is_(None)).limit(MAX_COUNT + 1).subquery()
    counted = select(newest.c.kind, func.count()).group_by(newest.c.kind).order_by(newest.c.kind)
    rows = [(NoticeKind(kind), number) for kind, number in db.session.execute(counted)]
    is_exact = sum(number for _, number in rows) <= MAX_COUNT
    return [
        OpenNoticesView(
            kind=kind,
            count=CountView.of(Count(number, is_exact)),
            path=f"/console/notices?open=true&kind={kind}",
        )
        for kind, number in rows
    ]


def _load_pauses() -> list[PauseInForceView]:
    rows: Iterable[Pause] = db.session.scalars(select(Pause).order_by(Pause.kind, Pause.name))
    names = ("kind", "name", "reason", "paused_at")
    return [
        PauseInForceView(**{name: getattr(row, name) for name in names}, path="/console/controls")
        for row in rows
    ]


def _count(query: Select[Any]) -> CountView:
    return CountView.of(count_rows(query))
