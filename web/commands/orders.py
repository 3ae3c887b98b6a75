"""Orders, for who operates the system: found, and looked at whole."""

from contextlib import suppress
from typing import Any
from uuid import UUID

import click
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from models import Dispute, Notice, Order, OrderState, User, reading
from models.base import db
from models.money import display
from web.commands import listing, output
from web.commands.history import story_of, tell

group = click.Group("orders", help="Orders: look, cancel, refund, accept, ship, deliver.")

WHOLE = (
    joinedload(Order.user),
    joinedload(Order.payment),
    joinedload(Order.shipment),
    selectinload(Order.refunds),
)
REFUND = ("id", "state", "origin", "amount", "currency", "stripe_id", "failure_reason")
DISPUTE = ("id", "state", "amount", "currency", "reason", "due_by", "stripe_id")
NOTICE = ("id", "kind", "text", "created_at")


@group.command("list")
@listing.state(OrderState)
@click.option("--email", help="Only those of this customer.")
@listing.limit
@output.as_json
def show_list(state: str | None, email: str | None, limit: int, *, as_json: bool) -> None:
    """List orders, newest first."""
    wanted = []
    if state is not None:
        wanted.append(Order.state == state)
    if email is not None:
        of_address = select(User.id).where(User.email == email.lower())
        wanted.append(Order.user_id.in_(of_address))
    found = listing.newest(Order, limit, *wanted, options=WHOLE[:2])
    output.show((_line(order) for order in found), as_json=as_json)


@group.command("show")
@click.argument("reference_or_id")
@output.as_json
def show(reference_or_id: str, *, as_json: bool) -> None:
    """Show an order by its id or reference: what it is, and everything that led there."""
    with reading():
        orders = [_everything(order) for order in find(reference_or_id)]
    if not orders:
        raise click.ClickException(f"there is no order {reference_or_id}")
    if as_json:
        output.show(orders, as_json=True)
        return
    for order in orders:
        parts = {name: order.pop(name) for name, value in [*order.items()] if _is_part(value)}
        output.record(order)
        tell(parts)


def find(reference_or_id: str) -> list[Order]:
    """The orders that are meant: a reference may be several customers'."""
    which = Order.reference_id == reference_or_id
    with suppress(ValueError):
        which |= Order.id == UUID(reference_or_id)
    return list(db.session.scalars(select(Order).where(which).options(*WHOLE)))


def _line(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "reference": order.reference_id,
        "customer": order.user.email,
        "state": order.state,
        "payment": order.payment.state,
        "total": display(order.total, order.currency),
        "created_at": order.created_at,
    }


def _everything(order: Order) -> dict[str, Any]:
    payment, parcel = order.payment, order.shipment
    disputes = db.session.scalars(select(Dispute).where(Dispute.order_id == order.id)).all()
    notices = select(Notice).where(Notice.order_id == order.id, Notice.settled_at.is_(None))
    parts = [payment.id, *(row.id for row in order.refunds), *(row.id for row in disputes)]
    return (
        _line(order)
        | {
            "captured": display(payment.captured, payment.captured_currency or payment.currency),
            "intent": payment.intent_id,
            "deadline_at": payment.deadline_at,
            "poll_at": payment.poll_at,
            "shipment": f"{parcel.carrier} {parcel.tracking_number}" if parcel else None,
            "notices": [listing.told(row, NOTICE) for row in db.session.scalars(notices)],
            "refunds": [listing.told(row, REFUND) for row in order.refunds],
            "disputes": [listing.told(row, DISPUTE) for row in disputes],
        }
        | story_of(order.id, *parts)
    )


def _is_part(value: object) -> bool:
    return isinstance(value, list)
