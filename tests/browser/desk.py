"""A desk of the console: operators who are signed in, and rows that are in trouble."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg2
import requests

from demo.buyer import Buyer
from launch.stack import Stack
from models.ids import uuid7

FAIL = """
UPDATE activity SET state = 'failed', last_error = 'NonRetryableError: SendGrid answered 400'
WHERE subject_id = %s AND name = %s AND state = 'done' RETURNING id
"""
ADD_FAILED = """
INSERT INTO activity (id, name, machine, subject_id, state, attempts, unknown_outcomes, due_at,
                      payload, created_at, finished_at, last_error)
VALUES (%s, 'payments.retrieve_intent', 'payment', %s, 'failed', 10, 0, now(), '{}', now(), now(),
        %s)
"""


class Desk:
    """The staff of a running system."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack

    def operator(self, role: str) -> Buyer:
        """Create a user with a role, and sign in."""
        operator = Buyer(self.stack.urls, f"{role}-{uuid4().hex[:10]}@example.com")
        self.stack.flask("users", "create", "--role", role, operator.email)
        operator.log_in()
        return operator

    def fail(self, subject_id: str, name: str) -> bool:
        """Let a finished call have failed, and return whether there was one."""
        with self._database() as cursor:
            cursor.execute(FAIL, (subject_id, name))
            return cursor.fetchone() is not None

    def add_failed_calls(self, number: int, error: str) -> None:
        """Add failed calls about payments that do not exist."""
        with self._database() as cursor:
            for _ in range(number):
                cursor.execute(ADD_FAILED, (str(uuid7()), str(uuid7()), error))

    def pay_elsewhere(self) -> str:
        """Let somebody pay at Stripe what no payment here is about, and return the intent's id."""
        form = {
            "amount": "1200",
            "currency": "usd",
            "confirm": "true",
            "payment_method": "pm_card_visa",
            "automatic_payment_methods[enabled]": "true",
            "automatic_payment_methods[allow_redirects]": "never",
        }
        url = f"{self.stack.urls.sandbox}/v1/payment_intents"
        key = self.stack.environment["STRIPE_SECRET_KEY"]
        response = requests.post(url, data=form, auth=(key, ""), timeout=30)
        response.raise_for_status()
        return str(response.json()["id"])

    @contextmanager
    def _database(self) -> Iterator[Any]:
        connection = psycopg2.connect(self.stack.environment["DATABASE_URL"])
        try:
            with connection, connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()
