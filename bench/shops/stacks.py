"""The shop on DBOS as a running system, and signed-in buyers of either shop."""

import json
import sys

from bench.growth import UNLIMITED
from bench.race.contenders import BENCH_PYTHON
from demo.buyer import Buyer
from launch.children import run
from launch.processes import commands
from launch.stack import ROOT, Stack
from launch.waiting import until

# No services and keys of the environment: each shop has its own PostgreSQL and sandbox. No limits
# either: the shop on DBOS has none for load.
ISOLATED = UNLIMITED | {"STRIPE_SECRET_KEY": "", "SENDGRID_API_KEY": ""}


class OnDbos(Stack):
    """The shop on DBOS: the sandbox, and a process per core that is both web server and worker."""

    def _commands(self) -> dict[str, list[str]]:
        ours = commands(self.environment, self.data, sandbox=True)
        web = [str(BENCH_PYTHON), *ours["web"][1:]]
        web[web.index("wsgi:ports")] = "bench.shops.routes:app"
        # DBOS starts threads, which do not survive a fork.
        web.remove("--preload")
        return {"sandbox": ours["sandbox"], "web": web}

    def _prepare(self) -> None:
        super()._prepare()
        command = [str(BENCH_PYTHON), "-m", "bench.shops.on_dbos"]
        run(command, env=self.environment, cwd=ROOT, check=True)

    def wait_ready(self, seconds: float = 60) -> None:
        for url in (f"{self.urls.order}/ready", f"{self.urls.sandbox}/health"):
            until(lambda url=url: self._is_up(url), f"the start of {url}", seconds=seconds)  # type: ignore[misc]


def create_buyers(stack: Stack, count: int) -> list[Buyer]:
    """Create signed-in buyers of a shop."""
    command = [sys.executable, "-m", "bench.shops.buyers", str(count)]
    done = run(command, env=stack.environment, cwd=ROOT, check=True, capture_output=True, text=True)
    buyers = []
    for user in json.loads(done.stdout):
        buyer = Buyer(stack.urls, user["email"])
        buyer.http.headers["Authorization"] = f"Bearer {user['token']}"
        buyers.append(buyer)
    return buyers
