"""What happens to the parts of a running system, at random: killed, frozen, emptied, started again.

Every part comes back by itself: the supervisor starts what was killed, and we start PostgreSQL and
Redis, as their own supervisors would.
"""

import os
import random
import signal
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psutil
import redis

from launch.stack import Stack
from launch.supervisor import RECENTLY, TOO_OFTEN
from models.clock import tick

PAUSE = (0.5, 3.0)  # seconds from one blow to the next
DOWN = (0.0, 3.0)  # seconds until PostgreSQL or Redis is started again
FROZEN = (1.0, 6.0)


class Trouble:
    """Strikes with `strike`; all chance comes from `dice`."""

    def __init__(self, stack: Stack, dice: random.Random) -> None:
        self._stack, self._dice = stack, dice
        self._over = threading.Event()
        self._times: defaultdict[str, deque[float]] = defaultdict(
            lambda: deque(maxlen=TOO_OFTEN - 1)
        )
        self.blows: Counter[str] = Counter()
        self._kinds: dict[str, tuple[float, Callable[[], None]]] = {
            "worker-1 killed": (4, lambda: self._kill("worker-1")),
            "worker-2 killed": (4, lambda: self._kill("worker-2")),
            "beat killed": (1, lambda: self._kill("beat")),
            "web killed": (2, lambda: self._kill("web")),
            "one web process killed": (3, self._kill_part_of_web),
            "Redis killed": (2, self._kill_redis),
            "Redis frozen": (2, self._freeze_redis),
            "Redis emptied": (2, self._empty_redis),
            "PostgreSQL crashed": (1.5, self._crash_postgres),
        }

    @contextmanager
    def striking(self) -> Iterator[None]:
        """Strike until the block ends; afterwards everything is up, or on its way."""
        thread = threading.Thread(target=self._strike_on)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _strike_on(self) -> None:
        while not self._over.wait(self._dice.uniform(*PAUSE)):
            weights = [weight for weight, _ in self._kinds.values()]
            (kind,) = self._dice.choices(list(self._kinds), weights)
            # What has not come back yet cannot be killed.
            with suppress(ProcessLookupError, psutil.NoSuchProcess, KeyError, Spared):
                self._kinds[kind][1]()
                self.blows[kind] += 1

    def _kill(self, name: str) -> None:
        """But not so often that the supervisor gives it up."""
        times = self._times[name]
        if len(times) == times.maxlen and tick() - times[0] < RECENTLY + 1:
            raise Spared
        self._stack.kill(name)
        times.append(tick())

    def _kill_part_of_web(self) -> None:
        parts = psutil.Process(self._stack.pids()["web"]).children()
        if not parts:
            raise Spared
        self._dice.choice(parts).kill()

    def _kill_redis(self) -> None:
        if server := self._stack.redis:
            server.kill()
            self._wait(DOWN)
            server.start()

    def _freeze_redis(self) -> None:
        if server := self._stack.redis:
            os.kill(server.pid, signal.SIGSTOP)
            self._wait(FROZEN)
            os.kill(server.pid, signal.SIGCONT)

    def _empty_redis(self) -> None:
        with redis.Redis.from_url(self._stack.environment["REDIS_URL"]) as client:
            client.flushall()

    def _crash_postgres(self) -> None:
        if server := self._stack.postgres:
            server.kill()
            self._wait(DOWN)
            server.start()

    def _wait(self, seconds: tuple[float, float]) -> None:
        self._over.wait(self._dice.uniform(*seconds))


class Spared(Exception):  # noqa: N818  nobody did anything wrong
    """It was killed often enough, or is not there."""
