"""Schema of step-up authentication, by a code or a passkey."""

from typing import Self
from uuid import UUID

from pydantic import model_validator

from models.problem_codes import InvalidChoiceError
from web.schemas.base import Incoming
from web.schemas.login import Code
from web.schemas.passkey import PasskeyUsed


class StepUp(Incoming):
    """A new proof of identity: `code`, optionally with its `loginId`, or `passkey`."""

    code: Code | None = None
    login_id: UUID | None = None
    passkey: PasskeyUsed | None = None

    @model_validator(mode="after")
    def require_one_proof(self) -> Self:
        if (self.passkey is None) == (self.code is None):
            raise InvalidChoiceError("code", "give either code or passkey")
        return self
