"""The till with its surroundings: actions of customers and operators, and their results."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.sql.base import ExecutableOption

from models import (
    ActivityRow,
    ActivityState,
    Notice,
    NoticeKind,
    Order,
    OrderItem,
    Payment,
    Product,
    Refund,
    Transition,
    User,
    transaction,
)
from models.payment import payment_of
from state_machines import PaymentMachine
from state_machines.actions import accept_payment, cancel_order, ship_order
from state_machines.actions.cancel_order import Outcome
from state_machines.actions.refund_order import refund
from state_machines.payment import PaymentSignal
from state_machines.providers.stripe.intents import Intent
from state_machines.providers.stripe.payments import missed_signal, record_intent
from tests.support.stripe import Json, Stripe, an_intent_event, deliver
from tests.support.till import Till


class Shop(Till):
    def __init__(self, bank: Stripe) -> None:
        self.bank = bank

    def confirmed(self, method: str = "pm_card_visa") -> UUID:
        """Return the payment of an order that Stripe's events confirmed as paid."""
        payment_id = self.initiated()
        self.bank.confirm(self.payment(payment_id), method)
        deliver(*self.bank.events(self.payment(payment_id), "payment_intent.succeeded"))
        return payment_id

    def hear(self, payment_id: UUID, kind: str = "succeeded", **fields: object) -> None:
        """Take in an answer of Stripe that the test makes up; paid in full, unless given."""
        with self.locked(payment_id) as payment:
            thing = an_intent_event(kind, payment, **fields)["data"]["object"]
            intent = Intent.read(thing)
            record_intent(
                payment, intent, missed_signal(payment, intent) or PaymentSignal.SUCCEEDED
            )

    def work(self) -> None:
        """Run all that is pending, and what follows from it."""
        while names := self._names():
            for name in names:
                self.run(name)

    def _names(self) -> list[str]:
        with transaction() as session:
            pending = ActivityRow.state == ActivityState.PENDING
            return list(session.scalars(select(ActivityRow.name).where(pending).distinct()))

    @contextmanager
    def locked(self, payment_id: UUID) -> Iterator[Payment]:
        with transaction():
            yield PaymentMachine.lock([payment_id])[payment_id]

    def cancel(self, payment_id: UUID) -> Outcome:
        with self.locked(payment_id) as payment:
            return cancel_order.cancel(payment)

    def refund(self, payment_id: UUID, amount: int | None = None) -> None:
        with self.locked(payment_id) as payment:
            refund(payment.order, amount, reason=None)

    def ship(self, payment_id: UUID) -> None:
        with self.locked(payment_id) as payment:
            ship_order.ship(payment.order, "DHL", "JJD0001")

    def accept(self, payment_id: UUID) -> None:
        with self.locked(payment_id) as payment:
            accept_payment.accept(payment)

    def order(self, payment_id: UUID) -> Order:
        return self.payment(payment_id).order

    def refunds(self, payment_id: UUID) -> list[tuple[int, str]]:
        """Return the amount and the state of each refund."""
        rows = self.refund_rows(payment_id)
        return [(row.amount, row.state.value) for row in rows]

    def refund_rows(self, payment_id: UUID) -> list[Refund]:
        order_id = self.order(payment_id).id
        with transaction() as session:
            rows = select(Refund).where(Refund.order_id == order_id).order_by(Refund.id)
            return list(session.scalars(rows.execution_options(populate_existing=True)))

    @contextmanager
    def loaded(self, row: Refund, loads: tuple[ExecutableOption, ...]) -> Iterator[Refund]:
        """Return a refund as an activity loads it."""
        with transaction() as session:
            query = select(Refund).where(Refund.id == row.id).options(*loads)
            yield session.scalars(query.execution_options(populate_existing=True)).one()

    def notices(self, payment_id: UUID) -> list[NoticeKind]:
        """Return the kinds of the open notices."""
        order_id = self.order(payment_id).id
        with transaction() as session:
            rows = select(Notice.kind).where(
                Notice.order_id == order_id, Notice.settled_at.is_(None)
            )
            return list(session.scalars(rows))

    def sentences(self, payment_id: UUID) -> list[str]:
        """Return the texts of the open notices."""
        order_id = self.order(payment_id).id
        with transaction() as session:
            rows = select(Notice.text).where(
                Notice.order_id == order_id, Notice.settled_at.is_(None)
            )
            return list(session.scalars(rows))

    def shelf(self, payment_id: UUID) -> tuple[int, int]:
        """Return the stock and the reserved pieces of the ordered product: 100 and 0 at first."""
        order_id = self.order(payment_id).id
        with transaction() as session:
            rows = select(Product).join(OrderItem, OrderItem.product_id == Product.id)
            products = rows.where(OrderItem.order_id == order_id)
            product = session.scalars(products.execution_options(populate_existing=True)).one()
            return product.stock, product.reserved

    def payment_of(self, order_id: UUID) -> UUID:
        with transaction():
            return payment_of(order_id).id

    def order_signals(self, payment_id: UUID) -> list[str]:
        """Return the signals that moved the order."""
        order_id = self.order(payment_id).id
        with transaction() as session:
            rows = select(Transition.signal).where(
                Transition.subject_id == order_id, Transition.ignored.is_(False)
            )
            return list(session.scalars(rows.order_by(Transition.version)))

    def asked_for(self, name: str) -> int:
        """Return how often an activity was scheduled."""
        return len(self.activity_states(name))

    def emails_of(self, payment_id: UUID) -> list[Json]:
        """Return the emails in the customer's mailbox, oldest first."""
        user_id = self.order(payment_id).user_id
        with transaction() as session:
            address = session.get_one(User, user_id).email
        return cast("list[Json]", self.bank.emails_to(address))[::-1]
