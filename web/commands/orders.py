"""Orders, for who operates the system."""

from contextlib import suppress
from typing import Any
from uuid import UUID

import click
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import ActivityRow, Order, Transition, transaction
from models.base import db
from models.money import display
from web.commands import output
from web.commands.activities import told

group = click.Group("orders", help="Orders, and what became of them.")

STEP = ("at", "machine", "signal", "source", "target", "ignored", "reason", "cause", "actor")


@group.command("show")
@click.argument("reference_or_id")
@output.as_json
def show(reference_or_id: str, *, as_json: bool) -> None:
    """Show an order by its id or reference, with its history and activities."""
    with transaction():
        orders = [_everything(order) for order in _find(reference_or_id)]
    if not orders:
        raise click.ClickException(f"there is no order {reference_or_id}")
    if as_json:
        output.show(orders, as_json=True)
        return
    for order in orders:
        history, activities = order.pop("history"), order.pop("activities")
        output.record(order)
        click.echo("\nhistory")
        output.show(history, as_json=False)
        click.echo("\nactivities")
        output.show(activities, as_json=False)


def _find(reference_or_id: str) -> list[Order]:
    """A reference may be several customers'."""
    which = Order.reference_id == reference_or_id
    with suppress(ValueError):
        which |= Order.id == UUID(reference_or_id)
    whole = (joinedload(Order.user), joinedload(Order.payment))
    return list(db.session.scalars(select(Order).where(which).options(*whole)))


def _everything(order: Order) -> dict[str, Any]:
    ids = (order.id, order.payment.id)
    history = db.session.scalars(
        select(Transition)
        .where(Transition.subject_id.in_(ids))
        .order_by(Transition.at, Transition.machine, Transition.version)
    )
    activities = db.session.scalars(
        select(ActivityRow).where(ActivityRow.subject_id.in_(ids)).order_by(ActivityRow.id)
    )
    return {
        "id": order.id,
        "reference": order.reference_id,
        "customer": order.user.email,
        "state": order.state,
        "payment": order.payment.state,
        "intent": order.payment.intent_id,
        "total": display(order.total, order.currency),
        "created_at": order.created_at,
        "deadline_at": order.payment.deadline_at,
        "history": [{name: getattr(step, name) for name in STEP} for step in history],
        "activities": [told(row) for row in activities],
    }
