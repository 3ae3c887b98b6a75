"""A sandbox and a receiver of its webhooks, for one test each."""

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
    """One for all tests that change no faults and look at nothing but what they made."""
    sandbox = Sandbox()
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
