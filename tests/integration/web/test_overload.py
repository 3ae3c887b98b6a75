"""Load shedding by real processes: new orders are refused, and nothing else."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from threading import Event
from uuid import uuid4

import pytest
import requests
from sqlalchemy import delete, insert, select, text

from launch.waiting import until
from models import ActivityRow, ActivityState, Product, User, transaction
from models.base import db
from models.clock import now
from models.errors import OverloadedError
from models.ids import uuid7
from tests.support.served import assert_others_are_served, serving
from tests.support.web import Person
from web import overload

pytestmark = pytest.mark.slow

LIMIT = 5
WAITS_FOR_LOCK = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@dataclass
class Server:
    """A web process."""

    url: str

    def buy(self, person: Person, product: Product) -> requests.Response:
        body = {"referenceId": uuid4().hex, "items": [{"productId": product.id, "quantity": 1}]}
        body |= {"billingAddress": "1 Main St", "shippingAddress": ""}
        headers = person.headers | {"Prefer": "wait=0"}
        return requests.post(f"{self.url}/order", json=body, headers=headers, timeout=60)


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    with ExitStack() as processes:
        yield lambda **own: Server(processes.enter_context(serving(**own))[0])


def fill_queue(number: int, **fields: object) -> None:
    """Insert payments' first calls that have waited for a minute."""
    at = now()
    row = {
        "name": overload.FIRST_CALL,
        "machine": "payment",
        "state": ActivityState.PENDING,
        "attempts": 0,
        "due_at": at,
        "payload": {},
        "created_at": at - timedelta(minutes=1),
    }
    rows = [row | {"id": uuid7(), "subject_id": uuid7()} | fields for _ in range(number)]
    with transaction() as session:
        session.execute(insert(ActivityRow), rows)


def assert_refused(answer: requests.Response, seconds: int) -> None:
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Retry-After"] == str(seconds)
    assert "Nothing was changed" in answer.json()["detail"]


def assert_a_page_can_read_the_refusal(server: Server) -> None:
    """Check that a browser may send an order from another origin, and show why it is refused."""
    page = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST"}
    preflight = requests.options(f"{server.url}/order", headers=page, timeout=60)
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == page["Origin"]
    refused = requests.post(f"{server.url}/order", headers=page, timeout=60)
    assert refused.status_code == 503
    assert "Retry-After" in refused.headers["Access-Control-Expose-Headers"].split(", ")


def assert_all_else_is_served(server: Server, person: Person, reference: str) -> None:
    for path in ("/ready", "/product", f"/order/status/{reference}"):
        answer = requests.get(f"{server.url}{path}", headers=person.headers, timeout=60)
        assert answer.status_code == 200, path
    assert_others_are_served(server.url)


def test_orders_are_refused_while_the_queue_is_long(
    serve: Callable[..., Server], ann: Person, lamp: Product
) -> None:
    server = serve(SHED_QUEUE=str(LIMIT))
    first = server.buy(ann, lamp)
    assert first.status_code == 202
    fill_queue(LIMIT)
    until(lambda: server.buy(ann, lamp).status_code == 503, "the first refusal", seconds=60)
    assert_refused(server.buy(ann, lamp), overload.QUEUE_RETRY)
    assert_a_page_can_read_the_refusal(server)
    assert_all_else_is_served(server, ann, first.json()["referenceId"])
    with transaction() as session:
        session.execute(delete(ActivityRow).where(ActivityRow.name == overload.FIRST_CALL))
    until(lambda: server.buy(ann, lamp).status_code == 202, "the next order", seconds=60)


def test_orders_are_refused_while_all_places_are_taken(
    serve: Callable[..., Server], ann: Person, sign_in: Callable[[], Person], lamp: Product
) -> None:
    server, bob = serve(ORDERS_AT_ONCE="1"), sign_in()
    before = server.buy(ann, lamp).json()["referenceId"]
    # Somebody holds the customer whom an order locks, so that the order waits.
    held = select(User.id).where(User.id == ann.user.id).with_for_update()
    with ThreadPoolExecutor(1) as crowd:
        with db.engine.begin() as connection:
            connection.execute(held)
            waiting: Future[requests.Response] = crowd.submit(server.buy, ann, lamp)
            until(lambda: connection.scalar(WAITS_FOR_LOCK), "the waiting order", seconds=60)
            assert_refused(server.buy(bob, lamp), overload.PLACE_RETRY)
            assert_all_else_is_served(server, ann, before)
        assert waiting.result().status_code == 202
    assert server.buy(bob, lamp).status_code == 202


def enter(gate: overload.OrderGate) -> bool:
    """Place an order, and return whether there was room."""
    try:
        with gate.take_place():
            return True
    except OverloadedError:
        return False


def test_an_order_waits_for_a_place_that_becomes_free() -> None:
    gate, is_here = overload.OrderGate(1, 0, 1), Event()

    def follow() -> bool:
        is_here.set()
        return enter(gate)

    with ThreadPoolExecutor(1) as crowd:
        with gate.take_place():
            second = crowd.submit(follow)
            assert is_here.wait(60)
        assert second.result()


def test_an_order_keeps_its_place_while_it_waits_for_its_payment_but_not_for_long() -> None:
    gate = overload.OrderGate(1, 0, 1)
    with gate.take_place() as place:
        with place.writing():
            assert not enter(gate), "while it is written"
        assert not enter(gate), "while its payment is prepared"
        until(lambda: enter(gate), "the end of its place", seconds=60)


def test_orders_that_would_not_even_find_room_to_wait_are_refused_at_once() -> None:
    gate, is_over = overload.OrderGate(2, 0, 2), Event()

    def insist() -> None:
        while not is_over.is_set():
            enter(gate)

    with ThreadPoolExecutor(2) as crowd, ExitStack() as placed:
        placed.callback(is_over.set)
        for _ in range(2):
            placed.enter_context(gate.take_place())
        gate.check()
        waiting = [crowd.submit(insist) for _ in range(2)]
        until(lambda: is_refused(gate), "the full waiting line", seconds=60)
        is_over.set()
        for future in waiting:
            future.result()
        gate.check()


def test_orders_leave_connections_to_other_requests() -> None:
    gate, is_first, is_over, written = overload.OrderGate(2, 0, 1), Event(), Event(), []

    def write(name: str) -> None:
        with gate.take_place() as place, place.writing():
            is_first.set()
            assert is_over.wait(60)
            written.append(name)

    with ThreadPoolExecutor(2) as crowd:
        first = crowd.submit(write, "first")
        assert is_first.wait(60)
        second = crowd.submit(write, "second")
        until(lambda: len(gate._places) == 2, "both places taken", seconds=60)
        assert written == []
        is_over.set()
        first.result()
        second.result()
    assert written == ["first", "second"]


def is_refused(gate: overload.OrderGate) -> bool:
    try:
        gate.check()
    except OverloadedError:
        return True
    return False


def test_only_new_orders_that_wait_for_a_worker_count(app: object) -> None:
    fill_queue(1, created_at=now())
    fill_queue(1, state=ActivityState.WAITING)
    fill_queue(1, state=ActivityState.RUNNING)
    fill_queue(1, name="payments.cancel_intent")
    assert overload.count_waiting(LIMIT) == 0
    fill_queue(LIMIT + 1)
    assert overload.count_waiting(LIMIT) == LIMIT
