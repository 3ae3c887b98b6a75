"""The scheduler of Celery beat: sends the ticks and removes expired messages. It has no state.

At most one message of each tick waits in its queue, however long the workers are away, and however
many beats there are. Messages that no worker took within a lease are removed: the sweep publishes
their rows again. Celery's own `expires` removes nothing from a queue; the worker that takes the
message applies it, by that worker's clock.
"""

import logging
from collections.abc import Callable
from functools import cached_property, partial
from time import monotonic as tick
from time import time
from typing import Any

import redis
from celery.beat import ScheduleEntry, Scheduler

import heartbeats
import metering
import redis_url
from celeryconfig import task_queues
from config import settings
from models import metrics
from tasks import queue_keys
from tasks.queue_keys import PREFIX, list_names

log = logging.getLogger(__name__)

# The lock for sending a tick, as a fraction of the tick's interval: one of several beats gets it.
TURN = 0.9
# Seconds after which a waiting message is removed: those of a lease.
EXPIRY = 10.0
HOUSEKEEPING_INTERVAL = EXPIRY / 2
# Removes messages after one to two leases in a list, by Redis's clock. The mark holds the newest
# message at the time when the mark was set.
EXPIRE = """
local mark = redis.call('GET', KEYS[2])
local left, lease = redis.call('PTTL', KEYS[2]), math.floor(ARGV[1])
if mark and left <= lease then
    local at = redis.call('LPOS', KEYS[1], mark)
    if at then redis.call('LTRIM', KEYS[1], 0, at - 1) end
    redis.call('DEL', KEYS[2])
    mark = false
end
if not mark then
    local newest = redis.call('LINDEX', KEYS[1], 0)
    if newest then redis.call('SET', KEYS[2], newest, 'PX', 2 * lease) end
end
"""


class Beat(Scheduler):  # type: ignore[misc]
    """A scheduler that sends each tick at its interval, by a monotonic clock.

    Any number of beats may run at once.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._due: dict[str, float] = {}
        super().__init__(*arguments, **options)
        metering.start()

    def tick(self, *_: Any, **__: Any) -> float:
        """Send the ticks that are due and return the seconds until the next one."""
        at = tick()
        metrics.BEAT_AT.set(time())
        for name, entry in self.schedule.items():
            interval = entry.schedule.run_every.total_seconds()
            if self.is_due_at(name, interval, at):
                self._attempt(partial(self._send, entry, interval))
        if self.is_due_at("housekeeping", HOUSEKEEPING_INTERVAL, at):
            self._attempt(self._keep_house)
        return max(0.0, min(self._due.values()) - tick())

    def is_due_at(self, name: str, interval: float, at: float) -> bool:
        """Return whether `name` is due at `at`, in seconds of the monotonic clock.

        If it is, advance its next time by `interval`.
        """
        due = self._due.get(name, at)
        if due > at:
            return False
        # Count from the due time, so that ticks do not drift, unless it is long past.
        self._due[name] = due + interval if due + interval > at else at + interval
        return True

    def _send(self, entry: ScheduleEntry, interval: float) -> None:
        queue = PREFIX + self.app.amqp.router.route({}, entry.task)["queue"].name
        turn = queue_keys.turn_name(entry.name)
        if not self._redis.set(turn, 1, nx=True, px=int(1000 * TURN * interval)):
            return
        if self._redis.llen(queue) == 0:
            self.apply_entry(entry, producer=self.producer)

    def _keep_house(self) -> None:
        """Announce this beat, and remove expired messages and keys in the way of the queues."""
        heartbeats.announce(self._redis, heartbeats.BEAT)
        queue_keys.set_aside(self._redis)
        for queue in task_queues:
            for name in list_names(queue.name):
                self._expire(keys=[name, queue_keys.mark_name(name)], args=[1000 * EXPIRY])

    def _attempt(self, work: Callable[[], object]) -> None:
        """Call `work` and log errors of Redis: the next tick tries again."""
        try:
            work()
        except redis.RedisError as error:
            log.warning("Redis: %s", error)

    @cached_property
    def _redis(self) -> redis.Redis:
        return redis_url.connect(settings.redis_url, socket_timeout=2, socket_connect_timeout=1)

    @cached_property
    def _expire(self) -> Any:
        return self._redis.register_script(EXPIRE)
