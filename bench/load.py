"""The users of Locust (`python -m locust -f bench/load.py`).

Together they send the requests of the JSON file REQUESTS, each once; with AGAIN set they start over
after the last one.
"""

import json
import os
from itertools import cycle
from pathlib import Path

from locust import FastHttpUser, task  # type: ignore[import-not-found]  # of .venv-bench
from locust.exception import StopUser  # type: ignore[import-not-found]

requests = json.loads(Path(os.environ["REQUESTS"]).read_text())
queue = cycle(requests) if os.environ.get("AGAIN") else iter(requests)


class Client(FastHttpUser):  # type: ignore[misc]
    # Locust requires a host; each request has a full URL.
    host = "http://127.0.0.1"

    @task  # type: ignore[untyped-decorator]
    def send(self) -> None:
        request = next(queue, None)
        if request is not None:
            self.client.request(**request)
            return
        runner = self.environment.runner
        # This user still counts.
        if runner.user_count == 1:
            runner.quit()
        raise StopUser
