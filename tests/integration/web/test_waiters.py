"""Tests of waiting requests: they leave threads for all other requests."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from uuid import uuid4

import pytest
import requests

from launch.waiting import until
from models import Order, Payment, Product, db, transaction
from models.user import User
from state_machines.payment import PaymentSignal
from tests.support import python
from tests.support.served import assert_others_are_served, serving
from tests.support.web import Person, SignIn, stripe_says
from web.waiters import Waiters

LONG = {"Prefer": "wait=30"}


@dataclass
class Server:
    """A web process with a few threads, and many who ask it at once."""

    url: str
    crowd: ThreadPoolExecutor
    process: python.Process

    def ask(self, person: Person, path: str) -> Future[requests.Response]:
        url, headers = self.url + path, person.headers | LONG
        return self.crowd.submit(requests.get, url, headers=headers, timeout=60)

    def buy(self, person: Person, product: Product) -> Future[requests.Response]:
        items = [{"productId": str(product.id), "quantity": 1}]
        body = {"referenceId": uuid4().hex, "items": items}
        body |= {"billingAddress": "", "shippingAddress": ""}
        url, headers = self.url + "/order", person.headers | LONG
        return self.crowd.submit(requests.post, url, json=body, headers=headers, timeout=60)


@pytest.fixture
def serve() -> Iterator[Callable[[int], Server]]:
    """Start `gunicorn wsgi:app` with so many threads."""
    with ThreadPoolExecutor(50) as crowd, ExitStack() as processes:

        def start(threads: int) -> Server:
            own = {"WEB_THREADS": str(threads), "WAITERS_PER_USER": "2"}
            options = ("--graceful-timeout", "20", "--log-level", "warning")
            web = serving(*options, threads=threads, **own)
            url, process = processes.enter_context(web)
            return Server(url, crowd, process)

        yield start


def waiting(requested: list[Future[requests.Response]]) -> list[Future[requests.Response]]:
    return [future for future in requested if not future.done()]


def assert_the_rest_was_told_to_ask_again(requested: list[Future[requests.Response]]) -> None:
    for future in set(requested) - set(waiting(requested)):
        answer = future.result()
        assert answer.json()["clientSecret"] is None
        assert answer.headers["Retry-After"] == "1"
        assert "Preference-Applied" not in answer.headers


def release(requested: list[Future[requests.Response]]) -> None:
    """Let Stripe answer: whoever waits gets the secret."""
    still = waiting(requested)
    with transaction() as session:
        ids = session.scalars(db.select(Payment.order_id)).all()
    for order_id in ids:
        stripe_says(order_id, PaymentSignal.INITIATED, "requires_payment_method")
    assert all(future.result().json()["clientSecret"] for future in still)


@pytest.mark.slow
def test_health_webhooks_and_sign_ins_are_answered_while_many_wait(
    serve: Callable[[int], Server], sign_in: SignIn, lamp: Product
) -> None:
    server, people = serve(8), [sign_in() for _ in range(6)]
    paths = [f"/order/status/{person.order(lamp).get_json()['referenceId']}" for person in people]
    requested = [
        server.ask(person, path)
        for person, path in zip(people, paths, strict=True)
        for _ in "1234567"
    ]
    until(
        lambda: len(waiting(requested)) == 4,
        "the answers to all but half of the threads",
        seconds=25,
    )
    assert_others_are_served(server.url)
    assert_the_rest_was_told_to_ask_again(requested)
    assert len(waiting(requested)) == 4, "they wait on, beside all that"
    release(requested)


@pytest.mark.slow
def test_one_customer_cannot_occupy_all_waiting_threads(
    serve: Callable[[int], Server], ann: Person, sign_in: SignIn, lamp: Product
) -> None:
    server, bob = serve(8), sign_in()
    path = f"/order/status/{ann.order(lamp).get_json()['referenceId']}"
    requested = [server.ask(ann, path) for _ in range(20)]
    until(lambda: len(waiting(requested)) == 2, "the answers to all but two", seconds=25)
    bobs = server.buy(bob, lamp)
    until(lambda: has_ordered(bob.user), "bob's order", seconds=25)
    assert_others_are_served(server.url)
    assert not bobs.done(), "he waits, since there is a place for him"
    release([*requested, bobs])


@pytest.mark.slow
def test_orders_and_webhooks_are_answered_while_stripe_is_unavailable(
    serve: Callable[[int], Server], sign_in: SignIn, lamp: Product
) -> None:
    server = serve(8)
    bought = [server.buy(sign_in(), lamp) for _ in range(40)]
    until(lambda: len(waiting(bought)) == 4, "the answers to all but four buyers", seconds=25)
    assert_others_are_served(server.url)
    assert_the_rest_was_told_to_ask_again(bought)
    assert {future.result().status_code for future in set(bought) - set(waiting(bought))} == {202}
    release(bought)


@pytest.mark.slow
def test_a_server_that_stops_answers_those_who_wait(
    serve: Callable[[int], Server], sign_in: SignIn, lamp: Product
) -> None:
    server, people = serve(8), [sign_in() for _ in range(4)]
    paths = [f"/order/status/{person.order(lamp).get_json()['referenceId']}" for person in people]
    requested = [
        server.ask(person, path) for person, path in zip(people, paths, strict=True) for _ in "12"
    ]
    until(lambda: len(waiting(requested)) == 4, "the answers to the rest", seconds=25)
    server.process.terminate()
    # Less time than they would have waited for.
    assert server.process.wait(timeout=60) == 0
    answers = [future.result() for future in requested]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["status"] for answer in answers} == {"Pending"}


def test_an_error_frees_the_waiting_thread() -> None:
    waiters, ann, bob, carl = Waiters(2, 1), uuid4(), uuid4(), uuid4()
    with pytest.raises(ZeroDivisionError), waiters.place(ann):
        _ = 1 / 0
    with waiters.place(ann) as first, waiters.place(ann) as second, waiters.place(bob) as third:
        assert (first, second, third) == (True, False, True)
        with waiters.place(carl) as fourth:
            assert not fourth
    with waiters.place(carl) as last:
        assert last


def has_ordered(user: User) -> bool:
    with transaction() as session:
        return session.scalar(db.select(Order.id).where(Order.user_id == user.id)) is not None
