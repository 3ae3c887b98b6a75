"""Metrics of the processes: their declarations, and the meter that keeps them, if one is installed.

Without a meter a call here does nothing. This module knows no library: `metering.py` installs
Prometheus's. A label holds names that the code or the operator has chosen, and never an id or
what a person typed: each combination of values is a series for ever.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

# Upper bounds of the buckets of histograms, in seconds.
FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SLOW = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)
# The value of a label for everything that has no name here.
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Metric:
    """A named number of a process, one for each combination of values of its labels."""

    name: str
    text: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counter(Metric):
    """A number that only grows."""

    def add(self, *values: str, amount: float = 1) -> None:
        """Add `amount` under the values of the labels."""
        for meter in _meters:
            meter.add(self, values, amount)


@dataclass(frozen=True, slots=True)
class Histogram(Metric):
    """Durations in seconds, counted in buckets."""

    buckets: tuple[float, ...] = FAST

    def observe(self, seconds: float, *values: str) -> None:
        """Count a duration under the values of the labels."""
        for meter in _meters:
            meter.observe(self, values, seconds)


@dataclass(frozen=True, slots=True)
class Gauge(Metric):
    """A number that goes up and down: the sum, or the maximum, over the processes.

    `max` also counts those that have ended.
    """

    over: Literal["livesum", "livemax", "max"] = "livesum"

    def set(self, value: float) -> None:
        """Set the number of this process."""
        for meter in _meters:
            meter.set(self, value)

    def change(self, difference: int) -> None:
        """Change the number of this process."""
        for meter in _meters:
            meter.change(self, difference)

    def follow(self, read: Callable[[], float]) -> None:
        """Set the number to what `read` returns, again and again, for what changes too often."""
        followed[self] = read


class Meter(Protocol):
    """A keeper of the numbers of a process."""

    def add(self, counter: Counter, values: tuple[str, ...], amount: float) -> None: ...

    def observe(self, histogram: Histogram, values: tuple[str, ...], seconds: float) -> None: ...

    def set(self, gauge: Gauge, value: float) -> None: ...

    def change(self, gauge: Gauge, difference: int) -> None: ...


# The installed meter, if there is one.
_meters: list[Meter] = []
# The gauges that follow something, each with the function that reads it.
followed: dict[Gauge, Callable[[], float]] = {}


def install(meter: Meter | None) -> None:
    """Keep the numbers in `meter` from now on; None keeps none."""
    _meters[:] = [] if meter is None else [meter]


def is_on() -> bool:
    """Return whether numbers are kept."""
    return bool(_meters)


def sample() -> None:
    """Set the gauges that follow something."""
    for gauge, read in followed.items():
        gauge.set(read())


HTTP_REQUESTS = Counter(
    "projectx_http_requests_total",
    "Requests by the service and the rule of the route; without a route it is `other`.",
    ("service", "route", "method", "status"),
)
HTTP_SECONDS = Histogram(
    "projectx_http_request_seconds",
    "Time until the answer of a request, without the time that it waited for a change (`Prefer`).",
    ("service", "route", "method"),
)
HTTP_WAITING = Gauge(
    "projectx_http_waiting_requests", "Requests that wait for a change of an execution (`Prefer`)."
)
TRANSITIONS = Counter(
    "projectx_transitions_total",
    "Committed transitions by arrow; `source` is empty for a birth. `ignored` ones moved nothing.",
    ("machine", "signal", "source", "target", "ignored"),
)
ACTIVITY_OUTCOMES = Counter(
    "projectx_activity_outcomes_total",
    "Recorded attempts of activities: done, unneeded, retried, snoozed, failed (gave up for good),"
    " lost (another worker has the activity by now).",
    ("activity", "outcome"),
)
ACTIVITY_UNKNOWN = Counter(
    "projectx_activity_unknown_outcomes_total",
    "Attempts that the provider may have carried out without an answer.",
    ("activity",),
)
ACTIVITY_WAIT = Histogram(
    "projectx_activity_wait_seconds",
    "Time from the making of an activity to its first claim by a worker.",
    ("activity",),
    SLOW,
)
ACTIVITY_PERFORM = Histogram(
    "projectx_activity_perform_seconds",
    "Time of one attempt's calls to the provider, by how it ended: answered, failed, unknown.",
    ("activity", "outcome"),
)
SIGNALS = Counter(
    "projectx_signals_total",
    "Events of providers by how they ended here: applied, ignored, unmatched, failed, stored (to"
    " be applied later), put_off, repeated. Kinds that nothing reads are `other`.",
    ("source", "kind", "outcome"),
)
SIGNAL_LAG = Histogram(
    "projectx_signal_lag_seconds",
    "Time from the receipt of an event to the commit that applies it.",
    ("source",),
    SLOW,
)
DEADLINE_LAG = Histogram(
    "projectx_deadline_lag_seconds",
    "Time from a deadline to the moment when the sweep fires it.",
    ("machine",),
    SLOW,
)
SWEEP_SECONDS = Histogram("projectx_sweep_seconds", "Time of one part of a sweep.", ("part",), SLOW)
SWEEP_ROWS = Counter("projectx_sweep_rows_total", "Rows that sweeps have handled.", ("part",))
SWEEP_FAILURES = Counter("projectx_sweep_failures_total", "Parts of sweeps that failed.", ("part",))
BEAT_AT = Gauge(
    "projectx_beat_timestamp_seconds", "Time of the last turn of a beat (Unix time).", over="max"
)
PUBLISHED = Counter(
    "projectx_published_total", "Ids of activities that were sent to the workers.", ("activity",)
)
PUBLISH_FAILURES = Counter(
    "projectx_publish_failures_total",
    "Ids of activities that could not be sent: the sweep sends them later.",
    ("activity",),
)
PROVIDER_CALLS = Counter(
    "projectx_provider_calls_total",
    "Requests to providers by the class of the answer's status: 2xx, 4xx, 429, 5xx, or none.",
    ("provider", "operation", "outcome"),
)
PROVIDER_SECONDS = Histogram(
    "projectx_provider_call_seconds",
    "Time of one request to a provider, answered or not.",
    ("provider", "operation"),
)
POOL_IN_USE = Gauge("projectx_pool_in_use", "Connections to PostgreSQL that threads hold.")
POOL_SHARE = Gauge(
    "projectx_pool_share_max",
    "Share of its connections that threads hold, of the process with the highest one.",
    over="livemax",
)
POOL_LIMIT = Gauge(
    "projectx_pool_limit", "Connections that the processes may open: their pools and peaks."
)

ALL: tuple[Metric, ...] = tuple(each for each in globals().values() if isinstance(each, Metric))


def count_transitions(history: Iterable[Mapping[str, Any]]) -> None:
    """Count committed rows of the history."""
    for row in history:
        arrow = row["machine"], row["signal"], row["source"] or "", str(row["target"])
        TRANSITIONS.add(*arrow, str(row["ignored"]).lower())
