"""Sandboxes and receivers of their webhooks, for one test or for all of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sandbox import WEBHOOK_SECRET, Receiver, Sandbox


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture(scope="session")
def shared() -> Iterator[Sandbox]:
    """Run a sandbox for all tests that change no faults and read only what they created."""
    sandbox = Sandbox()
    yield sandbox
    sandbox.end()


@pytest.fixture(scope="session")
def listener() -> Iterator[Receiver]:
    """Return the receiver of `reporting`."""
    receiver = Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture(scope="session")
def reporting(listener: Receiver) -> Iterator[Sandbox]:
    """Run a sandbox with webhooks, for all tests that read only payments that they created."""
    sandbox = Sandbox(
        "--stripe-webhook-url", f"{listener.url}/stripe",
        "--stripe-webhook-secret", WEBHOOK_SECRET,
        "--settle-seconds", "0.3",
    )  # fmt: skip
    yield sandbox
    sandbox.end()


@pytest.fixture
def sandbox(receiver: Receiver, tmp_path: Path) -> Iterator[Sandbox]:
    sandbox = Sandbox(
        "--data", str(tmp_path / "data"),
        "--stripe-webhook-url", f"{receiver.url}/stripe",
        "--stripe-webhook-secret", WEBHOOK_SECRET,
        "--sendgrid-webhook-url", f"{receiver.url}/sendgrid",
        "--settle-seconds", "0.3",
    )  # fmt: skip
    yield sandbox
    if sandbox.process.poll() is None:
        sandbox.end(kill=True)
