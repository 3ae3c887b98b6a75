"""Schemas of a user's sessions."""

from typing import Literal
from uuid import UUID

from pydantic import Field, RootModel

from models import UserSession
from web.schemas.base import Incoming, Outgoing, Timestamp


class SessionPath(Incoming):
    session_id: UUID


class SessionsQuery(Incoming):
    except_: Literal["current"] | None = Field(None, alias="except")


class SessionView(Outgoing):
    id: UUID
    user_agent: str
    ip_address: str
    created_at: Timestamp
    last_used_at: Timestamp
    expires_at: Timestamp
    current: bool

    @classmethod
    def of(cls, session: UserSession, current: UUID) -> "SessionView":
        return cls(
            id=session.id,
            user_agent=session.user_agent,
            ip_address=session.ip_address,
            created_at=session.created_at,
            last_used_at=session.rotated_at,
            expires_at=session.expires_at,
            current=session.id == current,
        )


class Sessions(RootModel[list[SessionView]]):
    pass
