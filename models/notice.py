"""What a person should look at: the system has done what it may, and the rest is a decision."""

from datetime import datetime
from enum import StrEnum, auto
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from models import clock
from models.base import Base, db, text_enum
from models.ids import uuid7


class NoticeKind(StrEnum):
    MISPAID = auto()  # paid, but not the order's amount or currency
    SLOW_PAYMENT = auto()  # the bank is still at work after the payment's deadline
    REFUND_FAILED = auto()  # the money came back from the customer's bank
    DISPUTE = auto()  # the customer's bank wants the money back
    UNDELIVERED = auto()  # an e-mail about the order bounced


class Notice(Base):
    """Of one kind, an order has one open notice at most; `text` is its newest sentence."""

    __tablename__ = "notice"
    __table_args__ = (
        Index(
            "uq_notice_open",
            "order_id",
            "kind",
            unique=True,
            postgresql_where=text("settled_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    kind: Mapped[NoticeKind] = mapped_column(text_enum(NoticeKind, "kind"))
    text: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    settled_at: Mapped[datetime | None]


def notice(order_id: UUID, kind: NoticeKind, sentence: str) -> None:
    """Put `sentence` before the operator."""
    made = insert(Notice).values(
        id=uuid7(), order_id=order_id, kind=kind, text=sentence, created_at=clock.now()
    )
    db.session.execute(
        made.on_conflict_do_update(
            index_elements=["order_id", "kind"],
            index_where=text("settled_at IS NULL"),
            set_={"text": made.excluded.text},
        )
    )


def settle(order_id: UUID, kind: NoticeKind) -> None:
    """The open notice of this kind, if there is one, needs nobody any more."""
    db.session.execute(
        db.update(Notice)
        .where(Notice.order_id == order_id, Notice.kind == kind, Notice.settled_at.is_(None))
        .values(settled_at=clock.now())
    )
