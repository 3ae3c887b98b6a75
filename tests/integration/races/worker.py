"""A worker of its own, for tests that need another Stripe than the rest: STRIPE_API_BASE names it.

Run as a program, it does what is pending and applies what is stored, until nothing is left.
"""

from uuid import UUID

from flask import Flask
from sqlalchemy import select

from models import ActivityRow, ActivityState, SignalRow, SignalState, connection, transaction
from state_machines.durable import executor, inbox
from tasks.activities import ACTIVITIES


def work() -> None:
    while pending := _pending():
        for name, activity_id in pending:
            executor.run(name, [activity_id])
        while _stored():
            inbox.apply_stored(100)


def _pending() -> list[tuple[str, UUID]]:
    with transaction() as session:
        names = [activity.name for activity in ACTIVITIES]
        rows = select(ActivityRow.name, ActivityRow.id).where(
            ActivityRow.state == ActivityState.PENDING, ActivityRow.name.in_(names)
        )
        return [(name, activity_id) for name, activity_id in session.execute(rows)]


def _stored() -> bool:
    with transaction() as session:
        stored = select(SignalRow.id).where(SignalRow.state == SignalState.STORED).limit(1)
        return session.scalar(stored) is not None


if __name__ == "__main__":
    app = Flask("worker")
    connection.attach(app, pool_size=4)
    with app.app_context():
        work()
