"""Looking back: one's orders, one order whole, and what it went through."""

from typing import Any

from flask import jsonify
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag
from sqlalchemy import select, union_all
from sqlalchemy.orm import joinedload, selectinload

from models import Order, OrderItem, Payment, Refund, Transition, reading
from models.errors import NotFoundError
from web import bearer
from web.pages import linked
from web.schemas.order import OrderPath, OrderQuery, ReferencePath
from web.schemas.summary import History, OrderRow, Orders, OrderSummary, Step

api = APIBlueprint(
    "summary",
    __name__,
    url_prefix="/order",
    abp_tags=[Tag(name="order")],
    abp_security=[{"bearer": []}],
)
api.before_request(bearer.require)

WHOLE = (
    joinedload(Order.payment),
    joinedload(Order.shipment),
    selectinload(Order.refunds),
    selectinload(Order.items).joinedload(OrderItem.product),
)


@api.get("", responses={200: Orders})
def mine(query: OrderQuery) -> Any:
    """My orders, newest first. `Link` has the next page."""
    rows = select(Order).where(Order.user_id == bearer.caller().user_id)
    if query.cursor is not None:
        rows = rows.where(Order.id < query.cursor)
    with reading() as session:
        # One more than asked for tells whether there is a next page.
        found = session.scalars(rows.order_by(Order.id.desc()).limit(query.size + 1)).all()
    page = found[: query.size]
    response = jsonify([OrderRow.of(order).json_ready() for order in page])
    if len(found) > len(page):
        response.headers["Link"] = linked({"next": {"cursor": page[-1].id}})
    return response


@api.get("/summary/<uuid:orderId>", responses={200: OrderSummary})
def summary(path: OrderPath) -> Any:
    """The whole order."""
    this = (Order.id == path.order_id) & (Order.user_id == bearer.caller().user_id)
    with reading() as session:
        order = session.scalar(select(Order).where(this).options(*WHOLE))
    if order is None:
        raise NotFoundError("There is no such order")
    return OrderSummary.of(order).json_ready()


@api.get("/<referenceId>/history", responses={200: History})
def history(path: ReferencePath) -> Any:
    """What the order, its payment and its refunds went through, oldest first."""
    this = (Order.user_id == bearer.caller().user_id) & (Order.reference_id == path.reference_id)
    ids = (
        select(Order.id).where(this),
        select(Payment.id).join(Payment.order).where(this),
        select(Refund.id).join(Refund.order).where(this),
    )
    with reading() as session:
        rows = session.scalars(
            select(Transition)
            .where(Transition.subject_id.in_(union_all(*ids)))
            .order_by(Transition.at, Transition.machine, Transition.version)
        ).all()
    if not rows:
        raise NotFoundError("There is no such order")
    return jsonify([Step.of(row).json_ready() for row in rows])
