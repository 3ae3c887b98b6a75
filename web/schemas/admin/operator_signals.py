"""Schemas of operators' signals: requests, previews, and the row after an earlier transition."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, StrictFloat, StrictInt, StrictStr, WithJsonSchema

from models.money import to_decimal
from state_machines.durable.operations.preview import Change
from web.schemas.admin.executions import Entry, Fact, Reference
from web.schemas.admin.reason import Reason
from web.schemas.admin.values import json_ready
from web.schemas.base import Incoming, Outgoing, Text
from web.schemas.product import Amount

Version = Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]
# A text, or an amount as a number; the declaration of the signal's action decides.
FieldValue = Annotated[
    StrictStr | StrictInt | StrictFloat,
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "number"}]}),
]


class PreviewRequest(Incoming):
    """A signal whose consequences are asked for; nothing is changed."""

    signal: Text = Field(min_length=1, max_length=100)
    fields: dict[str, FieldValue] = Field({}, max_length=20)
    reason: Reason | None = None


class SignalRequest(PreviewRequest):
    """A signal to send. 409 unless the execution still is in version `ifVersion`."""

    reason: Reason
    if_version: Version


class MajorChange(Outgoing):
    """An amount before and after, in major units of its currency."""

    before: Amount | None
    after: Amount | None


class ChangeView(Outgoing):
    """A value before and after; null where there is none.

    An amount is exact in both, in minor units; `currency` and `major` then have its currency, and
    the same values in major units.
    """

    field: str
    before: Any
    after: Any
    currency: str | None = None
    major: MajorChange | None = None

    @classmethod
    def of(cls, change: Change) -> Self:
        before, after, currency = change.before, change.after, change.currency
        view = cls(field=change.field, before=json_ready(before), after=json_ready(after))
        if currency is not None:
            view.currency = currency
            view.major = MajorChange(
                before=None if before is None else to_decimal(before, currency),
                after=None if after is None else to_decimal(after, currency),
            )
        return view


class WriteView(Outgoing):
    """A row that would be written. `id` has the values of its key, separated by commas."""

    table: str
    id: str
    kind: Literal["insert", "update", "delete"]
    changes: list[ChangeView]


class PreviewView(Outgoing):
    """The consequences of a signal, or why it is refused. Nothing of it was kept."""

    allowed: bool
    refusal: str | None
    writes: list[WriteView]
    activities: list[str]
    emails: list[str]
    state: str
    version: int


class RelativeState(Reference):
    """The state of a member of the family at a time."""

    state: str
    version: int


class ExecutionVersion(Outgoing):
    """An execution as it was after transition `version`: what its history lets one know.

    `row` has all columns only while it is current. `family` has the states of the others then.
    """

    version: int
    is_current: bool
    row: list[Fact]
    changes: list[ChangeView]
    transition: Entry
    family: list[RelativeState]
