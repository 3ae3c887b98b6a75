"""What one worker holds of some activities between its two transactions."""

from dataclasses import dataclass
from typing import Any

from state_machines.durable.activity import Activity, Call
from state_machines.durable.claim import Claim


@dataclass(slots=True)
class Try:
    """One prepared call, and after it the answer or the error. It is `maybe_sent` once it may have
    been carried out, until that is recorded.
    """

    call: Call
    request: Any
    response: Any = None
    maybe_sent: bool = False
    error: Exception | None = None
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What one worker holds between its two transactions."""

    activity: Activity[Any, Any, Any]
    claimed: Claim
    tries: list[Try]
