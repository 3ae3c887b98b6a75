"""Routes of notices: list them with advice, and settle one by hand."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from models import Notice, reading
from models.base import db
from models.errors import ConflictError, NotFoundError
from models.keyset import count_rows, load_page, scan_page
from state_machines.actions import settle_notice
from web.pagination import conditional
from web.routes.admin.guard import Role, audited, blueprint, needs
from web.schemas.admin.activities import RequiredReason
from web.schemas.admin.notices import (
    ADVICE,
    SETTLED_BY_HAND,
    NoticePage,
    NoticePath,
    NoticesQuery,
    OperatorNoticeView,
)
from web.schemas.admin.paging import CountView

api = blueprint("notices")


@api.get("/notices", responses={200: NoticePage})
@needs(Role.STAFF)
def show_list(query: NoticesQuery) -> Any:
    """List notices, newest first: with `open=true` those that wait for a decision.

    `count` is null unless they are open ones.
    """
    conditions = [] if query.kind is None else [Notice.kind == query.kind]
    if query.open is not None:
        is_open = Notice.settled_at.is_(None)
        conditions.append(is_open if query.open else ~is_open)
    with reading():
        if query.open:
            rows = select(Notice).where(*conditions)
            page = load_page(rows, [Notice.id], query.cursor, query.size)
            count = CountView.of(count_rows(select(Notice.id).where(*conditions)))
        else:
            page, count = scan_page(Notice, query.cursor, query.size, *conditions), None
    items = [OperatorNoticeView.of(notice) for notice in page.rows]
    return conditional(NoticePage(items=items, next=page.next, count=count).json_ready())


@api.post("/notices/<uuid:noticeId>/settle", responses={200: OperatorNoticeView})
@needs(Role.STAFF)
def settle(path: NoticePath, body: RequiredReason) -> Any:
    """Mark a notice as settled. 409 when it is settled, or when something else settles its kind."""
    with audited("notices settle", path.notice_id, reason=body.reason):
        notice = settle_notice.settle(path.notice_id)
        if notice.kind not in SETTLED_BY_HAND:
            raise ConflictError(f"A person does not settle this kind. {ADVICE[notice.kind]}")
    return _view(path.notice_id)


def _view(notice_id: UUID) -> dict[str, Any]:
    with reading():
        notice = db.session.get(Notice, notice_id, populate_existing=True)
    if notice is None:
        raise NotFoundError("There is no such notice")
    return OperatorNoticeView.of(notice).json_ready()
