"""The checkout: it places an order at the catalogue's prices, once for each reference."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models.base import db, transaction
from models.errors import ConflictError, InvalidInputError, NotAuthenticatedError
from models.idempotency import carry_out_once, refuse_in_flight
from models.money import refuse_charge
from models.order import Order, OrderItem
from models.payment import Payment, PaymentMethod
from models.product import Product, ProductStatus
from models.shipping import SHIPPING_COSTS, require_shipping_cost
from models.user import User, UserSession, signed_in
from state_machines.actions.order_limits import refuse_too_many
from state_machines.order import OrderMachine, OrderSignal
from state_machines.payment import PaymentMachine, PaymentSignal
from state_machines.writes.stock import STOCK_CONSTRAINT

REFERENCE_CONSTRAINT = "uq_orders_user_id_reference_id"
# Violated by a request that has just lost to another one.
RACES = (REFERENCE_CONSTRAINT, STOCK_CONSTRAINT)
MAX_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Line:
    """A number of pieces of one product."""

    product_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """The order that a customer asks for. `reference_id` is the customer's own key of it."""

    reference_id: str
    lines: tuple[Line, ...]
    billing_address: str
    shipping_address: str
    payment_method: str | None

    @property
    def hash(self) -> str:
        """The hash of the whole request, in hexadecimal."""
        plain = json.dumps(asdict(self), default=str, sort_keys=True)
        return hashlib.sha256(plain.encode()).hexdigest()


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
    raise ConflictError("Too many are buying this at once: try again")


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
        placed = UUID(carry_out_once(owner, key, asdict(request), carry_out)["orderId"])
    return placed, placed == order_id


def _place(order_id: UUID, user_id: UUID, session_id: UUID, request: CheckoutRequest) -> UUID:
    """Place the order unless `request` was placed before; return its id."""
    earlier = _lock_earlier_order(user_id, session_id, request)
    if earlier is not None:
        return earlier.id
    try:
        products = _load_products(request)
    except InvalidInputError:
        # An earlier click may have taken the last piece for this very order.
        earlier = _lock_earlier_order(user_id, session_id, request)
        if earlier is None:
            raise
        return earlier.id
    refuse_too_many(user_id, [line.quantity for line in request.lines], products)
    order = _new_order(order_id, user_id, request, products)
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


def _lock_earlier_order(user_id: UUID, session_id: UUID, request: CheckoutRequest) -> Order | None:
    """Lock the user, and return the order that this request has placed, or None.

    Raises NotAuthenticatedError unless the user may act, and InvalidInputError when the reference
    belongs to another request.
    """
    query = (
        select(User.id, Order)
        .join(UserSession, UserSession.user_id == User.id)
        .outerjoin(Order, (Order.user_id == User.id) & (Order.reference_id == request.reference_id))
        .where(signed_in(user_id, session_id))
        # A customer's orders are placed one after the other, since their number is limited.
        .with_for_update(of=User, key_share=True)
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NotAuthenticatedError("This session has ended")
    order = cast("Order | None", row[1])
    if order is not None and order.request_hash != request.hash:
        raise InvalidInputError("referenceId", "was used for another order")
    return order


def _load_products(request: CheckoutRequest) -> Sequence[Product]:
    """Return the product of each line. Raises InvalidInputError for the first unsellable line."""
    ids = [line.product_id for line in request.lines]
    rows = db.session.scalars(
        select(Product).where(Product.id.in_(ids)).execution_options(populate_existing=True)
    )
    catalogue = {product.id: product for product in rows}
    for number, line in enumerate(request.lines):
        field = f"items.{number}.productId"
        if line.product_id in ids[:number]:
            raise InvalidInputError(field, "is on an earlier line, too")
        product = catalogue.get(line.product_id)
        if product is None:
            raise InvalidInputError(field, "There is no such product")
        if product.status != ProductStatus.AVAILABLE:
            raise InvalidInputError(field, f"{product.name} is {product.status.lower()}")
        if product.currency != catalogue[ids[0]].currency:
            raise InvalidInputError(field, "is sold in another currency than the first line")
        require_shipping_cost(product.currency, field)
        if product.available < line.quantity:
            field, left = f"items.{number}.quantity", product.available
            raise InvalidInputError(field, f"{product.name} is out of stock: {left} left")
    return [catalogue[product_id] for product_id in ids]


def _new_order(
    order_id: UUID, user_id: UUID, request: CheckoutRequest, products: Sequence[Product]
) -> Order:
    items = list(_new_items(order_id, request, products))
    currency = products[0].currency
    subtotal = sum(item.price * item.quantity for item in items)
    shipping = SHIPPING_COSTS[currency]
    total = subtotal + shipping
    try:
        refuse_charge(total, currency)
    except ValueError as error:
        raise InvalidInputError("items", f"with shipping, they {error}") from error
    return Order(
        id=order_id,
        user_id=user_id,
        reference_id=request.reference_id,
        request_hash=request.hash,
        currency=currency,
        subtotal=subtotal,
        shipping_cost=shipping,
        tax_amount=0,
        total=total,
        billing_address=request.billing_address,
        shipping_address=request.shipping_address,
        payment_method=request.payment_method,
        items=items,
    )


def _new_items(
    order_id: UUID, request: CheckoutRequest, products: Sequence[Product]
) -> Iterator[OrderItem]:
    for number, (line, product) in enumerate(zip(request.lines, products, strict=True)):
        yield OrderItem(
            order_id=order_id,
            line=number,
            product_id=product.id,
            name=product.name,
            quantity=line.quantity,
            price=product.price,
        )
