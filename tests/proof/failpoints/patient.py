"""A customer whose browser tries again when nobody answers."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import requests

from demo.buyer import Buyer, Json, TookTooLongError, wait_for
from demo.webhooks import CONNECTION_ERRORS
from launch.urls import Urls

T = TypeVar("T")
ACCEPTED, DONE, BROKEN = 202, 200, 500
PATIENCE = 120  # seconds


class PatientBuyer(Buyer):
    """A Buyer for a system whose processes die: it repeats requests as the API allows."""

    def __init__(self, urls: Urls) -> None:
        super().__init__(urls)
        self._cancelled: set[str] = set()

    def log_in(self) -> None:
        def try_once() -> bool | None:
            try:
                super(PatientBuyer, self).log_in()
            except (*CONNECTION_ERRORS, requests.HTTPError, TookTooLongError):
                return None  # the code may be used up: another one
            return True

        wait_for(try_once, "the login", seconds=PATIENCE)

    def cancel(self, reference: str) -> int:
        """Return the status of the first cancellation: 202 also when that answer was lost."""
        lost = False

        def try_once() -> int | None:
            nonlocal lost
            with suppress(*CONNECTION_ERRORS):
                status = super(PatientBuyer, self).cancel(reference)
                if status < BROKEN:
                    return status
            lost = True
            return None

        status = wait_for(try_once, "an answer", seconds=PATIENCE)
        first = reference not in self._cancelled
        self._cancelled.add(reference)
        return ACCEPTED if first and lost and status == DONE else status

    def _get(self, url: str, headers: dict[str, str] | None = None, **query: Any) -> Any:
        return _again(lambda: super(PatientBuyer, self)._get(url, headers, **query))

    def _post(self, url: str, body: Json, headers: dict[str, str] | None = None) -> Json:
        return _again(lambda: super(PatientBuyer, self)._post(url, body, headers))


class StoryBuyer(PatientBuyer):
    """A PatientBuyer with the interface that the stories need."""

    def order(self, *products: Json, reference: str | None = None, wait: int = 10) -> Json:
        """Place an order and wait for its client secret, longer than one request may."""
        placed = super().order(*products, reference=reference, wait=wait)
        if placed["clientSecret"] is None and wait:

            def payable() -> Json | None:
                status = self.status(placed["referenceId"])
                return placed | status if status["clientSecret"] else None

            return wait_for(payable, "the client secret", seconds=PATIENCE)
        return placed

    def emails(self, category: str) -> list[Json]:
        """Return the emails without duplicates: the invariants count those."""
        emails = super().emails(category)
        return list({email["text"]: email for email in reversed(emails)}.values())[::-1]


def _again(ask: Callable[[], T]) -> T:
    """Ask until somebody answers."""

    def try_once() -> tuple[T] | None:
        try:
            return (ask(),)
        except CONNECTION_ERRORS:
            return None
        except requests.HTTPError as refusal:
            if refusal.response.status_code >= BROKEN:
                return None
            raise

    return wait_for(try_once, "an answer", seconds=PATIENCE)[0]
