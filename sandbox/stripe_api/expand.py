"""Expansion of ids into objects, as in `expand[]=latest_charge`.

https://docs.stripe.com/api/expanding_objects
"""

from collections.abc import Mapping
from typing import Protocol

from sandbox.compact import Json
from sandbox.store import Store
from sandbox.stripe_api.errors import invalid


class Viewed(Protocol):
    def view(self) -> Json: ...


def expand(store: Store, seen: Json, paths: list[str]) -> Json:
    """Replace ids by their objects. Raises StripeError for an unknown path."""
    for path in paths:
        _expand(store, seen, path, path)
    return seen


def _expand(store: Store, seen: Json, path: str, whole: str) -> None:
    first, _, rest = path.partition(".")
    if first == "data" and isinstance(seen.get("data"), list) and rest:
        for row in seen["data"]:
            _expand(store, row, rest, whole)
        return
    tables: dict[str, Mapping[str, Viewed]] = {
        "latest_charge": store.charges,
        "charge": store.charges,
        "payment_intent": store.intents,
        "payment_method": store.methods,
    }
    if first not in seen or first not in tables:
        raise invalid(
            f"This property cannot be expanded ({whole}). You may want to try expanding "
            "'data' paths on lists, as in `expand[]=data.latest_charge`.",
            "expand",
        )
    if isinstance(seen[first], str):
        row = tables[first].get(seen[first])
        seen[first] = row.view() if row else seen[first]
    if rest and isinstance(seen[first], dict):
        _expand(store, seen[first], rest, whole)
