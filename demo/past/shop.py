"""The shop of the past: what customers and staff do in it, through the actions of the API."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from demo.past.machinery import Machinery
from demo.past.outside import Outside
from demo.past.people import ADMIN, STAFF, Person
from models import Order, Payment, Product, User, reading, transaction
from models.audit import audit
from models.base import db
from models.clock import MovableClock, now
from models.ids import first_of, uuid7
from models.payment import payment_of
from state_machines import PaymentMachine
from state_machines.actions import checkout, edit_product, sign_in
from state_machines.actions.checkout import CheckoutRequest
from state_machines.actions.login_codes import begin_login
from state_machines.actions.pricing import Line
from state_machines.actions.sign_in import Device
from state_machines.durable import caused_by

# A session is used for this time, then the customer signs in again.
SESSION_AGE = timedelta(days=12)
LOW_STOCK, RESTOCK = 6, (20, 60)


class Shop:
    """The shop, on the clock that `machinery` moves."""

    def __init__(
        self, dice: random.Random, outside: Outside, machinery: Machinery, time: MovableClock
    ) -> None:
        self.dice, self.outside, self.machinery, self.time = dice, outside, machinery, time
        self._sessions: dict[str, tuple[UUID, UUID]] = {}

    def with_dice(self, dice: random.Random) -> "Shop":
        """Return this shop for a story with its own chance."""
        shop = copy(self)
        shop.dice = dice
        return shop

    def open(self) -> None:
        """Add the staff, and date the catalogue back to now."""
        with transaction():
            db.session.execute(update(Product).values(created_at=now(), updated_at=now()))
            for email, role in ((ADMIN, "admin"), (STAFF, "staff")):
                db.session.add(User(email=email, username=role, roles=[role]))
                audit("operator", "users create", email, roles=[role])

    def request_code(self, person: Person) -> UUID:
        """Request a code for a sign-in, and return the id of the login."""
        with self.as_request(), transaction():
            login_id = begin_login(person.email, _browser_hash(person)).id
        self.machinery.settle()
        return login_id

    def enter_code(self, person: Person, login_id: UUID, code: str | None = None) -> bool:
        """Enter `code`, or the one of the newest email. Return whether the person is signed in."""
        code = code or self._read_code(person, login_id)
        browser_hash = _browser_hash(person)
        with self.as_request(), transaction():
            entered = sign_in.enter_code(
                person.email, code, login_id=login_id, browser_hash=browser_hash
            )
            if entered.user is None:
                return False
            self._complete_profile(entered.user, person)
            device = Device(person.browser, person.ip_address, browser_hash)
            session = sign_in.open_session(entered.login, entered.user, device, ["otp"]).session
        self._sessions[person.email] = (entered.user.id, session.id)
        self.machinery.settle()
        return True

    def needs_sign_in(self, person: Person) -> bool:
        session = self._sessions.get(person.email)
        return session is None or session[1] < _id_at_age(SESSION_AGE)

    def place(self, person: Person, lines: tuple[Line, ...]) -> Payment:
        """Place an order, and return its payment, with an intent. Raises ProjectXError."""
        order_id = uuid7()
        request = CheckoutRequest(str(uuid7()), lines, person.address, person.address, None)
        with self.as_request(self._sessions[person.email][0]):
            checkout.place(order_id, *self._sessions[person.email], request)
        self.machinery.settle()
        with transaction():
            return payment_of(order_id)

    def pay(self, payment: Payment, method: str) -> None:
        """Pay the order of `payment` with a test method, if Stripe has its intent."""
        if intent_id := self.read_intent_id(payment):
            self.outside.pay(intent_id, method)
        self.machinery.settle()

    def read_intent_id(self, payment: Payment) -> str:
        """Return the id of the intent of a payment, or "" when Stripe has created none."""
        with reading() as session:
            query = select(Payment.intent_id).where(Payment.id == payment.id)
            return session.scalar(query) or ""

    def find_disputes(self, payment: Payment) -> list[str]:
        """Return the ids at Stripe of the disputes about a payment that wait for evidence."""
        intent_id = self.read_intent_id(payment)
        disputes = self.outside.store.disputes.values()
        return [dispute.id for dispute in disputes if dispute.payment_intent == intent_id]

    def choose_lines(self) -> tuple[Line, ...]:
        """Return one to three lines of available products, the cheaper ones more often."""
        with transaction():
            # A refusal would end the story, and with it an incident of the past.
            left = Product.in_stock & (Product.stock - Product.reserved > LOW_STOCK // 2)
            rows = db.session.execute(
                select(Product.id, Product.price).where(left).order_by(Product.id)
            ).all()
        number = self.dice.choices((1, 2, 3), (60, 28, 12))[0]
        weights = [1 / price**0.35 for _, price in rows]
        ids = {self.dice.choices(rows, weights)[0][0] for _ in range(number)}
        return tuple(Line(key, self.dice.choices((1, 2), (85, 15))[0]) for key in sorted(ids))

    def restock(self) -> None:
        """Add pieces of every product that is nearly sold out."""
        with transaction():
            low = Product.stock - Product.reserved <= LOW_STOCK
            skus = db.session.scalars(select(Product.sku).where(low).order_by(Product.id)).all()
        for sku in skus:
            with transaction():
                product = edit_product.lock(Product.sku == sku)
                pieces = product.stock + self.dice.randint(*RESTOCK)
                edit_product.set_stock(STAFF, product, pieces, reason="delivery of the supplier")

    @contextmanager
    def requested(self, payment: Payment) -> Iterator[Payment]:
        """Lock the payment and its order for a request of their customer."""
        with reading() as session:
            user_id = session.scalar(select(Order.user_id).where(Order.id == payment.order_id))
        with self.as_request(user_id), transaction():
            yield PaymentMachine.lock([payment.id])[payment.id]
        self.machinery.settle()

    @contextmanager
    def operated(self, payment: Payment, action: str, **details: str) -> Iterator[Payment]:
        """Lock the payment and its order for a command of the staff, which is audited."""
        with caused_by("command", action, STAFF), transaction():
            yield PaymentMachine.lock([payment.id])[payment.id]
            audit(STAFF, action, payment.order_id, **details)
        self.machinery.settle()

    @contextmanager
    def as_request(self, user_id: UUID | None = None) -> Iterator[None]:
        """Attribute what the block does to a request of a customer."""
        actor = None if user_id is None else str(user_id)
        with caused_by("request", uuid7().hex, actor):
            yield

    def _read_code(self, person: Person, login_id: UUID) -> str:
        """Return the code of the email to `login_id`, or a useless one when none has arrived."""
        for email in reversed(self.outside.store.emails.values()):
            is_its_code = email.custom_args.get("loginId") == str(login_id)
            if is_its_code and "login_code" in email.categories and email.to == person.email:
                return next(word for word in email.text.split() if word.isdecimal())
        return "no code"

    def _complete_profile(self, user: User, person: Person) -> None:
        user.first_name, user.last_name = person.first_name, person.last_name
        user.address_line1, user.postal_code = person.street, person.postal_code
        user.city, user.country = person.city, person.country


def _browser_hash(person: Person) -> str:
    return f"browser-{person.number}".ljust(64, "0")


def _id_at_age(age: timedelta) -> UUID:
    """Return the smallest id of a row that is younger than `age`."""
    return first_of(now() - age)
