"""The cost of traces: `python -m bench.tracing [--quick]`.

One process places orders and makes their calls to the sandbox, in turns with and without spans, so
that a busy machine slows both alike. The processor time includes that of the exporter.
"""

import gc
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from uuid import UUID, uuid4

from flask.testing import FlaskClient

from bench.growth import UNLIMITED
from launch.children import Child, end_in_order, run
from launch.ports import free_ports
from launch.waiting import until
from tests.support import environment
from tests.support.collector import is_listening

ROUNDS, QUICK_ROUNDS = 40, 3
ORDERS = 10  # of a turn
CALL = "payments.create_intent"


@contextmanager
def prepared() -> Iterator[None]:
    """Start the services and a collector, and set the environment that the settings read."""
    with ExitStack() as stack:
        own = environment.prepare(stack, {})
        (port,) = free_ports(1)
        process = Child([sys.executable, "-m", "tests.support.collector", str(port)])
        stack.callback(process.wait)
        stack.callback(process.terminate)
        until(lambda: is_listening(port), "the start of the collector", seconds=120)
        limits = {name: value for name, value in UNLIMITED.items() if value}
        limits |= {"UNPAID_PIECES": "1000000", "ACCESS_TOKEN_LIFETIME": "900"}
        collector = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}"}
        os.environ.update(own | limits | collector)
        yield


def measure(rounds: int) -> dict[str, float]:
    """Return the milliseconds of processor time of an order with and without, and their ratio."""
    import telemetry
    from models import tracing
    from tests.support.database import application, migrate
    from web.application import create_app

    migrate(application())
    app, tracer = create_app(), telemetry.OpenTelemetry("bench")
    tracer.start_sdk()
    place = partial(place_orders, app.test_client(), *customer(app))
    turns: dict[bool, list[float]] = {True: [], False: []}
    place()
    # As in every process: the search for garbage passes over what the start has made.
    gc.collect()
    gc.freeze()
    for number in range(2 * rounds):
        is_traced = number % 2 == 0
        tracing.install(tracer if is_traced else None)
        with app.app_context():
            turns[is_traced].append(processor_time(place))
    tracing.install(None)
    ratios = [on / off for on, off in zip(turns[True], turns[False], strict=True)]
    return {
        "an order without traces, ms": 1000 * statistics.median(turns[False]) / ORDERS,
        "an order with traces, ms": 1000 * statistics.median(turns[True]) / ORDERS,
        "ratio of pairs, median": statistics.median(ratios),
    }


def customer(app: object) -> tuple[dict[str, str], int]:
    """Return the headers of a signed-in customer, and the id of a product."""
    from flask import Flask

    from models import User, refresh, transaction
    from tests.support.factories import a_product
    from web import tokens

    assert isinstance(app, Flask)  # noqa: S101
    with app.app_context():
        with transaction() as session:
            user = User(email="bench@example.com", username="bench")
            product = a_product(name="Lamp", price=4900, stock=1_000_000)
            session.add_all([user, product])
            session.flush()
            opened = refresh.open_session(user, user_agent="bench", ip_address="127.0.0.1")
        token = tokens.issue(user, opened.session)
        return {"Authorization": f"Bearer {token}", "Prefer": "wait=0"}, product.id


def place_orders(client: FlaskClient, headers: dict[str, str], product_id: int) -> None:
    """Place ORDERS orders, and make the calls that they ask for."""
    from sqlalchemy import select

    from models import ActivityRow, ActivityState, transaction
    from state_machines.durable import executor
    from tasks.activities import ACTIVITIES

    for _ in range(ORDERS):
        body = {
            "referenceId": str(uuid4()),
            "items": [{"productId": product_id, "quantity": 1}],
            "billingAddress": "1 Main Street",
            "shippingAddress": "1 Main Street",
        }
        answer = client.post("/order", json=body, headers=headers)
        if answer.status_code >= 400:
            raise RuntimeError(answer.text)
    with client.application.app_context():
        with transaction() as session:
            pending = ActivityRow.state == ActivityState.PENDING
            query = select(ActivityRow.id).where(pending, ActivityRow.name == CALL)
            ids: list[UUID] = list(session.scalars(query))
        executor.run(next(each.name for each in ACTIVITIES if each.name == CALL), ids)


def processor_time(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    end_in_order()
    if "--prepared" in sys.argv:
        for name, value in measure(QUICK_ROUNDS if "--quick" in sys.argv else ROUNDS).items():
            print(f"{name}: {value:.3f}")
    else:
        # The settings are read with the first import of the project.
        with prepared():
            command = [sys.executable, "-m", "bench.tracing", *sys.argv[1:], "--prepared"]
            sys.exit(run(command).returncode)
