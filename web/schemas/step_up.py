"""A fresh proof of who one is: a code, or a passkey."""

from typing import Self
from uuid import UUID

from pydantic import model_validator

from web.schemas.base import Incoming
from web.schemas.login import Code
from web.schemas.passkey import PasskeyUsed


class StepUp(Incoming):
    """Either `code`, with or without its `loginId`, or `passkey`."""

    code: Code | None = None
    login_id: UUID | None = None
    passkey: PasskeyUsed | None = None

    @model_validator(mode="after")
    def refuse_half_proofs(self) -> Self:
        if (self.passkey is None) == (self.code is None):
            raise ValueError("give either code or passkey")
        return self
