"""All lines of a running system are JSON, without anything that is secret or personal."""

import json
import re
from typing import Any

import pytest

from demo.buyer import find_code, wait_for
from demo.world import World
from launch.stack import Stack
from tests.support.system import OWN

OTHERS = ("sandbox", "flower", "system")
LINE = re.compile(r"^\d\d:\d\d:\d\d (\S+) +\| (.*)$", re.MULTILINE)
SUPERVISOR = re.compile(r"ended with status -?\d+; restarting")


def is_in(secret: str, text: str) -> bool:
    """Return whether a text holds a secret; the digits of a code may be part of an id."""
    return re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", text) is not None


def test_every_line_is_json_and_holds_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    with Stack(environment=OWN | {"LOG_FORMAT": "json"}, show=True) as stack:
        world = World.of(stack)
        buyer = world.buyer()
        code = find_code(buyer.emails("login_code")[0])
        token = str(buyer.http.headers["Authorization"]).removeprefix("Bearer ")
        # A provider fails and a worker is killed, so that there are errors to log.
        world.faults(stripe={"errorRate": 0.5}, sendgrid={"errorRate": 0.5})
        order = buyer.order(buyer.products()[0], wait=0)
        world.kill("worker-2")

        def client_secret() -> str | None:
            secret: str | None = buyer.status(order["referenceId"], wait=5)["clientSecret"]
            return secret

        secret = wait_for(client_secret, "the client secret", seconds=120)
        world.faults()
        buyer.pay(secret)
        buyer.wait_until(order["referenceId"], "Confirmed", seconds=120)
        buyer.wait_for_email("order_confirmed", seconds=120)
        refused = buyer.http.get(f"{stack.urls.web}/admin/users?q={buyer.email}", timeout=30)
        assert refused.status_code == 403
        secrets = [buyer.email, code, token, secret, "Springfield", "4242424242424242"]
        names = ("CODE_SECRET", "ENCRYPTION_KEYS", "DATABASE_URL", "STRIPE_SECRET_KEY")
        secrets += [stack.environment[name] for name in names]
    printed = LINE.findall(capsys.readouterr().out)
    texts = [
        text for name, text in printed if name not in OTHERS and not SUPERVISOR.fullmatch(text)
    ]
    lines: list[dict[str, Any]] = [json.loads(text) for text in texts if text]
    for line, text in zip(lines, filter(None, texts), strict=True):
        assert {"time", "level", "logger", "part", "message"} <= line.keys(), line
        assert [secret for secret in secrets if is_in(secret, text)] == []
    orders = {"method": "POST", "route": "/order"}.items()
    placed = [line for line in lines if orders <= line.items()]
    assert [bool(line["request"]) for line in placed] == [True]
    assert placed[0]["status"] in (201, 202), "202 until the payment has an intent"
    (denied,) = [line for line in lines if line.get("event") == "denied"]
    assert (denied["route"], denied["part"]) == ("GET /admin/users", "web")
