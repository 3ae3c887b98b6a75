"""The customers and the operator of the simulated shop."""

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from uuid import UUID, uuid4

from models import NoticeKind, OrderState, Payment, PaymentState, refresh, transaction
from models.errors import ProjectXError
from models.ids import uuid7
from models.payment import payment_of
from state_machines import PaymentMachine
from state_machines.actions import accept_payment, cancel_order, checkout, close_payment, ship_order
from state_machines.actions.checkout import CheckoutRequest
from state_machines.actions.pricing import Line
from state_machines.actions.refund_order import refund
from state_machines.durable import SignalRefusedError
from tests.proof.simulation.dashboard import Dashboard
from tests.proof.simulation.mood import Mood
from tests.proof.simulation.outside import Outside
from tests.proof.simulation.step import Step
from tests.proof.simulation.visitors import Visitors
from tests.support.factories import a_product, a_user
from tests.support.facts import Facts

CARDS = {
    "pm_card_visa": 12,
    "pm_card_chargeDeclined": 3,
    "pm_usBankAccount_success": 3,
    "pm_usBankAccount_insufficientFunds": 2,
    "pm_sandbox_succeedsAfterCancel": 2,
    "pm_card_pendingRefund": 2,
    "pm_card_refundFail": 1,
    "pm_card_createDispute": 1,
    "pm_card_createDisputeInquiry": 1,
    "pm_card_threeDSecure2Required": 2,
}
Deed = Callable[[Payment], object]
PRICE, TOTAL = 4900, 5900
ORDERS = 4


class People:
    """Some customers and an operator.

    `known` holds the facts of each order; None for one that was just placed.
    """

    def __init__(self, dice: random.Random, outside: Outside, mood: Mood) -> None:
        self._dice, self._outside = dice, outside
        self.known: dict[UUID, Facts | None] = {}
        self._cards = CARDS | mood.cards
        self._dashboard = Dashboard(dice, outside)
        with transaction():
            stock = [dice.randint(1, 3) for _ in range(dice.randint(1, 2))]
            self.shelves = {a_product(stock=pieces, price=PRICE).id: pieces for pieces in stock}
            opened = [refresh.open_session(a_user(), user_agent="", ip_address="") for _ in "ab"]
        self._customers = [(person.user.id, person.session.id) for person in opened]
        self._wishes: list[tuple[tuple[UUID, UUID], CheckoutRequest]] = []
        self.visitors = Visitors(dice, outside, [user_id for user_id, _ in self._customers])

    def steps(self) -> Iterator[Step]:
        if len(self.known) < ORDERS:
            yield Step(3, "place", self.place)
        if self._wishes:
            yield Step(0.4, "place again", lambda: self._place(*self._dice.choice(self._wishes)))
        if self._dashboard.payable():
            yield Step(4, "pay", self.pay)
        yield from self._dashboard.steps()
        yield from self.visitors.steps()
        if self.known:
            yield Step(0.7, "cancel", lambda: self._do(cancel_order.cancel))
            yield Step(0.6, "refund", self._refund)
            yield Step(
                0.6, "ship", lambda: self._do(lambda p: ship_order.ship(p.order, "DHL", "J"))
            )
            yield Step(0.4, "hand over", lambda: self._do(lambda p: ship_order.deliver(p.order)))
            yield Step(0.1, "accept", self._accept)
            yield Step(0.05, "forget an intent", self._forget)
            yield Step(0.3, "decide", self.decide)

    def place(self) -> None:
        product_id = self._dice.choice(list(self.shelves))
        request = CheckoutRequest(uuid4().hex, (Line(product_id, 1),), "1 Main St", "", None)
        self._wishes.append((self._dice.choice(self._customers), request))
        self._place(*self._wishes[-1])

    def pay(self) -> None:
        """Pay an intent in the browser with some card, which the bank may decline."""
        intent = self._dice.choice(self._dashboard.payable())
        card = self._dice.choices(list(self._cards), list(self._cards.values()))[0]
        self._dashboard.pay(intent, card)

    def decide(self) -> bool:
        """Let the operator decide about payments of another amount and unknown intents.

        Return True if anything was done.
        """
        done = [self._decide(order_id, facts) for order_id, facts in self.known.items()]
        return any(done)

    def _decide(self, order_id: UUID, facts: Facts | None) -> bool:
        if facts is None or facts.order != OrderState.PENDING:
            return False
        if facts.payment == PaymentState.SUCCESS:
            deeds: list[Deed] = [accept_payment.accept, cancel_order.cancel]
            self._dice.shuffle(deeds)
        elif NoticeKind.UNKNOWN_INTENT in facts.notices:
            deeds = [lambda payment: close_payment.close(payment, reason="not ours")]
        else:
            return False
        return any(self._do(deed, order_id) for deed in deeds)

    def _forget(self) -> None:
        """Delete an intent of ours at Stripe, as when its test data is deleted."""
        ours = {facts.intent_id for facts in self.known.values() if facts}
        known = [intent for intent in self._dashboard.payable() if intent.id in ours]
        if known:
            self._outside.forget(self._dice.choice(known))

    def _place(self, customer: tuple[UUID, UUID], request: CheckoutRequest) -> None:
        with suppress(ProjectXError):
            order_id, _ = checkout.place(uuid7(), *customer, request)
            self.known.setdefault(order_id, None)

    def _ship(self) -> None:
        self._do(lambda payment: ship_order.ship(payment.order, "DHL", "J"))

    def _refund(self) -> None:
        amount = self._dice.choice((None, 100, 900, TOTAL))
        self._do(lambda payment: refund(payment.order, amount, reason=None))

    def _accept(self) -> None:
        self._do(accept_payment.accept)

    def _do(self, deed: Deed, order_id: UUID | None = None) -> bool:
        """Try an action, and return True if the order allowed it."""
        order_id = order_id or self._dice.choice(list(self.known))
        with suppress(ProjectXError, SignalRefusedError), transaction():
            payment_id = payment_of(order_id).id
            deed(PaymentMachine.lock([payment_id])[payment_id])
            return True
        return False
