"""Notices: situations that need a decision by an operator."""

from datetime import datetime
from enum import StrEnum, auto
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, case, exists, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from models import clock
from models.base import Base, db, text_enum
from models.ids import uuid7
from models.order import orders_of
from models.personal import ERASED, Person, Personal
from models.text import storable_key


class NoticeKind(StrEnum):
    """The question that a notice asks."""

    MISPAID = auto()  # paid, but not the order's amount or currency
    SLOW_PAYMENT = auto()  # the bank is still at work after the payment's deadline
    REFUND_FAILED = auto()  # the money came back from the customer's bank
    DISPUTE = auto()  # the customer's bank wants the money back
    UNDELIVERED = auto()  # an email about the order bounced
    REVIEW = auto()  # Stripe's Radar wants a person to look at the payment before it is shipped
    FRAUD_WARNING = auto()  # the card's issuer believes that its owner did not pay
    UNKNOWN_INTENT = auto()  # Stripe does not know the payment's intent
    UNMATCHED_PAYMENT = auto()  # money at Stripe that belongs to no payment here
    FAILED_SIGNAL = auto()  # a signal that could not be applied
    UNREAD_EVENT = auto()  # Stripe sends events that nothing here reads


# The order is not shipped until an operator or Stripe has settled them.
SUSPICIONS = (NoticeKind.REVIEW, NoticeKind.FRAUD_WARNING)


def _needed_text(_: Person) -> Any:
    # An open notice is about money. One about an undelivered email contains the address.
    is_needed = Notice.settled_at.is_(None) & (Notice.kind != NoticeKind.UNDELIVERED)
    return case((is_needed, Notice.text), else_=ERASED)


class Notice(Base):
    """A notice. Each subject has at most one open notice of a kind; `text` is the newest sentence.

    `subject` is the order's id, unless it is about a part of the order or about something that no
    order here is known for, such as a payment intent: then it is that thing's id.
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index(
            "uq_notice_open",
            "subject",
            "kind",
            unique=True,
            postgresql_where=text("settled_at IS NULL"),
        ),
        Index("ix_notice_order_id", "order_id"),
        # Settled ones too, so that a decided question is not asked again.
        Index("ix_notice_subject_kind", "subject", "kind"),
    )
    personal = Personal(
        lambda person: Notice.order_id.in_(orders_of(person)),
        erase={"text": _needed_text},
        keeps=("subject",),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("orders.id"))
    subject: Mapped[str]
    kind: Mapped[NoticeKind] = mapped_column(text_enum(NoticeKind, "kind"))
    text: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    settled_at: Mapped[datetime | None]


def open_notice(
    order_id: UUID | None, kind: NoticeKind, sentence: str, *, subject: str | None = None
) -> None:
    """Open a notice, or replace the sentence of the open one of this kind.

    It is about an order, about a part of it named `subject`, or about a `subject` without an order.
    """
    statement = insert(Notice).values(
        id=uuid7(),
        order_id=order_id,
        subject=_key(subject or order_id),
        kind=kind,
        text=sentence,
        created_at=clock.now(),
    )
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["subject", "kind"],
            index_where=text("settled_at IS NULL"),
            set_={"text": statement.excluded.text},
        )
    )


def settle(subject: UUID | str, kind: NoticeKind) -> None:
    """Settle the open notice of this kind about `subject`, if there is one."""
    db.session.execute(
        db.update(Notice)
        .where(Notice.subject == _key(subject), Notice.kind == kind, Notice.settled_at.is_(None))
        .values(settled_at=clock.now())
    )


def is_known(subject: UUID | str, kind: NoticeKind) -> bool:
    """Return whether there is such a notice, open or settled."""
    return _exists(Notice.subject == _key(subject), Notice.kind == kind)


def is_open(subject: UUID | str, kind: NoticeKind) -> bool:
    """Return whether there is such an open notice."""
    return _exists(
        Notice.subject == _key(subject), Notice.kind == kind, Notice.settled_at.is_(None)
    )


def open_suspicions(order_id: UUID) -> list[str]:
    """Return the sentences of the open notices that block an order's shipment."""
    rows = db.select(Notice.text).where(
        Notice.order_id == order_id, Notice.kind.in_(SUSPICIONS), Notice.settled_at.is_(None)
    )
    return list(db.session.scalars(rows))


def _exists(*conditions: ColumnElement[bool]) -> bool:
    return db.session.scalar(db.select(Notice.id).where(*conditions).limit(1)) is not None


def _key(subject: UUID | str | None) -> str:
    return storable_key(str(subject))


def has_notice(order_id: Any, kind: NoticeKind) -> ColumnElement[bool]:
    """Return the condition that the order has an open notice of this kind."""
    conditions = (Notice.order_id == order_id, Notice.kind == kind, Notice.settled_at.is_(None))
    return exists().where(*conditions)
