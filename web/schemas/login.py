"""Signing in by an e-mailed code."""

import unicodedata
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from web.schemas.base import Address, Incoming, Moment, Outgoing, is_blank, nfkc
from web.schemas.user import UserView

MINUS = "\u2212"
LONGEST = 64  # characters of a code with all that was copied along


def plain_digits(code: object) -> object:
    """A code that was typed or pasted, as plain digits: without the spaces, line breaks, dashes and
    invisible characters in it, and with any script's digits as ours.
    """
    if not isinstance(code, str) or len(code) > LONGEST:
        return code
    return "".join(
        str(unicodedata.decimal(character)) if character.isdecimal() else character
        for character in nfkc(code)
        if not (is_blank(character) or unicodedata.category(character) == "Pd")
        and character != MINUS
    )


def six_digits(code: int | str) -> str:
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
    expires_at: Moment


class CodeEntered(Incoming):
    """`code` may be typed as a number, and then lacks its leading zeros; text may have spaces and
    dashes in it.
    """

    email: Address
    code: Code
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
