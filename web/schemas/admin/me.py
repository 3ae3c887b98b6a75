"""Schema of the operator who is signed in."""

from typing import Literal
from uuid import UUID

from web.schemas.base import Outgoing, Timestamp


class OperatorView(Outgoing):
    """The operator. `stepUpUntil` is null when the next dangerous request needs a step-up.

    Refunds above `refundStepUpAbove`, in major units of their currency, need one, too.
    """

    id: UUID
    email: str
    roles: list[str]
    environment: Literal["development", "production"]
    version: str
    authenticated_at: Timestamp
    step_up_until: Timestamp | None
    refund_step_up_above: float
