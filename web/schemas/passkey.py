"""Passkeys (WebAuthn). Options and credentials have the shapes that the browser's own functions
`parseCreationOptionsFromJSON`, `parseRequestOptionsFromJSON` and `toJSON` take and give.
"""

from typing import Any
from uuid import UUID

from pydantic import Field, RootModel

from models.passkey import Passkey
from web.schemas.base import Incoming, Moment, Outgoing, Text


class Challenge(Outgoing):
    """What to hand to the browser. `challengeId` comes back with the credential."""

    challenge_id: UUID
    options: dict[str, Any]


class PasskeyCreated(Incoming):
    """The credential that `navigator.credentials.create` made, and a name for it."""

    challenge_id: UUID
    credential: dict[str, Any]
    name: Text = Field("Passkey", min_length=1, max_length=100)


class PasskeyUsed(Incoming):
    """The proof that `navigator.credentials.get` gave."""

    challenge_id: UUID
    credential: dict[str, Any]


class PasskeyPath(Incoming):
    passkey_id: UUID


class PasskeyView(Outgoing):
    """A passkey of the caller. `synced`: it is kept in an account, and not on one device alone."""

    id: UUID
    name: str
    synced: bool
    created_at: Moment
    last_used_at: Moment | None

    @classmethod
    def of(cls, passkey: Passkey) -> "PasskeyView":
        return cls(
            id=passkey.id,
            name=passkey.name,
            synced=passkey.backed_up,
            created_at=passkey.created_at,
            last_used_at=passkey.last_used_at,
        )


class Passkeys(RootModel[list[PasskeyView]]):
    pass
