"""A call of the API, as its handler sees it."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.compact import Json
from sandbox.stripe_api.bank import Bank, Cause


@dataclass(slots=True)
class Call:
    """A call. `public`: with the publishable key and a client secret; `base`: our own URL."""

    bank: Bank
    path: str
    row: str  # the id in the path, "" where there is none
    params: Json
    cause: Cause
    public: bool
    base: str


# Handlers never await, so that a call is atomic.
Handler = Callable[[Call], Json]
