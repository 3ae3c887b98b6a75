"""Drill: faults of a running shop make alerts fire in a real Prometheus, and their ends end them.

The rules are those that are shipped, with every time in them divided by FACTOR.
"""

import json
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from threading import Event

import psutil
import psycopg2
import pytest
import requests

from demo.buyer import Buyer, wait_for
from demo.world import World
from launch.stack import Stack
from launch.unprivileged_user import temporary_folder
from tests.support.prometheus import Server, scraping
from tests.support.proof import IN_FULL
from tests.support.system import OWN

pytestmark = pytest.mark.skipif(not IN_FULL, reason="a drill of `make prove`")

FACTOR = 12
# Seconds. Some gauges are a minute old.
PATIENCE = 240
# Requests at once: more than twice the connections of both web processes.
CROWD = 80
SETTINGS = {
    "METRICS": "1",
    "LOGIN_LIMIT": "10000/minute",
    "LOGIN_LIMIT_PER_ADDRESS": "10000/minute",
    # Polls confirm orders of which no event tells.
    "POLL_AGES": "3,6,9,12,20",
    "PROVIDER_TIMEOUT": "1",
    **dict.fromkeys(("ORDERS_PER_HOUR", "UNPAID_ORDERS", "UNPAID_PIECES"), "10000"),
}


@pytest.fixture(scope="module")
def shop() -> Iterator[Stack]:
    with Stack(environment=OWN | SETTINGS) as running:
        World.of(running).restock(10_000)
        yield running


@pytest.fixture(scope="module")
def prometheus(shop: Stack) -> Iterator[Server]:
    with temporary_folder() as folder, scraping(folder, shop, factor=FACTOR) as server:
        yield server


@pytest.fixture(scope="module")
def buyer(shop: Stack) -> Buyer:
    return World.of(shop).buyer()


@contextmanager
def suspended(*pids: int) -> Iterator[None]:
    """Suspend processes with their children, as if their machine hung."""
    processes = [psutil.Process(pid) for pid in pids]
    family = [each for parent in processes for each in (parent, *parent.children(recursive=True))]
    for each in family:
        each.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for each in family:
            each.send_signal(signal.SIGCONT)


def fires(prometheus: Server, *alerts: str) -> None:
    wait_for(
        lambda: prometheus.firing() >= set(alerts) or None, f"all of {alerts}", seconds=PATIENCE
    )


def fires_while(prometheus: Server, act: Callable[[], object], *alerts: str) -> None:
    """Repeat something until the alerts fire."""

    def check() -> bool | None:
        act()
        return prometheus.firing() >= set(alerts) or None

    wait_for(check, f"all of {alerts}", seconds=2 * PATIENCE)


def ends(prometheus: Server, *alerts: str) -> None:
    wait_for(
        lambda: not prometheus.firing() & set(alerts) or None,
        f"the end of {alerts}",
        seconds=PATIENCE,
    )


def buy(buyer: Buyer) -> None:
    order = place(buyer)
    buyer.pay(order["clientSecret"])
    buyer.wait_until(order["referenceId"], "Confirmed")


def place(buyer: Buyer) -> dict[str, str]:
    return buyer.order(buyer.products()[0])


def test_without_a_worker_calls_are_late(shop: Stack, prometheus: Server, buyer: Buyer) -> None:
    with suspended(shop.pids()["worker-1"]):
        # The sweep goes on, and publishes the call again and again.
        buyer.order(buyer.products()[0], wait=0)
        wait_for(lambda: prometheus.firing() == {"ActivitiesLate"} or None, "ActivitiesLate alone")
    ends(prometheus, "ActivitiesLate")


def test_without_beat_nothing_repeats(shop: Stack, prometheus: Server, buyer: Buyer) -> None:
    order = place(buyer)
    with suspended(shop.pids()["beat"]):
        World.of(shop).expire(order["orderId"])
        fires(prometheus, "BeatSilent", "SweepSilent", "DeadlinesOverdue")
    ends(prometheus, "BeatSilent", "SweepSilent", "DeadlinesOverdue")


def test_without_events_orders_are_confirmed_by_polls(
    shop: Stack, prometheus: Server, buyer: Buyer
) -> None:
    world = World.of(shop)
    world.faults(stripe={"webhook": {"dropRate": 1}})

    fires_while(prometheus, lambda: buy(buyer), "EventsMissing")
    world.faults()
    buy(buyer)
    ends(prometheus, "EventsMissing")


def test_paid_orders_that_are_not_confirmed_are_noticed(
    shop: Stack, prometheus: Server, buyer: Buyer
) -> None:
    pause = ("--activity", "payments.retrieve_intent")
    shop.flask("control", "pause", *pause, "--reason", "a drill")
    references: list[str] = []

    def pay() -> None:
        order = place(buyer)
        buyer.pay(order["clientSecret"])
        references.append(order["referenceId"])

    fires_while(prometheus, pay, "NothingConfirmed")
    shop.flask("control", "resume", *pause)
    for reference in references:
        buyer.wait_until(reference, "Confirmed")
    fires(prometheus, "ConfirmationSlow")
    ends(prometheus, "NothingConfirmed")


def test_a_provider_that_fails_is_noticed(shop: Stack, prometheus: Server, buyer: Buyer) -> None:
    world = World.of(shop)
    world.faults(stripe={"timeoutRate": 1})
    references = [buyer.order(buyer.products()[0], wait=0)["referenceId"] for _ in range(4)]
    fires(prometheus, "ProviderErrors", "UnknownOutcomes")
    world.faults()
    ends(prometheus, "ProviderErrors", "UnknownOutcomes")
    for reference in references:
        wait_for(lambda r=reference: buyer.status(r)["clientSecret"], "the secret")  # type: ignore[misc]


def test_a_dispute_waits_for_a_person(shop: Stack, prometheus: Server, buyer: Buyer) -> None:
    order = place(buyer)
    buyer.pay(order["clientSecret"], "pm_card_createDispute")
    fires(prometheus, "NoticesOpen")
    (shown,) = json.loads(shop.flask("orders", "show", order["referenceId"], "--json"))
    (dispute,) = shown["disputes"]
    requests.post(
        f"{buyer.urls.sandbox}/v1/disputes/{dispute['stripe_id']}",
        data={"evidence[uncategorized_text]": "winning_evidence"},
        auth=("sk_test_sandbox", ""),
        timeout=60,
    ).raise_for_status()
    ends(prometheus, "NoticesOpen")


def test_a_call_that_gave_up_waits_for_a_person(
    shop: Stack, prometheus: Server, buyer: Buyer
) -> None:
    world = World.of(shop)
    buyer.log_in()
    world.faults(sendgrid={"errorRate": 1})
    execute(
        shop,
        "UPDATE activity SET state = 'failed' WHERE id ="
        " (SELECT id FROM activity WHERE name = 'emails.login_code' LIMIT 1)",
    )
    fires(prometheus, "ActivitiesFailed")
    world.faults()
    execute(shop, "UPDATE activity SET state = 'abandoned' WHERE state = 'failed'")
    ends(prometheus, "ActivitiesFailed")


def test_without_redis_nothing_is_published(shop: Stack, prometheus: Server, buyer: Buyer) -> None:
    assert shop.redis is not None
    with suspended(shop.redis.pid):
        order = partial(buyer.order, buyer.products()[0], wait=0)
        fires_while(prometheus, order, "PublishFailures", "StreamsSilent")
    ends(prometheus, "PublishFailures", "StreamsSilent", "SweepSilent", "BeatSilent")


def test_without_postgresql_every_request_fails(
    shop: Stack, prometheus: Server, buyer: Buyer
) -> None:
    assert shop.postgres is not None
    with suspended(shop.postgres.pid):
        url = f"{buyer.urls.order}/order/status/none"
        look = partial(buyer.http.get, url, timeout=60)
        fires_while(prometheus, look, "DatabaseDown", "RequestsFail")
    ends(prometheus, "DatabaseDown", "RequestsFail")


def test_an_exporter_that_hangs_is_down(shop: Stack, prometheus: Server) -> None:
    with suspended(shop.pids()["exporter"]):
        fires(prometheus, "PartDown")
    ends(prometheus, "PartDown", "DatabaseDown")


def test_what_nothing_moves_is_stuck(shop: Stack, prometheus: Server, buyer: Buyer) -> None:
    order = place(buyer)
    change = "UPDATE payment SET state = %s, deadline_at = {}, poll_at = NULL WHERE order_id = %s"
    # A row that was changed by hand.
    execute(shop, change.format("NULL"), "Cancelling", order["orderId"])
    fires(prometheus, "ExecutionsStuck")
    execute(shop, change.format("now()"), "Initiated", order["orderId"])
    ends(prometheus, "ExecutionsStuck")


def test_requests_that_wait_for_a_lock_hold_every_connection(
    shop: Stack, prometheus: Server, buyer: Buyer
) -> None:
    is_over = Event()

    def look_until_over() -> None:
        while not is_over.is_set():
            buyer.http.get(f"{buyer.urls.auth}/auth/passkeys", timeout=60)

    with (
        ThreadPoolExecutor(CROWD) as crowd,
        closing(psycopg2.connect(shop.environment["DATABASE_URL"])) as locking,
    ):
        locking.cursor().execute("LOCK TABLE passkey")
        for _ in range(CROWD):
            crowd.submit(look_until_over)
        try:
            fires(prometheus, "RequestsSlow", "PoolExhausted")
        finally:
            is_over.set()
    ends(prometheus, "RequestsSlow", "RequestsFail", "PoolExhausted")


def test_a_shop_that_is_well_again_is_quiet(prometheus: Server) -> None:
    # The newest orders of five minutes were confirmed late.
    wait_for(
        lambda: not prometheus.firing() - {"ConfirmationSlow"} or None,
        "the quiet",
        seconds=PATIENCE,
    )


def execute(shop: Stack, statement: str, *values: str) -> None:
    with (
        closing(psycopg2.connect(shop.environment["DATABASE_URL"])) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, values)
