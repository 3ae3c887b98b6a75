"""Schemas of signing in with an emailed code."""

import re
import unicodedata
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator, WithJsonSchema

from models.problem_codes import FieldCode, InvalidValueError
from web.schemas.base import Address, Incoming, Outgoing, Timestamp, is_blank, nfkc
from web.schemas.user import UserView

MINUS = "\u2212"
MAX_CODE_LENGTH = 64  # characters, with everything that was copied along
SIX_DIGITS = re.compile("^[0-9]{6}$")
MAX_NUMBER = 1_000_000


def read_code(code: object) -> str:
    """Return a typed code as six digits, with leading zeros.

    Spaces, dashes and invisible characters are removed, and digits of any script converted.
    """
    digits = f"{code:06}" if type(code) is int and 0 <= code < MAX_NUMBER else code
    if isinstance(digits, str) and len(digits) <= MAX_CODE_LENGTH:
        plain = _plain_digits(digits)
        if SIX_DIGITS.fullmatch(plain):
            return plain
    raise InvalidValueError("must be six digits", FieldCode.WRONG_FORMAT)


def _plain_digits(text: str) -> str:
    return "".join(
        str(unicodedata.decimal(character)) if character.isdecimal() else character
        for character in nfkc(text)
        if not (is_blank(character) or unicodedata.category(character) == "Pd")
        and character != MINUS
    )


# One validator, so that an invalid code is one problem, of the field.
Code = Annotated[
    str,
    BeforeValidator(read_code),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": MAX_NUMBER - 1},
                {"type": "string", "pattern": SIX_DIGITS.pattern},
            ]
        }
    ),
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
