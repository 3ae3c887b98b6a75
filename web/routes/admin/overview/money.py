"""The money of today, which each process reads once in fifteen seconds."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, func, select

from models import Payment, PaymentState, Refund, RefundState
from models.base import db
from models.clock import now
from models.ids import first_of
from models.money import to_decimal
from models.refund import ACTIVE, AT_BANK
from web.schemas.admin.overview import MoneyTodayView

MAX_AGE = 15.0  # seconds


def load_money() -> list[MoneyTodayView]:
    """Return the captured, refunded and requested amounts of today by currency.

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
        select(
            Refund.currency,
            _sum(case((Refund.state.in_(AT_BANK), Refund.amount), else_=0)),
            _sum(case((Refund.state == RefundState.REQUESTED, Refund.amount), else_=0)),
        )
        .where(Refund.id >= first, Refund.state.in_(ACTIVE))
        .group_by(Refund.currency)
    )
    incoming = {currency: (amount, number) for currency, amount, number in captured}
    outgoing = {currency: (sent, requested) for currency, sent, requested in refunded}
    return [
        _view(currency, incoming.get(currency, (0, 0)), outgoing.get(currency, (0, 0)))
        for currency in sorted({*incoming, *outgoing})
    ]


def _view(currency: str, incoming: tuple[int, int], outgoing: tuple[int, int]) -> MoneyTodayView:
    captured, payments = incoming
    refunded, requested = outgoing
    return MoneyTodayView(
        currency=currency,
        captured=to_decimal(captured, currency),
        refunded=to_decimal(refunded, currency),
        refund_requested=to_decimal(requested, currency),
        captured_minor=captured,
        refunded_minor=refunded,
        refund_requested_minor=requested,
        payments=payments,
        path="/console/executions?machine=payment&state=Success",
    )


def _sum(amount: Any) -> ColumnElement[int]:
    return func.coalesce(func.sum(amount), 0).cast(BigInteger)


def _today() -> datetime:
    return now().replace(hour=0, minute=0, second=0, microsecond=0)
