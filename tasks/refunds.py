"""What the refund machine asks of Stripe."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import joinedload

from models.clock import now
from models.order import Order
from models.payment import Payment, payment_of
from models.refund import Refund, RefundState
from state_machines.durable import Activity, Call, NonRetryableError
from state_machines.notice import unknown_refund
from state_machines.payment import PaymentMachine
from state_machines.refund import RefundMachine, RefundSignal
from state_machines.stripe_refund import StripeRefund, take_in
from tasks.gateways import stripe
from tasks.payments import RETRY, tell_if_unknown

# A first try that comes later than this is not taken for the first.
AT_ONCE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Wish:
    """A refund to make. `stripe_id` is None until Stripe has told it. `maybe_sent` is True when an
    earlier attempt may have made the refund.
    """

    key: str
    intent_id: str
    amount: int
    stripe_id: str | None
    maybe_sent: bool


class SubmitRefund(Activity[Refund, Wish, StripeRefund]):
    """Has Stripe make the refund, and says what became of it. Running it again never makes a second
    one: the key is the row's, and after a doubt Stripe is asked before it is told.
    """

    name = "refunds.submit"
    machine = RefundMachine
    retry = RETRY
    loads = (joinedload(Refund.order).joinedload(Order.payment),)
    timeout = 9  # two calls after a doubt

    def prepare(self, refund: Refund, call: Call) -> Wish | None:
        if refund.state not in (RefundState.REQUESTED, RefundState.SUBMITTED):
            return None
        return Wish(
            key=str(refund.id),
            intent_id=refund.order.payment.intent_id or "",
            amount=refund.amount,
            stripe_id=refund.stripe_id,
            # Stripe forgets keys after a day.
            maybe_sent=call.attempt > 1 or now() - refund.created_at > AT_ONCE,
        )

    def perform(self, request: Wish, call: Call) -> StripeRefund:  # noqa: ARG002
        if request.stripe_id is not None:
            return stripe.retrieve_refund(request.stripe_id)
        if request.maybe_sent:
            for found in stripe.list_refunds(request.intent_id):
                if str(found.row_id) == request.key:
                    return found
        return stripe.create_refund(request.intent_id, request.amount, key=request.key)

    def record(self, refund: Refund, told: StripeRefund) -> None:
        take_in(payment_of(refund.order_id), told)

    def give_up(self, refund: Refund, error: Exception) -> None:
        # Without Stripe's own no the money may be on its way: the poll will ask.
        if isinstance(error, NonRetryableError) and refund.state == RefundState.REQUESTED:
            RefundMachine.observe(refund, RefundSignal.REJECTED, reason=str(error))
        elif isinstance(error, stripe.MissingError) and refund.state == RefundState.SUBMITTED:
            unknown_refund(refund)


class ListRefunds(Activity[Payment, str, list[StripeRefund]]):
    """List the refunds of a payment after Stripe reported a refunded amount that we do not know,
    and take each of them in.
    """

    name = "refunds.list"
    machine = PaymentMachine
    retry = RETRY

    def prepare(self, payment: Payment, call: Call) -> str | None:  # noqa: ARG002
        return payment.intent_id

    def perform(self, request: str, call: Call) -> list[StripeRefund]:  # noqa: ARG002
        return stripe.list_refunds(request)

    def record(self, payment: Payment, found: list[StripeRefund]) -> None:
        for told in found:
            take_in(payment, told)

    def give_up(self, payment: Payment, error: Exception) -> None:
        tell_if_unknown(payment, error)
