"""Views of the rows of a timeline: transitions, activities, signals, and rows of the audit."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, any_, cast, func, or_, select, union_all

from config import settings
from models import ActivityRow, AuditRow, SignalRow, Transition
from state_machines.durable.operations.preview import is_secret
from state_machines.durable.operations.timeline import SOURCES, Source
from web.routes.admin.lookups import emails_of_actors, link, trace_link
from web.schemas.admin.executions import Entry, EntryKind, Link
from web.schemas.admin.values import json_ready

EMAILS = "emails."
HIDDEN = frozenset({"payload", "token", "secret"})
EMPTY = dict.fromkeys(
    (
        *("machine", "execution_id", "source", "target", "version", "state", "cause", "actor"),
        *("actor_email", "reason", "started_at", "finished_at", "attempts", "error"),
        "provider_request_id",
    )
)


def _is_about(ids: Collection[UUID]) -> ColumnElement[bool]:
    """Return the condition that an audit row is about a family, its activities or its messages."""
    parts = [
        select(cast(row.id, Text)).where(row.subject_id.in_(ids))
        for row in (ActivityRow, SignalRow)
    ]
    # As an array, the ids are looked up in the index of the audit.
    subjects = func.array(union_all(*parts).scalar_subquery())
    return or_(AuditRow.subject.in_([str(key) for key in ids]), AuditRow.subject == any_(subjects))


AUDIT = Source(AuditRow, AuditRow.at, (AuditRow.id,), _is_about)
ALL_SOURCES = (*SOURCES, AUDIT)


def entries_of(rows: Sequence[tuple[Source, Any]]) -> list[Entry]:
    """Return the entries of the rows of a timeline, with the emails of their actors."""
    actors = [getattr(row, "actor", None) for _, row in rows]
    emails = emails_of_actors(actors)
    return [
        Entry(**EMPTY | {"actor_email": emails.get(actor or "")} | _fields(row))
        for (_, row), actor in zip(rows, actors, strict=True)
    ]


def _fields(row: Any) -> dict[str, Any]:
    if isinstance(row, Transition):
        return _of_transition(row)
    if isinstance(row, ActivityRow):
        return _of_activity(row)
    return _of_signal(row) if isinstance(row, SignalRow) else _of_audit(row)


def _of_transition(row: Transition) -> dict[str, Any]:
    kind, _, key = row.cause.partition(":")
    logs = link("Logs", settings.logs_url, key) if kind == "request" else []
    return {
        "id": f"{row.subject_id}:{row.version}",
        "at": row.at,
        "machine": row.machine,
        "execution_id": row.subject_id,
        "kind": "ignored" if row.ignored else "transition",
        "title": row.signal,
        "source": row.source,
        "target": row.target,
        "version": row.version,
        "cause": row.cause,
        "actor": row.actor,
        "reason": row.reason,
        "links": [*logs, *trace_link(row)],
        "raw": raw_of(row),
    }


def _of_activity(row: ActivityRow) -> dict[str, Any]:
    is_email = row.name.startswith(EMAILS)
    kind: EntryKind = "email" if is_email else "activity"
    return {
        "id": str(row.id),
        "at": row.created_at,
        "machine": row.machine,
        "execution_id": row.subject_id,
        "kind": kind,
        "title": row.name,
        "state": row.state.value,
        "started_at": row.created_at,
        "finished_at": row.finished_at,
        "attempts": row.attempts,
        "error": row.last_error,
        "provider_request_id": row.provider_request_id,
        "links": links_of_activity(row),
        "raw": raw_of(row),
    }


def links_of_activity(row: ActivityRow) -> list[Link]:
    """Return the links to the provider's log of a call, to the trace, and to Flower."""
    provider = row.provider_request_id
    is_email = row.name.startswith(EMAILS)
    return [
        *link("SendGrid", settings.sendgrid_url if is_email else "", provider),
        *link("Stripe", "" if is_email else settings.stripe_dashboard_url, provider),
        *trace_link(row),
        *link("Flower", settings.flower_url, str(row.id)),
    ]


def _of_signal(row: SignalRow) -> dict[str, Any]:
    dashboard = settings.stripe_dashboard_url if row.source == "stripe" else ""
    return {
        "id": str(row.id),
        "at": row.received_at,
        "execution_id": row.subject_id,
        "kind": "signal",
        "title": f"{row.source} {row.kind}",
        "state": row.state.value,
        "cause": row.external_id,
        "finished_at": row.applied_at,
        "attempts": row.attempts,
        "error": row.last_error,
        "links": [*link("Stripe", dashboard, row.external_id), *trace_link(row)],
        "raw": raw_of(row),
    }


def _of_audit(row: AuditRow) -> dict[str, Any]:
    reason = row.details.get("reason")
    return {
        "id": str(row.id),
        "at": row.at,
        "kind": "audit",
        "title": row.action,
        "actor": row.actor,
        "reason": reason if isinstance(reason, str) else None,
        "links": [],
        "raw": raw_of(row) | {"details": json_ready(row.details)},
    }


def raw_of(row: Any) -> dict[str, Any]:
    """Return the columns of a row as JSON, without payloads and secrets."""
    table = row.__table__
    names = [
        column.name
        for column in table.columns
        if column.name not in HIDDEN and not is_secret(table, column.name)
    ]
    return {name: json_ready(getattr(row, name, None)) for name in names}
