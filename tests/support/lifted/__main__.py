"""Two reservations on an empty database: one locker is opened, the other reservation expires.

`python -m tests.support.lifted URL` prints the contents of the tables as JSON.
"""

import json
import sys
from uuid import UUID

from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import select

from models import clock, secret
from models.base import Base, db, reading, transaction
from models.durable.activity import ActivityRow
from models.durable.signal import SignalRow
from models.durable.transition import Transition
from state_machines.durable import executor, inbox, inspection, sweep
from state_machines.durable.base import handling
from tests.support.lifted.lockers import (
    Reservation,
    ReservationMachine,
    SetCode,
    Signal,
    apply_event,
)


def reserve() -> UUID:
    with transaction():
        reservation = Reservation()
        ReservationMachine.begin(reservation, Signal.RESERVE)
    return reservation.id


def play() -> list[str]:
    """Use each part of the engine, and return the differences that `verify` yields."""
    opened_id, _ = reserve(), reserve()
    with reading() as session:
        activities = session.scalars(select(ActivityRow.id)).all()
    # A broker may deliver a message twice, and so may a provider.
    for _ in range(2):
        executor.run(SetCode.name, activities)
        inbox.receive("keypad", "message 1", "opened", {"reservation": str(opened_id)})
    with clock.stopped() as time:
        time.advance(days=2, seconds=1)
        sweep.fire_deadlines()
    return [difference.what for difference in inspection.verify(ReservationMachine)]


def report(differences: list[str]) -> dict[str, object]:
    """Return the rows of all tables, and the differences between rows and histories."""
    with reading() as session:
        activities = session.scalars(select(ActivityRow)).all()
        signals = session.scalars(select(SignalRow)).all()
        return {
            "histories": {
                row.state: load_history(row.id) for row in session.scalars(select(Reservation))
            },
            "calls": len(SetCode.calls),
            "codes": {
                row.state: row.code in SetCode.calls for row in session.scalars(select(Reservation))
            },
            "activities": [[row.name, row.state, row.attempts] for row in activities],
            "signals": [[row.source, row.kind, row.state] for row in signals],
            "differences": differences,
        }


def load_history(reservation_id: UUID) -> list[str]:
    steps = select(Transition).where(Transition.subject_id == reservation_id)
    rows = db.session.scalars(steps.order_by(Transition.version))
    return [f"{row.signal}, by {row.cause.partition(':')[0]}" for row in rows]


if __name__ == "__main__":
    app = Flask("lockers")
    app.config["SQLALCHEMY_DATABASE_URI"] = sys.argv[1]
    db.init_app(app)
    secret.keys.append(Fernet.generate_key().decode())
    handling.handlers["keypad"] = apply_event
    with app.app_context():
        Base.metadata.create_all(db.engine)
        print(json.dumps(report(play())))
