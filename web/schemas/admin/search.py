"""Schemas of the search by any id."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from web.schemas.base import Incoming, Outgoing, Text

FoundKind = Literal["execution", "activity", "signal", "user", "product"]


class SearchQuery(Incoming):
    """Any id: of an execution, an activity, a signal, a user, a product, a request, a provider."""

    q: Text = Field(min_length=1, max_length=320)


class FoundView(Outgoing):
    """One thing with this id. `path` is its page in the console."""

    kind: FoundKind
    machine: str | None
    id: str
    title: str
    subtitle: str
    path: str


class Found(Outgoing):
    items: list[FoundView]


def execution_path(machine: str, execution_id: UUID) -> str:
    """Return the path of an execution's page in the console."""
    return f"/console/executions/{machine}/{execution_id}"
