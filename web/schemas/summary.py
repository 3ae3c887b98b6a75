"""Schemas of an order with all its parts, and of the list of orders."""

from typing import Any
from uuid import UUID

from pydantic import RootModel

from models import (
    Order,
    OrderItem,
    OrderState,
    Shipment,
)
from models.money import to_decimal
from web.schemas.base import Outgoing, Timestamp
from web.schemas.payment import PaymentView, RefundView
from web.schemas.product import Amount
from web.schemas.tracked import Tracked
from web.urls import make_absolute


class BoughtProduct(Outgoing):
    id: int
    name: str
    image_url: str
    estimated_price: Amount


class ItemView(Outgoing):
    product_id: int
    quantity: int
    price_at_purchase: Amount
    product: BoughtProduct

    @classmethod
    def of(cls, item: OrderItem, currency: str) -> "ItemView":
        """Create the view of an item whose product is loaded, with the name at the purchase."""
        product = BoughtProduct(
            id=item.product.id,
            name=item.name,
            image_url=make_absolute(item.product.image_url),
            estimated_price=to_decimal(item.product.price, item.product.currency),
        )
        return cls(
            product_id=item.product_id,
            quantity=item.quantity,
            price_at_purchase=to_decimal(item.price, currency),
            product=product,
        )


class ShipmentView(Outgoing):
    carrier: str
    tracking_number: str
    shipped_at: Timestamp
    delivered_at: Timestamp | None

    @classmethod
    def of(cls, shipment: Shipment) -> "ShipmentView":
        return cls(**{name: getattr(shipment, name) for name in cls.model_fields})


class OrderBase(Outgoing):
    """The fields of every order. Amounts are in major units of `currency`."""

    id: UUID
    reference_id: str
    status: OrderState
    currency: str
    subtotal: Amount
    shipping_cost: Amount
    tax_amount: Amount
    total_price: Amount
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def base_fields(cls, order: Order) -> dict[str, Any]:
        """Return the fields that every view of an order has."""

        def amount(minor: int) -> Any:
            return to_decimal(minor, order.currency)

        return {
            "id": order.id,
            "reference_id": order.reference_id,
            "status": order.state,
            "currency": order.currency,
            "subtotal": amount(order.subtotal),
            "shipping_cost": amount(order.shipping_cost),
            "tax_amount": amount(order.tax_amount),
            "total_price": amount(order.total),
            "created_at": order.created_at,
            "updated_at": order.updated_at,
        }


class FirstItem(Outgoing):
    """An item as a list of orders shows it."""

    name: str
    image_url: str


class OrderRow(OrderBase):
    """An order in a list. `itemCount` is the number of pieces; `firstItems` are its first lines."""

    item_count: int
    first_items: list[FirstItem]

    @classmethod
    def of(cls, order: Order, item_count: int) -> "OrderRow":
        """Create the view of an order whose first items, and their products, are loaded."""
        items = [
            FirstItem(name=item.name, image_url=make_absolute(item.product.image_url))
            for item in order.items
        ]
        return cls(**cls.base_fields(order), item_count=item_count, first_items=items)


class OrderSummary(OrderBase, Tracked):
    """The whole order. `orderId` equals `id`, under the name in the response to placing it.

    `closing` is true while Stripe cancels the payment. `totalMinor` is the total in Stripe's minor
    units, for its Payment Element.
    """

    order_id: UUID
    user_id: UUID
    total_minor: int
    closing: bool
    billing_address: str
    shipping_address: str
    payment_method: str | None
    items: list[ItemView]
    payment: PaymentView
    refunds: list[RefundView]
    shipment: ShipmentView | None

    @classmethod
    def track(cls, order: Order, version: str) -> "OrderSummary":
        """Create the view of an order whose parts, and the products of its items, are loaded.

        Call it in the transaction that loaded them.
        """
        return cls(
            **cls.base_fields(order),
            **cls.tracked_fields(order.payment, version),
            order_id=order.id,
            user_id=order.user_id,
            total_minor=order.total,
            closing=order.payment.closing,
            billing_address=order.billing_address,
            shipping_address=order.shipping_address,
            payment_method=order.payment_method,
            items=[ItemView.of(item, order.currency) for item in order.items],
            payment=PaymentView.of(order.payment),
            refunds=[RefundView.of(refund) for refund in order.refunds],
            shipment=ShipmentView.of(order.shipment) if order.shipment else None,
        )


class Orders(RootModel[list[OrderRow]]):
    pass
