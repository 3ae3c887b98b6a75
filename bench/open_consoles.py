"""The processor time of open consoles: the requests that pages make, at their intervals."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import requests

from bench.console_requests import list_open_pages
from bench.cost import Database, read_times, used_since
from bench.shop import Figures, let_pass
from launch.stack import Stack
from models.clock import tick

SERVERS = ("web", "postgres")
NEWEST = """
SELECT array_agg(id::text) FROM (SELECT id FROM orders ORDER BY id DESC LIMIT 20) AS newest
"""


@dataclass(slots=True)
class Poll:
    """A request that a page repeats, with the ETag of its last answer."""

    url: str
    every: float
    at: float
    etag: str | None = None


@dataclass(slots=True)
class Console:
    """An open page. `answers` counts the answers with each status."""

    clerk: requests.Session
    polls: list[Poll]
    ended: threading.Event
    answers: dict[int, int] = field(default_factory=dict)

    def run(self) -> None:
        """Send each request at its interval until the end."""
        while True:
            poll = min(self.polls, key=lambda each: each.at)
            if self.ended.wait(max(0.0, poll.at - tick())):
                return
            headers = {"If-None-Match": poll.etag} if poll.etag else {}
            response = self.clerk.get(poll.url, headers=headers, timeout=60)
            poll.etag = response.headers.get("ETag")
            poll.at = max(tick(), poll.at + poll.every)
            self.answers[response.status_code] = self.answers.get(response.status_code, 0) + 1


def measure_open(
    stack: Stack, database: Database, sign_in: Callable[[], requests.Session], seconds: float
) -> Figures:
    """Measure the servers without and with the consoles, of which each has its own session."""
    ended, dice = threading.Event(), random.Random(1)
    consoles = []
    for page in list_open_pages(database.execute(NEWEST)):
        begin = tick() + 5
        polls = [
            Poll(f"{stack.urls.web}/admin/{path}", every, begin + dice.uniform(0, every))
            for path, every in page
        ]
        consoles.append(Console(sign_in(), polls, ended))
    let_pass(5)
    idle = _measure_share(stack, seconds)
    with ThreadPoolExecutor(len(consoles)) as pool:
        futures = [pool.submit(console.run) for console in consoles]
        try:
            # The first answers are those of opening the pages.
            let_pass(10)
            used = _measure_share(stack, seconds)
        finally:
            ended.set()
    for future in futures:
        future.result()
    return _figures(consoles, idle, used)


def _figures(consoles: list[Console], idle: dict[str, float], used: dict[str, float]) -> Figures:
    title = f"{len(consoles)} open consoles"
    answers = [console.answers for console in consoles]
    number = sum(sum(each.values()) for each in answers)
    unchanged = sum(each.get(requests.codes.not_modified, 0) for each in answers)
    figures = {f"{title}: {name}, % of one core": used[name] - idle[name] for name in SERVERS}
    return figures | {
        f"{title}: servers, % of one core": sum(figures.values()),
        f"{title}: the same without them, % of one core": sum(idle.values()),
        f"{title}: requests": float(number),
        f"{title}: answers that were 304, %": 100 * unchanged / number,
    }


def _measure_share(stack: Stack, seconds: float) -> dict[str, float]:
    """Return the share of a core that each of SERVERS uses, with its children, in %."""
    start, before = tick(), _read_times(stack)
    let_pass(seconds)
    after, span = _read_times(stack), tick() - start
    return {name: 100 * used / span for name, used in used_since(before, after).items()}


def count_seconds(stack: Stack) -> float:
    """Return the processor time of SERVERS so far, in seconds."""
    return sum(sum(used.values()) for used in _read_times(stack).values())


def _read_times(stack: Stack) -> dict[str, dict[int, float]]:
    pids = stack.pids()
    return read_times({name: pids[name] for name in SERVERS})
