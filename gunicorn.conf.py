"""Gunicorn's settings, which it reads from this file in the folder in which it starts."""

import signal
import sys
from datetime import timedelta
from logging import INFO, StreamHandler
from typing import Any

from gunicorn.glogging import Logger

from settings_error import SettingsError

try:
    import error_reports
    import json_lines
    import metering
    import telemetry
    from config import settings
except SettingsError as error:
    # gunicorn would show a traceback.
    sys.exit(error.message)

PART = "web"
# Nobody uses it, a container has no place for it, and all servers of a user would share one.
control_socket_disable = True
# The fields of a line of access that the application adds to the WSGI environment.
ACCESS = "projectx.access"
# Bytes of an unread body. Source: gunicorn.http.parser
MAX_DISCARDED = 64 * 1024


class PlainLogger(Logger):  # type: ignore[misc]
    """Gunicorn's logs. Of invalid settings it tells in a sentence."""

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        error = sys.exception()
        if isinstance(error, SettingsError):
            self.error("%s", error.message)
        else:
            super().exception(msg, *args, **kwargs)


class JsonLogger(PlainLogger):
    """Gunicorn's logs as JSON, with a line for each request."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self._access_log_enabled = True
        json_lines.configure(PART)
        handler = StreamHandler(sys.stderr)
        handler.setFormatter(json_lines.JsonLines(PART))
        for log in (self.error_log, self.access_log):
            log.handlers[:] = [handler]
        self.access_log.setLevel(INFO)

    def access(self, resp: Any, _req: Any, environ: Any, request_time: timedelta) -> None:
        """Log a request. Its path and query may hold what people typed: the route stands for it."""
        fields = {
            "method": environ.get("REQUEST_METHOD"),
            "status": int(str(resp.status).split(maxsplit=1)[0]),
            "milliseconds": round(request_time.total_seconds() * 1000, 1),
            **environ.get(ACCESS, {}),
        }
        self.access_log.info("request", extra={json_lines.FIELDS: fields})


worker_class = "web.steady_worker.SteadyWorker"
logger_class = JsonLogger if json_lines.is_on() else PlainLogger


def on_starting(server: Any) -> None:
    """Open the port of the metrics for all workers, unless the settings are of another part."""
    name = server.app.app_uri.rpartition(":")[2]
    if settings.projectx_part not in ("all", name):
        sys.exit(f"PROJECTX_PART is {settings.projectx_part}, and wsgi:{name} needs other settings")
    metering.listen()


def pre_request(_worker: object, req: Any) -> None:
    """Close the connection after a request with a long body, and say so in the answer.

    The body may be left unread, as with 401 or 413. gunicorn would announce that the connection
    stays, and close it, since it discards no more than MAX_DISCARDED.
    """
    fields = dict(req.headers)
    length = fields.get("CONTENT-LENGTH", "0")
    if "TRANSFER-ENCODING" in fields or int(length) >= MAX_DISCARDED:
        req.force_close()


def post_fork(_server: object, _worker: object) -> None:
    """Start traces, metrics and reports of a new process: their threads do not survive a fork."""
    error_reports.start(PART)
    metering.start()
    telemetry.start(PART)


def post_worker_init(worker: Any) -> None:
    """Answer the requests that wait when SIGTERM comes; gunicorn lets all others end."""
    from web import changes

    def stop(*arguments: Any) -> None:
        changes.stop_waiting()
        worker.handle_exit(*arguments)

    signal.signal(signal.SIGTERM, stop)
    signal.siginterrupt(signal.SIGTERM, False)
