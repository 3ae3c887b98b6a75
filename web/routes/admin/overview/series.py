"""The events of each minute of the last hour, read from the history once for each minute."""

from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import Select, func, select

from models import Transition
from models.base import db
from models.clock import now
from web.schemas.admin.overview import MinuteView

MINUTE, MINUTES = timedelta(minutes=1), 60


class Series:
    """The minutes that this process has read. Those that may still change are read again."""

    def __init__(self) -> None:
        self._minutes: dict[datetime, MinuteView] = {}
        self._lock = Lock()

    def load(self) -> list[MinuteView]:
        """Return the last hour, oldest first, in the current transaction."""
        last = now().replace(second=0, microsecond=0)
        first = last - MINUTE * (MINUTES - 1)
        with self._lock:
            minutes = [minute for minute in self._minutes if first <= minute <= last]
            # A transaction may commit a little after the time that its history has.
            since = max([first, *(minute - MINUTE for minute in minutes)])
            mappings = db.session.execute(_query(since)).mappings()
            rows = {row["minute"]: MinuteView.model_validate(dict(row)) for row in mappings}
            known = {minute: self._minutes[minute] for minute in minutes if minute < since}
            hour = [first + MINUTE * number for number in range(MINUTES)]
            blank = {"transitions": 0, "orders": 0, "payments": 0, "declined": 0}
            self._minutes = {
                minute: known.get(minute) or rows.get(minute) or MinuteView(minute=minute, **blank)
                for minute in hour
            }
            return list(self._minutes.values())

    def forget(self) -> None:
        """Read the whole hour again at the next call."""
        with self._lock:
            self._minutes = {}


def _query(since: datetime) -> Select[tuple[datetime, int, int, int, int]]:
    row = Transition
    minute = func.date_trunc("minute", row.at)
    is_payment = (row.machine == "payment") & ~row.ignored
    return (
        select(
            minute.label("minute"),
            func.count().label("transitions"),
            func.count().filter(row.machine == "order", row.source.is_(None)).label("orders"),
            func.count().filter(is_payment, row.target == "Success").label("payments"),
            func.count().filter(is_payment, row.target == "Declined").label("declined"),
        )
        .where(row.at >= since)
        .group_by(minute)
    )
