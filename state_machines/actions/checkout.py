"""The checkout: it places an order at the catalogue's prices, once for each reference."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models.base import db, transaction
from models.clock import now
from models.errors import ConflictError, InvalidInputError, NotAuthenticatedError
from models.idempotency import carry_out_once, hash_of, refuse_in_flight
from models.order import Order, OrderItem
from models.payment import Payment, PaymentMethod
from models.prepared import Prepared, parameter
from models.problem_codes import FieldCode, ProblemKind
from models.user import User, UserSession, signed_in, signed_in_parameters
from state_machines.actions.order_limits import refuse_too_many
from state_machines.actions.pricing import (
    Line,
    PricedLine,
    price_lines,
    require_buyable,
    require_chargeable_total,
    total_of,
)
from state_machines.order import OrderMachine, OrderSignal
from state_machines.payment import PaymentMachine, PaymentSignal
from state_machines.writes.stock import STOCK_CONSTRAINT

REFERENCE_CONSTRAINT = "uq_orders_user_id_reference_id"
# Violated by a request that has just lost to another one.
RACES = (REFERENCE_CONSTRAINT, STOCK_CONSTRAINT)
MAX_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """The order that a customer asks for. `reference_id` is the customer's own key of it.

    A new field needs a default, which `hash` leaves out: earlier orders have hashes without it.
    """

    reference_id: str
    lines: tuple[Line, ...]
    billing_address: str
    shipping_address: str
    payment_method: str | None

    @property
    def hash(self) -> str:
        """The hash of the request, in hexadecimal."""
        return hash_of(self)


def place(
    order_id: UUID,
    user_id: UUID,
    session_id: UUID,
    request: CheckoutRequest,
    *,
    key: str | None = None,
) -> tuple[UUID, bool]:
    """Place an order under `order_id`, in a transaction of its own, unless it was placed before.

    An earlier order is found by its reference, or by the customer's idempotency `key`. Returns the
    id of the order, and whether it is new.

    Raises InvalidInputError, which names the line, NotAuthenticatedError when the user may no
    longer act, TooManyError, and ConflictError when others were faster MAX_ATTEMPTS times.
    """
    for _ in range(MAX_ATTEMPTS):
        try:
            return _place_once(order_id, user_id, session_id, request, key)
        except IntegrityError as error:
            # Another request has just committed this reference or taken the last piece. The next
            # attempt sees it.
            if not any(name in str(error.orig) for name in RACES):
                raise
    raise ConflictError("Too many are buying this at once: try again", ProblemKind.BUSY)


def _place_once(
    order_id: UUID, user_id: UUID, session_id: UUID, request: CheckoutRequest, key: str | None
) -> tuple[UUID, bool]:
    def carry_out() -> dict[str, str]:
        return {"orderId": str(_place(order_id, user_id, session_id, request))}

    owner = f"user:{user_id}"
    with transaction():
        # Refuse before locking the customer, where a second request would wait.
        refuse_in_flight(owner, key)
        if key is not None and not db.session.scalar(
            select(User.id)
            .join(UserSession, UserSession.user_id == User.id)
            .where(signed_in(user_id, session_id))
        ):
            raise NotAuthenticatedError("This session has ended")
        placed = UUID(carry_out_once(owner, key, request, carry_out).outcome["orderId"])
    return placed, placed == order_id


def _place(order_id: UUID, user_id: UUID, session_id: UUID, request: CheckoutRequest) -> UUID:
    """Place the order unless `request` was placed before; return its id."""
    earlier_id = _lock_user(user_id, session_id, request)
    if earlier_id is not None:
        return earlier_id
    try:
        lines = _price_lines(request)
    except InvalidInputError:
        # An earlier click may have taken the last piece for this very order.
        earlier_id = _lock_user(user_id, session_id, request)
        if earlier_id is None:
            raise
        return earlier_id
    refuse_too_many(user_id, lines)
    order = _new_order(order_id, user_id, request, lines)
    OrderMachine.begin(order, OrderSignal.PLACE)
    _begin_payments(order)
    return order.id


def _begin_payments(order: Order) -> None:
    """Begin the payment of a new order: one today, by Stripe, of the whole total."""
    payment = Payment(
        order_id=order.id,
        method=PaymentMethod.STRIPE,
        amount=order.total,
        currency=order.currency,
    )
    PaymentMachine.begin(payment, PaymentSignal.START)


_USER_AND_ORDER = Prepared(
    lambda: (
        select(Order.id, Order.request_hash)
        .select_from(User)
        .join(UserSession, UserSession.user_id == User.id)
        .outerjoin(
            Order, (Order.user_id == User.id) & (Order.reference_id == parameter("reference_id"))
        )
        .where(signed_in_parameters())
        # A customer's orders are placed one after the other, since their number is limited.
        .with_for_update(of=User, key_share=True)
    )
)


def _lock_user(user_id: UUID, session_id: UUID, request: CheckoutRequest) -> UUID | None:
    """Lock the user, and return the id of the order that this request has placed, or None.

    Raises NotAuthenticatedError unless the user may act, and InvalidInputError when the reference
    belongs to another request.
    """
    rows = _USER_AND_ORDER.within(
        db.session(),
        user_id=user_id,
        session_id=session_id,
        at=now(),
        reference_id=request.reference_id,
    )
    if not rows:
        raise NotAuthenticatedError("This session has ended")
    ((order_id, request_hash),) = rows
    if order_id is not None and request_hash != request.hash:
        raise InvalidInputError("referenceId", "was used for another order", FieldCode.USED)
    return cast("UUID | None", order_id)


def _price_lines(request: CheckoutRequest) -> list[PricedLine]:
    """Return the priced lines. Raises InvalidInputError for the first that cannot be bought."""
    lines = price_lines(request.lines)
    for number, line in enumerate(lines):
        require_buyable(number, line)
    return lines


def _new_order(
    order_id: UUID, user_id: UUID, request: CheckoutRequest, lines: Sequence[PricedLine]
) -> Order:
    totals = total_of(lines)
    require_chargeable_total(totals)
    return Order(
        id=order_id,
        user_id=user_id,
        reference_id=request.reference_id,
        request_hash=request.hash,
        currency=totals.currency,
        subtotal=totals.subtotal,
        shipping_cost=totals.shipping_cost,
        tax_amount=totals.tax_amount,
        total=totals.total,
        billing_address=request.billing_address,
        shipping_address=request.shipping_address,
        payment_method=request.payment_method,
        items=list(_new_items(order_id, lines)),
    )


def _new_items(order_id: UUID, lines: Sequence[PricedLine]) -> Iterator[OrderItem]:
    for number, line in enumerate(lines):
        if line.product is not None:
            yield OrderItem(
                order_id=order_id,
                line=number,
                product_id=line.product_id,
                name=line.product.name,
                quantity=line.quantity,
                price=line.unit_price,
            )
