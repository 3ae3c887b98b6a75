"""A whole system, small enough to run several side by side.

It has one of each process, and its own database and sandbox.
"""

import os
import sys
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import requests

from demo.buyer import TookTooLongError, wait_for
from demo.reporter import Reporter
from launch import development, ports
from launch.children import Child, run
from launch.postgres import Postgres
from launch.processes import commands
from launch.redis import Redis
from launch.urls import Urls
from launch.waiting import until
from tests.proof.failpoints.world import STRAY, OperatedWorld
from tests.support import histories, invariants

ROOT = Path(__file__).parents[3]
PAYMENT_TIMEOUT = 40  # seconds; far longer than two leases, one after the other
SETTINGS = {
    "PAYMENT_TIMEOUT": str(PAYMENT_TIMEOUT),
    "RECHECK_INTERVALS": "3",
    # Every story but the shortest comes past it.
    "RECONCILE_EVERY": "6",
    "LOGIN_LIMIT_PER_ADDRESS": "10000/minute",
    "ORDERS_PER_HOUR": "100000",
    "UNPAID_ORDERS": "100000",
    "DATABASE_POOL": "4",
    "PROJECTX_ENV_FILE": "",
}
START = 180  # seconds; on a busy machine, several of them start at once
REST = 90  # seconds; an order that nobody pays takes its timeout
# In so many seconds a sweep comes, and SendGrid's events.
LINGER = 3


class SilentReporter(Reporter):
    """A reporter that prints nothing."""

    def step(self, action: str, result: str = "") -> None:
        """Do nothing."""

    def history(self, transitions: object) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class Services:
    """The services that the cells share.

    The database `shop` has the schema and the products, and no order.
    """

    postgres: Postgres
    secrets: dict[str, str]

    def database(self, name: str) -> str:
        """Create a database and return its URL."""
        with closing(psycopg2.connect(self.postgres.url)) as connection:
            connection.autocommit = True
            connection.cursor().execute(f'CREATE DATABASE "{name}" TEMPLATE shop')
        return self.url(name)

    def url(self, name: str) -> str:
        return self.postgres.url.rpartition("/")[0] + f"/{name}"


@contextmanager
def services(folder: Path) -> Iterator[Services]:
    """Start what the cells share."""
    # Each process of each cell has connections of its own.
    with Postgres(folder / "postgres", connections=400, durable=False) as postgres:
        shared = Services(postgres, development.load_secrets(folder))
        with closing(psycopg2.connect(postgres.url)) as connection:
            connection.autocommit = True
            connection.cursor().execute("CREATE DATABASE shop")
        settings = SETTINGS | shared.secrets | development.SANDBOX
        environment = {**os.environ, **settings, "DATABASE_URL": shared.url("shop")}
        command = [sys.executable, "-m", "launch.prepare"]
        run(command, env=environment, cwd=ROOT, check=True, capture_output=True)
        yield shared


class Cell:
    """Plays stories, and dies where it is told to."""

    def __init__(self, services: Services, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self._closing, self._run = ExitStack(), 0
        redis = self._closing.enter_context(Redis(folder / "redis"))
        self.environment = {
            **os.environ,
            **SETTINGS,
            **services.secrets,
            **development.SANDBOX,
            **ports.assign_free_ports(),
            "DATABASE_URL": services.database(folder.name),
            "REDIS_URL": redis.url,
        }
        sandbox = f"http://127.0.0.1:{self.environment['SANDBOX_PORT']}"
        self.environment |= {"STRIPE_API_BASE": sandbox, "SENDGRID_API_BASE": sandbox}
        self.world = OperatedWorld(
            urls=Urls.of(self.environment),
            webhook_secret=self.environment["STRIPE_WEBHOOK_SECRETS"],
            payment_timeout=PAYMENT_TIMEOUT,
            database_url=self.environment["DATABASE_URL"],
            kill=self._kill,
            reporter=SilentReporter(),
            folder=self.folder,
        )

    def start(self) -> None:
        self._order("")
        self.world.restock(100_000)
        with closing(psycopg2.connect(self.world.database_url)) as db:
            shelves = invariants.read(db, "SELECT id::text, stock FROM product")
        self._at_first = {row["id"]: row["stock"] for row in shelves}
        started = commands(self.environment, self.folder, sandbox=True)
        self._begin("sandbox", started["sandbox"])
        self._begin(
            "zygote", [sys.executable, "-m", "tests.proof.failpoints.zygote", str(self.folder)]
        )
        for url in (self.world.urls.sandbox + "/health", self.world.urls.order + "/ready"):
            until(lambda url=url: _answers(url), url, seconds=START)  # type: ignore[misc]

    def stop(self) -> None:
        self._closing.close()

    def play(self, story: Callable[[OperatedWorld], None], point: str = "") -> list[str]:
        """Play a story, with a process that dies at `point`; the points that were come past.

        Raises whatever the story complains of, and AssertionError when an invariant is broken.
        """
        self._run += 1
        self._order(point)
        story(self.world)
        self._linger()
        with closing(psycopg2.connect(self.world.database_url)) as db:
            wait_for(lambda: not invariants.under_way(db) or None, "rest", seconds=REST)
            self._check(db)
        lines = (self.folder / "points").read_text().splitlines()
        runs = (line.partition("|") for line in lines)
        return [point for run, _, point in runs if run == str(self._run)]

    def _linger(self) -> None:
        """Leave time for what comes a while after a story, or for the death."""
        with suppress(TookTooLongError):
            wait_for(lambda: self.died() or None, "the death", seconds=LINGER)

    def died(self) -> bool:
        """Tell if a process died in the last run."""
        return (self.folder / f"died-{self._run}").exists()

    def verify(self) -> None:
        """Check that all histories lead to their rows, and nothing is stuck.

        Raises CalledProcessError.
        """
        histories.verify(self.environment)

    def _check(self, db: object) -> None:
        at = self.world.urls.sandbox
        whole = requests.get(f"{at}/ledger.json", timeout=60).json()
        strays = Counter(row["orderId"] for row in whole if row["referenceId"] == STRAY)
        ledger = [
            row | {"creates": row["creates"] - strays[row["orderId"]]}
            for row in whole
            if row["referenceId"] != STRAY
        ]
        # A second intent for an order is called off, too.
        ours = [row["id"] for row in invariants.read(db, "SELECT id::text FROM orders")]
        mails = requests.get(f"{at}/mail.json", timeout=60).json()
        invariants.every_order_has_ended(db, ours)
        invariants.the_bank_agrees(db, ledger)
        invariants.nobody_pays_for_nothing(db, ledger, invariants.decided(db))
        invariants.nothing_can_be_paid([row for row in whole if row["orderId"] in ours])
        invariants.refunds_fit(db)
        invariants.the_shelves_add_up(db, self._at_first)
        invariants.every_email_arrived(db, mails)
        invariants.paid_once(db)

    def _order(self, point: str) -> None:
        new = self.folder / "order.new"
        new.write_text(f"{self._run}|{point}")
        new.rename(self.folder / "order")

    def _begin(self, name: str, command: list[str]) -> None:
        output = self._closing.enter_context((self.folder / f"{name}.log").open("ab"))
        process = Child(command, env=self.environment, cwd=ROOT, stdout=output, stderr=output)
        self._closing.callback(process.wait)
        self._closing.callback(process.terminate)

    def _kill(self, name: str) -> None:
        pid = self.folder / f"{name}.pid"
        if pid.exists():  # there is no second worker
            os.killpg(int(pid.read_text()), 9)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310  our own addresses
            return True
    except OSError:
        return False
