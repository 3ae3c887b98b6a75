"""Activities of payments: calls about payment intents."""

from dataclasses import dataclass
from datetime import timedelta

from models.base import db
from models.clock import now
from models.durable.activity import ActivityRow
from models.durable.transition import Transition
from models.payment import CLOSING, Payment, PaymentState
from state_machines.durable import (
    Activity,
    Call,
    NonRetryableError,
    Priority,
    RetryableError,
    RetryPolicy,
    Snooze,
)
from state_machines.durable.operations import pauses
from state_machines.payment import PaymentMachine, PaymentSignal
from state_machines.providers.stripe import unmatched
from state_machines.providers.stripe.intents import Intent
from state_machines.providers.stripe.payments import CANCEL_ANSWERS, record_intent, record_retrieved
from state_machines.writes.notices import notify_unknown_intent
from tasks.gateways import stripe

# Less than two minutes, while a customer waits.
RETRY = RetryPolicy(initial=2, backoff=1.5, maximum=10, attempts=10)
# About a day, to verify an event.
PATIENT = RetryPolicy(initial=1, backoff=1.5, maximum=600, attempts=160)
# The creation of an intent does not end while an operator pauses it.
PAUSED_SNOOZE = timedelta(seconds=30)
# Stripe may forget an idempotency key after a day. Long before, its search has the intent.
MAX_KEY_AGE = timedelta(hours=12)
ENDED = (PaymentState.CANCELLED, PaymentState.FAILURE)


@dataclass(frozen=True, slots=True)
class NewIntent:
    """A payment intent to create. `amount` is in minor units.

    `may_exist` is True when Stripe may have forgotten the key of an earlier attempt.
    """

    amount: int
    currency: str
    metadata: dict[str, str]
    may_exist: bool


class CreateIntent(Activity[Payment, NewIntent, Intent]):
    """Creates the intent of a payment.

    The intent is first searched by its order when Stripe may have forgotten the idempotency key.
    """

    name = "payments.create_intent"
    machine = PaymentMachine
    queue = "payments"
    provider = "stripe"
    priority = Priority.INTERACTIVE
    retry = RETRY

    def prepare(self, payment: Payment, call: Call) -> NewIntent | None:
        # An event may have created the intent here before our response, but without its secret.
        is_known = payment.intent_id is not None and payment.client_secret is not None
        if is_known or not self._is_needed(payment, call):
            return None
        return NewIntent(
            payment.amount,
            payment.currency,
            {
                "orderId": str(payment.order_id),
                "referenceId": payment.order.reference_id,
                "userId": str(payment.order.user_id),
            },
            # An operator's retry counts the attempts anew, so that only the age says this.
            may_exist=now() - payment.created_at > MAX_KEY_AGE,
        )

    def _is_needed(self, payment: Payment, call: Call) -> bool:
        if payment.state == PaymentState.PENDING:
            return True
        # A payment closed before the first attempt needs no intent. An earlier attempt may have
        # created one: it is returned for the same key, or found, so that it can be cancelled.
        return payment.state in CLOSING and call.attempt > 1

    def perform(self, request: NewIntent, call: Call) -> Intent:
        if request.may_exist and (intent := _find_intent(request.metadata["orderId"])):
            return intent
        return stripe.create_intent(
            request.amount, request.currency, request.metadata, key=call.key
        )

    def record(self, payment: Payment, intent: Intent) -> None:
        if payment.intent_id in (None, intent.id):
            record_intent(payment, intent, PaymentSignal.INITIATED)

    def give_up(self, payment: Payment, error: Exception) -> None:
        # Only a refusal by Stripe means that no intent exists that the customer could pay. It holds
        # for earlier attempts without an answer: had Stripe carried one out, it would have repeated
        # that response to the same key. It forgets keys after a day; an intent that is left then is
        # cancelled by the reconciliation.
        refused = isinstance(error, NonRetryableError)
        signal = PaymentSignal.REJECTED if refused else PaymentSignal.UNANSWERED
        PaymentMachine.observe(payment, signal, reason=str(error))


@dataclass(frozen=True, slots=True)
class IntentToCancel:
    """An intent to cancel. Without its id, it is searched by the order.

    `may_wait` is True when the customer may have until after the deadline, so that the intent is
    retrieved first.
    """

    intent_id: str | None
    order_id: str
    may_wait: bool = False


class CancelIntent(Activity[Payment, IntentToCancel, Intent | None]):
    """Cancels the intent of a payment that closes, or finds out that it was paid."""

    name = "payments.cancel_intent"
    machine = PaymentMachine
    queue = "payments"
    provider = "stripe"
    retry = RETRY
    timeout = 13  # up to three calls: find, cancel, retrieve

    def prepare(self, payment: Payment, call: Call) -> IntentToCancel | None:  # noqa: ARG002
        if payment.state not in CLOSING:
            return None
        if payment.intent_id is None and _is_being_created(payment):
            is_paused = CreateIntent.name in pauses.paused_activities()
            after = PAUSED_SNOOZE if is_paused else timedelta(seconds=1)
            raise Snooze("the intent is still being created", after=after)
        expiring = payment.state == PaymentState.EXPIRING and payment.intent_id is not None
        may_wait = expiring and _was_in_progress(payment)
        return IntentToCancel(payment.intent_id, str(payment.order_id), may_wait)

    def perform(self, request: IntentToCancel, call: Call) -> Intent | None:
        intent_id = request.intent_id
        if intent_id is None:
            unrecorded = stripe.find_intent(request.order_id)
            if unrecorded is None:
                return None
            intent_id = unrecorded.id
        if request.may_wait:
            intent = stripe.retrieve_intent(intent_id)
            if not intent.open or (intent.payable_until or now()) > now():
                return intent
        return stripe.cancel_intent(intent_id, key=call.key)

    def record(self, payment: Payment, intent: Intent | None) -> None:
        if intent is not None:
            if intent.status in CANCEL_ANSWERS:
                record_intent(payment, intent, CANCEL_ANSWERS[intent.status])
        elif payment.intent_id is None:
            PaymentMachine.observe(payment, PaymentSignal.REJECTED, reason="never created")
        else:
            # Created between the search and the lock.
            PaymentMachine.observe(payment, PaymentSignal.ASK_AGAIN)

    def give_up(self, payment: Payment, error: Exception) -> None:
        report_if_missing(payment, error)


class CancelOrphan(CancelIntent):
    """Cancels an intent that was found after its payment had ended, or beside the payment's own."""

    name = "payments.cancel_orphan"

    def prepare(self, payment: Payment, call: Call) -> IntentToCancel | None:
        intent_id: str | None = call.payload.get("intent")
        if intent_id is None and payment.state not in ENDED:
            return None
        return IntentToCancel(intent_id or payment.intent_id, str(payment.order_id))

    def record(self, payment: Payment, intent: Intent | None) -> None:
        if intent is None or intent.status != "succeeded":
            return
        if payment.intent_id in (None, intent.id):
            record_intent(payment, intent, PaymentSignal.SUCCEEDED)
        else:
            unmatched.notify_unmatched(intent)


class RetrieveIntent(Activity[Payment, str, Intent]):
    """Retrieves the intent of a payment and applies its status and card.

    It runs after an event that ends the payment: the customer waits for the confirmation.
    """

    name = "payments.retrieve_intent"
    machine = PaymentMachine
    queue = "payments"
    provider = "stripe"
    priority = Priority.INTERACTIVE
    retry = PATIENT

    def prepare(self, payment: Payment, call: Call) -> str | None:
        if payment.state == PaymentState.SUCCESS:
            return None
        return call.payload.get("intent") or payment.intent_id

    def perform(self, request: str, call: Call) -> Intent:  # noqa: ARG002
        return stripe.retrieve_intent(request)

    def record(self, payment: Payment, intent: Intent) -> None:
        if payment.intent_id not in (None, intent.id):
            unmatched.notify_unmatched(intent)
        else:
            record_retrieved(payment, intent)

    def give_up(self, payment: Payment, error: Exception) -> None:
        report_if_missing(payment, error)


def report_if_missing(payment: Payment, error: Exception) -> None:
    """Report a payment whose intent Stripe does not know to the operators."""
    if isinstance(error, stripe.MissingError):
        notify_unknown_intent(payment)


def _find_intent(order_id: str) -> Intent | None:
    try:
        return stripe.find_intent(order_id)
    except NonRetryableError as error:
        # A refusal to search does not say that there is no intent.
        raise RetryableError(f"Stripe refused to search: {error}") from error


def _was_in_progress(payment: Payment) -> bool:
    """Return whether the customer had to act or the bank was processing before the deadline."""
    slow = (PaymentSignal.ACTION_REQUIRED.value, PaymentSignal.PROCESSING.value)
    query = db.select(Transition.version).where(
        Transition.subject_id == payment.id, Transition.signal.in_(slow)
    )
    return db.session.scalar(query.limit(1)) is not None


def _is_being_created(payment: Payment) -> bool:
    is_open = ActivityRow.is_open(CreateIntent.name, [payment.id])
    return db.session.scalar(db.select(ActivityRow.id).where(is_open)) is not None
