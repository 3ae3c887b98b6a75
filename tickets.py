"""Tickets for the stream of events: signed, valid for a minute, and good for nothing else.

A browser cannot send a header when it opens a stream, so the ticket is a part of the URL. The auth
service issues it, and the events process verifies it without the database.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import jwt

from signing_keys import ALGORITHM, ISSUER, public_keys, signing_key

AUDIENCE = "projectx-events"
TYPE = "ticket+jwt"
LIFETIME = timedelta(minutes=1)
# The clocks of two hosts may differ.
MAX_CLOCK_DIFFERENCE = 5  # seconds
EVERYTHING = "*"
REQUIRED_CLAIMS = ["iss", "aud", "sub", "exp", "executions"]


class TicketError(Exception):
    """The ticket is missing, forged, expired or for another purpose."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """The user of a stream, and the executions that it may report; None means all."""

    user_id: UUID
    executions: frozenset[UUID] | None


def issue(user_id: UUID, executions: Iterable[UUID] | None, at: datetime) -> str:
    """Issue a ticket for these executions, or for all with None. It is valid for LIFETIME."""
    listed = EVERYTHING if executions is None else [each.hex for each in executions]
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": user_id.hex, "executions": listed}
    private, key_id = signing_key()
    headers = {"kid": key_id, "typ": TYPE}
    return jwt.encode(claims | {"exp": at + LIFETIME}, private, ALGORITHM, headers=headers)


def verify(text: str) -> Ticket:
    """Verify a ticket and return it. Raises TicketError."""
    try:
        header = jwt.get_unverified_header(text)
        if header.get("typ") != TYPE:
            raise TicketError("This is not a ticket")
        claims = jwt.decode(
            text,
            public_keys()[header["kid"]],
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            leeway=MAX_CLOCK_DIFFERENCE,
            options={"require": REQUIRED_CLAIMS},
        )
        return Ticket(UUID(claims["sub"]), _read_executions(claims["executions"]))
    except jwt.ExpiredSignatureError as error:
        raise TicketError("The ticket has expired") from error
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise TicketError("The ticket is not valid") from error


def _read_executions(listed: Any) -> frozenset[UUID] | None:
    """Return the executions of a ticket. Raises TypeError or ValueError."""
    if listed == EVERYTHING:
        return None
    return frozenset(UUID(text) for text in listed)
