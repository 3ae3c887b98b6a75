"""Schemas of the erasure of a user's data."""

from uuid import UUID

from models import ErasureState
from web.schemas.base import Outgoing


class ErasureRequested(Outgoing):
    """A requested erasure. `erasureId` remains as proof after the account is gone."""

    erasure_id: UUID
    status: ErasureState
    message: str
