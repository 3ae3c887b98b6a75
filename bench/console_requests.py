"""The requests of the operations console: its lists, filters and searches, and its open pages."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from bench.cost import Database

# The promises, in milliseconds at the 95th percentile.
LIST_LIMIT, SEARCH_LIMIT = 200, 50
# What operators filter by, of an order in the middle of the table.
SUBJECTS = """
SELECT json_build_object('order', orders.id, 'reference', reference_id, 'user', users.id,
    'email', email, 'payment', payment.id, 'intent', intent_id, 'charge', charge_id,
    'total', to_char(total / 100.0, 'FM999990.00'))
FROM orders JOIN users ON users.id = orders.user_id JOIN payment ON order_id = orders.id
WHERE orders.state = 'Confirmed' AND orders.id >= (
    SELECT id FROM orders WHERE state = 'Confirmed' ORDER BY id DESC OFFSET 500 LIMIT 1)
ORDER BY orders.id LIMIT 1
"""
LISTS = (
    "executions",
    "executions?sort=oldest",
    "executions?sort=changed",
    "executions?machine=order&state=Confirmed",
    "executions?machine=order&state=Failed",
    "executions?machine=payment&state=Initiated&sort=changed",
    "executions?machine=payment&state=Success&sort=changed",
    "executions?olderThan=1d",
    "executions?machine=payment&state=Initiated&olderThan=2h",
    "executions?machine=payment&state=Initiated&olderThan=2h&sort=changed",
    "executions?machine=order&state=Confirmed&olderThan=30d",
    "executions?machine=order&state=Confirmed&olderThan=30d&sort=changed",
    "executions?key={reference}",
    "executions?q={email}",
    "executions?waitingFor=payments.retrieve_intent",
    "executions?waitingFor=payments.retrieve_intent&sort=changed",
    "executions?failedActivity=any",
    "executions?failedActivity=emails.order_shipped",
    "executions/order/{order}",
    "executions/order/{order}/timeline?size=200",
    "executions/order/{long}",
    "executions/order/{long}/timeline?size=200",
    "orders/{order}",
    "machines",
    "activities",
    "activities?state=waiting",
    "activities?state=waiting&name=payments.retrieve_intent",
    "activities?state=waiting&name=emails.order_shipped",
    "activities?state=waiting&error=busy",
    "activities?state=waiting&machine=order",
    "activities?state=failed",
    "activities?state=failed&name=emails.order_shipped",
    "activities?state=failed&error=busy",
    "activities?state=done&name=emails.order_shipped",
    "activities?givingUp=true",
    "activities?maybeSent=true",
    "activities?subject={payment}",
    "signals",
    "signals?state=unmatched",
    "signals?state=unmatched&kind=charge.refunded",
    "signals?state=applied&kind=charge.refunded",
    "signals?subject={payment}",
    "logins",
    "logins?state=Expired",
    "logins?email={email}",
    "users",
    "users?q={email}",
    "users?q=nobody",
    "users?role=staff",
    "users?status=Suspended",
    "users/{user}",
    "audit",
    "audit?actor={user}",
    "audit?subject={order}",
    "audit?since=2020-01-01T00:00:00Z&until=2020-02-01T00:00:00Z",
    "notices",
    "notices?open=true",
    "notices?open=true&kind=mispaid",
    "notices?open=false&kind=mispaid",
    "products",
    "bulk",
    "controls",
    "overview",
)
SEARCHES = (
    "search?q={order}",
    "search?q={reference}",
    "search?q={email}",
    "search?q={intent}",
    "search?q={charge}",
    "search?q={total}",
    "search?q=evt_{payment}",
    "search?q=00000000-0000-7000-8000-000000000000",
)
# Seconds between two requests for answers that the server computes once in two seconds.
PAUSES = {"overview": 2.1}
# The pages of twenty open consoles: how many show each, and what each of them polls every so many
# seconds, as the intervals of frontend/src/console say.
CONTROLS = (("controls", 10.0),)
OPEN_PAGES: tuple[tuple[int, tuple[tuple[str, float], ...]], ...] = (
    (4, (("overview", 5.0),)),
    (4, (("executions/order/{order}", 5.0), ("orders/{order}", 5.0))),
    (3, (("executions", 5.0),)),
    (1, (("executions?machine=payment&state=Initiated", 5.0),)),
    (2, (("activities?state=failed", 5.0),)),
    (1, (("activities", 5.0),)),
    (1, (("signals", 5.0),)),
    (1, (("notices?open=true", 5.0),)),
    (1, (("audit", 5.0),)),
    (1, (("bulk", 5.0),)),
    (1, (("machines", 15.0),)),
)


class Request(NamedTuple):
    """A request of a kind, with the limit of its 95th percentile in milliseconds."""

    title: str
    path: str
    limit: float
    pause: float


def list_requests(subjects: dict[str, Any]) -> Iterator[Request]:
    """Yield the lists and searches with the ids of a shop."""
    for templates, limit in ((LISTS, LIST_LIMIT), (SEARCHES, SEARCH_LIMIT)):
        for template in templates:
            path = template.format(**subjects)
            yield Request(template, path, limit, PAUSES.get(template, 0))


def read_subjects(database: Database) -> dict[str, Any]:
    """Return the ids of an order and of what belongs to it, and those of the long history."""
    subjects: dict[str, Any] = database.execute(SUBJECTS)
    long = database.execute(
        "SELECT subject_id::text FROM transition WHERE cause = 'command:bench'"
        " ORDER BY at DESC LIMIT 1"
    )
    return subjects | {"long": long}


def list_open_pages(order_ids: list[str]) -> Iterator[list[tuple[str, float]]]:
    """Yield what each open console polls; each page of an order has another one."""
    orders = iter(order_ids)
    for number, polls in OPEN_PAGES:
        for _ in range(number):
            order_id = next(orders)
            yield [(path.format(order=order_id), every) for path, every in (*polls, *CONTROLS)]
