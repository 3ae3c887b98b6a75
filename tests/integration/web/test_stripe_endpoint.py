"""The command that checks, makes and mends the webhook endpoint at Stripe."""

import json
from typing import Any
from uuid import uuid4

import pytest
import requests
from click.testing import Result
from flask import Flask

from config import settings
from models import AuditRow, transaction
from models.base import db
from state_machines.providers.stripe.events import SUBSCRIBED
from tasks.gateways.stripe import endpoints
from tests.support import python
from tests.support.commands import flask
from web import commands
from web.application import create_app
from web.commands.stripe_endpoint import make_group

OLD = "2020-08-27"
Json = dict[str, Any]


@pytest.fixture(scope="module")
def office(flask_app: Flask) -> Flask:
    """Return an application with the command, as `wsgi.py` adds it."""
    made = create_app()
    commands.add(made, make_group(lambda: endpoints))
    return made


@pytest.fixture
def url(app: Flask) -> str:
    """Return a URL that no endpoint has: the sandbox keeps those of all tests."""
    return f"https://{uuid4().hex}.example/order/webhook"


def at_stripe(path: str = "", **form: Any) -> Json:
    address = f"{settings.stripe_api_base}/v1/webhook_endpoints{path}"
    answer: Json = requests.post(
        address, data=form, auth=(settings.stripe_secret_key, ""), timeout=60
    ).json()
    return answer


def make(url: str, version: str = endpoints.API_VERSION, kinds: Any = SUBSCRIBED) -> str:
    form: Json = {"url": url, "enabled_events[]": sorted(kinds), "api_version": version}
    return str(at_stripe(**form)["id"])


def check(office: Flask, *words: str) -> tuple[int, Json]:
    done = flask(office, "stripe", "endpoint", *words, "--json")
    return done.exit_code, json.loads(done.stdout)


def missing(url: str) -> str:
    return f"there is no endpoint with the address {url}: --create creates it"


def audited() -> list[str]:
    with transaction() as session:
        return list(session.scalars(db.select(AuditRow.action)))


def test_a_missing_endpoint_is_created_once_with_its_secret(office: Flask, url: str) -> None:
    status, output = check(office, "--url", url)
    assert (status, output["endpoint"]) == (1, None)
    assert output["differences"] == [
        f"there is no endpoint with the address {url}: --create creates it"
    ]
    assert audited() == [], "a check changes nothing"
    status, made = check(office, "--url", url, "--create")
    assert (status, made["differences"]) == (0, [])
    assert made["endpoint"].pop("secret").startswith("whsec_")
    assert made["endpoint"]["api_version"] == endpoints.API_VERSION
    assert set(made["endpoint"]["enabled_events"]) == SUBSCRIBED
    status, output = check(office, "--url", url)
    assert (status, output) == (0, {"endpoint": made["endpoint"], "differences": []})
    assert audited() == ["stripe endpoint --create"]
    again = flask(office, "stripe", "endpoint", "--url", url, "--create")
    assert again.exit_code == 1
    assert "exists already" in again.stderr


def test_each_difference_is_reported_on_a_line(office: Flask, url: str) -> None:
    kinds = SUBSCRIBED - {"charge.refund.updated", "review.opened"} | {"*", "refund.created"}
    key = make(url, OLD, kinds)
    at_stripe(f"/{key}", disabled="true")
    done = flask(office, "stripe", "endpoint", "--url", url)
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert "it is disabled" in lines
    assert "it does not receive charge.refund.updated" in lines
    assert "it does not receive review.opened" in lines
    assert "it receives *, which is not used" in lines
    assert "it receives refund.created, which is not used" in lines
    assert any(line.startswith(f"its API version is {OLD}, not ") for line in lines)
    assert "whsec_" not in done.stdout


def test_an_update_corrects_everything_that_can_be_changed(office: Flask, url: str) -> None:
    key = make("https://before.example/order/webhook", kinds={"refund.failed"})
    at_stripe(f"/{key}", disabled="true")
    status, output = check(office, "--url", url, "--id", key)
    assert status == 1
    assert (
        f"its address is https://before.example/order/webhook, not {url}" in output["differences"]
    )
    status, output = check(office, "--url", url, "--id", key, "--update")
    assert (status, output["differences"], output["endpoint"]["status"]) == (0, [], "enabled")
    assert audited() == ["stripe endpoint --update"]
    assert check(office, "--url", url) == (0, output)


def test_an_endpoint_of_another_version_gets_a_successor(office: Flask, url: str) -> None:
    old = make(url, OLD)
    status, output = check(office, "--url", url, "--update")
    assert (status, len(output["differences"])) == (1, 1), "Stripe cannot change the version"
    status, made = check(office, "--url", url, "--create")
    assert status == 1
    (sentence,) = made["differences"]
    assert sentence.startswith(f"{old} has the same address: delete it")
    assert made["endpoint"]["id"] != old
    assert check(office, "--url", url)[1]["endpoint"]["id"] == made["endpoint"]["id"]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("--url", "shop.example"), 2),
        (("--url", "https://["), 2),
        (("--url", "ftp://shop.example"), 2),
        (("--url", "https://shop.example", "--create", "--update"), 2),
        (("--url", "https://shop.example", "--create", "--id", "we_1"), 2),
        (("--url", "https://shop.example", "--id", "we_of_nobody"), 1),
        (("--url", "https://shop.example", "--id", "we_of/../nobody?a#b"), 1),
    ],
)
def test_bad_input_changes_nothing(
    office: Flask, app: Flask, words: tuple[str, ...], status: int
) -> None:
    done: Result = flask(office, "stripe", "endpoint", *words)
    assert (done.exit_code, isinstance(done.exception, SystemExit)) == (status, True)
    assert "Error: " in done.stderr
    assert audited() == []


@pytest.mark.slow
def test_the_servers_applications_have_the_command(app: Flask, url: str) -> None:
    words = ["flask", "--app", "wsgi:product", "stripe", "endpoint", "--url", url]
    done = python.run("-m", *words)
    assert done.returncode == 1
    assert done.stdout == f"{missing(url)}\n"
