"""Schemas of passkeys (WebAuthn).

Options and credentials have the shapes of the browser's functions `parseCreationOptionsFromJSON`,
`parseRequestOptionsFromJSON` and `toJSON`.
"""

from typing import Any
from uuid import UUID

from pydantic import Field, RootModel

from models.passkey import Passkey
from web.schemas.base import Incoming, Outgoing, Text, Timestamp


class Challenge(Outgoing):
    """Options for the browser. Send `challengeId` back with the credential."""

    challenge_id: UUID
    options: dict[str, Any]


class PasskeyCreated(Incoming):
    """The result of `navigator.credentials.create`, and a name for the passkey."""

    challenge_id: UUID
    credential: dict[str, Any]
    name: Text = Field("Passkey", min_length=1, max_length=100)


class PasskeyUsed(Incoming):
    """The result of `navigator.credentials.get`."""

    challenge_id: UUID
    credential: dict[str, Any]


class PasskeyPath(Incoming):
    passkey_id: UUID


class PasskeyView(Outgoing):
    """A passkey of the caller. `synced`: it is stored in an account, not only on one device."""

    id: UUID
    name: str
    synced: bool
    created_at: Timestamp
    last_used_at: Timestamp | None

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
