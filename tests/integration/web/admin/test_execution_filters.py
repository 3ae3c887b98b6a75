"""Whatever the filters: pages, counts, dry runs and commands find the executions that match."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from models import (
    ActivityRow,
    ActivityState,
    LoginState,
    OrderState,
    PaymentState,
    transaction,
)
from models.clock import MovableClock, now
from models.durable.activity import OVER
from state_machines.durable.unit_of_work import schedule
from tests.support.commands import flask, read
from tests.support.factories import a_login, a_payment, an_order
from tests.support.operators import Operator, field_of
from tests.support.web import Json

FAMILIES = 14
# Seconds since the rows were created.
AGES = (0, 59, 60, 61, 3599, 3600, 3601, 86_400)
SECONDS = {"m": 60, "h": 3600, "d": 86_400, "s": 1}
CALLS = {
    "order": ("emails.order_confirmed",),
    "payment": ("payments.create_intent", "payments.cancel_intent"),
    "login": ("emails.login_code",),
}
STATES: dict[str, list[str]] = {
    "order": list(OrderState), "payment": list(PaymentState), "login": list(LoginState),
}  # fmt: skip
SIGNALS = {"order": "cancel", "payment": "close", "login": "resend"}
NAMES = [name for names in CALLS.values() for name in names]
FILTERS = st.fixed_dictionaries(
    {
        "size": st.sampled_from((1, 3, 7, 200)),
        "sort": st.sampled_from(("newest", "oldest", "changed")),
    },
    optional={
        "machine": st.sampled_from(list(CALLS)),
        "state": st.sampled_from(("Pending", "Cancelled", "Initiated", "CodeSent", "Expired")),
        "olderThan": st.sampled_from(("0s", "1m", "60s", "00061s", "1h", "1d", "99999d")),
        "waitingFor": st.sampled_from(NAMES),
        "failedActivity": st.sampled_from(["any", *NAMES]),
    },
)
TRY = settings(
    max_examples=150,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
# More than are looked at: failed activities of executions that are gone, after that of a payment.
FAILED = """
INSERT INTO activity (id, name, machine, subject_id, state, attempts, unknown_outcomes, due_at,
                      payload, created_at)
    SELECT gen_random_uuid(), 'payments.cancel_intent', 'payment', gen_random_uuid(), 'failed',
        1, 0, now(), '{}', now()
    FROM generate_series(1, 5000) AS n
"""
# And parcels with a deadline, before one that has none.
PARCELS = """
INSERT INTO test_parcel (id, version, created_at, updated_at, deadline_at, state, label)
    SELECT gen_random_uuid(), 1, now(), now(), now(), 'Packed', ''
    FROM generate_series(1, 5001) AS n
"""


class Row(NamedTuple):
    """An execution, and the names of its activities that are not over, and that have failed."""

    machine: str
    row: Any
    waiting: set[str]
    failed: set[str]

    def matches(self, asked: Json) -> bool:
        age = asked.get("olderThan")
        limit = None if age is None else timedelta(seconds=int(age[:-1]) * SECONDS[age[-1]])
        return (
            asked.get("machine", self.machine) == self.machine
            and asked.get("state", self.row.state) == self.row.state
            and (limit is None or now() - self.row.updated_at > limit)
            and asked.get("waitingFor") in {None, *self.waiting}
            and asked.get("failedActivity")
            in {None, *self.failed, *(["any"] if self.failed else [])}
        )


@pytest.fixture
def rows(boss: Operator, time: MovableClock) -> list[Row]:
    """Return executions of three machines, with their activities."""
    chance, start = random.Random(7), now()
    with transaction():
        made: list[tuple[str, Any]] = []
        for _ in range(FAMILIES):
            time.advance(seconds=(start - now()).total_seconds() - chance.choice(AGES))
            order = an_order(chance.choice((OrderState.PENDING, OrderState.CANCELLED)))
            state = chance.choice(
                (PaymentState.PENDING, PaymentState.INITIATED, PaymentState.CANCELLED)
            )
            made += [("order", order), ("payment", a_payment(state, order=order))]
            made.append(
                ("login", a_login(chance.choice((LoginState.CODE_SENT, LoginState.EXPIRED))))
            )
        time.advance(seconds=(start - now()).total_seconds())
        for name, row in made:
            age = now() - row.created_at
            row.updated_at = row.created_at + chance.choice((timedelta(0), age / 2, age))
            for call in CALLS[name]:
                if chance.choice((True, False)):
                    schedule(call, name, row.id)
    with transaction() as session:
        calls = session.scalars(select(ActivityRow)).all()
        for activity in calls:
            activity.state = chance.choice(list(ActivityState))
    return [Row(name, row, *_names_of(row.id, calls)) for name, row in made]


def _names_of(subject_id: Any, calls: Any) -> tuple[set[str], set[str]]:
    own = [call for call in calls if call.subject_id == subject_id]
    failed = {call.name for call in own if call.state == ActivityState.FAILED}
    return {call.name for call in own if call.state not in OVER}, failed


def pages(boss: Operator, asked: Json) -> Iterator[Json]:
    page = boss.get("/executions", **asked)
    yield page
    while page["next"] is not None:
        page = boss.get("/executions", **asked, cursor=page["next"])
        yield page


@pytest.mark.slow
def test_pages_and_counts_have_what_matches(boss: Operator, rows: list[Row]) -> None:
    @TRY
    @given(asked=FILTERS)
    def check(asked: Json) -> None:
        machine, state = asked.get("machine"), asked.get("state")
        if machine is not None and state is not None and state not in STATES[machine]:
            assert field_of(boss.get("/executions", 422, **asked)) == "state"
            return
        matching = [each.row for each in rows if each.matches(asked)]
        matching.sort(key=lambda row: row.id, reverse=asked["sort"] != "oldest")
        if asked["sort"] == "changed":
            matching.sort(key=lambda row: (row.updated_at, row.id), reverse=True)
        listed = list(pages(boss, asked))
        assert [i["id"] for page in listed for i in page["items"]] == [str(m.id) for m in matching]
        for page in listed:
            assert page["count"] == {"number": len(matching), "isExact": True}
        assert {len(page["items"]) for page in listed[:-1]} <= {asked["size"]}

    check()


@pytest.mark.slow
@pytest.mark.parametrize("machine", list(CALLS))
def test_a_dry_run_and_a_command_have_what_is_listed(
    shop: Flask, boss: Operator, rows: list[Row], machine: str
) -> None:
    for state in STATES[machine]:
        for age in (None, "0s", "1m", "1h", "99999d"):
            asked: Json = {"machine": machine, "state": state}
            asked |= {"olderThan": age} if age else {}
            listed = boss.get("/executions", **asked, sort="oldest")
            first = [item["id"] for item in listed["items"][:5]]
            body = {"action": "machines.signal", "signal": SIGNALS[machine], "filter": asked}
            tried = boss.post("/bulk", body | {"dryRun": True})
            assert tried["count"] == listed["count"]["number"]
            assert [example["id"] for example in tried["examples"]] == first
            words = ["--state", state, *(["--older-than", age] if age else [])]
            printed = read(
                shop, "machines", "signal", machine, SIGNALS[machine], *words, "--dry-run"
            )
            assert printed["executions"] == listed["count"]["number"]
            assert [example["id"] for example in printed["examples"]] == first


@pytest.mark.parametrize(
    "age", ["", "1", "m", "-1m", "+1m", "1.5h", "1 h", "1H", "\u0663d", "100000s"]
)
def test_an_age_that_cannot_be_read_is_refused_everywhere(
    shop: Flask, boss: Operator, age: str
) -> None:
    filters: Json = {"machine": "payment", "state": "Pending", "olderThan": age}
    assert field_of(boss.get("/executions", 422, **filters)) == "olderThan"
    body = {"action": "machines.signal", "signal": "close", "filter": filters, "dryRun": True}
    assert field_of(boss.post("/bulk", body, 422)) == "filter.olderThan"
    words = ("--state", "Pending", f"--older-than={age}", "--dry-run")
    assert flask(shop, "machines", "signal", "payment", "close", *words).exit_code == 2


@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_a_cursor_of_another_state_is_refused(
    boss: Operator, time: MovableClock, sort: str
) -> None:
    with transaction():
        for state in (PaymentState.INITIATED, PaymentState.PENDING, PaymentState.CANCELLED):
            for _ in range(2):
                a_payment(state)
    time.advance(minutes=2)
    asked: Json = {"machine": "payment", "olderThan": "1m", "sort": sort, "size": 1}
    cursor = boss.get("/executions", **asked, state="Initiated")["next"]
    assert len(boss.get("/executions", **asked, state="Initiated", cursor=cursor)["items"]) == 1
    for other in ("Pending", "Cancelled"):
        refused = boss.get("/executions", 422, **asked, state=other, cursor=cursor)
        assert field_of(refused) == "cursor"


@pytest.mark.parametrize("size", [1, 200])
def test_a_count_says_that_not_all_failed_activities_were_looked_at(
    boss: Operator, size: int
) -> None:
    asked: Json = {"failedActivity": "payments.cancel_intent", "size": size}
    with transaction():
        for _ in range(2):
            schedule("payments.cancel_intent", "payment", a_payment().id)
    with transaction() as session:
        for call in session.scalars(select(ActivityRow)):
            call.state = ActivityState.FAILED
    assert boss.get("/executions", **asked)["count"] == {"number": 2, "isExact": True}
    with transaction() as session:
        session.execute(text(FAILED))
    assert not boss.get("/executions", **asked)["count"]["isExact"]
    assert not boss.get("/executions", **asked | {"failedActivity": "any"})["count"]["isExact"]


def test_a_count_says_that_not_all_executions_were_looked_at(boss: Operator) -> None:
    with transaction() as session:
        session.execute(text(PARCELS))
    listed = boss.get("/executions", machine="test_parcel", stuck="true")
    assert (listed["items"], listed["count"]["isExact"]) == ([], False)
