"""The Celery application, without its tasks: beat, Flower and dispatch only need their names."""

from celery import Celery
from celery.signals import beat_init, celeryd_init, setup_logging

import error_reports
import json_lines
from tasks import broker

broker.install()
app = Celery("projectx", config_source="celeryconfig")


@beat_init.connect  # type: ignore[untyped-decorator]
def _report_errors(**_: object) -> None:
    error_reports.start("beat")


if json_lines.is_on():
    # With a receiver, Celery configures no logs of its own. A worker begins with `celeryd_init`.
    @celeryd_init.connect  # type: ignore[untyped-decorator]
    def _begin_worker_logs(**_: object) -> None:
        from celery.apps import worker

        json_lines.configure("worker")
        worker.safe_say = json_lines.say

    @setup_logging.connect  # type: ignore[untyped-decorator]
    def _set_up_logs(loglevel: int | str | None = None, **_: object) -> None:
        part = json_lines.configured_part() or "beat"
        json_lines.configure(part, loglevel or "WARNING")
