"""The numbers of the process in Prometheus's text format. They are few: it takes no library."""

from events.subscription import Subscription
from events.watchers import Watchers

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# The kind and the meaning of each number.
METRICS = {
    "projectx_events_streams": ("gauge", "Open streams of this process."),
    "projectx_events_streams_limit": ("gauge", "Streams that this process may open."),
    "projectx_events_subscribed": ("gauge", "1 while Redis passes on changes, otherwise 0."),
    "projectx_events_announced_total": ("counter", "Changes that were sent, one for each stream."),
    "projectx_events_dropped_total": ("counter", "Streams whose clients read too slowly."),
    "projectx_events_refused_total": ("counter", "Streams that were refused: there were too many."),
}


def expose(watchers: Watchers, subscription: Subscription) -> str:
    """Return all numbers, each with its kind and its meaning."""
    values = (
        len(watchers),
        watchers.limit,
        int(subscription.is_open),
        watchers.announced,
        watchers.dropped,
        watchers.refused,
    )
    return "".join(
        f"# HELP {name} {text}\n# TYPE {name} {kind}\n{name} {value}\n"
        for (name, (kind, text)), value in zip(METRICS.items(), values, strict=True)
    )
