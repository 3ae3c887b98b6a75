"""The engine's statements on `transition` and `activity`, as it sends them.

Each round sends all of them in each layout, so that other programs disturb all layouts alike.
"""

import random
import statistics
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg2
from sqlalchemy import Engine, bindparam, event, select, text

from bench.partitions.layouts import LAYOUTS
from models.base import db, table_of, transaction
from models.clock import now, tick
from models.durable.activity import ActivityRow, ActivityState
from models.durable.transition import Transition
from models.ids import uuid7
from models.many_rows import insert_all
from state_machines.durable import leases
from state_machines.durable.activity import Activity
from state_machines.durable.operations import publishing
from state_machines.durable.statements import claims, due
from tasks.activities import ACTIVITIES
from web.commands.timeline import load_timeline

NAME = ACTIVITIES[0].name  # registers all of them
BATCH = 25
USE = "SET LOCAL search_path = {}, public; SET LOCAL synchronous_commit = off"
LOCKS = "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation'"
# What FINISHING could say besides, so that PostgreSQL sees the partitions when it plans.
FINISHING_WITH_IDS = claims.FINISHING.where(claims.ROW.id.in_(bindparam("keys", expanding=True)))
# Values by statement and layout.
Values = dict[tuple[str, str], list[float]]


class Rounds:
    """The values of all rounds: milliseconds, those of planning, and locks of a statement.

    A statement has a transaction of its own. Only the times of its execution count.
    """

    def __init__(self, url: str) -> None:
        self.times: Values = {}
        self.planning: Values = {}
        self.locks: Values = {}
        self._planner = psycopg2.connect(url)
        self._planner.autocommit = True

    def run(self, orders: Iterable[UUID], *, is_planning: bool) -> None:
        """Run a round for each of the old orders. Either planning is measured or the execution."""
        measure = self._plan if is_planning else self._time
        for order_id in orders:
            # Whichever comes first finds the code cold.
            for layout in random.sample(list(LAYOUTS), len(LAYOUTS)):
                _round(lambda *action, of=layout: measure(of, *action), order_id)

    def close(self) -> None:
        self._planner.close()

    def _time(self, layout: str, name: str, action: Callable[[], Any]) -> Any:
        with transaction() as session:
            session.execute(text(USE.format(layout)))
            start = tick()
            result = action()
            self.times.setdefault((name, layout), []).append((tick() - start) * 1000)
        return result

    def _plan(self, layout: str, name: str, action: Callable[[], Any]) -> Any:
        with self._planner.cursor() as cursor:
            cursor.execute(f"SET search_path = {layout}, public")
        with transaction() as session:
            session.execute(text(USE.format(layout)))
            with self._explained() as spent:
                result = action()
            self.planning.setdefault((name, layout), []).append(sum(spent))
            self.locks.setdefault((name, layout), []).append(session.scalar(text(LOCKS)))
        return result

    @contextmanager
    def _explained(self) -> Iterator[list[float]]:
        """Collect the milliseconds that PostgreSQL takes to plan each statement sent inside."""
        spent: list[float] = []

        def explain(_: Any, cursor: Any, statement: str, parameters: Any, *__: Any) -> None:
            with self._planner.cursor() as own:
                filled = cursor.mogrify(statement, parameters)
                own.execute(b"EXPLAIN (SUMMARY, FORMAT JSON) " + filled)
                (((plan,),),) = own.fetchall()
                spent.append(plan["Planning Time"])

        event.listen(Engine, "before_cursor_execute", explain)
        try:
            yield spent
        finally:
            event.remove(Engine, "before_cursor_execute", explain)


def medians(values: Values) -> dict[str, dict[str, float]]:
    """Return the median of each statement in each layout."""
    names = dict.fromkeys(name for name, _ in values)
    return {
        name: {layout: statistics.median(values[name, layout]) for layout in LAYOUTS}
        for name in names
    }


def _round(do: Callable[[str, Callable[[], Any]], Any], order_id: UUID) -> None:
    """Send the statements for new rows, and read those of an old order."""
    _work(do, 1)
    _work(do, BATCH)
    _sweep(do)
    story = do("timeline of an old order", lambda: load_timeline(order_id))
    _require(story["history"])


def _work(do: Callable[[str, Callable[[], Any]], Any], number: int) -> None:
    rows, history = _activities(number), _history(number)
    ids = [row["id"] for row in rows]
    do(f"history of {number}", lambda: insert_all(table_of(Transition), history))
    do(f"new activities of {number}", lambda: insert_all(table_of(ActivityRow), rows))
    claimed = do(f"claim of {number}", lambda: leases.claim(NAME, ids, to_disk=False))
    requests = dict.fromkeys(ids, "req_1")
    ended = do(f"finish of {number}", lambda: leases.finish(claimed, requests))
    _require(ended == {*ids})


def _sweep(do: Callable[[str, Callable[[], Any]], Any]) -> None:
    do("sweep of nothing", _find_nothing)
    rows = _activities(BATCH, state=ActivityState.WAITING)
    ids = [row["id"] for row in rows]
    do("(make overdue)", lambda: insert_all(table_of(ActivityRow), rows))
    taken = do(f"sweep takes {BATCH}", lambda: publishing.take_due(10))
    _require({key for _, key in taken} == {*ids})
    claimed = do("(claim overdue)", lambda: leases.claim(NAME, ids, to_disk=False))
    do(f"finish of {BATCH}, with its ids", lambda: _finish_with_ids(claimed, ids))
    subject_ids = [row["subject_id"] for row in rows]
    under_way = select(ActivityRow.name).where(ActivityRow.is_open(NAME, subject_ids))
    do(f"calls under way of {BATCH}", lambda: db.session.execute(under_way).all())
    later = under_way.where(ActivityRow.id > min(subject_ids))
    do(f"calls under way of {BATCH}, later", lambda: db.session.execute(later).all())


def _require(condition: object) -> None:
    if not condition:
        raise RuntimeError("the statements have another result than expected")


def _history(number: int) -> list[dict[str, Any]]:
    row = {
        "version": 1,
        "machine": "order",
        "signal": "paid",
        "source": "Pending",
        "target": "Confirmed",
        "ignored": False,
        "reason": None,
        "cause": f"request:{uuid4()}",
        "actor": None,
        "at": now(),
        "traceparent": None,
        "machine_version": 1,
    }
    return [row | {"subject_id": uuid7()} for _ in range(number)]


def _activities(number: int, state: ActivityState = ActivityState.PENDING) -> list[dict[str, Any]]:
    at = now()
    row = {
        "name": NAME,
        "machine": "payment",
        "state": state,
        "attempts": 0,
        "due_at": at - timedelta(seconds=1),
        "payload": {},
        "secret": None,
        "created_at": at,
        "traceparent": None,
    }
    return [row | {"id": uuid7(), "subject_id": uuid7()} for _ in range(number)]


def _finish_with_ids(claimed: leases.Claim, ids: list[UUID]) -> None:
    values = {"ids": ids, "requests": ["req_1"] * len(ids), "keys": ids}
    values |= {"lease": claimed.token, "at": now()}
    _require(len(db.session.scalars(FINISHING_WITH_IDS, values).all()) == len(ids))


def _find_nothing() -> None:
    """Ask what `due.has_activities` asks, in this transaction."""
    session = db.session()
    due.QUEUED.within(session)
    due.overdue(tuple(Activity.registry)).within(session)
