"""Leases and deadlines are judged by PostgreSQL's clock, whatever a host's own clock says."""

import os
import sys
from datetime import timedelta

import pytest

from launch.children import run
from launch.stack import ROOT
from models import ActivityRow, ActivityState, transaction
from models.clock import now
from tests.support.depot import Depot
from tests.support.parcel import Announce, Parcel, ParcelState

# A host whose clock is wrong: Python on it hears another time from the system.
HOST = """
import datetime, sys, time
wrong, name, activity_id = float(sys.argv[1]), sys.argv[2], sys.argv[3]
host = time.time
class WrongTime(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(host() + wrong, tz)
time.time, datetime.datetime = lambda: host() + wrong, WrongTime

from tests.support.database import application
from tests.support import parcel
from state_machines.durable import executor, sweep
from models import clock
from uuid import UUID
with application().app_context():
    print(sweep.fire_deadlines())
    print(len(sweep.due_activities()), executor.run(name, [UUID(activity_id)]))
    print(clock.now().timestamp())
"""


def on_a_host(seconds_ahead: float, activity_id: object) -> list[str]:
    """Sweep, and work, in a process whose host's clock is `wrong` by so many seconds."""
    command = [sys.executable, "-c", HOST, str(seconds_ahead), Announce.name, str(activity_id)]
    done = run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return list(map(str, done.stdout.split()))


@pytest.mark.slow
def test_a_host_with_a_fast_clock_takes_no_lease_and_fires_no_deadline(depot: Depot) -> None:
    (parcel_id,) = depot.pack("vase")
    depot.claim(parcel_id)
    key = depot.key(parcel_id)
    with transaction() as session:
        # Long enough for a busy machine; the host is ahead by more.
        later = now() + timedelta(minutes=30)
        session.get_one(Parcel, parcel_id).deadline_at = later
        session.get_one(ActivityRow, key).due_at = later
    fired, published, claimed, clock_ahead = on_a_host(3600, key)
    assert (published, claimed, fired) == ("0", "0", "0")
    assert float(clock_ahead) < later.timestamp(), "it goes by PostgreSQL's time"
    assert depot.activity(parcel_id).state == ActivityState.RUNNING
    assert depot.state(parcel_id) == ParcelState.PACKED


@pytest.mark.slow
def test_a_host_with_a_slow_clock_claims_due_activities(depot: Depot) -> None:
    (parcel_id,) = depot.pack("vase")
    with transaction() as session:
        session.get_one(Parcel, parcel_id).deadline_at = now() - timedelta(minutes=1)
    fired = on_a_host(-7200, depot.key(parcel_id))[0]
    assert fired == "1"
    assert depot.parcel(parcel_id).deadline_at is None
