"""What all schemas share: camelCase, no unknown fields, and text as people type it."""

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any

from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    StringConstraints,
)
from pydantic.alias_generators import to_camel

from models.typed_text import clean_line, clean_lines, refuse_card_number

LONGEST_ADDRESS = 320


def nfkc(text: str) -> str:
    """The text with one character for all that mean the same, such as full-width letters.

    Source: https://www.unicode.org/reports/tr15/
    """
    return unicodedata.normalize("NFKC", text)


def trim(text: str) -> str:
    """The text without spaces and invisible characters at its ends."""
    start, end = 0, len(text)
    while start < end and is_blank(text[start]):
        start += 1
    while end > start and is_blank(text[end - 1]):
        end -= 1
    return text[start:end]


def is_blank(character: str) -> bool:
    """Return whether nothing is to be seen of it: a space, a line break, a format character."""
    return character.isspace() or unicodedata.category(character) == "Cf"


def normal_address(text: str) -> str:
    """An e-mail address in the one form in which it is kept and mailed: lower case, without what a
    copy brings along (spaces around, full-width letters). Raises ValueError.
    """
    if len(text) > LONGEST_ADDRESS:
        raise ValueError(f"must have at most {LONGEST_ADDRESS} characters")
    typed = refuse_card_number(clean_line(trim(nfkc(text))))
    try:
        found = validate_email(typed, check_deliverability=False)
    except EmailNotValidError as wrong:
        raise ValueError(str(wrong)) from wrong
    return found.normalized.lower()


def in_utc(moment: datetime) -> str:
    """RFC 3339 to the millisecond, as JavaScript writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _typed(clean: Callable[[str], str]) -> BeforeValidator:
    """Normalise and judge text before the limits of its field, such as `max_length`, judge it."""
    return BeforeValidator(
        lambda text: refuse_card_number(clean(text)) if isinstance(text, str) else text
    )


# What people type: one line, or several.
Text = Annotated[str, StringConstraints(strict=True), _typed(clean_line)]
Lines = Annotated[str, StringConstraints(strict=True), _typed(clean_lines)]
Address = Annotated[
    str,
    StringConstraints(strict=True, max_length=LONGEST_ADDRESS),
    AfterValidator(normal_address),
]
Moment = Annotated[datetime, PlainSerializer(in_utc, return_type=str)]


class Incoming(BaseModel):
    """What a client sends."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)

    @classmethod
    @cache
    def model_json_schema(cls, *args: Any, **options: Any) -> dict[str, Any]:  # type: ignore[override]
        # flask-openapi asks for it at each request with a query.
        return super().model_json_schema(*args, **options)


class Outgoing(BaseModel):
    """What we answer."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    def json_ready(self) -> dict[str, Any]:
        return self.model_dump(mode="json", by_alias=True)
