"""Answers that Stripe stores for idempotency keys."""

from dataclasses import dataclass


@dataclass(slots=True)
class Answer:
    """A stored answer. `id` is the API key and the idempotency key; `created` in Unix seconds."""

    id: str
    path: str
    fingerprint: str
    created: float
    status: int
    body: str
    request: str
