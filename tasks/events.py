"""Grouping of a worker's events for Flower.

Celery sends each event alone, which costs a worker more than to claim and finish an activity.
"""

from typing import Any

from celery import bootsteps

# Seconds. Each group is a message: when little happens, sending it costs more than the tasks.
FLUSH_INTERVAL = 2.0


class GroupedEvents(bootsteps.StartStopStep):  # type: ignore[misc]
    """A step of the worker's consumer that sends events in groups. It restarts on reconnection."""

    requires = ("celery.worker.consumer.events:Events",)

    def start(self, parent: Any) -> None:
        dispatcher = parent.event_dispatcher
        dispatcher.on_send_buffered = None
        self._timer = parent.timer.call_repeatedly(FLUSH_INTERVAL, dispatcher.flush)

    def stop(self, parent: Any) -> None:  # noqa: ARG002
        self._timer.cancel()
