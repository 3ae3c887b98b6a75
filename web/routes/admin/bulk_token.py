"""Tokens of dry runs: what was selected, and how many rows there were, readable only here."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from models.bulk import BulkAction
from models.clock import now
from models.errors import InvalidInputError
from models.secret import decrypt, encryption_keys

LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class DryRun:
    """A selection that an operator may confirm. Its job gets its id, and so begins once."""

    id: UUID
    action: BulkAction
    filters: dict[str, Any]
    options: dict[str, Any]
    count: int
    actor: str
    expires_at: datetime

    def as_token(self) -> str:
        """Return the encrypted text."""
        values = {name: getattr(self, name) for name in self.__slots__}
        values |= {"id": str(self.id), "expires_at": self.expires_at.isoformat()}
        return encryption_keys().encrypt(json.dumps(values).encode()).decode()

    @classmethod
    def from_token(cls, token: str) -> "DryRun":
        """Return the dry run of a token. Raises InvalidInputError, also for an old one."""
        try:
            values = json.loads(decrypt(token.encode()) or "")
            times = {"expires_at": datetime.fromisoformat(values["expires_at"])}
            action = BulkAction(values["action"])
            dry_run = cls(**values | times | {"id": UUID(values["id"]), "action": action})
        except (ValueError, TypeError, KeyError) as error:
            raise InvalidInputError("token", "is not the token of a dry run") from error
        if dry_run.expires_at <= now():
            raise InvalidInputError("token", "has expired: make a dry run again")
        return dry_run
