"""Routes of the inbox: list, show and replay the signals of providers."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import defer

from config import settings
from models import SignalRow, SignalState, reading
from models.base import db
from models.errors import InvalidInputError, NotFoundError
from models.keyset import KeysetPage, count_rows, load_page, scan_page
from state_machines.actions import replay_signal
from state_machines.durable.base import handling
from web import authentication
from web.pagination import conditional
from web.routes.admin.guard import ADMITTED, Role, audited, blueprint, needs
from web.schemas.admin.activities import OptionalReason
from web.schemas.admin.paging import CountView
from web.schemas.admin.signals import (
    SignalDetail,
    SignalPage,
    SignalPath,
    SignalsQuery,
    SignalView,
)

api = blueprint("signals")

# States whose rows an index lists: those of all others are looked through page by page.
INDEXED_STATES = (SignalState.STORED, SignalState.UNMATCHED, SignalState.FAILED)
WITHOUT_PAYLOAD = defer(SignalRow.payload)


@api.get("/signals", responses={200: SignalPage})
@needs(Role.STAFF)
def show_list(query: SignalsQuery) -> Any:
    """List signals, newest first. A page of a rare filter may be short and have a `next`.

    `count` is null where counting would cost too much.
    """
    if query.source is not None and query.source not in handling.handlers:
        raise InvalidInputError("source", f"must be one of {', '.join(sorted(handling.handlers))}")
    conditions = _conditions(query)
    is_indexed = query.subject is not None or query.state in INDEXED_STATES
    with reading() as session:
        page = _load(query, conditions, is_indexed=is_indexed)
        keys = [row.id for row in page.rows]
        with_payload = select(SignalRow.id).where(SignalRow.id.in_(keys), _has_payload())
        complete = set(session.scalars(with_payload))
        count = count_rows(select(SignalRow.id).where(*conditions)) if is_indexed else None
    items = [SignalView(**_fields(row, has_payload=row.id in complete)) for row in page.rows]
    shown = CountView.of(count) if count else None
    return conditional(SignalPage(items=items, next=page.next, count=shown).json_ready())


def _load(
    query: SignalsQuery, conditions: list[ColumnElement[bool]], *, is_indexed: bool
) -> KeysetPage:
    if not is_indexed:
        options = (WITHOUT_PAYLOAD,)
        return scan_page(SignalRow, query.cursor, query.size, *conditions, options=options)
    rows = select(SignalRow).where(*conditions).options(WITHOUT_PAYLOAD)
    return load_page(rows, [SignalRow.id], query.cursor, query.size)


def _conditions(query: SignalsQuery) -> list[ColumnElement[bool]]:
    values = {
        SignalRow.state: query.state,
        SignalRow.source: query.source,
        SignalRow.kind: query.kind,
        SignalRow.subject_id: query.subject,
    }
    return [column == value for column, value in values.items() if value is not None]


@api.get("/signals/<uuid:signalId>", responses={200: SignalDetail})
@needs(Role.STAFF)
def show(path: SignalPath) -> Any:
    """Return one signal. Its payload is null for the role `staff`."""
    return conditional(_view(path.signal_id))


@api.post("/signals/<uuid:signalId>/replay", responses={200: SignalDetail})
@needs(Role.STAFF)
def replay(path: SignalPath, body: OptionalReason) -> Any:
    """Have the sweep apply a signal again. 409 when it was applied, or has no payload any more."""
    with audited("signals replay", path.signal_id, reason=body.reason):
        replay_signal.replay(path.signal_id)
    return _view(path.signal_id)


def _view(signal_id: UUID) -> dict[str, Any]:
    may_read = not ADMITTED[Role.ADMIN].isdisjoint(authentication.caller().roles)
    options = [] if may_read else [WITHOUT_PAYLOAD]
    query = select(SignalRow, _has_payload()).where(SignalRow.id == signal_id).options(*options)
    with reading():
        row = db.session.execute(query).one_or_none()
    if row is None:
        raise NotFoundError("There is no such signal")
    fields = _fields(row[0], has_payload=row[1])
    return SignalDetail(**fields, payload=row[0].payload if may_read else None).json_ready()


def _fields(row: SignalRow, *, has_payload: bool) -> dict[str, Any]:
    template = settings.stripe_dashboard_url if row.source == "stripe" else settings.sendgrid_url
    return SignalView.fields_of(row, has_payload=has_payload, template=template)


def _has_payload() -> ColumnElement[bool]:
    return SignalRow.payload.is_not(None)
