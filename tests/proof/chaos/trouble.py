"""Faults of a running system at random: parts are killed, frozen, emptied and restarted.

Every part comes back: the supervisor restarts killed processes, and this module restarts PostgreSQL
and Redis, as their own supervisors would. While one of these is down, the other faults continue.
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
from launch.supervisor import ENDS_WINDOW, MAX_ENDS
from models.clock import tick
from tests.proof.chaos.outage import Outage, Spared
from tests.proof.chaos.recovery import Recovery

PAUSE = (0.5, 3.0)  # seconds from one blow to the next
DOWN = (0.0, 3.0)  # seconds until PostgreSQL or Redis is started again
FROZEN = (1.0, 6.0)
NEVER_YET = 0.5  # of the blows, one of a kind that has not fallen


class Trouble:
    """Strikes with `striking`; all chance comes from `dice`."""

    def __init__(self, stack: Stack, dice: random.Random, recovery: Recovery) -> None:
        self._stack, self._dice, self._recovery = stack, dice, recovery
        self._over = threading.Event()
        self._broken: list[Exception] = []
        self._redis = Outage(self._over, self._broken)
        self._postgres = Outage(self._over, self._broken)
        self._times: defaultdict[str, deque[float]] = defaultdict(
            lambda: deque(maxlen=MAX_ENDS - 1)
        )
        self.blows: Counter[str] = Counter()
        self._kinds: dict[str, tuple[float, Callable[[], None]]] = {
            "worker-1 killed": (4, lambda: self._kill("worker-1")),
            "worker-2 killed": (4, lambda: self._kill("worker-2")),
            "sweeper killed": (2, lambda: self._kill("sweeper")),
            "beat killed": (1, lambda: self._kill("beat")),
            "web killed": (2, lambda: self._kill("web")),
            "one web process killed": (3, self._kill_part_of_web),
            "Redis killed": (2, self._kill_redis),
            "Redis frozen": (2, self._freeze_redis),
            "Redis emptied": (2, self._empty_redis),
            "PostgreSQL crashed": (1.5, self._crash_postgres),
        }

    @property
    def never(self) -> list[str]:
        """The kinds of blows that never fell."""
        return [kind for kind in self._kinds if not self.blows[kind]]

    @property
    def overlaps(self) -> int:
        """Return the number of faults while PostgreSQL or Redis was down."""
        return self._redis.meanwhile + self._postgres.meanwhile

    @contextmanager
    def striking(self) -> Iterator[None]:
        """Inject faults until the block ends; afterwards everything is up or starting.

        Raises the error that kept a fault from being injected, or a service from coming back.
        """
        thread = threading.Thread(target=self._strike_on)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()
            self._redis.join()
            self._postgres.join()
        if self._broken:
            raise ExceptionGroup("the trouble itself was in trouble", self._broken)

    def _strike_on(self) -> None:
        try:
            while not self._over.wait(self._dice.uniform(*PAUSE)):
                self._strike(self._kind())
        except Exception as error:  # noqa: BLE001  raised again in the main thread
            self._broken.append(error)

    def _kind(self) -> str:
        """Choose a kind by its weight, or now and then one that was not used yet."""
        if self.never and self._dice.random() < NEVER_YET:
            return self._dice.choice(self.never)
        weights = [weight for weight, _ in self._kinds.values()]
        return self._dice.choices(list(self._kinds), weights)[0]

    def _strike(self, kind: str) -> None:
        away = [outage for outage in (self._redis, self._postgres) if outage.lasts]
        # What has not come back yet cannot be killed.
        with suppress(ProcessLookupError, psutil.NoSuchProcess, Spared):
            running = self._recovery.running()
            self._kinds[kind][1]()
            self._recovery.begin(kind, running)
            self.blows[kind] += 1
            for outage in away:
                outage.meanwhile += 1

    def _kill(self, name: str) -> None:
        """Kill a process, unless the supervisor would give it up after so many deaths."""
        times = self._times[name]
        if len(times) == times.maxlen and tick() - times[0] < ENDS_WINDOW + 1:
            raise Spared
        self._stack.kill(name)
        times.append(tick())

    def _kill_part_of_web(self) -> None:
        parts = psutil.Process(self._stack.pids()["web"]).children()
        if not parts:
            raise Spared
        self._dice.choice(parts).kill()

    def _kill_redis(self) -> None:
        server = self._stack.redis
        if server is None:
            raise Spared
        self._redis.begin(server.kill, self._dice.uniform(*DOWN), server.start)

    def _freeze_redis(self) -> None:
        server = self._stack.redis
        if server is None:
            raise Spared
        self._redis.begin(
            lambda: os.kill(server.pid, signal.SIGSTOP),
            self._dice.uniform(*FROZEN),
            lambda: os.kill(server.pid, signal.SIGCONT),
        )

    def _empty_redis(self) -> None:
        if self._redis.lasts:
            raise Spared
        url = self._stack.environment["REDIS_URL"]
        with redis.Redis.from_url(url, socket_timeout=10) as client:
            client.flushall()

    def _crash_postgres(self) -> None:
        server = self._stack.postgres
        if server is None:
            raise Spared
        self._postgres.begin(server.kill, self._dice.uniform(*DOWN), server.start)
