"""What each of Locust's users does (`python -m locust -f bench/load.py`): sends the next of the
requests in the JSON file REQUESTS; when all are sent it stops, or begins anew where AGAIN is set.
"""

import json
import os
from itertools import cycle
from pathlib import Path

from locust import FastHttpUser, task  # type: ignore[import-not-found]  # of .venv-bench
from locust.exception import StopUser  # type: ignore[import-not-found]

requests = json.loads(Path(os.environ["REQUESTS"]).read_text())
turn = cycle(requests) if os.environ.get("AGAIN") else iter(requests)


class Client(FastHttpUser):  # type: ignore[misc]
    # Each request names its own.
    host = "http://127.0.0.1"

    @task  # type: ignore[untyped-decorator]
    def send(self) -> None:
        request = next(turn, None)
        if request is not None:
            self.client.request(**request)
            return
        runner = self.environment.runner
        # This one is still counted.
        if runner.user_count == 1:
            runner.quit()
        raise StopUser
