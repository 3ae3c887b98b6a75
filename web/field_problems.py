"""The problems of invalid fields, from the errors of pydantic."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from models.problem_codes import FieldCode, InvalidChoiceError, InvalidValueError, Parameter
from web.schemas.base import NO_TIME
from web.schemas.problem import FieldProblem

# A response must not grow with the number of errors in a body.
MAX_LISTED_PROBLEMS = 20
MAX_READABLE_PROBLEMS = 5000
MAX_TEXT_LENGTH = 200  # characters
FIELD_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]{0,40}")
# The error of pydantic, the name of its limit, and the name in our parameters.
LIMITS = {
    "string_too_short": (FieldCode.TOO_SHORT, "min_length", "min"),
    "string_too_long": (FieldCode.TOO_LONG, "max_length", "max"),
    "too_short": (FieldCode.TOO_FEW, "min_length", "min"),
    "too_long": (FieldCode.TOO_MANY, "max_length", "max"),
    "greater_than": (FieldCode.TOO_SMALL, "gt", "min"),
    "greater_than_equal": (FieldCode.TOO_SMALL, "ge", "min"),
    "less_than": (FieldCode.TOO_LARGE, "lt", "max"),
    "less_than_equal": (FieldCode.TOO_LARGE, "le", "max"),
}
CODES = {
    "missing": FieldCode.REQUIRED,
    "extra_forbidden": FieldCode.UNKNOWN_FIELD,
    "string_pattern_mismatch": FieldCode.WRONG_FORMAT,
    "enum": FieldCode.NOT_ALLOWED,
    "literal_error": FieldCode.NOT_ALLOWED,
}
# Sentences for errors whose messages in pydantic are for programmers.
MESSAGES = {
    "missing": "is required",
    "extra_forbidden": "is not a known field",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "dict_type": "must be an object",
    "list_type": "must be an array",
    "string_type": "must be a text",
    **dict.fromkeys(("bool_parsing", "bool_type"), "must be true or false"),
    **dict.fromkeys(("int_parsing", "int_type", "int_from_float"), "must be a whole number"),
    "int_parsing_size": "must be a smaller number",
    **dict.fromkeys(("decimal_parsing", "decimal_type"), "must be a number"),
    **dict.fromkeys(("float_parsing", "float_type"), "must be a number"),
    **dict.fromkeys(("uuid_parsing", "uuid_type"), "must be an id"),
    **dict.fromkeys(("datetime_from_date_parsing", "datetime_parsing", "timezone_aware"), NO_TIME),
}
SUBJECT = re.compile("^[A-Z][a-z]+( input)? should ")
WRONG_TYPE = re.compile(".*_(type|parsing|from_float|from_str)|.*_attributes_type")


def list_problems(error: ValidationError) -> Iterator[FieldProblem]:
    """Yield the problems of an invalid body or query, without repeating any of its values."""
    if error.error_count() > MAX_READABLE_PROBLEMS:
        # Listing them takes pydantic a second for each megabyte of an invalid body.
        message = "more fields are invalid than can be listed"
        yield FieldProblem(field="(many)", message=message, code=FieldCode.INVALID)
        return
    for details in error.errors(include_url=False, include_input=False)[:MAX_LISTED_PROBLEMS]:
        code, parameters = _code(details["type"], details.get("ctx", {}))
        yield FieldProblem(
            field=_field_path(details),
            message=_message(details),
            code=code,
            parameters=parameters or None,
        )


def _field_path(details: ErrorDetails) -> str:
    """Return the path of a field. An unknown field is named only if it looks like a field name."""
    error = details.get("ctx", {}).get("error")
    own = (error.field,) if isinstance(error, InvalidChoiceError) else ()
    *path, last = (*details["loc"], *own) or ("",)
    if details["type"] == "extra_forbidden" and not FIELD_NAME.fullmatch(str(last)):
        last = "(unknown)"
    return ".".join(map(str, (*path, last)))[:MAX_TEXT_LENGTH]


def _message(details: ErrorDetails) -> str:
    context = details.get("ctx", {})
    if _is_text(context):
        # Pydantic speaks of a "Value" when the length is checked after another validator.
        kind, limit = ("most", "max_length") if "max_length" in context else ("least", "min_length")
        return f"must have at {kind} {context[limit]} characters"
    message = MESSAGES.get(details["type"]) or details["msg"].removeprefix("Value error, ")
    return SUBJECT.sub("must ", message)[:MAX_TEXT_LENGTH]


def _code(kind: str, context: Mapping[str, Any]) -> tuple[FieldCode, dict[str, Parameter]]:
    """Return the code and the parameters of an error of pydantic."""
    error = context.get("error")
    if isinstance(error, InvalidValueError):
        return error.code, error.parameters
    if kind in LIMITS:
        code, limit, name = LIMITS[kind]
        if _is_text(context):
            code = FieldCode.TOO_LONG if name == "max" else FieldCode.TOO_SHORT
        return code, {name: context[limit]}
    is_type = WRONG_TYPE.fullmatch(kind) is not None
    return CODES.get(kind, FieldCode.WRONG_TYPE if is_type else FieldCode.INVALID), {}


def _is_text(context: Mapping[str, Any]) -> bool:
    """Return whether a length that was checked is a text's, and no list's."""
    return context.get("field_type") == "Value"
