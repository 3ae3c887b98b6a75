"""The comparison of an order's payment and refunds with Stripe's own view of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from models.payment import OPEN, Payment, PaymentState
from models.refund import Refund
from state_machines.providers.stripe.intents import Intent
from state_machines.providers.stripe.refunds import STATES_AFTER, StripeRefund

PAYABLE_STATUSES = frozenset(
    {"requires_payment_method", "requires_confirmation", "requires_action", "processing"}
)
# The statuses of an intent that agree with each state of a payment.
STATUSES = {
    **dict.fromkeys(OPEN, PAYABLE_STATUSES),
    PaymentState.SUCCESS: frozenset({"succeeded"}),
    PaymentState.CANCELLED: frozenset({"canceled"}),
    PaymentState.FAILURE: frozenset({"canceled"}),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which the book and the bank differ. None means that one of them has no such."""

    field: str
    book: str | None
    bank: str | None


def compare(
    payment: Payment,
    refunds: Iterable[Refund],
    intent: Intent,
    bank_refunds: Iterable[StripeRefund],
) -> list[Difference]:
    """Return the differences between our rows and Stripe's objects, as of one moment each."""
    return [*_compare_payment(payment, intent), *_compare_refunds(refunds, bank_refunds)]


def _compare_payment(payment: Payment, intent: Intent) -> Iterator[Difference]:
    if intent.status not in STATUSES[payment.state]:
        yield Difference("status", payment.state, intent.status)
    if payment.captured != intent.received:
        yield Difference("received", str(payment.captured), str(intent.received))
    currency = payment.captured_currency or payment.currency
    if currency != intent.currency:
        yield Difference("currency", currency, intent.currency)


def _compare_refunds(
    refunds: Iterable[Refund], theirs: Iterable[StripeRefund]
) -> Iterator[Difference]:
    at_bank = {refund.id: refund for refund in theirs}
    # A refund that is being requested has no id of Stripe's yet, but its metadata has ours.
    by_row = {refund.row_id: refund for refund in at_bank.values()}
    seen = set()
    for row in refunds:
        theirs_of_row = at_bank.get(row.stripe_id or "") or by_row.get(row.id)
        if theirs_of_row is None:
            # One that Stripe refused is only in the book.
            if row.stripe_id is not None:
                yield Difference(f"refund {row.stripe_id}", row.state, None)
            continue
        seen.add(theirs_of_row.id)
        name = f"refund {theirs_of_row.id}"
        if row.state not in STATES_AFTER[theirs_of_row.signal]:
            yield Difference(f"{name} status", row.state, theirs_of_row.signal)
        if (row.amount, row.currency) != (theirs_of_row.amount, theirs_of_row.currency):
            ours = f"{row.amount} {row.currency}"
            bank = f"{theirs_of_row.amount} {theirs_of_row.currency}"
            yield Difference(f"{name} amount", ours, bank)
    for refund in at_bank.values():
        if refund.id not in seen:
            yield Difference(f"refund {refund.id}", None, f"{refund.amount} {refund.currency}")
