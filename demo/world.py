"""Where the stories play."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

import psycopg2
import requests

from demo.buyer import Addresses, Buyer
from demo.telling import Teller
from launch.stack import Stack


@dataclass(frozen=True, slots=True)
class World:
    """A running system, and hands to disturb it. `kill` ends a process by name with SIGKILL."""

    at: Addresses
    webhook_secret: str
    payment_timeout: float
    database_url: str
    kill: Callable[[str], None]
    tell: Teller

    @classmethod
    def of(cls, stack: Stack) -> Self:
        urls, settings = stack.urls, stack.environment
        return cls(
            at=Addresses(urls.auth, urls.order, urls.product, urls.sandbox),
            webhook_secret=settings["STRIPE_WEBHOOK_SECRETS"],
            payment_timeout=float(settings.get("PAYMENT_TIMEOUT", "900")),
            database_url=settings["DATABASE_URL"],
            kill=stack.kill,
            tell=Teller(),
        )

    def buyer(self) -> Buyer:
        """Somebody who has just signed in."""
        buyer = Buyer(self.at)
        buyer.log_in()
        self.tell.step(f"{buyer.email} signs in with the e-mailed code", "SUCCESS")
        return buyer

    def faults(self, **faults: Any) -> None:
        """Make the sandbox behave badly; without arguments, well again."""
        requests.put(f"{self.at.sandbox}/faults", json=faults, timeout=10).raise_for_status()

    def restock(self, pieces: int) -> None:
        """Put so many more pieces of everything on the shelves."""
        with self._database() as cursor:
            cursor.execute("UPDATE product SET stock = stock + %s", (pieces,))

    def calls_under_way(self) -> int:
        """How many activities a worker holds at this moment."""
        with self._database() as cursor:
            cursor.execute("SELECT count(*) FROM activity WHERE state = 'running'")
            row = cursor.fetchone()
        return int(row[0]) if row else 0

    @contextmanager
    def _database(self) -> Iterator[Any]:
        connection = psycopg2.connect(self.database_url)
        try:
            with connection, connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()
