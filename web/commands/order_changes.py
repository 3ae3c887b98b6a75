"""What an operator does to an order. Each of these is one transaction, and one row in the audit."""

from decimal import Decimal, InvalidOperation
from typing import Any

import click

from models import Order, reading
from models.errors import InvalidInputError
from models.idempotency import carry_out_once
from models.money import display, to_minor
from models.payment import Payment, payment_of
from models.refund import refundable
from state_machines import PaymentMachine, acceptance, cancelling, refund, shipment
from web.commands import output
from web.commands.acting import acting
from web.commands.orders import find, group

# Whose keys those of refunds are: the shop's, whoever of its people uses them.
REFUNDS = "refunds"
which = click.argument("reference_or_id")
reason = click.option("--reason", help="Why: kept in the history.")


@group.command("cancel")
@which
@reason
@output.as_json
def cancel(reference_or_id: str, reason: str | None, *, as_json: bool) -> None:
    """Cancel an order: before it is paid Stripe is asked first, afterwards the money goes back."""
    order = _one(reference_or_id)
    with acting("orders cancel", order.id, reason=reason):
        payment = _locked(order)
        outcome = cancelling.cancel(payment, reason=reason)
    _done(payment.order, f"is {payment.order.state}: {outcome}", as_json=as_json, outcome=outcome)


@group.command("refund")
@which
@click.option("--amount", help="In major units, such as 12.50 (default: all that is left).")
@click.option("--currency", help="Refused unless the order was paid in it.")
@click.option("--idempotency-key", "key", help="The same one again refunds nothing again.")
@reason
@output.as_json
def give_back(  # noqa: PLR0913  one an option
    reference_or_id: str,
    amount: str | None,
    currency: str | None,
    key: str | None,
    reason: str | None,
    *,
    as_json: bool,
) -> None:
    """Give money back. All that is left of an order that has not been shipped cancels it."""
    order = _one(reference_or_id)
    keyed = {} if key is None else {"key": key}
    asked = {"order": order.id, "amount": amount, "currency": currency}
    with acting("orders refund", order.id, amount=amount, reason=reason, **keyed):
        payment = _locked(order)
        paid_in = payment.captured_currency or payment.currency

        def carry_out() -> dict[str, str]:
            minor = _minor(amount, paid_in) if amount is not None else None
            refund.refund(payment.order, minor, currency=currency, reason=reason)
            return {"left": display(refundable(payment), paid_in)}

        left = carry_out_once(REFUNDS, key, asked, carry_out)["left"]
        refunded = payment.order
    _done(refunded, f"is being refunded; {left} are left", as_json=as_json, left=left)


@group.command("accept")
@which
@reason
@output.as_json
def accept(reference_or_id: str, reason: str | None, *, as_json: bool) -> None:
    """Take what was paid for what was asked: the order is confirmed."""
    order = _one(reference_or_id)
    with acting("orders accept", order.id, reason=reason):
        payment = _locked(order)
        acceptance.accept(payment, reason=reason)
    _done(payment.order, f"is {payment.order.state}", as_json=as_json)


@group.command("ship")
@which
@click.option("--carrier", required=True, help="Who carries it.")
@click.option("--tracking", required=True, help="The carrier's number for it.")
@output.as_json
def ship(reference_or_id: str, carrier: str, tracking: str, *, as_json: bool) -> None:
    """Hand a confirmed order to a carrier; the customer is told the tracking number."""
    order = _one(reference_or_id)
    with acting("orders ship", order.id, carrier=carrier, tracking=tracking):
        payment = _locked(order)
        shipment.ship(payment.order, carrier, tracking)
    _done(payment.order, f"is on its way with {carrier}", as_json=as_json)


@group.command("deliver")
@which
@output.as_json
def deliver(reference_or_id: str, *, as_json: bool) -> None:
    """Note that a shipped order has arrived."""
    order = _one(reference_or_id)
    with acting("orders deliver", order.id):
        payment = _locked(order)
        shipment.deliver(payment.order)
    _done(payment.order, "has been delivered", as_json=as_json)


def _one(reference_or_id: str) -> Order:
    """The order that is meant. Raises click.ClickException for none, and for more than one."""
    with reading():
        found = find(reference_or_id)
    if not found:
        raise click.ClickException(f"there is no order {reference_or_id}")
    if len(found) > 1:
        ids = ", ".join(str(order.id) for order in found)
        raise click.ClickException(f"{reference_or_id} is the reference of several orders: {ids}")
    return found[0]


def _locked(order: Order) -> Payment:
    payment_id = payment_of(order.id).id
    return PaymentMachine.lock([payment_id])[payment_id]


def _minor(amount: str, currency: str) -> int:
    """Raises InvalidInputError when it is no amount of `currency`."""
    try:
        major = Decimal(amount)
        if not major.is_finite() or abs(major) > 10**12:
            raise InvalidInputError("amount", "is out of range")
        return to_minor(major, currency)
    except InvalidOperation as wrong:
        raise InvalidInputError("amount", f"{amount!r} is not a number") from wrong
    except ValueError as wrong:
        raise InvalidInputError("amount", str(wrong)) from wrong


def _done(order: Order, what: str, *, as_json: bool, **fields: Any) -> None:
    about = {"id": order.id, "reference": order.reference_id, "state": order.state}
    output.done(f"{order.reference_id} {what}", as_json=as_json, **about, **fields)
