"""The hash of a request is that of every earlier release, or a repeated request is refused."""

from state_machines.actions.checkout import CheckoutRequest
from state_machines.actions.pricing import Line
from tests.support.later_request import LaterLine, LaterRequest

REQUEST = CheckoutRequest("order-1", (Line(7, 2), Line(9, 1)), "1 Main St", "", None)
# Orders and idempotency keys have it in the database: it must not change.
STORED_HASH = "a41f92e45a770cb80d0e67b8fb969de7d331e306156d350907d72a2e87c639ee"


def later_request(engraving: str | None = None, note: str = "") -> LaterRequest:
    lines = (LaterLine(7, 2, engraving), LaterLine(9, 1))
    return LaterRequest("order-1", lines, "1 Main St", "", None, note)


def test_the_hash_of_a_request_does_not_change() -> None:
    assert REQUEST.hash == STORED_HASH


def test_a_new_field_with_its_default_does_not_change_the_hash() -> None:
    assert later_request().hash == STORED_HASH


def test_a_new_field_with_a_value_makes_another_request() -> None:
    hashes = {later_request("Ann").hash, later_request(note="ring twice").hash, STORED_HASH}
    assert len(hashes) == 3
