"""Schemas of users for staff, and of what admins change about them."""

from typing import Literal, Self
from uuid import UUID

from pydantic import Field

from models import ErasureState, Login, LoginState, Order, OrderState, User, UserSession, UserStatus
from models.erasure import Erasure
from models.errors import InvalidInputError
from models.money import to_decimal
from web.schemas.admin.audit import AuditEntry
from web.schemas.admin.paging import CountView, Page, PageQuery
from web.schemas.admin.reason import Reason
from web.schemas.base import Address, Incoming, Outgoing, Text, Timestamp
from web.schemas.product import Amount
from web.schemas.user import UserView

RoleName = Literal["admin", "staff"]


class UserPath(Incoming):
    user_id: UUID


class UserSessionPath(Incoming):
    user_id: UUID
    session_id: UUID


class UsersQuery(PageQuery):
    """`q` is a whole address, or a part of an address or name among the newest 50,000 users."""

    q: Text | None = Field(None, min_length=1, max_length=320)
    role: RoleName | None = None
    status: UserStatus | None = None


class EndSessionsQuery(Incoming):
    reason: Reason | None = None


class Reasoned(Incoming):
    """A change with the reason that the audit records."""

    reason: Reason


class RoleChange(Reasoned):
    """Either `grant` or `revoke`, a role."""

    grant: RoleName | None = None
    revoke: RoleName | None = None

    def refuse_ambiguous(self) -> None:
        """Raise InvalidInputError unless exactly one of the two is set."""
        if (self.grant is None) == (self.revoke is None):
            raise InvalidInputError("grant", "set either grant or revoke")


class EraseUser(Reasoned):
    """`email` is the address of the user, which the admin types to confirm."""

    email: Address


class UserRow(Outgoing):
    id: UUID
    email: str
    username: str
    first_name: str
    last_name: str
    status: UserStatus
    roles: list[str]
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(**{name: getattr(user, name) for name in cls.model_fields})


class Users(Page):
    items: list[UserRow]
    count: CountView


class OpenSession(Outgoing):
    """A session that is neither ended nor expired. `methods` are those of RFC 8176."""

    id: UUID
    user_agent: str
    ip_address: str
    methods: list[str]
    created_at: Timestamp
    authenticated_at: Timestamp
    last_used_at: Timestamp
    expires_at: Timestamp

    @classmethod
    def of(cls, session: UserSession) -> Self:
        names = cls.model_fields.keys() - {"last_used_at"}
        fields = {name: getattr(session, name) for name in names}
        return cls(**fields, last_used_at=session.rotated_at)


class UserOrder(Outgoing):
    id: UUID
    reference: str
    state: OrderState
    total: Amount
    total_minor: int
    currency: str
    created_at: Timestamp

    @classmethod
    def of(cls, order: Order) -> Self:
        return cls(
            id=order.id,
            reference=order.reference_id,
            state=order.state,
            total=to_decimal(order.total, order.currency),
            total_minor=order.total,
            currency=order.currency,
            created_at=order.created_at,
        )


class UserLogin(Outgoing):
    id: UUID
    state: LoginState
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, login: Login) -> Self:
        return cls(**{name: getattr(login, name) for name in cls.model_fields})


class ErasureView(Outgoing):
    id: UUID
    state: ErasureState

    @classmethod
    def of(cls, erasure: Erasure) -> Self:
        return cls(id=erasure.id, state=erasure.state)


class UserDetail(UserView):
    """A user with the open sessions, and the newest orders, logins and audited changes."""

    sessions: list[OpenSession]
    orders: list[UserOrder]
    logins: list[UserLogin]
    audit: list[AuditEntry]
    erasure: ErasureView | None
