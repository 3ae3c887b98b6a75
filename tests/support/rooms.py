"""The rooms of the code: the folders whose modules the rules of sizes and of language hold."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Imports run from the first to the last.
LAYERS = ("web", "tasks", "state_machines", "models")
CODE = (*LAYERS, "events", "exporter", "sandbox", "launch", "demo", "bench")


def modules(*rooms: str) -> Iterator[Path]:
    """Yield the modules of these rooms, and those beside them."""
    yield from ROOT.glob("*.py")
    for room in rooms:
        yield from (ROOT / room).rglob("*.py")
