"""Who comes into the shop, and who works in it."""

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from uuid import UUID, uuid4

import requests

from config import settings
from models import LoginState, Payment, refresh, transaction
from models.errors import ProjectXError
from models.ids import uuid7
from models.payment import payment_of
from state_machines import PaymentMachine, acceptance, cancelling, checkout, shipment
from state_machines.checkout import Line, Wish
from state_machines.durable import SignalRefusedError
from state_machines.login import LoginMachine, begin_login, resend_code, try_code
from state_machines.refund import refund
from tests.factories import a_product, a_user
from tests.integration.payments.facts import Facts
from tests.simulation.outside import Outside
from tests.simulation.step import Step

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
}
PRICE, TOTAL = 4900, 5900
ADDRESSES = ("ann@example.com", "bob@example.com")
WRONG = "000000"
ORDERS = 4


class People:
    """Some customers, and an operator. `known` is what is known of each order; None of one that is
    only just placed.
    """

    def __init__(self, dice: random.Random, outside: Outside) -> None:
        self._dice, self._outside = dice, outside
        self.known: dict[UUID, Facts | None] = {}
        self._http = requests.Session()
        with transaction():
            stock = [dice.randint(1, 3) for _ in range(dice.randint(1, 2))]
            self.shelves = {a_product(stock=pieces, price=PRICE).id: pieces for pieces in stock}
            opened = [refresh.open_session(a_user(), user_agent="", ip_address="") for _ in "ab"]
        self._customers = [(one.user.id, one.session.id) for one in opened]
        self._wishes: list[tuple[tuple[UUID, UUID], Wish]] = []
        self._logins: list[UUID] = []

    def steps(self) -> Iterator[Step]:
        if len(self.known) < ORDERS:
            yield Step(3, "place", self.place)
        if self._wishes:
            yield Step(0.4, "place again", lambda: self._place(*self._dice.choice(self._wishes)))
        if self._with_intent():
            yield Step(4, "pay", self.pay)
        yield Step(0.5, "ask for a code", self.ask_for_code)
        if self._logins:
            yield Step(1, "enter a code", self.enter_code)
            yield Step(0.1, "resend a code", self._resend)
        if self.known:
            yield Step(0.7, "cancel", lambda: self._do(cancelling.cancel))
            yield Step(0.6, "refund", self._refund)
            yield Step(0.6, "ship", lambda: self._do(lambda p: shipment.ship(p.order, "DHL", "J")))
            yield Step(0.4, "hand over", lambda: self._do(lambda p: shipment.deliver(p.order)))
            yield Step(0.1, "accept", self._accept)

    def place(self) -> None:
        product_id = self._dice.choice(list(self.shelves))
        wish = Wish(uuid4().hex, (Line(product_id, 1),), "1 Main St", "", None)
        self._wishes.append((self._dice.choice(self._customers), wish))
        self._place(*self._wishes[-1])

    def pay(self) -> None:
        """In the browser, with some card; what comes of it is the bank's."""
        intent_id = self._dice.choice(self._with_intent())
        card = self._dice.choices(list(CARDS), list(CARDS.values()))[0]
        url = f"{settings.stripe_api_base}/v1/payment_intents/{intent_id}/confirm"
        body = {"payment_method": card, "return_url": "http://localhost"}
        self._http.post(url, data=body, auth=(settings.stripe_secret_key, ""), timeout=10)

    def ask_for_code(self) -> None:
        with transaction():
            login = begin_login(self._dice.choice(ADDRESSES))
        self._logins.append(login.id)

    def enter_code(self) -> None:
        """The one of a letter, of whatever login, or a wrong one."""
        login_id = self._dice.choice(self._logins)
        letters = [mail for mail in self._outside.mails() if "login_code" in mail["categories"]]
        words = " ".join(mail["text"] for mail in letters).split()
        codes = [word for word in words if word.isdigit() and len(word) == len(WRONG)] + [WRONG]
        with transaction():
            login = LoginMachine.lock([login_id])[login_id]
            if login.state == LoginState.CODE_SENT:
                try_code(login, self._dice.choice(codes))

    def _resend(self) -> None:
        login_id = self._dice.choice(self._logins)
        with suppress(ProjectXError, SignalRefusedError), transaction():
            resend_code(LoginMachine.lock([login_id])[login_id])

    def _place(self, customer: tuple[UUID, UUID], wish: Wish) -> None:
        with suppress(ProjectXError):
            order_id, _ = checkout.place(uuid7(), *customer, wish)
            self.known.setdefault(order_id, None)

    def _refund(self) -> None:
        amount = self._dice.choice((None, 100, 900, TOTAL))
        self._do(lambda payment: refund(payment.order, amount, reason=None))

    def _accept(self) -> None:
        self._do(acceptance.accept)

    def _do(self, deed: Callable[[Payment], object]) -> None:
        order_id = self._dice.choice(list(self.known))
        with suppress(ProjectXError, SignalRefusedError), transaction():
            payment_id = payment_of(order_id).id
            deed(PaymentMachine.lock([payment_id])[payment_id])

    def _with_intent(self) -> list[str]:
        return [found.intent_id for found in self.known.values() if found and found.intent_id]
