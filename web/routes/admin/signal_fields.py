"""The fields of an operator's signal, checked as its action declares them."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import StringConstraints, TypeAdapter, ValidationError

from models.errors import InvalidInputError
from state_machines.durable.operations.actions import FieldKind
from state_machines.durable.operations.preview import Possible
from web.schemas.admin.order import RefundAmount
from web.schemas.base import Text

MAX_FIELD_LENGTH = 200  # characters
READERS: dict[FieldKind, TypeAdapter[str]] = {
    FieldKind.TEXT: TypeAdapter(
        Annotated[Text, StringConstraints(min_length=1, max_length=MAX_FIELD_LENGTH)]
    ),
    FieldKind.AMOUNT: TypeAdapter(RefundAmount),
}


def read_fields(possible: Possible, values: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields of a signal as texts. Raises InvalidInputError, which names the field."""
    declared = {field.name: field for field in possible.action.fields} if possible.action else {}
    if set(values) - set(declared):
        names = ", ".join(declared) or "no fields"
        raise InvalidInputError("fields", f"{possible.name} takes {names}")
    for name, field in declared.items():
        if field.is_required and name not in values:
            raise InvalidInputError(f"fields.{name}", "is required")
    return {name: _read(name, declared[name].kind, value) for name, value in values.items()}


def _read(name: str, kind: FieldKind, value: Any) -> str:
    try:
        return READERS[kind].validate_python(value)
    except ValidationError as error:
        message = error.errors(include_url=False, include_input=False)[0]["msg"]
        raise InvalidInputError(f"fields.{name}", message.removeprefix("Value error, ")) from error
