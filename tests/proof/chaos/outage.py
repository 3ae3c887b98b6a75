"""A service that is away for a while, and comes back whatever else happens."""

import threading
from collections.abc import Callable


class Spared(Exception):  # noqa: N818  not an error
    """It was killed often enough, is away already, or is not there."""


class Outage:
    """An outage of one service at a time.

    It ends early when `over` is set. An error that keeps the service from coming back is added to
    `broken`.
    """

    def __init__(self, over: threading.Event, broken: list[Exception]) -> None:
        self._over, self._broken = over, broken
        self._thread: threading.Thread | None = None
        self.meanwhile = 0  # blows that fell while it lasted

    @property
    def lasts(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def begin(self, leave: Callable[[], None], seconds: float, back: Callable[[], None]) -> None:
        """Begin an outage. Raises Spared while the previous one lasts."""
        if self.lasts:
            raise Spared

        def return_later() -> None:
            self._over.wait(seconds)
            try:
                back()
            except Exception as error:  # noqa: BLE001  raised again in the main thread
                self._broken.append(error)

        leave()
        self._thread = threading.Thread(target=return_later)
        self._thread.start()

    def join(self) -> None:
        """Wait until the service is back."""
        if self._thread is not None:
            self._thread.join()
