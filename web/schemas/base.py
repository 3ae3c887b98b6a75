"""Base classes and field types of all schemas: camelCase, no unknown fields, normalised text."""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any

from email_validator import EmailNotValidError
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    StringConstraints,
)
from pydantic.alias_generators import to_camel

from models.email_address import normalise_address
from models.problem_codes import FieldCode, InvalidValueError
from models.typed_text import clean_line, clean_lines, refuse_card_number

MAX_ADDRESS_LENGTH = 320  # characters
NO_TIME = "must be a time with its zone, such as 2026-11-29T08:30:00Z"
DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def nfkc(text: str) -> str:
    """Return the text in the normal form NFKC, such as with plain instead of full-width letters.

    Source: https://www.unicode.org/reports/tr15/
    """
    return unicodedata.normalize("NFKC", text)


def trim(text: str) -> str:
    """Remove spaces and invisible characters from both ends."""
    start, end = 0, len(text)
    while start < end and is_blank(text[start]):
        start += 1
    while end > start and is_blank(text[end - 1]):
        end -= 1
    return text[start:end]


def is_blank(character: str) -> bool:
    """Return whether a character is invisible: a space, a line break, a format character."""
    return character.isspace() or unicodedata.category(character) == "Cf"


def normal_address(text: str) -> str:
    """Normalise an email address: lower case, plain letters, no surrounding spaces.

    Raises ValueError when it is not valid.
    """
    if len(text) > MAX_ADDRESS_LENGTH:
        message = f"must have at most {MAX_ADDRESS_LENGTH} characters"
        raise InvalidValueError(message, FieldCode.TOO_LONG, max=MAX_ADDRESS_LENGTH)
    typed = refuse_card_number(clean_line(trim(nfkc(text))))
    try:
        return normalise_address(typed)
    except EmailNotValidError as error:
        raise InvalidValueError(str(error), FieldCode.INVALID_EMAIL) from error


def in_utc(timestamp: datetime) -> str:
    """Format a timestamp as RFC 3339 with milliseconds in UTC, as JavaScript does."""
    return timestamp.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _cleaned_by(clean: Callable[[str], str]) -> BeforeValidator:
    """Return a validator that normalises text before limits such as `max_length` are checked."""
    return BeforeValidator(
        lambda text: refuse_card_number(clean(text)) if isinstance(text, str) else text
    )


# Text that people type: one line, or several.
Text = Annotated[str, StringConstraints(strict=True), _cleaned_by(clean_line)]
Lines = Annotated[str, StringConstraints(strict=True), _cleaned_by(clean_lines)]
Address = Annotated[
    str,
    StringConstraints(strict=True, max_length=MAX_ADDRESS_LENGTH),
    AfterValidator(normal_address),
]


def _refuse_other_times(time: object) -> object:
    """Return a text that begins with a date. pydantic takes numbers for seconds since 1970."""
    if isinstance(time, str) and DATE.match(time):
        return time
    raise InvalidValueError(NO_TIME, FieldCode.WRONG_TYPE)


# A time that a client names, with its zone.
ZonedTime = Annotated[
    AwareDatetime,
    BeforeValidator(_refuse_other_times, json_schema_input_type=AwareDatetime),
]
Timestamp = Annotated[datetime, PlainSerializer(in_utc, return_type=str)]


class Incoming(BaseModel):
    """Data from a client. Unknown fields are refused."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)

    @classmethod
    @cache
    def model_json_schema(cls, *args: Any, **options: Any) -> dict[str, Any]:  # type: ignore[override]
        # flask-openapi calls this for each request with a query.
        return super().model_json_schema(*args, **options)


class Outgoing(BaseModel):
    """Data of a response."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    def json_ready(self) -> dict[str, Any]:
        return self.model_dump(mode="json", by_alias=True)
