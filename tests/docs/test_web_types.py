"""Tests that the web app's types of the API are those of its description."""

import json
from collections import Counter
from collections.abc import Iterator

import pytest
from flask import Flask
from pydantic import BaseModel

from web import typescript
from web.application import create_app
from web.schemas.base import Incoming, Outgoing


def test_the_types_are_current(flask_app: Flask) -> None:
    with create_app().test_client() as client:
        description = json.loads(client.get("/openapi.json").data)
    assert typescript.TARGET.read_text() == typescript.render(description), (
        "run `python -m web.typescript`"
    )


def test_a_schema_that_typescript_cannot_express_is_refused() -> None:
    description = {"components": {"schemas": {"Odd": {"type": "matrix"}}}, "paths": {}}
    with pytest.raises(ValueError, match="matrix"):
        typescript.render(description)


def test_no_two_schemas_have_the_same_name(flask_app: Flask) -> None:
    # The description lists schemas by name: of two, it would have only one.
    schemas = {schema for base in (Incoming, Outgoing) for schema in descend(base)}
    names = Counter(schema.__name__ for schema in schemas)
    assert [name for name, number in names.items() if number > 1] == []


def descend(schema: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Yield all subclasses of a schema."""
    for each in schema.__subclasses__():
        yield each
        yield from descend(each)
