"""The escaping of texts from outside, for terminals and for lines of logs."""

import logging
import traceback
from typing import Any

OUR_PACKAGES = frozenset({"models", "state_machines", "tasks", "web"})


def escape(text: str, *, keep: str = "") -> str:
    """Return the text with an escape for each character that is not printable.

    Such characters move a cursor, hide or turn text, or begin a line. Those in `keep` stay.
    """
    if text.isprintable():
        return text
    return "".join(
        character
        if character.isprintable() or character in keep
        else character.encode("unicode_escape").decode()
        for character in text
    )


class SafeRecord(logging.LogRecord):
    """A line of the log. Lines of our packages have no control characters."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._is_ours = self.name.partition(".")[0] in OUR_PACKAGES
        if self._is_ours and self.exc_info and self.exc_info[0] is not None:
            # Formatters use this text instead of formatting the exception.
            lines = "".join(traceback.format_exception(*self.exc_info)).rstrip("\n")
            self.exc_text = escape(lines, keep="\n")

    def getMessage(self) -> str:  # noqa: N802  logging's name
        message = super().getMessage()
        return escape(message) if self._is_ours else message


def protect_logs() -> None:
    """Have every logger of this process make safe records."""
    logging.setLogRecordFactory(SafeRecord)
