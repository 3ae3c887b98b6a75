"""The two shops as running systems: each with a PostgreSQL and a sandbox of its own."""

import json
import sys

from bench.race.contenders import BENCH_PYTHON
from demo.buyer import Buyer
from launch.children import run
from launch.processes import commands
from launch.stack import ROOT, Stack
from launch.waiting import until

# Nothing of the machine that measures; longer than any race for the access tokens.
OPEN = {"DATABASE_URL": "", "REDIS_URL": "", "STRIPE_SECRET_KEY": "", "SENDGRID_API_KEY": ""}


class OnDbos(Stack):
    """The sandbox as ever, and one process a core that is web and worker in one, as DBOS has it."""

    def _commands(self) -> dict[str, list[str]]:
        ours = commands(self.environment, self.data, sandbox=True)
        web = [str(BENCH_PYTHON), *ours["web"][1:]]
        web[web.index("wsgi:ports")] = "bench.shops.routes:app"
        # What is made before the fork does not live behind it: threads.
        web.remove("--preload")
        return {"sandbox": ours["sandbox"], "web": web}

    def _prepare(self) -> None:
        super()._prepare()
        command = [str(BENCH_PYTHON), "-m", "bench.shops.on_dbos"]
        run(command, env=self.environment, cwd=ROOT, check=True)

    def wait_ready(self, seconds: float = 60) -> None:
        for url in (f"{self.urls.order}/ready", f"{self.urls.sandbox}/health"):
            until(lambda url=url: self._is_up(url), f"the start of {url}", seconds=seconds)  # type: ignore[misc]


def buyers(stack: Stack, count: int) -> list[Buyer]:
    """People who are signed in at a shop."""
    command = [sys.executable, "-m", "bench.shops.buyers", str(count)]
    made = run(command, env=stack.environment, cwd=ROOT, check=True, capture_output=True, text=True)
    found = []
    for one in json.loads(made.stdout):
        buyer = Buyer(stack.urls, one["email"])
        buyer.http.headers["Authorization"] = f"Bearer {one['token']}"
        found.append(buyer)
    return found
