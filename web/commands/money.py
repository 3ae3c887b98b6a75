"""Payments, refunds and disputes, for who operates the system."""

from typing import Any
from uuid import UUID

import click

from models import Dispute, DisputeState, Payment, PaymentState, Refund, RefundState, reading
from models.errors import NotFoundError
from state_machines import PaymentMachine, closing, unmatched
from web.commands import listing, output
from web.commands.acting import acting
from web.commands.history import story_of, tell

payments = click.Group("payments", help="Payments, and what Stripe said of them.")
refunds = click.Group("refunds", help="Refunds, also those made in Stripe's dashboard.")
disputes = click.Group("disputes", help="Disputes, with the time until which evidence is taken.")

PAYMENT = (
    "id", "order_id", "state", "amount", "currency", "captured", "captured_currency", "intent_id",
    "created_at",
)  # fmt: skip
REFUND = ("id", "order_id", "state", "origin", "amount", "currency", "stripe_id", "created_at")
DISPUTE = ("id", "order_id", "state", "amount", "currency", "reason", "due_by", "stripe_id")
MORE = {
    "payment": (*PAYMENT, "charge_id", "decline_reason", "deadline_at",
                "poll_at", "card_brand", "last4", "version", "updated_at"),
    "refund": (*REFUND, "reason", "failure_reason", "poll_at", "version", "updated_at"),
    "dispute": (*DISPUTE, "version", "created_at", "updated_at"),
}  # fmt: skip


def _commands(group: click.Group, row: type[Any], states: Any, fields: tuple[str, ...]) -> None:
    """Give `group` the commands `list` and `show` for the rows of one machine."""
    noun = str(group.name).removesuffix("s")

    @group.command("list", help=f"List {group.name}, newest first. Amounts are minor units.")
    @listing.state(states)
    @listing.limit
    @output.as_json
    def show_list(state: str | None, limit: int, *, as_json: bool) -> None:
        wanted = [row.state == state] if state is not None else []
        found = listing.newest(row, limit, *wanted)
        output.show((listing.told(one, fields) for one in found), as_json=as_json)

    @group.command("show", help=f"Show one {noun}, with its history, activities and signals.")
    @click.argument("key", metavar="ID", type=click.UUID)
    @output.as_json
    def show(key: UUID, *, as_json: bool) -> None:
        about = listing.told(listing.one(row, key, noun), MORE[noun])
        with reading():
            story = story_of(key)
        if as_json:
            output.show([about | story], as_json=True)
            return
        output.record(about)
        tell(story)


_commands(payments, Payment, PaymentState, PAYMENT)
_commands(refunds, Refund, RefundState, REFUND)
_commands(disputes, Dispute, DisputeState, DISPUTE)


@payments.command("close")
@click.argument("key", metavar="ID", type=click.UUID)
@click.option("--reason", required=True, help="Kept in the history and the audit.")
@output.as_json
def close(key: UUID, reason: str, *, as_json: bool) -> None:
    """End a payment whose intent Stripe does not know (a notice says so), and with it the order."""
    with acting("payments close", key, reason=reason):
        payment = PaymentMachine.lock([key]).get(key)
        if payment is None:
            raise NotFoundError(f"there is no payment {key}")
        closing.close(payment, reason=reason)
        state, order_state = payment.state, payment.order.state
    sentence = f"the payment is {state}, the order {order_state}"
    output.done(sentence, as_json=as_json, id=key, state=state)


@payments.command("return")
@click.argument("intent_id")
@click.option("--reason", required=True, help="Kept in the audit.")
@output.as_json
def give_back(intent_id: str, reason: str, *, as_json: bool) -> None:
    """Give all back that was paid by an intent that belongs to no order here (a notice says so)."""
    with acting("payments return", intent_id, reason=reason):
        unmatched.give_back(intent_id)
    output.done(f"what is left of {intent_id} goes back", as_json=as_json, intent=intent_id)
