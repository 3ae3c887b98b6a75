"""The running system that the stories are played in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

import psycopg2
import requests

from demo.buyer import Buyer
from demo.reporter import Reporter
from launch.stack import Stack
from launch.urls import Urls


@dataclass(frozen=True, slots=True)
class World:
    """A running system, with means to disturb it. `kill` ends a process by name with SIGKILL."""

    urls: Urls
    webhook_secret: str
    payment_timeout: float
    database_url: str
    kill: Callable[[str], None]
    reporter: Reporter

    @classmethod
    def of(cls, stack: Stack) -> Self:
        settings = stack.environment
        return cls(
            urls=stack.urls,
            webhook_secret=settings["STRIPE_WEBHOOK_SECRETS"],
            payment_timeout=float(settings.get("PAYMENT_TIMEOUT", "900")),
            database_url=settings["DATABASE_URL"],
            kill=stack.kill,
            reporter=Reporter(),
        )

    def buyer(self) -> Buyer:
        """Sign a new customer in, and return it."""
        buyer = Buyer(self.urls)
        buyer.log_in()
        self.reporter.step(f"{buyer.email} signs in with the emailed code", "SUCCESS")
        return buyer

    def faults(self, **faults: Any) -> None:
        """Replace the fault plan of the sandbox; without arguments, remove all faults."""
        requests.put(f"{self.urls.sandbox}/faults", json=faults, timeout=60).raise_for_status()

    def restock(self, pieces: int) -> None:
        """Add pieces to the stock of every product."""
        with self._database() as cursor:
            cursor.execute("UPDATE product SET stock = stock + %s", (pieces,))

    def expire(self, order_id: str) -> None:
        """Let the time to pay an order end now."""
        with self._database() as cursor:
            cursor.execute(
                "UPDATE payment SET deadline_at = now() WHERE order_id = %s", (order_id,)
            )

    def age_sign_ins(self, email: str) -> None:
        """Let the last sign-ins of a customer lie an hour back."""
        with self._database() as cursor:
            cursor.execute(
                "UPDATE user_session SET authenticated_at = authenticated_at - interval '1 hour'"
                " WHERE user_id = (SELECT id FROM users WHERE email = %s)",
                (email,),
            )

    def count_running_activities(self) -> int:
        """Return the number of activities that workers hold now."""
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
