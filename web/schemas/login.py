"""Signing in by an e-mailed code."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from web.schemas.base import Address, Incoming, Moment, Outgoing
from web.schemas.user import UserView


def six_digits(code: int | str) -> str:
    return f"{code:06}" if isinstance(code, int) else code


class LoginRequest(Incoming):
    email: Address


class LoginBegun(Outgoing):
    message: str
    login_id: UUID
    expires_at: Moment


class CodeEntered(Incoming):
    """`code` may be typed as a number, and then lacks its leading zeros."""

    email: Address
    code: Annotated[
        Annotated[int, Field(ge=0, le=999_999, strict=True)]
        | Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$", strict=True)],
        AfterValidator(six_digits),
    ]
    login_id: UUID | None = None


class SignedIn(Outgoing):
    """`expiresIn` is seconds, of the access token."""

    user: UserView
    access_token: str
    expires_in: int


class Refreshed(Outgoing):
    access_token: str
    expires_in: int


class LoginPath(Incoming):
    login_id: UUID


class LoginStatus(Outgoing):
    status: Literal["PENDING", "SUCCESS", "FAILED"]
    code_status: Literal["PENDING", "SENT", "ERROR_SENDING_EMAIL"]
    expires_at: Moment | None
