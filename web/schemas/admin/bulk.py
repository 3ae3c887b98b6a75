"""Schemas of bulk jobs: dry runs, confirmed jobs, and the results of their rows."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StrictBool, StringConstraints

from models import Bulk, BulkAction, BulkResult, BulkResultState, BulkState
from models.clock import now
from state_machines.actions.selection import Filters
from web.schemas.admin.age import Age, read_age
from web.schemas.admin.paging import Page, PageQuery
from web.schemas.admin.reason import Reason
from web.schemas.base import Incoming, Outgoing, Timestamp, ZonedTime

MAX_IDS = 1000
Word = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200)]


class BulkFilter(Incoming):
    """The rows of a job; all fields that are present have to match.

    `name`, `machine`, `error`, `subject`, `since` and `until` are for activities; `source`, `kind`,
    `subject`, `state`, `error`, `since` and `until` for signals (failed ones without `state`);
    `machine`, `state` and `olderThan` for executions.
    """

    name: Word | None = None
    machine: Word | None = None
    subject: UUID | None = None
    state: Word | None = None
    source: Word | None = None
    kind: Word | None = None
    error: Word | None = None
    since: ZonedTime | None = None
    until: ZonedTime | None = None
    older_than: Age | None = None


class BulkRequest(Incoming):
    """A dry run, or the confirmation of one.

    A dry run has `dryRun`, `action`, and `filter` or `ids` or both; `signal` for machines.signal,
    `maybeSent` for activities.cancel. A confirmation has `token`, `typedCount` and `reason`.
    """

    dry_run: StrictBool = False
    action: BulkAction | None = None
    filter: BulkFilter = BulkFilter()
    ids: list[UUID] | None = Field(None, min_length=1, max_length=MAX_IDS)
    signal: Word | None = None
    maybe_sent: StrictBool = False
    token: str | None = Field(None, min_length=1, max_length=100_000)
    typed_count: int | None = Field(None, ge=1, le=2**31 - 1, strict=True)
    reason: Reason | None = None

    def filters(self) -> Filters:
        """Return the filters, with the age as a time that does not move."""
        values: dict[str, Any] = self.filter.model_dump(exclude={"subject", "older_than"})
        age = self.filter.older_than
        before = None if age is None else now() - read_age(age)
        ids = None if self.ids is None else tuple(sorted(set(self.ids)))
        return Filters(**values, subject_id=self.filter.subject, changed_before=before, ids=ids)

    def options(self) -> dict[str, Any]:
        """Return the options of the action."""
        if self.action is BulkAction.SIGNAL:
            return {"signal": self.signal}
        return {"maybe_sent": self.maybe_sent} if self.action is BulkAction.CANCEL else {}


class BulkExample(Outgoing):
    """A row that matches. `kind` is the activity's name, the signal's kind or the state."""

    id: UUID
    kind: str
    state: str
    subject_id: UUID | None
    last_error: str | None


class DryRunView(Outgoing):
    """The result of a dry run. `token` confirms it together with the typed count."""

    action: BulkAction
    count: int
    kinds: dict[str, int]
    examples: list[BulkExample]
    token: str
    expires_at: Timestamp


class BulkPath(Incoming):
    bulk_id: UUID


class BulkView(Outgoing):
    """A job. `waiting` rows have no result yet; a cancelled job leaves them as they are."""

    id: UUID
    action: BulkAction
    filters: dict[str, Any]
    options: dict[str, Any]
    reason: str
    actor: str
    actor_email: str | None
    state: BulkState
    version: int
    total: int
    waiting: int
    changed: int
    unchanged: int
    refused: int
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, job: Bulk, emails: dict[str, str]) -> "BulkView":
        names = set(cls.model_fields) - {"actor_email"}
        fields = {name: getattr(job, name) for name in names}
        return cls(**fields, actor_email=emails.get(job.actor))


class BulkPage(Page):
    items: list[BulkView]


class ResultsQuery(PageQuery):
    """The filter of the results."""

    state: BulkResultState | None = None


class BulkResultView(Outgoing):
    """The result for one row. `error` is the reason of a refusal."""

    id: UUID
    state: BulkResultState
    error: str | None
    at: Timestamp | None

    @classmethod
    def of(cls, row: BulkResult) -> "BulkResultView":
        at: datetime | None = row.at
        return cls(id=row.subject_id, state=row.state, error=row.error, at=at)


class BulkResultPage(Page):
    items: list[BulkResultView]
