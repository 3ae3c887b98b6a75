"""A filter of a list below /admin that cannot be right is refused by its name."""

import inspect
import re
from collections.abc import Iterator
from enum import Enum
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from flask import Flask
from pydantic import BaseModel

from tests.support.web import Person
from web.application import create_app

ID = "0195e0d2-7f3a-7cc1-8f00-5d8d7c9a6b11"
BAD = "king"
# Texts that may be anything.
FREE = {
    "action", "actor", "category", "email", "error", "key", "kind", "name", "q", "reason",
    "subject",
}  # fmt: skip
# Those of some routes are names that the code knows.
KNOWN = {
    "/admin/activities": {"name"},
}


def parts_of(annotation: Any) -> Iterator[Any]:
    """Yield an annotation and all that it is made of."""
    yield annotation
    if get_origin(annotation) is not Literal:
        for part in get_args(annotation):
            yield from parts_of(part)


def is_text(annotation: Any) -> bool:
    """Return whether any text is of this type."""
    return any(
        part is str or (isinstance(part, type) and issubclass(part, str)
                        and not issubclass(part, Enum))
        for part in parts_of(annotation)
    )  # fmt: skip


def list_filters(app: Flask) -> Iterator[tuple[str, str]]:
    """Yield the path of each list below /admin, and the name of each of its parameters."""
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/admin/") or "GET" not in (rule.methods or set()):
            continue
        view = inspect.unwrap(app.view_functions[rule.endpoint])
        query = get_type_hints(view).get("query")
        if query is None:
            continue
        assert issubclass(query, BaseModel)
        path = re.sub(r"<int:\w+>", "1", rule.rule)
        path = re.sub(r"<(\w+:)?machine>", "order", path)
        path = re.sub(r"<[^>]+>", ID, path)
        for name, field in query.model_fields.items():
            wire = field.alias or name
            # Those of one thing are refused after it is found.
            if wire == "cursor" and "<" in rule.rule:
                continue
            is_free = wire in FREE - KNOWN.get(path, set())
            if not (is_free and is_text(field.annotation)):
                yield path, wire


FILTERS = list(list_filters(create_app()))


@pytest.mark.parametrize(("path", "name"), FILTERS, ids=[f"{p}?{name}" for p, name in FILTERS])
def test_a_bad_value_of_a_filter_is_refused_by_its_name(
    admin: Person, path: str, name: str
) -> None:
    answer = admin.get(f"{path}?{name}={BAD}")
    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.get_json()["errors"]] == [name]


@pytest.mark.parametrize(("path", "name"), FILTERS, ids=[f"{p}?{name}" for p, name in FILTERS])
def test_a_filter_that_is_there_twice_is_refused(admin: Person, path: str, name: str) -> None:
    answer = admin.get(f"{path}?{name}={BAD}&{name}={BAD}")
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == [
        {"field": name, "message": "is there more than once", "code": "invalid"}
    ]


@pytest.mark.parametrize("path", sorted({path for path, _ in FILTERS}))
def test_an_unknown_filter_is_refused_by_its_name(admin: Person, path: str) -> None:
    answer = admin.get(f"{path}?colour=red")
    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.get_json()["errors"]] == ["colour"]
