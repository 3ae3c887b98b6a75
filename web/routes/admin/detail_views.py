"""The view of one execution: its facts, signals, relations and what happened."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, DateTime, Integer, Uuid, or_, select

from config import settings
from models import ActivityRow, Notice, SignalRow, Transition, reading, tracing
from models.base import db
from models.durable.activity import OVER, ActivityState
from models.errors import NotFoundError
from models.money import to_decimal
from state_machines.durable import Activity
from state_machines.durable.inspection import stuck
from state_machines.durable.operations.executions import (
    Machine,
    Summary,
    load_children,
    load_summary,
)
from state_machines.durable.operations.pauses import paused_activities
from state_machines.durable.operations.preview import (
    Possible,
    amount_currency,
    is_amount,
    is_secret,
    list_signals,
)
from state_machines.durable.operations.timeline import load_timeline
from state_machines.durable.operations.why import WhyKind, explain
from web.routes.admin.lookups import emails_of, link
from web.routes.admin.timeline_views import ALL_SOURCES, entries_of
from web.schemas.admin.executions import (
    ExecutionDetail,
    ExecutionView,
    Fact,
    FieldView,
    Link,
    OpenActivity,
    SignalChoice,
    SignalReceived,
    WhyView,
    fields_of,
)
from web.schemas.admin.values import json_ready

FIRST_PAGE = 200  # entries of a timeline
MAX_ROWS = 100  # activities and signals beside the timeline
MAX_NOTICES = 3  # in the sentence that says why nothing happens
# Columns that every view shows.
COMMON = {"id", "state", "version", "deadline_at", "poll_at", "created_at", "updated_at"}
STRIPE_IDS = ("intent_id", "charge_id", "stripe_id")


def load_execution(machine: Machine, execution_id: UUID) -> Summary:
    """Load the summary of an execution. Raises NotFoundError."""
    summary = load_summary(machine, execution_id)
    if summary is None:
        raise NotFoundError(f"There is no such {machine.name}")
    return summary


def family_of(summary: Summary) -> list[UUID]:
    """Return the ids of an execution, of its parent, and of all their children."""
    root, root_id = summary.machine, summary.id
    if summary.machine.parent is not None and summary.parent_id is not None:
        root, root_id = summary.machine.parent, summary.parent_id
    return list(dict.fromkeys([summary.id, root_id, *(c.id for c in load_children(root, root_id))]))


def detail_of(machine: Machine, execution_id: UUID) -> ExecutionDetail:
    """Return the view of an execution. Raises NotFoundError."""
    with reading():
        summary = load_execution(machine, execution_id)
        children = load_children(machine, execution_id)
    stuck_for = [difference.what for difference in stuck(machine, execution_id)]
    with reading():
        ids = family_of(summary)
        emails = emails_of([summary.customer_id, *(child.customer_id for child in children)])
        page = load_timeline(ids, None, FIRST_PAGE, ALL_SOURCES)
        facts = load_facts(machine, execution_id)
        return ExecutionDetail(
            **fields_of(summary, emails),
            facts=facts,
            why=_explain(summary, children, stuck_for),
            signals=[view_of_signal(each) for each in list_signals(machine, summary.state)],
            children=[ExecutionView.of(child, emails) for child in children],
            timeline=entries_of(page.rows),
            timeline_next=page.next,
            activities=_load_activities(ids),
            signals_received=_load_signals(ids),
            links=_links(summary, facts),
        )


def view_of_signal(possible: Possible) -> SignalChoice:
    action = possible.action
    return SignalChoice(
        signal=possible.name,
        target=possible.target,
        allowed=possible.refusal is None,
        refusal=possible.refusal,
        needs=[
            FieldView(name=field.name, kind=field.kind.value, is_required=field.is_required)
            for field in (action.fields if action else ())
        ],
        is_dangerous=possible.is_raw or (action is not None and action.is_dangerous),
        is_raw=possible.is_raw,
        role=possible.role,
    )


def _explain(summary: Summary, children: list[Summary], stuck_for: list[str]) -> WhyView:
    """Return why nothing happens, with the open notices of an order: they ask for a decision."""
    why = WhyView.of(explain(summary, children, stuck_for))
    is_open = (Notice.order_id == summary.id) & Notice.settled_at.is_(None)
    newest = select(Notice.text).where(is_open).order_by(Notice.id.desc()).limit(MAX_NOTICES)
    for text in db.session.scalars(newest):
        why.sentence += f" Open notice: {text.rstrip('.')}."
        if why.kind == WhyKind.NOTHING:
            why.kind = WhyKind.PERSON
    return why


def load_facts(machine: Machine, execution_id: UUID) -> list[Fact]:
    """Load the columns of the machine's own; personal ones too, but no secret."""
    table = machine.model.__table__
    columns = [
        column
        for column in table.columns
        if column.name not in COMMON and not is_secret(table, column.name)
    ]
    if not columns:
        return []
    query = select(*columns).where(table.c.id == execution_id)
    row: Mapping[Any, Any] = db.session.execute(query).mappings().first() or {}
    return [_fact(column, row) for column in columns if column.name in row]


def _fact(column: Any, row: Mapping[Any, Any]) -> Fact:
    name, value = column.name, row[column.name]
    fact = Fact(name=name, value=_plain(json_ready(value)), kind=_kind(column, value))
    currency = amount_currency(column, row)
    if currency and value is not None:
        fact.major, fact.currency = to_decimal(value, currency), currency
    return fact


def _plain(value: Any) -> str | int | bool | None:
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def _kind(column: Any, value: Any) -> Any:
    if isinstance(column.type, Uuid):
        return "id"
    if isinstance(column.type, DateTime):
        return "time"
    if isinstance(column.type, Boolean):
        return "boolean"
    if is_amount(column):
        return "amount"
    return "number" if isinstance(column.type, Integer) and isinstance(value, int) else "text"


def _load_activities(ids: list[UUID]) -> list[OpenActivity]:
    """Load the activities that are not over, and the failed ones, newest first."""
    is_open = or_(ActivityRow.state.not_in(OVER), ActivityRow.state == ActivityState.FAILED)
    query = select(ActivityRow).where(ActivityRow.subject_id.in_(ids), is_open)
    rows = db.session.scalars(query.order_by(ActivityRow.id.desc()).limit(MAX_ROWS))
    paused = paused_activities()
    return [_view_activity(row, paused.get(row.name)) for row in rows]


def _view_activity(row: ActivityRow, paused: str | None) -> OpenActivity:
    activity = Activity.registry.get(row.name)
    computed = {"max_attempts", "is_giving_up", "paused"}
    return OpenActivity(
        **{name: getattr(row, name) for name in OpenActivity.model_fields if name not in computed},
        max_attempts=activity.retry.attempts if activity else None,
        is_giving_up=row.giving_up is not None,
        paused=paused,
    )


def _load_signals(ids: list[UUID]) -> list[SignalReceived]:
    query = select(SignalRow).where(SignalRow.subject_id.in_(ids))
    rows = db.session.scalars(query.order_by(SignalRow.id.desc()).limit(MAX_ROWS))
    names = SignalReceived.model_fields
    return [SignalReceived(**{name: getattr(row, name) for name in names}) for row in rows]


def _links(summary: Summary, facts: list[Fact]) -> list[Link]:
    by_name = {fact.name: fact.value for fact in facts}
    last = Transition.load_traces([summary.id])
    stripe = next((str(by_name[name]) for name in STRIPE_IDS if by_name.get(name)), None)
    return [
        *link("Stripe", settings.stripe_dashboard_url, stripe),
        *link("Logs", settings.logs_url, str(summary.id)),
        *link("Trace", settings.trace_url, tracing.trace_id(last[summary.id])),
    ]
