"""Sign-ins under way: an e-mailed code, and how often it was guessed wrongly."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, text_enum
from models.execution import Execution, deadline_index


class LoginState(StrEnum):
    CODE_PENDING = "CodePending"
    CODE_SENT = "CodeSent"
    CODE_UNSENT = "CodeUnsent"
    SUCCEEDED = "Succeeded"
    LOCKED = "Locked"
    EXPIRED = "Expired"
    SUPERSEDED = "Superseded"


LIVE = (LoginState.CODE_PENDING, LoginState.CODE_SENT, LoginState.CODE_UNSENT)


class Login(Execution, Base):
    """One request to sign in. `code_hash` is keyed with CODE_SECRET; the code is not here."""

    __tablename__ = "login"
    __table_args__ = (Index("ix_login_email_id", "email", "id"), deadline_index("login"))

    state: Mapped[LoginState] = mapped_column(text_enum(LoginState, "state"))
    email: Mapped[str]
    code_hash: Mapped[str]
    wrong_codes: Mapped[int] = mapped_column(default=0)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))

    @property
    def live(self) -> bool:
        return self.state in LIVE
