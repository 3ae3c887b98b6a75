"""Errors in the log go to Sentry, if SENTRY_DSN is set.

A report has the error, the code that it passed through, and the ids of its line in the log. It has
no values of variables, no bodies and headers, and no text that the log hides. Without the setting,
sentry_sdk is not imported.
"""

import logging
from functools import partial
from typing import TYPE_CHECKING

import json_lines
from config import settings

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint


def start(part: str) -> None:
    """Report the errors that this process logs from now on, if SENTRY_DSN is set."""
    if not settings.sentry_dsn:
        return
    import sentry_sdk
    from sentry_sdk.integrations.atexit import AtexitIntegration
    from sentry_sdk.integrations.logging import LoggingIntegration

    sentry_sdk.init(
        settings.sentry_dsn,
        environment=settings.projectx_env,
        # The others would collect requests, statements and arguments.
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            LoggingIntegration(level=None, event_level=logging.ERROR),
            AtexitIntegration(callback=lambda _pending, _timeout: None),
        ],
        before_send=partial(_prepare, settings.part_of(part)),
        include_local_variables=False,
        send_default_pii=False,
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
    )


def _prepare(part: str, event: "Event", hint: "Hint") -> "Event | None":
    """Return a report without private texts; None for a line without an error."""
    record = hint.get("log_record")
    if record is None or "exc_info" not in hint:
        # What fails again and again has its traceback, and so its report, once.
        return None
    context = getattr(record, json_lines.CONTEXT, {})
    event["tags"] = {"part": part, **{name: str(value) for name, value in context.items()}}
    event["logentry"] = {"message": json_lines.hide(record.getMessage())}
    event.pop("extra", None)
    for error in event.get("exception", {}).get("values", []):
        error["value"] = json_lines.hide(str(error.get("value", "")))
    return event
