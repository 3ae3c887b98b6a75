"""Schemas of signing in with an emailed code."""

import unicodedata
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from web.schemas.base import Address, Incoming, Outgoing, Timestamp, is_blank, nfkc
from web.schemas.user import UserView

MINUS = "\u2212"
MAX_CODE_LENGTH = 64  # characters, with everything that was copied along


def plain_digits(code: object) -> object:
    """Remove spaces, dashes and invisible characters from a code, and convert digits of any script.

    Other types and overlong texts are returned unchanged, for the next validator.
    """
    if not isinstance(code, str) or len(code) > MAX_CODE_LENGTH:
        return code
    return "".join(
        str(unicodedata.decimal(character)) if character.isdecimal() else character
        for character in nfkc(code)
        if not (is_blank(character) or unicodedata.category(character) == "Pd")
        and character != MINUS
    )


def six_digits(code: int | str) -> str:
    """Return the code as text, with leading zeros."""
    return f"{code:06}" if isinstance(code, int) else code


Code = Annotated[
    Annotated[int, Field(ge=0, le=999_999, strict=True)]
    | Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$", strict=True)],
    BeforeValidator(plain_digits),
    AfterValidator(six_digits),
]


class LoginRequest(Incoming):
    email: Address


class LoginBegun(Outgoing):
    message: str
    login_id: UUID
    expires_at: Timestamp


class CodeEntered(Incoming):
    """A code for an address: text, also with spaces and dashes, or a number."""

    email: Address
    code: Code
    login_id: UUID | None = None


class SignedIn(Outgoing):
    """A new session. `expiresIn` is the lifetime of the access token in seconds."""

    user: UserView
    access_token: str
    expires_in: int


class Refreshed(Outgoing):
    access_token: str
    expires_in: int


class LoginPath(Incoming):
    login_id: UUID


class LoginStatus(Outgoing):
    """The progress of a login.

    `attemptsLeft` is the number of codes that may still be tried with its id. `resendAfter` is the
    time from which its browser may request another email; null when it may do so now.
    """

    status: Literal["PENDING", "SUCCESS", "FAILED"]
    code_status: Literal["PENDING", "SENT", "ERROR_SENDING_EMAIL"]
    expires_at: Timestamp | None
    attempts_left: int
    resend_after: Timestamp | None
