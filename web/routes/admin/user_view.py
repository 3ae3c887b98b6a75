"""The loading of a user for staff."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from models import Login, Order, User, UserSession, reading
from models.audit import load_newest_about
from models.base import db
from models.erasure import Erasure
from models.errors import NotFoundError
from models.user import open_sessions
from web.routes.admin.lookups import emails_of_actors
from web.schemas.admin.audit import AuditEntry
from web.schemas.admin.user import ErasureView, OpenSession, UserDetail, UserLogin, UserOrder
from web.schemas.user import UserView

# The newest rows of each kind that a user's page shows.
MAX_LISTED = 50


def load_user(user_id: UUID) -> UserDetail:
    """Load a user in a transaction of its own. Raises NotFoundError."""
    with reading(one_snapshot=True) as session:
        user = session.get(User, user_id)
        if user is None:
            raise NotFoundError("There is no such user")
        names = (str(user.id), user.email)
        audit = load_newest_about(names, MAX_LISTED)
        emails = emails_of_actors(name for row in audit for name in (row.actor, row.subject))
        sessions = _newest(select(UserSession).where(*open_sessions(user.id)), UserSession)
        orders = _newest(select(Order).where(Order.user_id == user.id), Order)
        logins = _newest(select(Login).where(Login.email == user.email), Login)
        erasures = _newest(select(Erasure).where(Erasure.user_id == user.id), Erasure)
        return UserDetail(
            **dict(UserView.of(user)),
            sessions=[OpenSession.of(row) for row in sessions],
            orders=[UserOrder.of(row) for row in orders],
            logins=[UserLogin.of(row) for row in logins],
            audit=[AuditEntry.of(row, emails) for row in audit],
            erasure=ErasureView.of(erasures[0]) if erasures else None,
        )


def _newest(query: Select[Any], row: Any) -> list[Any]:
    return list(db.session.scalars(query.order_by(row.id.desc()).limit(MAX_LISTED)))
