"""Requests of people to have their personal data erased, one row each."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, text_enum
from models.durable.execution import Execution, state_index
from models.personal import Personal


class ErasureState(StrEnum):
    REQUESTED = "Requested"  # nobody can sign in any more; the data is still here
    ERASED = "Erased"
    FAILED = "Failed"  # it could not be erased: an operator retries it


class Erasure(Execution, Base):
    """The erasure of one user's data. The row stays as the proof, and names nobody."""

    __tablename__ = "erasure"
    __table_args__ = (Index("ix_erasure_user_id", "user_id"), state_index("erasure"))
    personal = Personal(lambda person: Erasure.user_id == person.user_id)

    state: Mapped[ErasureState] = mapped_column(text_enum(ErasureState, "state"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
