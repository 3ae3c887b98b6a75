"""`python -m bench.console [--quick]`: compare the console of a large shop with a small shop's.

One member of staff sends each request to both shops in turns, so that other programs on the machine
disturb both alike. The processor time of a request hardly depends on them. Then twenty consoles are
open for a minute.
"""

import statistics
import sys
from collections.abc import Sequence

import requests

from bench import console_rows
from bench.console_requests import LIST_LIMIT, SEARCH_LIMIT, Request, list_requests, read_subjects
from bench.cost import Database
from bench.fill import Filler
from bench.growth import DATABASE_SIZE, UNLIMITED, add
from bench.open_consoles import count_seconds, measure_open
from bench.shop import Figures, let_pass
from demo.buyer import Buyer
from launch.children import end_in_order
from launch.stack import Stack
from models.clock import tick

SMALL = 1_000  # orders of the small shop, whose pages are full, too
SIZES = (1_000_000,)  # finished orders
WAITING = 1_000_000  # unpaid orders, each with a call that waits
REPETITIONS, WARM_UP = 40, 3  # requests of a kind to each shop
PAUSED_REPETITIONS = 8
OPEN_SECONDS = 60.0
QUICK = ((2_000,), 500, 3, 6.0)


class Shop:
    """A shop with a member of staff who uses its console."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.database = Database(stack.environment["DATABASE_URL"])
        self.filler = Filler(stack.environment["DATABASE_URL"])
        console_rows.insert_finished(self.filler, 0, SMALL)
        console_rows.lengthen_history(self.filler)

    def sign_in(self) -> requests.Session:
        """Sign a new member of staff in."""
        clerk = Buyer(self.stack.urls)
        clerk.log_in()
        self.database.execute("UPDATE users SET roles = '{admin}' WHERE email = %s", clerk.email)
        return clerk.http

    def list_requests(self) -> list[Request]:
        return list(list_requests(read_subjects(self.database)))


def measure(
    sizes: Sequence[int] = SIZES,
    waiting: int = WAITING,
    repetitions: int = REPETITIONS,
    open_seconds: float = OPEN_SECONDS,
) -> Figures:
    """Measure the console at each size. Figures are named by the content of the tables."""
    figures: Figures = {}
    with Stack(environment=UNLIMITED) as first, Stack(environment=UNLIMITED) as second:
        small, large = Shop(first), Shop(second)
        for size_before, size in zip([SMALL, *sizes], sizes, strict=False):
            console_rows.insert_finished(large.filler, size_before, size)
            add(figures, compare(small, large, f"{size} orders", repetitions))
        console_rows.insert_waiting(large.filler, waiting)
        title = f"{sizes[-1]} orders and {waiting} waiting"
        add(figures, compare(small, large, title, repetitions))
        add(figures, measure_open(large.stack, large.database, large.sign_in, open_seconds))
        for shop in (small, large):
            shop.filler.close()
    return figures


def compare(small: Shop, large: Shop, title: str, repetitions: int) -> Figures:
    """Measure each request in both shops, and the slowest of each kind."""
    figures: Figures = {f"{title}: on disk, MB": float(large.database.execute(DATABASE_SIZE))}
    clerks = [(shop, shop.sign_in()) for shop in (small, large)]
    slowest: dict[float, float] = {}
    for base, request in zip(small.list_requests(), large.list_requests(), strict=True):
        number = min(repetitions, PAUSED_REPETITIONS) if request.pause else repetitions
        times: list[list[float]] = [[], []]
        used = count_seconds(large.stack)
        for _ in range(number + WARM_UP):
            let_pass(request.pause)
            for side, (shop, clerk), path in zip(
                times, clerks, (base.path, request.path), strict=True
            ):
                side.append(_time(clerk, f"{shop.stack.urls.web}/admin/{path}"))
        (_, small_p95), (p50, p95) = (_percentiles(side[WARM_UP:]) for side in times)
        used = count_seconds(large.stack) - used
        add(figures, {
            f"{title}: {request.title}, ms p50": p50,
            f"{title}: {request.title}, ms p95": p95,
            f"{title}: {request.title}, processor ms": 1000 * used / (number + WARM_UP),
            f"{title}: {request.title}, p95 in % of a small shop's": 100 * p95 / small_p95,
        })  # fmt: skip
        slowest[request.limit] = max(p95, slowest.get(request.limit, 0))
    return figures | {
        f"{title}: the slowest list, ms p95": slowest[LIST_LIMIT],
        f"{title}: the slowest search, ms p95": slowest[SEARCH_LIMIT],
    }


def _time(clerk: requests.Session, url: str) -> float:
    """Send a request, and return the milliseconds until its whole answer."""
    start = tick()
    response = clerk.get(url, timeout=60)
    if response.status_code != requests.codes.ok:
        raise RuntimeError(f"{url}: {response.status_code} {response.text[:300]}")
    return 1000 * (tick() - start)


def _percentiles(times: Sequence[float]) -> tuple[float, float]:
    """Return the median and the 95th percentile."""
    return statistics.median(times), statistics.quantiles(times, n=20, method="inclusive")[18]


if __name__ == "__main__":
    end_in_order()
    measure(*QUICK) if "--quick" in sys.argv else measure()
