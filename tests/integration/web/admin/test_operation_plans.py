"""No route of operations reads a whole table that grows."""

from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from config import settings
from models import ActivityRow, transaction
from state_machines.durable import executor
from tasks.bulk import Work
from tests.support.database import truncate
from tests.support.gauges import read_gauges
from tests.support.operators import Operator
from tests.support.plans import Plans, explained
from tests.support.web import SignIn
from web.routes.admin.overview import figures, overview

# Many times the rows that a page looks through; few of them in progress or failed.
FILL = """
INSERT INTO activity (id, name, machine, subject_id, state, attempts, unknown_outcomes, due_at,
                      payload, created_at, finished_at)
    SELECT gen_random_uuid(), 'payments.retrieve_intent', 'payment', gen_random_uuid(),
        CASE n % 1000 WHEN 0 THEN 'failed' WHEN 1 THEN 'waiting' ELSE 'done' END, 1, 0, now(),
        '{}', now(), now()
    FROM generate_series(1, 20000) AS n;
INSERT INTO signal (id, source, external_id, kind, payload, state, attempts, due_at, received_at)
    SELECT gen_random_uuid(), 'stripe', n::text, 'refund.failed', NULL,
        CASE n % 1000 WHEN 0 THEN 'failed' ELSE 'applied' END, 1, now(), now()
    FROM generate_series(1, 20000) AS n;
INSERT INTO transition (subject_id, version, machine, signal, target, ignored, cause, at)
    SELECT gen_random_uuid(), 1, 'order', 'place', 'Pending', false, 'process',
        now() - n * interval '1 minute'
    FROM generate_series(1, 20000) AS n;
INSERT INTO login (id, version, created_at, updated_at, state, email, code_id, code_hash,
                   wrong_codes, unbound_codes)
    SELECT gen_random_uuid(), 1, now(), now(), 'Succeeded', n::text, gen_random_uuid(), '', 0, 0
    FROM generate_series(1, 20000) AS n;
INSERT INTO notice (id, subject, kind, text, created_at, settled_at)
    SELECT gen_random_uuid(), n::text, 'unread_event', '', now(),
        CASE WHEN n % 1000 > 0 THEN now() END
    FROM generate_series(1, 20000) AS n;
INSERT INTO audit (id, at, actor, action, subject, details)
    SELECT gen_random_uuid(), now(), 'ann', 'orders ship', n::text, '{}'
    FROM generate_series(1, 20000) AS n;
"""
# All of them wait, but for a few.
WAITING = """
UPDATE activity SET state = 'waiting' WHERE state = 'done';
UPDATE activity SET state = 'running'
    WHERE id IN (SELECT id FROM activity ORDER BY due_at, id LIMIT 3);
"""
LISTS = (
    "/activities",
    "/activities?state=failed",
    "/activities?state=waiting",
    "/activities?state=failed&error=busy",
    "/activities?state=waiting&machine=order",
    "/activities?givingUp=true",
    "/activities?state=done&name=emails.order_shipped",
    "/activities?maybeSent=true&error=busy",
    "/activities?subject=0195e0d2-7f3a-7cc1-8f00-5d8d7c9a6b11",
    "/activities/names",
    "/signals",
    "/signals?state=failed",
    "/signals?state=applied&kind=charge.refunded",
    "/signals?subject=0195e0d2-7f3a-7cc1-8f00-5d8d7c9a6b11",
    "/logins",
    "/logins?state=Expired",
    "/logins?email=ann@example.com",
    "/notices",
    "/notices?open=true",
    "/notices?open=false&kind=mispaid",
    "/controls",
    "/bulk",
    "/overview",
)
RETRY = {
    "action": "activities.retry",
    "filter": {"name": "payments.retrieve_intent"},
    "dryRun": True,
}


@pytest.fixture
def grown(client: FlaskClient) -> Iterator[None]:
    truncate()
    execute(f"{FILL}; ANALYZE")
    yield
    truncate()


def execute(statements: str) -> None:
    """Execute statements on a connection without the time limits of a request."""
    address = settings.database_url.replace("+psycopg2", "")
    with (
        closing(psycopg2.connect(address)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(statements)


@pytest.fixture
def plans(grown: None, sign_in: SignIn) -> Iterator[Plans]:
    overview.forget()
    figures.money.forget()
    figures.failed_calls.forget()
    figures.series.forget()
    with explained() as collected:
        yield collected


def test_no_route_of_operations_reads_a_whole_growing_table(plans: Plans, sign_in: SignIn) -> None:
    admin = Operator(sign_in(roles=["admin"]))
    for path in LISTS:
        following = admin.get(path).get("next")
        if following and "?" not in path:
            admin.get(path, cursor=following)
    tried = admin.post("/bulk", RETRY)
    job = admin.post(
        "/bulk", {"token": tried["token"], "typedCount": tried["count"], "reason": "x"}, 201
    )
    is_open = ActivityRow.is_open(Work.name, [job["id"]])
    with transaction() as session:
        ids = session.scalars(select(ActivityRow.id).where(is_open)).all()
    executor.run(Work.name, ids)
    admin.get(f"/bulk/{job['id']}/results", state="changed")
    read_gauges()
    assert plans.whole == []
    touched = " ".join(plans.seen)
    for table in ("activity", "signal", "transition", "notice", "bulk_result"):
        assert f" {table}" in touched, f"nothing was sent to {table}"


def test_the_few_activities_of_a_state_are_found_beside_very_many_that_wait(
    grown: None, sign_in: SignIn
) -> None:
    execute(f"{WAITING}; ANALYZE activity")
    admin = Operator(sign_in(roles=["admin"]))
    with explained() as plans:
        shown = admin.get("/activities?state=running")
    assert (len(shown["items"]), shown["count"]) == (3, {"number": 3, "isExact": True})
    lists = [read for statement, read in plans.indexes.items() if "FROM activity" in statement]
    assert {"ix_activity_state"} in lists
    assert not any({"ix_activity_due_at", "pk_activity"} & read for read in lists)
