"""How a story is told: each step with what it led to and how long it took."""

from typing import Any

from models.clock import tick
from models.printable import escape


class Teller:
    """Prints steps as they happen."""

    def __init__(self) -> None:
        self._at = tick()

    def title(self, text: str) -> None:
        print(f"\n{text}\n{'-' * len(text)}", flush=True)
        self._at = tick()

    def step(self, did: str, led_to: str = "") -> None:
        """Tell a step that has just ended; its time is what passed since the last one."""
        now = tick()
        arrow = f"-> {led_to}" if led_to else ""
        print(f"  {now - self._at:7.3f} s  {escape(did):<46} {escape(arrow)}".rstrip(), flush=True)
        self._at = now

    def history(self, transitions: list[dict[str, Any]]) -> None:
        """Tell what the order went through, from its own history."""
        print("             what its history says:")
        for row in transitions:
            moved = f"{row['from'] or 'new'} -> {row['to']}"
            note = "  (ignored)" if row.get("ignored") else ""
            what = f"{row['machine']:<8} {row['signal']:<18} {moved}{note}"
            print(f"             {row['at'][11:23]}  {escape(what)}")
        print(flush=True)
