"""What workers tell Flower leaves in groups: by itself Celery sends each event alone as soon as it
can, which costs a worker more than claiming and finishing the activity that it tells of.
"""

from typing import Any

from celery import bootsteps

EVERY = 0.5  # seconds


class GroupedEvents(bootsteps.StartStopStep):  # type: ignore[misc]
    """A step of the worker's consumer, run anew after each reconnection."""

    requires = ("celery.worker.consumer.events:Events",)

    def start(self, parent: Any) -> None:
        dispatcher = parent.event_dispatcher
        dispatcher.on_send_buffered = None
        self._timer = parent.timer.call_repeatedly(EVERY, dispatcher.flush)

    def stop(self, parent: Any) -> None:  # noqa: ARG002
        self._timer.cancel()
