"""A number or a truth value of a JSON body is none of its spellings as text."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from pydantic import ValidationError

from web import schemas
from web.field_problems import list_problems
from web.schemas.base import Incoming

ODD = ("1e1", "1_0", "1", " 1", "\u0661", "true", "yes")


def models() -> dict[str, type[Incoming]]:
    """Return the models of all input by name."""
    for module in pkgutil.walk_packages(schemas.__path__, "web.schemas."):
        importlib.import_module(module.name)

    def below(parent: type[Incoming]) -> Iterator[type[Incoming]]:
        for each in parent.__subclasses__():
            yield each
            yield from below(each)

    return {each.__name__: each for each in below(Incoming)}


def bodies(shop: Flask) -> set[str]:
    """Return the names of the models of JSON bodies, with those inside them."""
    described = shop.test_client().get("/openapi.json").get_json()
    operations = [each for path in described["paths"].values() for each in path.values()]
    waiting = [str(each["requestBody"]["content"]) for each in operations if "requestBody" in each]
    names: set[str] = set()
    while waiting:
        text = waiting.pop()
        new = {name for name in models() if f"/{name}'" in text} - names
        names |= new
        waiting += [str(described["components"]["schemas"][name]) for name in new]
    return names


def kinds(schema: dict[str, Any]) -> set[str]:
    """Return the JSON types that a schema allows, without null."""
    choices = schema.get("anyOf", [schema])
    return {str(choice.get("type")) for choice in choices} - {"null"}


def strict_fields(shop: Flask) -> Iterator[tuple[type[Incoming], str, bool]]:
    """Yield the fields of bodies with a number or a truth value, and whether it is a number."""
    for name in sorted(bodies(shop)):
        model = models()[name]
        properties = model.model_json_schema()["properties"]
        for field in model.model_fields.values():
            allowed = kinds(properties[field.alias])
            # An amount is read as text, and has a grammar of its own.
            is_text = "str" in str(field.annotation)
            if not is_text and allowed and allowed <= {"integer", "number", "boolean"}:
                yield model, str(field.alias), allowed != {"boolean"}


def test_numbers_and_truth_values_of_bodies_are_strict(shop: Flask) -> None:
    checked = set()
    for model, alias, is_number in strict_fields(shop):
        checked.add(f"{model.__name__}.{alias}")
        for odd in (*ODD, True if is_number else 1):
            with pytest.raises(ValidationError) as refused:
                model.model_validate({alias: odd})
            named = {error["loc"][0] for error in refused.value.errors()}
            assert alias in named, (model, alias, odd)
            (problem,) = (each for each in list_problems(refused.value) if each.field == alias)
            assert "valid" not in problem.message, "these are words for programmers"
    assert {"LimitRequest.perSecond", "BulkRequest.typedCount", "Line.quantity"} <= checked
