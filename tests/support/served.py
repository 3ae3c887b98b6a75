"""A web process of gunicorn, and requests that it always answers, whatever else it has to do."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import requests

from config import settings
from demo.webhooks import sign_event
from launch import ports
from launch.waiting import until
from tests.support import python
from tests.support.web import Json


@contextmanager
def serving(
    *options: str, threads: int = 8, **variables: str
) -> Iterator[tuple[str, python.Process]]:
    """Run `gunicorn wsgi:app`, and yield its URL and the process."""
    (port,) = ports.free_ports(1)
    command = ["-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}"]
    command += ["--threads", str(threads), *options]
    process = python.Process(*command, env=os.environ | variables)
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: _is_up(url), "the start of gunicorn", seconds=60)
        yield url, process
    finally:
        process.terminate()
        process.wait()


def _is_up(url: str) -> bool:
    try:
        return requests.get(f"{url}/health", timeout=2).ok
    except requests.RequestException:
        return False


def assert_others_are_served(url: str) -> None:
    """Check that health, a webhook and a sign-in are answered."""
    assert requests.get(f"{url}/health", timeout=60).status_code == 200
    event: Json = {"id": f"evt_{uuid4().hex}", "type": "payment_intent.succeeded", "data": {}}
    body, headers = sign_event(event, settings.stripe_webhook_secrets[0])
    hook = requests.post(f"{url}/order/webhook", data=body, headers=headers, timeout=60)
    assert hook.status_code == 200
    login = {"email": f"{uuid4().hex}@example.com"}
    assert requests.post(f"{url}/auth/login", json=login, timeout=60).status_code == 201
