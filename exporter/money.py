"""Gauges of the money of today, summed by the hours in which the rows were made.

A row of an earlier hour seldom changes. So a reading sums the last two hours and one of the earlier
ones, in turns: its cost does not grow with the day. The first reading sums all.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from config import settings
from exporter import gauges
from exporter.groups import Sample
from models import Dispute, Payment, PaymentState, Refund
from models.base import db
from models.clock import now
from models.dispute import DisputeState
from models.ids import first_of
from models.refund import ACTIVE

HOUR = timedelta(hours=1)
# The bank has taken the money back, or may still do so.
DISPUTED = (DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW, DisputeState.LOST)
# The row, its amount and currency, and the condition under which it counts.
FLOWS: dict[str, tuple[Any, Any, Any, ColumnElement[bool]]] = {
    "captured": (
        Payment,
        Payment.captured,
        func.coalesce(Payment.captured_currency, Payment.currency),
        Payment.state == PaymentState.SUCCESS,
    ),
    "refunded": (Refund, Refund.amount, Refund.currency, Refund.state.in_(ACTIVE)),
    "disputed": (Dispute, Dispute.amount, Dispute.currency, Dispute.state.in_(DISPUTED)),
}
# Amounts by flow and currency.
Amounts = Counter[tuple[str, str]]


@dataclass(slots=True)
class Today:
    """The sums of the hours of today, by the beginning of the hour, in the order of reading."""

    _sums: dict[datetime, Amounts] = field(default_factory=dict)

    def load(self) -> Iterator[Sample]:
        """Yield the money of today."""
        current = now().replace(minute=0, second=0, microsecond=0)
        hours = [current - number * HOUR for number in range(current.hour + 1)]
        self._sums = {hour: amounts for hour, amounts in self._sums.items() if hour in hours}
        missing = [hour for hour in hours if hour not in self._sums]
        # A reading that fails goes on where it ended.
        for hour in dict.fromkeys([*missing, *list(self._sums)[:1], *hours[:2]]):
            self._sums.pop(hour, None)
            self._sums[hour] = _sum(hour)
        total = sum(self._sums.values(), Amounts())
        usual = {cost.partition(":")[0].strip().lower() for cost in settings.shipping_costs}
        for flow in FLOWS:
            for currency in sorted({*usual, *(name for each, name in total if each == flow)}):
                yield gauges.MONEY, (flow, currency), total[flow, currency]


def _sum(hour: datetime) -> Amounts:
    """Sum the rows that were made in an hour. Ids sort by time."""
    first, end = first_of(hour), first_of(hour + HOUR)
    amounts = Amounts()
    for flow, (row, amount, currency, counts) in FLOWS.items():
        made = (row.id >= first, row.id < end, counts)
        query = select(currency, func.sum(amount)).where(*made).group_by(currency)
        for name, total in db.session.execute(query):
            amounts[flow, name] = int(total)
    return amounts
