"""A printer of stories: each step with its result and its duration."""

from typing import Any

from models.clock import tick
from models.printable import escape


class Reporter:
    """Prints steps as they happen."""

    def __init__(self) -> None:
        self._step_began = tick()

    def title(self, text: str) -> None:
        print(f"\n{text}\n{'-' * len(text)}", flush=True)
        self._step_began = tick()

    def step(self, action: str, result: str = "") -> None:
        """Print a step that has just ended, with the time since the step before it."""
        now = tick()
        arrow = f"-> {result}" if result else ""
        duration = now - self._step_began
        print(f"  {duration:7.3f} s  {escape(action):<46} {escape(arrow)}".rstrip(), flush=True)
        self._step_began = now

    def history(self, transitions: list[dict[str, Any]]) -> None:
        """Print the transitions of an order, as its history has them."""
        print("             history of the order:")
        for row in transitions:
            states = f"{row['from'] or 'new'} -> {row['to']}"
            note = "  (ignored)" if row.get("ignored") else ""
            text = f"{row['machine']:<8} {row['signal']:<18} {states}{note}"
            print(f"             {row['at'][11:23]}  {escape(text)}")
        print(flush=True)
