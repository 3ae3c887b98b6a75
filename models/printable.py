"""Text of people and of other systems, made harmless for a terminal and for a line of a log."""

import logging
import traceback
from typing import Any

OURS = frozenset({"models", "state_machines", "tasks", "web"})


def escape(text: str, *, keep: str = "") -> str:
    """Return the text with an escape for each character that would move a cursor, hide or turn
    text, or begin a line; those of `keep` stay.
    """
    if text.isprintable():
        return text
    return "".join(
        character
        if character.isprintable() or character in keep
        else character.encode("unicode_escape").decode()
        for character in text
    )


class Record(logging.LogRecord):
    """A line of the log. One of ours has no control characters, whatever its words come from."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._is_ours = self.name.partition(".")[0] in OURS
        if self._is_ours and self.exc_info and self.exc_info[0] is not None:
            # Formatters use it where it is there.
            lines = "".join(traceback.format_exception(*self.exc_info)).rstrip("\n")
            self.exc_text = escape(lines, keep="\n")

    def getMessage(self) -> str:  # noqa: N802  logging's name
        message = super().getMessage()
        return escape(message) if self._is_ours else message


def protect_logs() -> None:
    """Have every logger of this process make such records."""
    logging.setLogRecordFactory(Record)
