"""Schemas of tickets for the stream of events."""

from typing import Self
from uuid import UUID

from pydantic import Field, StrictBool, model_validator

from models.problem_codes import InvalidChoiceError
from web.schemas.base import Incoming, Outgoing

# The ticket is a part of a URL, which may have 8 KB.
MAX_ORDERS = 50


class TicketRequest(Incoming):
    """The orders to follow, or `all` executions, which is for staff."""

    order_ids: list[UUID] = Field(default=[], max_length=MAX_ORDERS)
    all: StrictBool = False

    @model_validator(mode="after")
    def require_one_choice(self) -> Self:
        if self.all == bool(self.order_ids):
            raise InvalidChoiceError("orderIds", "give either orderIds or all")
        return self


class TicketIssued(Outgoing):
    ticket: str
    expires_in: int
