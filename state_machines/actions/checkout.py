"""Placing an order: prices from the catalogue, all of it or nothing, once for each reference."""

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
from models.payment import Payment
from models.product import Product, ProductStatus
from models.shipping import SHIPPING_COSTS, require_shipping_cost
from models.user import User, UserSession, signed_in
from state_machines.actions.order_limits import refuse_too_many
from state_machines.order import OrderMachine, OrderSignal
from state_machines.payment import PaymentMachine, PaymentSignal
from state_machines.writes.stock import STOCK_CONSTRAINT

REFERENCE_CONSTRAINT = "uq_orders_user_id_reference_id"
MAX_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Line:
    product_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """What a customer asks for. `reference_id` is theirs: the same one is the same order."""

    reference_id: str
    lines: tuple[Line, ...]
    billing_address: str
    shipping_address: str
    payment_method: str | None

    @property
    def hash(self) -> str:
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
    """Place an order under `order_id`, in a transaction of its own; or find the one that `wish`
    has already made, by its reference or by the customer's idempotency `key`. Answers the id of
    the order, and whether it is new.

    Raises InvalidInputError, which names the line, NotAuthenticatedError when the user may not act
    any more, TooManyError, and ConflictError when others were faster again and again.
    """
    for _ in range(MAX_ATTEMPTS):
        try:
            return _place_once(order_id, user_id, session_id, request, key)
        except IntegrityError as lost:
            # A double click whose other request has just committed this very reference, or the
            # last piece, which somebody else has just ordered: the next look finds either.
            if not any(name in str(lost.orig) for name in (REFERENCE_CONSTRAINT, STOCK_CONSTRAINT)):
                raise
    raise ConflictError("Too many are buying this at once: try again")


def _place_once(
    order_id: UUID, user_id: UUID, session_id: UUID, request: CheckoutRequest, key: str | None
) -> tuple[UUID, bool]:
    def carry_out() -> dict[str, str]:
        return {"orderId": str(_place(order_id, user_id, session_id, request))}

    owner = f"user:{user_id}"
    with transaction():
        # Before the customer's lock, behind which a second request would wait.
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
    """Place the order, or find the one that `wish` has already made; its id."""
    earlier = _earlier(user_id, session_id, request)
    if earlier is not None:
        return earlier.id
    try:
        products = _products(request)
    except InvalidInputError:
        # The last piece may have gone to this very order, by another click meanwhile.
        earlier = _earlier(user_id, session_id, request)
        if earlier is None:
            raise
        return earlier.id
    refuse_too_many(user_id, [line.quantity for line in request.lines], products)
    order = _order(order_id, user_id, request, products)
    OrderMachine.begin(order, OrderSignal.PLACE)
    payment = Payment(order_id=order.id, amount=order.total, currency=order.currency)
    PaymentMachine.begin(payment, PaymentSignal.START)
    return order.id


def _earlier(user_id: UUID, session_id: UUID, request: CheckoutRequest) -> Order | None:
    """The order that this wish has made, for a user who may act. Raises InvalidInputError when its
    reference has made another one.
    """
    welcome = (
        select(User.id, Order)
        .join(UserSession, UserSession.user_id == User.id)
        .outerjoin(Order, (Order.user_id == User.id) & (Order.reference_id == request.reference_id))
        .where(signed_in(user_id, session_id))
        # One order after the other: what a customer has ordered is counted.
        .with_for_update(of=User, key_share=True)
    )
    found = db.session.execute(welcome).one_or_none()
    if found is None:
        raise NotAuthenticatedError("This session has ended")
    order = cast("Order | None", found[1])
    if order is not None and order.request_hash != request.hash:
        raise InvalidInputError("referenceId", "was used for another order")
    return order


def _products(request: CheckoutRequest) -> Sequence[Product]:
    """The product of each line. Raises InvalidInputError for the first line that cannot be sold."""
    wanted = [line.product_id for line in request.lines]
    rows = db.session.scalars(
        select(Product).where(Product.id.in_(wanted)).execution_options(populate_existing=True)
    )
    catalogue = {product.id: product for product in rows}
    for number, line in enumerate(request.lines):
        field = f"items.{number}.productId"
        if line.product_id in wanted[:number]:
            raise InvalidInputError(field, "is on an earlier line, too")
        product = catalogue.get(line.product_id)
        if product is None:
            raise InvalidInputError(field, "There is no such product")
        if product.status != ProductStatus.AVAILABLE:
            raise InvalidInputError(field, f"{product.name} is {product.status.lower()}")
        if product.currency != catalogue[wanted[0]].currency:
            raise InvalidInputError(field, "is sold in another currency than the first line")
        require_shipping_cost(product.currency, field)
        if product.available < line.quantity:
            field, left = f"items.{number}.quantity", product.available
            raise InvalidInputError(field, f"{product.name} is out of stock: {left} left")
    return [catalogue[product_id] for product_id in wanted]


def _order(
    order_id: UUID, user_id: UUID, request: CheckoutRequest, products: Sequence[Product]
) -> Order:
    items = list(_items(order_id, request, products))
    currency = products[0].currency
    subtotal = sum(item.price * item.quantity for item in items)
    shipping = SHIPPING_COSTS[currency]
    total = subtotal + shipping
    try:
        refuse_charge(total, currency)
    except ValueError as wrong:
        raise InvalidInputError("items", f"with shipping, they {wrong}") from wrong
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


def _items(
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
