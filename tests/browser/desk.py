"""Rows in trouble, as operators find them in the console."""

from contextlib import AbstractContextManager

import requests

from launch.stack import Stack
from models.ids import uuid7
from tests.browser.database import execute, transact

FAIL = """
UPDATE activity SET state = 'failed', last_error = 'NonRetryableError: SendGrid answered 400'
WHERE subject_id = %s AND name = %s AND state = 'done' RETURNING id
"""
PUT_OFF = """
UPDATE activity SET state = 'waiting', due_at = now() + interval '1 hour', finished_at = NULL
WHERE subject_id = %s AND name = %s AND state = 'done' RETURNING id
"""
FAIL_SIGNAL = """
UPDATE signal SET state = 'failed', last_error = 'KeyError: charge'
WHERE subject_id = %s AND kind = %s AND state = 'applied' RETURNING id
"""
ADD_AUDIT = """
INSERT INTO audit (id, at, actor, action, subject, details)
VALUES (%s, now() - interval '59 minutes', 'operator', %s, %s, '{"a": "word after word after"}')
"""
ADD_FAILED = """
INSERT INTO activity (id, name, machine, subject_id, state, attempts, unknown_outcomes, due_at,
                      payload, created_at, finished_at, last_error)
VALUES """
ROW = """
(%s, 'payments.retrieve_intent', 'payment', %s, 'failed', 10, 0, now(), '{}', now(), now(), %s)
"""


HOLD = """
SELECT 1 FROM bulk_result WHERE bulk_id = %s AND subject_id > (
  SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY subject_id) FROM bulk_result WHERE bulk_id = %s
) FOR UPDATE
"""


class Desk:
    """Puts rows of a running system in trouble."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack

    def fail(self, subject_id: str, name: str) -> bool:
        """Let a finished call have failed, and return whether there was one."""
        return self._change(FAIL, subject_id, name)

    def put_off(self, subject_id: str, name: str) -> bool:
        """Let a finished call wait for its next attempt, and return whether there was one."""
        return self._change(PUT_OFF, subject_id, name)

    def fail_signal(self, order_id: str, kind: str) -> bool:
        """Let an applied message about an order have failed, and return whether there was one."""
        return self._change(FAIL_SIGNAL, order_id, kind)

    def add_failed_calls(self, number: int, error: str) -> None:
        """Add failed calls about payments that do not exist."""
        rows = [(str(uuid7()), str(uuid7()), error) for _ in range(number)]
        values = ", ".join([ROW] * number)
        execute(self._database_url, ADD_FAILED + values, [value for row in rows for value in row])

    def add_audit(self, action: str) -> None:
        """Add an entry to the audit, about a person who was erased an hour ago."""
        execute(self._database_url, ADD_AUDIT, [str(uuid7()), action, f"{uuid7()}@erased.invalid"])

    def hold_results(self, job_id: str) -> AbstractContextManager[object]:
        """Hold the second half of a bulk job's results: the job ends its first half, and waits."""
        return transact(self._database_url, HOLD, (job_id, job_id))

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

    def _change(self, statement: str, *values: str) -> bool:
        return execute(self._database_url, statement, values) != []

    @property
    def _database_url(self) -> str:
        return self.stack.environment["DATABASE_URL"]
