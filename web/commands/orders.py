"""Commands for orders: list, show, cancel, refund, accept, ship and deliver them."""

from contextlib import suppress
from typing import Any
from uuid import UUID

import click
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from models import Dispute, Notice, Order, OrderState, User, reading
from models.base import db
from models.money import display
from state_machines.actions import accept_payment, cancel_order, refund_order, ship_order
from state_machines.actions.order_lock import lock_payment_of
from state_machines.actions.refund_order import RefundRequest
from state_machines.durable.operations.expected_version import UnchangedError, require_moves
from web.commands import listing, output
from web.commands.auditing import audited
from web.commands.input_types import EmailAddress
from web.commands.timeline import load_timeline, print_with_sections

group = click.Group("orders", help="Orders, and what staff do with them.")

WHOLE = (
    joinedload(Order.user),
    joinedload(Order.payment),
    joinedload(Order.shipment),
    selectinload(Order.refunds),
)
REFUND = ("id", "state", "origin", "amount", "currency", "stripe_id", "failure_reason")
DISPUTE = ("id", "state", "amount", "currency", "reason", "due_by", "stripe_id")
NOTICE = ("id", "kind", "text", "created_at")

order_argument = click.argument("reference_or_id")
reason_option = click.option("--reason", help="The reason, recorded in the history and the audit.")


@group.command("list")
@listing.state_option(OrderState)
@click.option("--email", type=EmailAddress(), help="Filter by the customer's email address.")
@listing.limit_option
@output.json_option
def show_list(state: str | None, email: str | None, limit: int, *, as_json: bool) -> None:
    """List orders, newest first."""
    conditions = listing.equals(Order, state=state)
    if email is not None:
        user_ids = select(User.id).where(User.email == email)
        conditions.append(Order.user_id.in_(user_ids))
    orders = listing.newest(Order, limit, *conditions, options=WHOLE[:2])
    output.print_rows(map(_summarize, orders), as_json=as_json)


@group.command("show")
@order_argument
@output.json_option
def show(reference_or_id: str, *, as_json: bool) -> None:
    """Show an order by its id or reference, with its money, notices and history."""
    with reading():
        orders = [(_detail(order), _sections(order)) for order in _find(reference_or_id)]
    if not orders:
        raise click.ClickException(f"There is no order {reference_or_id}")
    if as_json:
        output.print_rows([detail | sections for detail, sections in orders], as_json=True)
        return
    for detail, sections in orders:
        print_with_sections(detail, sections, as_json=False)


@group.command("cancel")
@order_argument
@reason_option
@output.json_option
def cancel(reference_or_id: str, reason: str | None, *, as_json: bool) -> None:
    """Cancel an order. Before it is paid, Stripe cancels the payment; afterwards it is refunded."""
    order = _load(reference_or_id)
    with audited("orders cancel", order.id, reason=reason):
        payment = lock_payment_of(order.id)
        outcome = cancel_order.cancel(payment, reason=reason)
        require_moves()
    sentence = f"is {payment.order.state}: {outcome}"
    _print_order(payment.order, sentence, as_json=as_json, outcome=outcome)


@group.command("refund")
@order_argument
@click.option("--amount", help="In major units, such as 12.50 (default: everything that is left).")
@click.option("--currency", help="Expected currency; the refund is refused if it differs.")
@click.option("--idempotency-key", "key", help="Repeating a key does not refund again.")
@reason_option
@output.json_option
def give_back(  # noqa: PLR0913  each is an option
    reference_or_id: str,
    amount: str | None,
    currency: str | None,
    key: str | None,
    reason: str | None,
    *,
    as_json: bool,
) -> None:
    """Refund an order, in full or in part. A full refund before the shipment cancels the order."""
    order = _load(reference_or_id)
    key_detail = {} if key is None else {"key": key}
    with audited("orders refund", order.id, amount=amount, reason=reason, **key_detail):
        payment = lock_payment_of(order.id)
        refunded = payment.order
        request = RefundRequest(amount, currency, reason)
        left, is_new = refund_order.refund_once(payment, request, key=key)
        if not is_new:
            raise UnchangedError
    _print_order(refunded, f"is being refunded; {left} remain", as_json=as_json, left=left)


@group.command("accept")
@order_argument
@reason_option
@output.json_option
def accept(reference_or_id: str, reason: str | None, *, as_json: bool) -> None:
    """Accept a payment whose amount or currency differs, and confirm the order."""
    order = _load(reference_or_id)
    with audited("orders accept", order.id, reason=reason):
        payment = lock_payment_of(order.id)
        accept_payment.accept(payment, reason=reason)
    _print_order(payment.order, f"is {payment.order.state}", as_json=as_json)


@group.command("ship")
@order_argument
@click.option("--carrier", required=True, help="The carrier's name.")
@click.option("--tracking", required=True, help="The carrier's tracking number.")
@output.json_option
def ship(reference_or_id: str, carrier: str, tracking: str, *, as_json: bool) -> None:
    """Mark a confirmed order as shipped, and email the tracking number to the customer."""
    order = _load(reference_or_id)
    with audited("orders ship", order.id, carrier=carrier, tracking=tracking):
        payment = lock_payment_of(order.id)
        ship_order.ship(payment.order, carrier, tracking)
    _print_order(payment.order, f"is on its way with {carrier}", as_json=as_json)


@group.command("deliver")
@order_argument
@output.json_option
def deliver(reference_or_id: str, *, as_json: bool) -> None:
    """Mark a shipped order as delivered."""
    order = _load(reference_or_id)
    with audited("orders deliver", order.id):
        payment = lock_payment_of(order.id)
        ship_order.deliver(payment.order)
    _print_order(payment.order, "has been delivered", as_json=as_json)


def _find(reference_or_id: str) -> list[Order]:
    """Load the matching orders. Several customers may use the same reference."""
    condition = Order.reference_id == reference_or_id
    with suppress(ValueError):
        condition |= Order.id == UUID(reference_or_id)
    return list(db.session.scalars(select(Order).where(condition).options(*WHOLE)))


def _load(reference_or_id: str) -> Order:
    """Load one order. Raises click.ClickException unless exactly one matches."""
    with reading():
        orders = _find(reference_or_id)
    if not orders:
        raise click.ClickException(f"There is no order {reference_or_id}")
    if len(orders) > 1:
        ids = ", ".join(str(order.id) for order in orders)
        raise click.ClickException(f"Several orders have the reference {reference_or_id}: {ids}")
    return orders[0]


def _summarize(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "reference": order.reference_id,
        "customer": order.user.email,
        "state": order.state,
        "payment": order.payment.state,
        "total": display(order.total, order.currency),
        "created_at": order.created_at,
    }


def _detail(order: Order) -> dict[str, Any]:
    payment, parcel = order.payment, order.shipment
    return _summarize(order) | {
        "captured": display(payment.captured, payment.captured_currency or payment.currency),
        "intent": payment.intent_id,
        "deadline_at": payment.deadline_at,
        "poll_at": payment.poll_at,
        "shipment": f"{parcel.carrier} {parcel.tracking_number}" if parcel else None,
    }


def _sections(order: Order) -> dict[str, list[dict[str, Any]]]:
    disputes = db.session.scalars(select(Dispute).where(Dispute.order_id == order.id)).all()
    notices = select(Notice).where(Notice.order_id == order.id, Notice.settled_at.is_(None))
    children = [order.payment.id, *(row.id for row in order.refunds), *(row.id for row in disputes)]
    return {
        "notices": [listing.as_row(row, NOTICE) for row in db.session.scalars(notices)],
        "refunds": [listing.as_row(row, REFUND) for row in order.refunds],
        "disputes": [listing.as_row(row, DISPUTE) for row in disputes],
    } | load_timeline(order.id, *children)


def _print_order(order: Order, predicate: str, *, as_json: bool, **fields: Any) -> None:
    identity = {"id": order.id, "reference": order.reference_id, "state": order.state}
    sentence = f"{order.reference_id} {predicate}"
    output.print_result(sentence, as_json=as_json, **identity, **fields)
