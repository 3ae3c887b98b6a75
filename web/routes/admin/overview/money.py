"""The money of today, which each process reads once in fifteen seconds."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, func, select

from models import Payment, PaymentState, Refund
from models.base import db
from models.clock import now
from models.ids import first_of
from models.money import to_decimal
from models.refund import ACTIVE
from web.schemas.admin.overview import MoneyTodayView

MAX_AGE = 15.0  # seconds


def load_money() -> list[MoneyTodayView]:
    """Return the captured and refunded amounts of today by currency.

    Ids sort by time: today's rows are the last ones of their tables.
    """
    first = first_of(_today())
    captured_in = func.coalesce(Payment.captured_currency, Payment.currency).label("currency")
    captured = db.session.execute(
        select(captured_in, _sum(Payment.captured), func.count())
        .where(Payment.id >= first, Payment.state == PaymentState.SUCCESS)
        .group_by(captured_in)
    )
    refunded = db.session.execute(
        select(Refund.currency, _sum(Refund.amount))
        .where(Refund.id >= first, Refund.state.in_(ACTIVE))
        .group_by(Refund.currency)
    )
    incoming = {currency: (amount, number) for currency, amount, number in captured}
    outgoing = {row[0]: row[1] for row in refunded}
    return [
        _view(currency, *incoming.get(currency, (0, 0)), outgoing.get(currency, 0))
        for currency in sorted({*incoming, *outgoing})
    ]


def _view(currency: str, captured: int, payments: int, refunded: int) -> MoneyTodayView:
    return MoneyTodayView(
        currency=currency,
        captured=to_decimal(captured, currency),
        refunded=to_decimal(refunded, currency),
        captured_minor=captured,
        refunded_minor=refunded,
        payments=payments,
        path="/console/executions?machine=payment&state=Success",
    )


def _sum(amount: Any) -> ColumnElement[int]:
    return func.coalesce(func.sum(amount), 0).cast(BigInteger)


def _today() -> datetime:
    return now().replace(hour=0, minute=0, second=0, microsecond=0)
