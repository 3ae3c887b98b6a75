"""Tests of bad input in every field and option: no 5xx, no traceback, and no change.

BAD_INPUT_EXAMPLES is the number of examples of each test.
"""

import json
import os
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import click
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import Product
from tests.support import proof
from tests.support.console import ABSENT, keyed
from tests.support.database import count_all_rows
from tests.support.web import Person, SignIn
from web.commands.groups import GROUPS
from web.rate_limits import limiter

EXAMPLES = int(os.environ.get("BAD_INPUT_EXAMPLES", "80"))
TRY = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
NASTY = [
    "", " ", "\x00", "a\x00b", "\x1b[2J", "\ud800", "a\udfffb", "e\u0301", "\u00e9", "\u202eabc",
    "\u05d0\u05d1", "\u200b", "\ufeff", "x" * 1000, "x" * 300_000, "a" + "\u0301" * 5000, "a/b",
    "../..", "%2F", "%00", "'; DROP TABLE users; --", "4242 4242 4242 4242", "NaN", "1e999",
    "\U0001f600", "\ufffe", "-1", "--help", "null", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.9999-14:00", "2026-02-30", "99999d", "\u0663d", "[]", "1" * 400, "\\", "%",
]  # fmt: skip
NUMBERS = [0, -1, 2**31, 2**63, 2**64, -(2**70), 10**400, 1.5, 1e308, float("nan"), float("inf")]
TEXTS = st.sampled_from(NASTY) | st.text(st.characters(), max_size=40)
LEAVES = TEXTS | st.sampled_from(NUMBERS) | st.none() | st.booleans()
VALUES = LEAVES | st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)
)
ODD: list[Any] = [*NASTY, *NUMBERS, None, True, [], {}, [None], {"a": 1}]
# In `make prove` each field has a good part of ODD; otherwise one in three fields has one of them.
VALUES_OF_A_FIELD, STRIDE = (20, 1) if proof.IN_FULL else (1, 3)
DEEP: Any = []
for _ in range(200):
    DEEP = [DEEP]
REFUSED = (400, 404, 405, 413, 415, 422)


def operations(shop: Flask) -> list[tuple[str, str, dict[str, Any]]]:
    """Return each method and path of the description, with its schemas of the input."""
    described = shop.test_client().get("/openapi.json").get_json()
    return [
        (method.upper(), path, {"schemas": described["components"]["schemas"], **operation})
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]


def resolve(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    resolved: dict[str, Any] = (
        schemas[schema["$ref"].split("/")[-1]] if "$ref" in schema else schema
    )
    return resolved


def sample(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """Return a value that fits a schema, or nearly."""
    schema = resolve(schema, schemas)
    if "anyOf" in schema:
        return sample(schema["anyOf"][0], schemas)
    if "enum" in schema or "const" in schema:
        return schema.get("enum", [schema.get("const")])[0]
    if schema.get("format") == "uuid":
        return ABSENT
    if schema.get("type") == "object":
        fields = schema.get("properties", {})
        return {name: sample(inner, schemas) for name, inner in fields.items()}
    if schema.get("type") == "array":
        return [sample(schema.get("items", {}), schemas)]
    return {"integer": 1, "number": 1, "boolean": True}.get(schema.get("type", ""), "a@example.com")


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path to each value inside."""
    yield path
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, item in inner:
        yield from places(item, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


def encoded(text: Any) -> str:
    return quote(str(text)[:3000].encode(errors="surrogatepass"), safe="")


def fields_of(about: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the kind of each field of an operation, with its name or its path in the body."""
    for field in about.get("parameters", []):
        if field["in"] != "header":
            yield field["in"], field["name"]
    content = about.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        body = sample(content["application/json"]["schema"], about["schemas"])
        for path in places(body):
            yield "body", path


def fill(path: str, name: str = "", value: Any = None) -> str:
    """Return the path of an operation; `name` of its parts has the value."""

    def part(match: re.Match[str]) -> str:
        if match[1] == name:
            return encoded(value) or "x"
        return "order" if match[1] in ("machine", "provider") else ABSENT

    return re.sub(r"\{(\w+)\}", part, path)


def odd_request(path: str, about: dict[str, Any], kind: str, field: Any, value: Any) -> Any:
    """Return the URL and the body of an operation that is about right but for one field."""
    content = about.get("requestBody", {}).get("content", {})
    body = None
    if "application/json" in content:
        body = sample(content["application/json"]["schema"], about["schemas"])
    if kind == "body":
        body = replaced(body, field, value)
    url = fill(path, field, value) if kind == "path" else fill(path)
    if kind == "query":
        url += f"?{field}={encoded(value)}"
    return url, None if body is None else json.dumps(body)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_each_field_of_each_route_may_be_odd(shop: Flask, sign_in: SignIn, lamp: Product) -> None:
    """All other fields are about right, so that none of them is refused before it is read."""
    ann, broken, number = sign_in(roles=["admin", "staff"]), [], 0
    for method, path, about in operations(shop):
        for kind, field in fields_of(about):
            for _ in range(VALUES_OF_A_FIELD):
                # Each field has the values that follow those of the field before it.
                number, value = number + 1, ODD[number % len(ODD)]
                if number % STRIDE:
                    continue
                url, body = odd_request(path, about, kind, field, value)
                answer = ann.client.open(
                    url,
                    method=method,
                    data=body,
                    content_type="application/json",
                    headers=ann.headers | keyed(),
                )
                if answer.status_code >= 500 and path != "/ready":
                    broken.append((method, url[:200], str(body)[:200]))
                if answer.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS):
                    # It ended the session, or asked too often.
                    with shop.app_context():
                        limiter.reset()
                    ann = sign_in(roles=["admin", "staff"])
    assert broken == []


@pytest.mark.filterwarnings("ignore")
@TRY
@given(data=st.data())
def test_bad_input_breaks_no_route(
    shop: Flask, sign_in: SignIn, lamp: Product, data: st.DataObject
) -> None:
    # One of them may sign out, or delete the account.
    ann = sign_in(roles=["admin", "staff"])
    with shop.app_context():
        limiter.reset()
    method, path, about = data.draw(st.sampled_from(operations(shop)))
    url = re.sub(r"\{\w+\}", lambda _: encoded(data.draw(TEXTS)) or "x", path)
    names = [p["name"] for p in about.get("parameters", []) if p["in"] == "query"]
    if names:
        query = {data.draw(st.sampled_from(names)): encoded(data.draw(LEAVES))}
        url += "?" + urlencode(query, safe="%")
    content = about.get("requestBody", {}).get("content", {})
    body: str | None = None
    if "application/json" in content:
        schema = sample(content["application/json"]["schema"], about["schemas"])
        where = data.draw(st.sampled_from(list(places(schema))))
        body = json.dumps(replaced(schema, where, data.draw(VALUES | st.just(DEEP))))
    before = count_all_rows()
    answer = ann.client.open(
        url, method=method, data=body, content_type="application/json", headers=ann.headers
    )
    request_sent = method, url[:200], str(body)[:200]
    assert answer.status_code < 500 or url.startswith("/ready"), request_sent
    assert len(answer.data) < 100_000 or answer.status_code == 200
    if answer.status_code in REFUSED:
        assert count_all_rows() == before, request_sent


def leaves(command: click.Command, *words: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    here = (*words, str(command.name))
    if isinstance(command, click.Group):
        for sub in command.commands.values():
            yield from leaves(sub, *here)
    else:
        yield here, command


ALL = [leaf for group in GROUPS for leaf in leaves(group)]


@pytest.mark.filterwarnings("ignore")
@TRY
@given(data=st.data())
def test_bad_input_breaks_no_command(
    shop: Flask, ann: Person, lamp: Product, data: st.DataObject
) -> None:
    words, command = data.draw(st.sampled_from(ALL))
    line = list(words)
    for param in command.params:
        value = str(data.draw(TEXTS | st.sampled_from(NUMBERS[:7])))[:3000]
        if isinstance(param, click.Argument):
            line.append(value)
        elif not getattr(param, "is_flag", False) and data.draw(st.booleans()):
            line += [param.opts[-1], value]
    before = count_all_rows()
    done = shop.test_cli_runner().invoke(args=line)
    assert done.exception is None or isinstance(done.exception, SystemExit), (line, done.exception)
    assert done.exit_code in (0, 1, 2), line
    if done.exit_code:
        assert count_all_rows() == before, line
