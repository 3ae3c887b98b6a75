"""A worker with an activity whose calls wait at a door that the test opens.

`python -m tasks.run -A tests.support.held_calls worker`. The lease of a claim is an hour long, so
that no test can wait for its end.
"""

import os
from typing import Any

import requests

from state_machines.durable import Activity, Call
from state_machines.durable.activity import time_left
from tasks import worker
from tests.support.parcel import Parcel, ParcelMachine, ParcelSignal

app = worker.app


class Hold(Activity[Parcel, str, str]):
    name = "test.hold"
    machine = ParcelMachine
    queue = "emails"
    timeout = 3600

    def prepare(self, parcel: Parcel, _call: Call) -> str:
        return parcel.label

    def perform(self, label: str, _call: Call) -> str:
        """Call the door, which answers when it is open."""
        url = f"{os.environ['DOOR_URL']}/{os.environ['DOOR_NAME']}/{label}"
        return requests.get(url, timeout=time_left()).text

    def record(self, parcel: Parcel, tracking: str) -> None:
        parcel.tracking = tracking
        ParcelMachine.observe(parcel, ParcelSignal.ANNOUNCED)

    def give_up(self, _parcel: Parcel, error: Exception) -> Any:
        raise error


worker.register(Hold.name)
