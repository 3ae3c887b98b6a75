"""Sign-ins by an emailed code, and the counts of wrong codes."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from models import clock
from models.base import Base, text_enum
from models.durable.execution import Execution, deadline_index, state_index
from models.email_address import address_from_mail
from models.ids import uuid7
from models.personal import Personal, is_erased, pseudonym


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
    """One request to sign in. `code_hash` is keyed with CODE_SECRET; the code is not here.

    `code_id` is the login whose email has the code: its own id, or that of one for the same
    address emailed just before. `browser_hash` is the hash of the requesting browser's cookie.
    `unbound_codes` are wrong codes of requests that proved no part in it; they do not lock it.
    """

    __tablename__ = "login"
    __table_args__ = (
        Index("ix_login_email_id", "email", "id"),
        Index("ix_login_browser_hash", "browser_hash"),
        deadline_index("login"),
        state_index("login"),
    )
    personal = Personal(
        lambda person: Login.email.in_((person.email, person.pseudonym)),
        erase={"email": pseudonym, "code_hash": "", "browser_hash": None},
        hidden=("code_hash", "browser_hash"),
    )

    state: Mapped[LoginState] = mapped_column(text_enum(LoginState, "state"))
    email: Mapped[str]
    code_id: Mapped[UUID]
    code_hash: Mapped[str]
    browser_hash: Mapped[str | None]
    wrong_codes: Mapped[int] = mapped_column(default=0)
    unbound_codes: Mapped[int] = mapped_column(default=0)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))

    @hybrid_property
    def erased(self) -> bool:
        """Return whether the address has been erased; also a condition for queries."""
        return is_erased(self.email)

    @property
    def live(self) -> bool:
        """True while a code can end it."""
        return self.state in LIVE

    @classmethod
    def expired(cls, _limit: datetime, /) -> ColumnElement[bool]:
        return cls.state.not_in(LIVE)


class Way(StrEnum):
    """The way a code is presented; wrong codes are counted for each way."""

    KNOWN = "known"  # from a browser that has signed in with this address before
    BOUND = "bound"  # with the id of the login, or from the browser that asked for it
    UNBOUND = "unbound"  # with the address alone


def has_address(text: str) -> ColumnElement[bool] | None:
    """Return the condition of the logins of an address in any form, or None for another text."""
    return Login.email == address_from_mail(text) if "@" in text else None


class LoginFailure(Base):
    """Consecutive wrong codes for one address and one way. A success deletes the address's rows.

    `slowed_at` is the time at which the wrong codes became so many that the next ones must wait.
    """

    __tablename__ = "login_failure"
    __table_args__ = (UniqueConstraint("email", "way"),)
    personal = Personal(
        lambda person: LoginFailure.email.in_((person.email, person.pseudonym)),
        erase={"email": pseudonym},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    email: Mapped[str]
    way: Mapped[Way] = mapped_column(text_enum(Way, "way"))
    failures: Mapped[int]
    failed_at: Mapped[datetime] = mapped_column(default=clock.now)
    slowed_at: Mapped[datetime | None]

    @classmethod
    def expired(cls, limit: datetime, /) -> ColumnElement[bool]:
        return cls.failed_at < limit
