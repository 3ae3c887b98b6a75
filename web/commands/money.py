"""Commands for payments, refunds and disputes."""

from typing import Any
from uuid import UUID

import click

from models import Dispute, DisputeState, Payment, PaymentState, Refund, RefundState, reading
from models.errors import NotFoundError
from state_machines import PaymentMachine
from state_machines.actions import close_payment
from state_machines.providers.stripe import unmatched
from web.commands import listing, output
from web.commands.auditing import audited
from web.commands.timeline import load_timeline, print_with_sections

payments = click.Group("payments", help="Payments of orders, and payments that belong to no order.")
refunds = click.Group("refunds", help="Refunds, also those made in Stripe's dashboard.")
disputes = click.Group("disputes", help="Disputes: payments that a customer's bank demands back.")

PAYMENT = (
    "id", "order_id", "state", "amount", "currency", "captured", "captured_currency", "intent_id",
    "created_at",
)  # fmt: skip
REFUND = ("id", "order_id", "state", "origin", "amount", "currency", "stripe_id", "created_at")
DISPUTE = ("id", "order_id", "state", "amount", "currency", "reason", "due_by", "stripe_id")
DETAILS = {
    "payment": (*PAYMENT, "charge_id", "decline_reason", "deadline_at",
                "poll_at", "card_brand", "last4", "version", "updated_at"),
    "refund": (*REFUND, "reason", "failure_reason", "poll_at", "version", "updated_at"),
    "dispute": (*DISPUTE, "version", "created_at", "updated_at"),
}  # fmt: skip


def _add_commands(group: click.Group, row: type[Any], states: Any, fields: tuple[str, ...]) -> None:
    """Add the commands `list` and `show` for the rows of one machine."""
    noun = str(group.name).removesuffix("s")

    @group.command("list", help=f"List {group.name}, newest first. Amounts are in minor units.")
    @listing.state_option(states)
    @listing.limit_option
    @output.json_option
    def show_list(state: str | None, limit: int, *, as_json: bool) -> None:
        instances = listing.newest(row, limit, *listing.equals(row, state=state))
        rows = (listing.as_row(instance, fields) for instance in instances)
        output.print_rows(rows, as_json=as_json)

    @group.command("show", help=f"Show one {noun} with its history, activities and signals.")
    @click.argument("key", metavar="ID", type=click.UUID)
    @output.json_option
    def show(key: UUID, *, as_json: bool) -> None:
        details = listing.as_row(listing.load(row, key, noun), DETAILS[noun])
        with reading():
            timeline = load_timeline(key)
        print_with_sections(details, timeline, as_json=as_json)


_add_commands(payments, Payment, PaymentState, PAYMENT)
_add_commands(refunds, Refund, RefundState, REFUND)
_add_commands(disputes, Dispute, DisputeState, DISPUTE)


@payments.command("close")
@click.argument("key", metavar="ID", type=click.UUID)
@click.option("--reason", required=True, help="The reason, recorded in the history and the audit.")
@output.json_option
def close(key: UUID, reason: str, *, as_json: bool) -> None:
    """End a payment whose intent Stripe does not know (see its notice), and cancel its order."""
    with audited("payments close", key, reason=reason):
        payment = PaymentMachine.lock([key]).get(key)
        if payment is None:
            raise NotFoundError(f"There is no payment {key}")
        close_payment.close(payment, reason=reason)
        state, order_state = payment.state, payment.order.state
    sentence = f"the payment is {state}, the order {order_state}"
    output.print_result(sentence, as_json=as_json, id=key, state=state)


@payments.command("return")
@click.argument("intent_id")
@click.option("--reason", required=True, help="The reason, recorded in the audit.")
@output.json_option
def give_back(intent_id: str, reason: str, *, as_json: bool) -> None:
    """Refund in full an intent that belongs to no order here (see its notice)."""
    with audited("payments return", intent_id, reason=reason):
        unmatched.request_return(intent_id)
    sentence = f"the rest of {intent_id} is being refunded"
    output.print_result(sentence, as_json=as_json, intent=intent_id)
