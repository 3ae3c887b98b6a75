"""Routes of users for staff: find them, and end their sessions."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy import ColumnElement, select

from models import User, UserSession, UserStatus, reading
from models.errors import ForbiddenError, NotFoundError
from models.keyset import count_list, load_page
from models.user import among_newest, matching_users
from state_machines.actions import manage_users
from state_machines.durable.operations.expected_version import UnchangedError
from web import authentication
from web.pagination import conditional
from web.routes.admin.guard import ADMITTED, Role, audited, blueprint, needs
from web.routes.admin.user_view import load_user
from web.schemas.admin.paging import CountView
from web.schemas.admin.user import (
    EndSessionsQuery,
    UserDetail,
    UserPath,
    UserRow,
    Users,
    UserSessionPath,
    UsersQuery,
)
from web.schemas.base import normal_address

api = blueprint("users")

# A part of an address or name has no index: only the newest users are searched for it.
MAX_SEARCHED_USERS = 50_000


@api.get("/users", responses={200: Users})
@needs(Role.STAFF)
def index(query: UsersQuery) -> Any:
    """List users, newest first."""
    rows = select(User).where(*_conditions(query.q, query.role, query.status))
    with reading(one_snapshot=True):
        page = load_page(rows, [User.id], query.cursor, query.size)
        count = CountView.of(count_list(rows, page, query.cursor))
    items = [UserRow.of(user) for user in page.rows]
    return conditional(Users(items=items, next=page.next, count=count).json_ready())


@api.get("/users/<uuid:userId>", responses={200: UserDetail})
@needs(Role.STAFF)
def show(path: UserPath) -> Any:
    """Return a user with sessions, orders, logins, and what was changed by hand."""
    return conditional(load_user(path.user_id).json_ready())


@api.delete("/users/<uuid:userId>/sessions", responses={204: None})
@needs(Role.STAFF)
def end_sessions(path: UserPath, query: EndSessionsQuery) -> Any:
    """End all sessions of a user. Only an admin ends those of staff."""
    with audited("users sessions", path.user_id, reason=query.reason) as details:
        _lock_served(path.user_id)
        ended = manage_users.end_sessions(path.user_id)
        if not ended:
            raise UnchangedError
        details["counts"] = {"ended": ended}
    return Response(status=204)


@api.delete("/users/<uuid:userId>/sessions/<uuid:sessionId>", responses={204: None})
@needs(Role.STAFF)
def end_session(path: UserSessionPath, query: EndSessionsQuery) -> Any:
    """End one session of a user. Only an admin ends those of staff."""
    this = UserSession.id == path.session_id
    with audited("users sessions", path.user_id, reason=query.reason) as details:
        _lock_served(path.user_id)
        if not manage_users.end_sessions(path.user_id, this):
            raise NotFoundError("There is no such session")
        details["session"] = str(path.session_id)
    return Response(status=204)


def _conditions(
    q: str | None, role: str | None, status: UserStatus | None
) -> list[ColumnElement[bool]]:
    others = matching_users(role=role, status=status)
    if q is None:
        return others
    try:
        return [*others, User.email == normal_address(q)]
    except ValueError:
        return [*others, *matching_users(q=q), among_newest(MAX_SEARCHED_USERS)]


def _lock_served(user_id: UUID) -> None:
    """Lock a user whom the caller may sign out. Raises NotFoundError, ForbiddenError."""
    user = manage_users.lock(User.id == user_id)
    if user.roles and ADMITTED[Role.ADMIN].isdisjoint(authentication.caller().roles):
        raise ForbiddenError("Only an admin may sign out staff")
