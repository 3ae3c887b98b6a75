"""Schemas of reconciliations: comparisons of all rows with Stripe, and their progress."""

from enum import StrEnum, auto
from typing import Any, Self
from uuid import UUID

from models import Reconciliation, ReconciliationState
from web.schemas.admin.paging import Page
from web.schemas.base import Incoming, Outgoing, Timestamp


class ReconciliationPath(Incoming):
    reconciliation_id: UUID


class StepState(StrEnum):
    WAITING = auto()  # follows the steps before it
    RUNNING = auto()
    DONE = auto()
    FAILED = auto()


class ReconciliationStep(Outgoing):
    """One list at Stripe. `pages` is the number of its pages that have been compared."""

    name: str
    state: StepState
    pages: int
    last_error: str | None


class ReconciliationRow(Outgoing):
    """A reconciliation of everything since `since`.

    `events` counts events that had not been received, `orphans` intents that no order waited for.
    """

    id: UUID
    state: ReconciliationState
    since: Timestamp
    events: int
    orphans: int
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, run: Reconciliation, **more: Any) -> Self:
        """Create the view of a run; `more` has the fields that a subclass adds."""
        row = {name: getattr(run, name) for name in ReconciliationRow.model_fields}
        return cls(**row, **more)


class ReconciliationView(ReconciliationRow):
    """A reconciliation with its steps, in order. They are forgotten after RETENTION_DAYS."""

    steps: list[ReconciliationStep]


class Reconciliations(Page):
    items: list[ReconciliationRow]
