"""Schemas of controls: pauses of activities, queues and providers, and limits of providers."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from models import PauseKind
from models.problem_codes import InvalidChoiceError
from web.schemas.admin.paging import CountView
from web.schemas.admin.reason import Reason
from web.schemas.base import Incoming, Outgoing, Timestamp

Name = Annotated[str, Field(min_length=1, max_length=100)]


class PauseRequest(Incoming):
    """A pause to begin."""

    kind: PauseKind
    name: Name
    reason: Reason


class ResumeRequest(Incoming):
    """A pause to end."""

    kind: PauseKind
    name: Name
    reason: Reason | None = None


class ProviderPath(Incoming):
    provider: Name


class LimitRequest(Incoming):
    """The calls that a provider allows: a second (with a burst after a lull), and at once."""

    per_second: float | None = Field(None, ge=0.001, le=100_000, allow_inf_nan=False, strict=True)
    burst: int | None = Field(None, ge=1, le=100_000, strict=True)
    at_once: int | None = Field(None, ge=1, le=100_000, strict=True)
    reason: Reason

    @model_validator(mode="after")
    def _require_figures(self) -> Self:
        if self.per_second is None and self.at_once is None:
            raise InvalidChoiceError("perSecond", "give perSecond or atOnce, or both")
        if self.burst is not None and self.per_second is None:
            raise InvalidChoiceError("perSecond", "burst needs perSecond")
        return self


class RemovalQuery(Incoming):
    """The reason for the removal of a limit."""

    reason: Reason


class PauseView(Outgoing):
    """A pause in force. `waiting` counts the activities that it holds back."""

    kind: PauseKind
    name: str
    reason: str
    actor: str
    actor_email: str | None
    paused_at: Timestamp
    activities: list[str]
    waiting: CountView


class LimitView(Outgoing):
    """A limit in force. `waiting` counts the calls that are not made yet."""

    provider: str
    per_second: float | None
    burst: float
    at_once: int | None
    waiting: CountView


class TargetView(Outgoing):
    """Something that can be paused; providers can be limited, too."""

    kind: PauseKind
    name: str


class ControlsView(Outgoing):
    pauses: list[PauseView]
    limits: list[LimitView]
    targets: list[TargetView]
