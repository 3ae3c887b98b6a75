"""The loading of an order for staff."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from models import Dispute, Notice, Order, OrderItem, RefundState, reading
from models.base import db
from models.errors import NotFoundError
from models.order_version import order_version
from models.refund import refunded_amount
from state_machines.actions.order_options import list_refusals
from web.schemas.admin.money import DisputeDetail, MoneyView, PaymentDetail, RefundDetail
from web.schemas.admin.order import CustomerRef, OptionView, OrderDetail, OrderNotice
from web.schemas.summary import ItemView, OrderSummary, ShipmentView

WHOLE = (
    contains_eager(Order.payment),
    joinedload(Order.user),
    joinedload(Order.shipment),
    selectinload(Order.refunds),
    selectinload(Order.items).joinedload(OrderItem.product),
)
# An order may have any number of disputes and notices; staff see the newest of each.
MAX_LISTED = 50


def load_order(order_id: UUID) -> OrderDetail:
    """Load an order in a transaction of its own. Raises NotFoundError."""
    with reading(one_snapshot=True) as session:
        query = select(Order, order_version()).join(Order.payment).where(Order.id == order_id)
        row = session.execute(query.options(*WHOLE)).one_or_none()
        if row is None:
            raise NotFoundError("There is no such order")
        return _view(row[0], row[1])


def _view(order: Order, version: str) -> OrderDetail:
    payment = order.payment
    newest = select(Dispute).where(Dispute.order_id == order.id).order_by(Dispute.id.desc())
    disputes = db.session.scalars(newest.limit(MAX_LISTED))
    noticed = select(Notice).where(Notice.order_id == order.id).order_by(Notice.id.desc())
    notices = db.session.scalars(noticed.limit(MAX_LISTED))
    return OrderDetail(
        id=order.id,
        reference=order.reference_id,
        state=order.state,
        version=order.version,
        customer=CustomerRef(id=order.user.id, email=order.user.email),
        created_at=order.created_at,
        updated_at=order.updated_at,
        billing_address=order.billing_address,
        shipping_address=order.shipping_address,
        payment_method=order.payment_method,
        money=MoneyView.of(
            payment,
            refunded=refunded_amount(order.id),
            requested=refunded_amount(order.id, (RefundState.REQUESTED,)),
        ),
        items=[ItemView.of(item, order.currency) for item in order.items],
        shipment=ShipmentView.of(order.shipment) if order.shipment else None,
        payments=[PaymentDetail.of(payment)],
        refunds=[RefundDetail.of(refund) for refund in order.refunds],
        disputes=[DisputeDetail.of(dispute) for dispute in disputes],
        notices=[OrderNotice.of(notice) for notice in notices],
        options=[
            OptionView(action=action, allowed=refusal is None, refusal=refusal)
            for action, refusal in list_refusals(payment).items()
        ],
        customer_view=OrderSummary.track(order, version),
    )
