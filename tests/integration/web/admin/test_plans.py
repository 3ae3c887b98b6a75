"""No route of executions, machines or the search reads a whole table that grows."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from bench.fill import Filler
from config import settings
from models import Order, Payment, Transition, transaction
from tests.support.database import truncate
from tests.support.factories import a_product
from tests.support.plans import Plans, explained
from tests.support.web import SignIn

ORDERS, WAITING = 5000, 500
# The tables that orders alone do not fill.
OTHERS = """
INSERT INTO login (id, version, created_at, updated_at, state, email, code_id, code_hash,
        browser_hash, wrong_codes, unbound_codes)
    SELECT id, 1, created_at, updated_at, 'Succeeded', id || '@example.com', id, '', id::text, 0, 0
    FROM orders;
INSERT INTO shipment (order_id, carrier, tracking_number, shipped_at)
    SELECT id, 'DHL', id::text, created_at FROM orders;
INSERT INTO refund (id, version, created_at, updated_at, state, order_id, origin, amount, currency)
    SELECT id, 1, created_at, updated_at, 'Succeeded', id, 'operator', 1, currency FROM orders;
INSERT INTO dispute (id, version, created_at, updated_at, state, order_id, stripe_id, amount,
        currency, reason)
    SELECT id, 1, created_at, updated_at, 'Won', id, id::text, 1, currency, '' FROM orders;
INSERT INTO audit (id, at, actor, action, subject, details)
    SELECT id, created_at, 'operator', 'orders ship', id::text, '{}'::jsonb FROM orders;
"""
LISTS = (
    "",
    "?sort=oldest",
    "?sort=changed",
    "?machine=order&state=Pending",
    "?machine=order&state=Failed",
    "?machine=payment&state=Success&sort=changed",
    "?machine=order&olderThan=2h&state=Pending",
    "?machine=order&key=nothing",
    "?q=u1@example.com",
    "?q=0195e0d2-7f3a-7cc1-8f00-5d8d7c9a6b11",
    "?machine=order&olderThan=1d&state=Confirmed",
    "?waitingFor=payments.create_intent",
    "?waitingFor=payments.create_intent&sort=changed",
    "?machine=payment&state=Initiated&olderThan=2h&sort=changed",
    "?failedActivity=any",
    "?stuck=true",
    "?stuck=true&machine=order",
)


@pytest.fixture
def plans(client: FlaskClient) -> Iterator[Plans]:
    """Yield the plans of all statements, on tables with thousands of rows."""
    truncate()
    with transaction():
        a_product()
    filler = Filler(settings.database_url)
    filler.insert_finished(0, ORDERS)
    list(filler.insert_waiting(WAITING))
    with transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(OTHERS))
    filler.settle()
    filler.close()
    with explained() as collected:
        yield collected
    truncate()


@pytest.mark.slow
def test_no_route_of_executions_reads_a_whole_growing_table(plans: Plans, sign_in: SignIn) -> None:
    clerk = sign_in(roles=["staff"])
    with plans.connection.cursor() as cursor:
        # A common value may be read row by row up to a limit: a rare one needs an index.
        cursor.execute("SET enable_seqscan = off")
    with transaction() as session:
        order = session.scalars(select(Order).order_by(Order.id.desc()).limit(1)).one()
        payment = session.scalars(select(Payment).where(Payment.order_id == order.id)).one()
        moved = select(Transition.cause).where(Transition.subject_id == order.id).limit(1)
        cause = session.scalars(moved).one()
    paths = [f"executions{query}" for query in LISTS]
    paths += [f"executions/order/{order.id}", f"executions/payment/{payment.id}"]
    paths += [f"executions/order/{order.id}/timeline?size=5", "machines"]
    ids = (
        order.id,
        order.number,
        order.reference_id,
        payment.intent_id,
        cause,
        "JJD7",
        "u1@example.com",
        "re_1",
    )
    paths += [f"search?q={key}" for key in ids]
    for path in paths:
        before = len(plans.whole)
        assert clerk.get(f"/admin/{path}").status_code == 200, path
        assert plans.whole[before:] == [], path


@pytest.mark.slow
def test_executions_long_in_a_state_are_found_by_the_index_of_states(
    plans: Plans, sign_in: SignIn
) -> None:
    clerk = sign_in(roles=["staff"])
    # As many wait as have ended before them: PostgreSQL expects many to have waited for long.
    filler = Filler(settings.database_url)
    list(filler.insert_waiting(ORDERS))
    filler.settle()
    filler.close()
    for sort in ("newest", "oldest", "changed"):
        plans.indexes.clear()
        query = f"machine=payment&state=Initiated&olderThan=3h&sort={sort}"
        answer = clerk.get(f"/admin/executions?{query}")
        assert answer.get_json()["count"] == {"number": 0, "isExact": True}, sort
        (indexes,) = (used for text, used in plans.indexes.items() if "AS shown_id" in text)
        assert not indexes & {"pk_payment", "ix_payment_updated_at"}, sort
