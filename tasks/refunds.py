"""Activities of refunds: calls about Stripe's refunds."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import joinedload

from models.clock import now
from models.order import Order
from models.payment import Payment, payment_of
from models.refund import Refund, RefundState
from state_machines.durable import Activity, Call, NonRetryableError
from state_machines.payment import PaymentMachine
from state_machines.providers.stripe.refunds import StripeRefund, record_refund
from state_machines.refund import RefundMachine, RefundSignal
from state_machines.writes.notices import notify_unknown_refund
from tasks.gateways import stripe
from tasks.payments import RETRY, report_if_missing

# A first attempt later than this is treated like a repeated one.
MAX_FIRST_ATTEMPT_DELAY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """A refund to create, in minor units.

    `stripe_id` is None until Stripe has returned it. `may_exist` is True when an earlier attempt
    may have created the refund.
    """

    key: str
    intent_id: str
    amount: int
    stripe_id: str | None
    may_exist: bool


class SubmitRefund(Activity[Refund, RefundRequest, StripeRefund]):
    """Creates the refund at Stripe and applies its status.

    Repeating it never creates a second refund: the idempotency key is the id of the row, and if
    an earlier attempt may have created the refund, Stripe's refunds are listed first.
    """

    name = "refunds.submit"
    machine = RefundMachine
    queue = "payments"
    provider = "stripe"
    retry = RETRY
    loads = (joinedload(Refund.order).joinedload(Order.payment),)
    timeout = 9  # two calls when the refund may exist

    def prepare(self, refund: Refund, call: Call) -> RefundRequest | None:
        if refund.state not in (RefundState.REQUESTED, RefundState.SUBMITTED):
            return None
        return RefundRequest(
            key=str(refund.id),
            intent_id=refund.order.payment.intent_id or "",
            amount=refund.amount,
            stripe_id=refund.stripe_id,
            # Stripe forgets keys after a day.
            may_exist=call.attempt > 1 or now() - refund.created_at > MAX_FIRST_ATTEMPT_DELAY,
        )

    def perform(self, request: RefundRequest, call: Call) -> StripeRefund:  # noqa: ARG002
        if request.stripe_id is not None:
            return stripe.retrieve_refund(request.stripe_id)
        if request.may_exist:
            for refund in stripe.list_refunds(request.intent_id):
                if str(refund.row_id) == request.key:
                    return refund
        return stripe.create_refund(request.intent_id, request.amount, key=request.key)

    def record(self, refund: Refund, response: StripeRefund) -> None:
        record_refund(payment_of(refund.order_id), response)

    def give_up(self, refund: Refund, error: Exception) -> None:
        # Without a refusal by Stripe the refund may exist: the poll will retrieve it. A refusal
        # holds for earlier attempts without an answer, too: all have one key, and `perform` lists
        # the refunds first.
        if isinstance(error, NonRetryableError) and refund.state == RefundState.REQUESTED:
            RefundMachine.observe(refund, RefundSignal.REJECTED, reason=str(error))
        elif isinstance(error, stripe.MissingError) and refund.state == RefundState.SUBMITTED:
            notify_unknown_refund(refund)


class ListRefunds(Activity[Payment, str, list[StripeRefund]]):
    """Applies all refunds of a payment, after Stripe has reported an unknown refunded amount."""

    name = "refunds.list"
    machine = PaymentMachine
    queue = "payments"
    provider = "stripe"
    retry = RETRY

    def prepare(self, payment: Payment, call: Call) -> str | None:  # noqa: ARG002
        return payment.intent_id

    def perform(self, request: str, call: Call) -> list[StripeRefund]:  # noqa: ARG002
        return stripe.list_refunds(request)

    def record(self, payment: Payment, refunds: list[StripeRefund]) -> None:
        for refund in refunds:
            record_refund(payment, refund)

    def give_up(self, payment: Payment, error: Exception) -> None:
        report_if_missing(payment, error)
