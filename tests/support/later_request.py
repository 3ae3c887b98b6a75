"""The request of an order, as a later release may know it: with more optional fields."""

from dataclasses import dataclass, field

from state_machines.actions.checkout import CheckoutRequest
from state_machines.actions.pricing import Line


@dataclass(frozen=True, slots=True)
class LaterLine(Line):
    """A line with a field that earlier releases did not have."""

    engraving: str | None = None


@dataclass(frozen=True, slots=True)
class LaterRequest(CheckoutRequest):
    """A request with fields that earlier releases did not have."""

    note: str = ""
    vouchers: list[str] = field(default_factory=list)
