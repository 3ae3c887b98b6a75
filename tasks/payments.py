"""What the payment machine asks of Stripe."""

from dataclasses import dataclass
from datetime import timedelta

from models.base import db
from models.clock import now
from models.durable.activity import OVER, ActivityRow
from models.durable.transition import Transition
from models.payment import CLOSING, Payment, PaymentState
from state_machines import unmatched
from state_machines.durable import Activity, Call, NonRetryableError, RetryPolicy, Snooze
from state_machines.intent import ANSWERS, Intent, news, take_in
from state_machines.notice import unknown_intent
from state_machines.payment import PaymentMachine, PaymentSignal
from state_machines.payment_window import follow
from tasks.gateways import stripe

# The seed's policy for its activities.
RETRY = RetryPolicy(initial=2, backoff=1.5, maximum=10, attempts=10)
# What an event told is asked for until Stripe answers: about a day.
PATIENT = RetryPolicy(initial=1, backoff=1.5, maximum=600, attempts=160)
ENDED = (PaymentState.CANCELLED, PaymentState.FAILURE)


@dataclass(frozen=True, slots=True)
class NewIntent:
    amount: int
    currency: str
    metadata: dict[str, str]


class CreateIntent(Activity[Payment, NewIntent, Intent]):
    name = "payments.create_intent"
    machine = PaymentMachine
    retry = RETRY

    def prepare(self, payment: Payment, call: Call) -> NewIntent | None:
        # News of the intent may have been faster than our answer, and lacks its secret perhaps.
        heard = payment.intent_id is not None and payment.client_secret is not None
        if heard or not self._wanted(payment, call):
            return None
        return NewIntent(
            payment.amount,
            payment.currency,
            {
                "orderId": str(payment.order_id),
                "referenceId": payment.order.reference_id,
                "userId": str(payment.order.user_id),
            },
        )

    def _wanted(self, payment: Payment, call: Call) -> bool:
        if payment.state == PaymentState.PENDING:
            return True
        # Closed before the first try: there is nothing to create. After a try that nobody lived
        # to record there may be an intent: the same key brings it to light, so it can be canceled.
        return payment.state in CLOSING and call.attempt > 1

    def perform(self, request: NewIntent, call: Call) -> Intent:
        return stripe.create_intent(
            request.amount, request.currency, request.metadata, key=call.key
        )

    def record(self, payment: Payment, intent: Intent) -> None:
        if payment.intent_id in (None, intent.id):
            take_in(payment, intent, PaymentSignal.INITIATED)

    def give_up(self, payment: Payment, error: Exception) -> None:
        # Only Stripe's own no means that there is no intent that somebody could pay.
        refused = isinstance(error, NonRetryableError)
        signal = PaymentSignal.REJECTED if refused else PaymentSignal.UNANSWERED
        PaymentMachine.observe(payment, signal, reason=str(error))


@dataclass(frozen=True, slots=True)
class Closing:
    """The intent to cancel; where its creation was never answered, it is found by the order."""

    intent_id: str | None
    order_id: str
    # Whether its customer may have until later than the deadline: then Stripe is asked first.
    may_wait: bool = False


class CancelIntent(Activity[Payment, Closing, Intent | None]):
    name = "payments.cancel_intent"
    machine = PaymentMachine
    retry = RETRY
    timeout = 13  # three calls, where the intent must be found first and cannot be cancelled

    def prepare(self, payment: Payment, call: Call) -> Closing | None:  # noqa: ARG002
        if payment.state not in CLOSING:
            return None
        if payment.intent_id is None and _being_created(payment):
            raise Snooze("the intent is still being created", after=timedelta(seconds=1))
        expiring = payment.state == PaymentState.EXPIRING and payment.intent_id is not None
        may_wait = expiring and _was_waited_for(payment)
        return Closing(payment.intent_id, str(payment.order_id), may_wait)

    def perform(self, request: Closing, call: Call) -> Intent | None:
        intent_id = request.intent_id
        if intent_id is None:
            found = stripe.find_intent(request.order_id)
            if found is None:
                return None
            intent_id = found.id
        if request.may_wait:
            intent = stripe.retrieve_intent(intent_id)
            if not intent.open or (intent.needed_until or now()) > now():
                return intent
        return stripe.cancel_intent(intent_id, key=call.key)

    def record(self, payment: Payment, intent: Intent | None) -> None:
        if intent is not None:
            if intent.status in ANSWERS:
                take_in(payment, intent, ANSWERS[intent.status])
        elif payment.intent_id is None:
            PaymentMachine.observe(payment, PaymentSignal.REJECTED, reason="never created")
        else:
            # Created between our look and our lock.
            PaymentMachine.observe(payment, PaymentSignal.ASK_AGAIN)

    def give_up(self, payment: Payment, error: Exception) -> None:
        tell_if_unknown(payment, error)


class CancelOrphan(CancelIntent):
    """Of an intent that came to light when its payment had ended, or beside the payment's own:
    nobody shall pay it.
    """

    name = "payments.cancel_orphan"

    def prepare(self, payment: Payment, call: Call) -> Closing | None:
        beside: str | None = call.payload.get("intent")
        if beside is None and payment.state not in ENDED:
            return None
        return Closing(beside or payment.intent_id, str(payment.order_id))

    def record(self, payment: Payment, intent: Intent | None) -> None:
        if intent is None or intent.status != "succeeded":
            return
        if payment.intent_id in (None, intent.id):
            take_in(payment, intent, PaymentSignal.SUCCEEDED)
        else:
            unmatched.tell(intent)


class RetrieveIntent(Activity[Payment, str, Intent]):
    """Retrieve the intent of a payment, and apply its status: after an event that says the payment
    has ended, and when no event has come for a while. The answer also has the card.
    """

    name = "payments.retrieve_intent"
    machine = PaymentMachine
    retry = PATIENT

    def prepare(self, payment: Payment, call: Call) -> str | None:
        if payment.state == PaymentState.SUCCESS:
            return None
        return call.payload.get("intent") or payment.intent_id

    def perform(self, request: str, call: Call) -> Intent:  # noqa: ARG002
        return stripe.retrieve_intent(request)

    def record(self, payment: Payment, intent: Intent) -> None:
        if payment.intent_id not in (None, intent.id):
            unmatched.tell(intent)
        elif signal := news(payment, intent):
            take_in(payment, intent, signal)
        else:
            follow(payment, intent.needed_until)

    def give_up(self, payment: Payment, error: Exception) -> None:
        tell_if_unknown(payment, error)


def tell_if_unknown(payment: Payment, error: Exception) -> None:
    """Put a payment whose intent Stripe does not know before the operator."""
    if isinstance(error, stripe.MissingError):
        unknown_intent(payment)


def _was_waited_for(payment: Payment) -> bool:
    """Whether its customer was asked to act, or its bank was at work, before the deadline."""
    slow = (PaymentSignal.ACTION_REQUIRED.value, PaymentSignal.PROCESSING.value)
    heard = db.select(Transition.version).where(
        Transition.subject_id == payment.id, Transition.signal.in_(slow)
    )
    return db.session.scalar(heard.limit(1)) is not None


def _being_created(payment: Payment) -> bool:
    under_way = db.select(ActivityRow.id).where(
        ActivityRow.subject_id == payment.id,
        ActivityRow.name == CreateIntent.name,
        ActivityRow.state.not_in(OVER),
    )
    return db.session.scalar(under_way) is not None
