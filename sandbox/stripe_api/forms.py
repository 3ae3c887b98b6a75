"""Form-encoded bodies with nested names, as Stripe reads them: `metadata[orderId]=7`.

Lists become dictionaries with the index as key, since only the reader of a parameter knows its
type: `expand[]=a&expand[1]=b` is {"expand": {"0": "a", "1": "b"}}.
"""

from typing import Any
from urllib.parse import parse_qsl

from sandbox.compact import Json
from sandbox.stripe_api.errors import invalid


def parse(raw: str) -> Json:
    """Parse a body. Raises StripeError when a name is both a value and a group."""
    tree: Json = {}
    for name, value in parse_qsl(raw, keep_blank_values=True):
        if "[" in name:
            _hang(tree, name, value)
        else:
            tree[name] = value
    return tree


def _hang(tree: Json, name: str, value: str) -> None:
    first, *rest = name.replace("]", "").split("[")
    node: Any = tree
    for step in (first, *rest[:-1]):
        node = node.setdefault(step or str(len(node)), {})
        if not isinstance(node, dict):
            raise invalid(f"Invalid hash: {name}", param=first)
    node[rest[-1] or str(len(node))] = value
