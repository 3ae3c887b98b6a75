"""Shipments of orders."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.order import Order, orders_of
from models.personal import ERASED, Personal


class Shipment(Base):
    """The parcel of one order."""

    __tablename__ = "shipment"
    personal = Personal(
        lambda person: Shipment.order_id.in_(orders_of(person)),
        erase={"tracking_number": ERASED},
        keeps=("carrier",),
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    carrier: Mapped[str]
    tracking_number: Mapped[str] = mapped_column(index=True)
    shipped_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]

    order: Mapped[Order] = relationship(lazy="raise", back_populates="shipment")
