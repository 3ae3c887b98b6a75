"""The route of tickets for the stream of events."""

from typing import Any

from flask import jsonify
from flask_openapi.models.tag import Tag
from sqlalchemy import select

import tickets
from models import Order, reading
from models.clock import now
from models.errors import ForbiddenError, NotFoundError
from web import authentication
from web.blueprint import ApiBlueprint
from web.schemas.events import TicketIssued, TicketRequest

api = ApiBlueprint(
    "events",
    __name__,
    url_prefix="/auth",
    abp_tags=[Tag(name="events")],
    abp_security=[{"bearer": []}],
)
api.before_request(authentication.require_session)


@api.post("/events-ticket", responses={200: TicketIssued})
def issue(body: TicketRequest) -> Any:
    """Issue a ticket for the stream of events of the caller's orders, valid for a minute.

    With `all`, which is for staff, the stream has the events of all executions.
    """
    caller = authentication.caller()
    if body.all and authentication.STAFF_ROLES.isdisjoint(caller.roles):
        raise ForbiddenError("Only staff may follow all executions")
    if not body.all:
        _require_own_orders(body)
    ticket = tickets.issue(caller.user_id, None if body.all else body.order_ids, now())
    issued = TicketIssued(ticket=ticket, expires_in=int(tickets.LIFETIME.total_seconds()))
    return jsonify(issued.json_ready())


def _require_own_orders(body: TicketRequest) -> None:
    """Raise NotFoundError unless all requested orders belong to the caller."""
    query = select(Order.id).where(
        Order.id.in_(body.order_ids), Order.user_id == authentication.caller().user_id
    )
    with reading() as session:
        own_ids = set(session.scalars(query))
    for order_id in body.order_ids:
        if order_id not in own_ids:
            raise NotFoundError(f"There is no such order: {order_id}")
