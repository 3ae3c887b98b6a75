"""Routes of reading the caller's orders: list, summary and history."""

from datetime import timedelta
from operator import attrgetter, itemgetter
from typing import Any
from uuid import UUID

from flask import Response, jsonify, request
from flask_openapi.models.tag import Tag
from sqlalchemy import ColumnElement, func, select, union_all
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from models import (
    ActivityRow,
    ActivityState,
    Order,
    OrderItem,
    Payment,
    PaymentState,
    Refund,
    Transition,
    reading,
)
from models.clock import now
from models.errors import NotFoundError
from models.order_version import order_version
from web import authentication, tracking, waiters
from web.blueprint import ApiBlueprint
from web.changes import subscribe
from web.pagination import link_header
from web.schemas.history import EMAIL_KINDS, History, Step
from web.schemas.order import OrderPath, OrderQuery, ReferencePath, ReferenceQuery
from web.schemas.summary import OrderRow, Orders, OrderSummary

api = ApiBlueprint(
    "summary",
    __name__,
    url_prefix="/order",
    abp_tags=[Tag(name="order")],
    abp_security=[{"bearer": []}],
)
TRACKED = ("summary.summary", "summary.summary_by_reference")

MAX_CARD_WAIT = 2.0  # seconds
# Payments that are not made by card never get one.
MAX_CARD_DELAY = timedelta(seconds=30)
WHOLE = (
    contains_eager(Order.payment),
    joinedload(Order.shipment),
    selectinload(Order.refunds),
    selectinload(Order.items).joinedload(OrderItem.product),
)
# Lines of an order that a list shows.
MAX_FIRST_ITEMS = 4
FIRST_ITEMS = selectinload(Order.items.and_(OrderItem.line < MAX_FIRST_ITEMS)).joinedload(
    OrderItem.product
)


@api.before_request
def _authenticate() -> None:
    if request.endpoint in TRACKED:
        tracking.authenticate()
    else:
        authentication.require_session()


@api.get("", responses={200: Orders})
def mine(query: OrderQuery) -> Any:
    """List the caller's orders, newest first. `Link` has the next page."""
    pieces = select(func.sum(OrderItem.quantity)).where(OrderItem.order_id == Order.id)
    rows = select(Order, pieces.correlate(Order).scalar_subquery()).where(_is_mine())
    if query.cursor is not None:
        rows = rows.where(Order.id < query.cursor)
    if query.states:
        rows = rows.where(Order.state.in_(query.states))
    # One row more than the page shows whether there is a next page.
    rows = rows.order_by(Order.id.desc()).limit(query.size + 1).options(FIRST_ITEMS)
    with reading() as session:
        orders = session.execute(rows).all()
    page = orders[: query.size]
    response = jsonify([OrderRow.of(order, count).json_ready() for order, count in page])
    if len(orders) > len(page):
        response.headers["Link"] = link_header({"next": {"cursor": page[-1][0].id}})
    return response


@api.get("/summary/<uuid:orderId>", responses={200: OrderSummary})
def summary(path: OrderPath) -> Any:
    """Return the whole order. Just after the payment, wait up to 2 s for the card's details.

    With `If-None-Match`, answer 304 while it is unchanged; with `Prefer: wait` as well, wait until
    it changes.
    """
    return _summarise(path.order_id, Order.id == path.order_id)


@api.get("/summary", responses={200: OrderSummary})
def summary_by_reference(query: ReferenceQuery) -> Any:
    """Return the whole order with this reference, as `/order/summary/{orderId}` does."""
    return _summarise(query.reference_id, Order.reference_id == query.reference_id)


def _summarise(order: UUID | str, condition: ColumnElement[bool]) -> Response:
    if not_modified := tracking.respond_if_unchanged(order):
        return not_modified
    view, is_final = _load(_is_mine() & condition)
    if not is_final:
        this = Order.id == view.id
        with subscribe(view.id) as subscription:
            view, _ = waiters.wait_until(
                itemgetter(1),
                subscription,
                MAX_CARD_WAIT,
                initial=_load(this),
                load=lambda: _load(this),
            )
    return tracking.respond(view.json_ready())


# Built once, but for its condition.
_WHOLE = select(Order, order_version()).join(Order.payment).options(*WHOLE)


def _load(which: ColumnElement[bool]) -> tuple[OrderSummary, bool]:
    """Load the whole order, and whether its card's details are final. Raises NotFoundError."""
    with reading(one_snapshot=True) as session:
        row = session.execute(_WHOLE.where(which)).one_or_none()
        if row is None:
            raise NotFoundError("There is no such order")
        return OrderSummary.track(row[0], row[1]), _is_card_final(row[0])


def _is_mine() -> ColumnElement[bool]:
    """Return the condition for the caller's orders."""
    return Order.user_id == authentication.caller().user_id


def _is_card_final(order: Order) -> bool:
    """Return whether the card's details are known, or will not come any more."""
    payment = order.payment
    if payment.last4 is not None or payment.state != PaymentState.SUCCESS:
        return True
    return now() - payment.updated_at > MAX_CARD_DELAY


@api.get("/<referenceId>/history", responses={200: History})
def history(path: ReferencePath) -> Any:
    """List the transitions of the order, its payment and its refunds, oldest first.

    The emails about them are listed, too, until their activities are deleted.
    """
    this = _is_mine() & (Order.reference_id == path.reference_id)
    ids = union_all(
        select(Order.id).where(this),
        select(Payment.id).join(Payment.order).where(this),
        select(Refund.id).join(Refund.order).where(this),
    )
    is_sent_email = (
        ActivityRow.name.in_(EMAIL_KINDS)
        & (ActivityRow.state == ActivityState.DONE)
        # An email that is no longer needed is done without a request.
        & ActivityRow.provider_request_id.is_not(None)
    )
    with reading(one_snapshot=True) as session:
        transitions = session.scalars(
            select(Transition)
            .where(Transition.subject_id.in_(ids))
            .order_by(Transition.at, Transition.machine, Transition.version)
        ).all()
        emails = session.scalars(
            select(ActivityRow).where(ActivityRow.subject_id.in_(ids), is_sent_email)
        ).all()
    if not transitions:
        raise NotFoundError("There is no such order")
    steps = [*map(Step.of, transitions), *map(Step.of_email, emails)]
    steps.sort(key=attrgetter("at"))
    return jsonify([step.json_ready() for step in steps])
