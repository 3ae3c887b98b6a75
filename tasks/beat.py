"""Beat: sends the ticks, keeps nothing, and keeps Redis small.

Of each tick no more than one waits in its queue, however long the workers are away, and however
many beats there are. Messages that nobody took within a lease are removed: the sweep announces
their rows again. Celery's own `expires` removes nothing from a queue; it is judged by the worker
that takes the message, and by that worker's clock.
"""

import logging
from collections.abc import Callable
from functools import cached_property, partial
from time import monotonic as tick
from typing import Any

import redis
from celery.beat import ScheduleEntry, Scheduler

import heartbeats
import redis_url
from celeryconfig import broker_transport_options, task_queues
from config import settings

log = logging.getLogger(__name__)

PREFIX = str(broker_transport_options["global_keyprefix"])
# For so long the turn to send a tick belongs to one of several beats; of the tick's interval.
TURN = 0.9
# Seconds after which a message that nobody took is removed: those of a lease.
EXPIRY = 10.0
HOUSEKEEPING = EXPIRY / 2
# Removes what has lain in a list for longer than a lease, and less than two: a mark remembers what
# was newest, and since when; time is Redis's own.
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
    """Sends each tick at its interval by a clock that never jumps. Any number may run at once."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._due: dict[str, float] = {}
        super().__init__(*arguments, **options)

    def tick(self, *_: Any, **__: Any) -> float:
        """Send what is due; the seconds until the next is."""
        at = tick()
        for name, entry in self.schedule.items():
            interval = entry.schedule.run_every.total_seconds()
            if self.is_due_at(name, interval, at):
                self._attempt(partial(self._send, entry, interval))
        if self.is_due_at("housekeeping", HOUSEKEEPING, at):
            self._attempt(self._keep_house)
        return max(0.0, min(self._due.values()) - tick())

    def is_due_at(self, name: str, interval: float, at: float) -> bool:
        """Whether it is time for `name`, in seconds of the clock that never jumps; then it is noted
        as done.
        """
        due = self._due.get(name, at)
        if due > at:
            return False
        # From the moment that was due, so that ticks do not drift; unless that is long ago.
        self._due[name] = due + interval if due + interval > at else at + interval
        return True

    def _send(self, entry: ScheduleEntry, interval: float) -> None:
        queue = PREFIX + self.app.amqp.router.route({}, entry.task)["queue"].name
        turn = f"{PREFIX}turn:{entry.name}"
        if not self._redis.set(turn, 1, nx=True, px=int(1000 * TURN * interval)):
            return
        if self._redis.llen(queue) == 0:
            self.apply_entry(entry, producer=self.producer)

    def _keep_house(self) -> None:
        """Say that beat is here, and remove the messages that nobody took."""
        heartbeats.announce(self._redis, heartbeats.BEAT)
        for queue in task_queues:
            self._expire(
                keys=[PREFIX + queue.name, f"{PREFIX}mark:{queue.name}"], args=[1000 * EXPIRY]
            )

    def _attempt(self, work: Callable[[], object]) -> None:
        """Whatever Redis says, the next tick tries again."""
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
