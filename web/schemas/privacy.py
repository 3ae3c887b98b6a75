"""The erasure of a user's data."""

from uuid import UUID

from models import ErasureState
from web.schemas.base import Outgoing


class ErasureRequested(Outgoing):
    """`erasureId` is the proof that stays when the account is gone."""

    erasure_id: UUID
    status: ErasureState
    message: str
