"""Tests that the web app's types of the API are those of its description."""

import json

import pytest
from flask import Flask

from web import create_app, typescript


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
