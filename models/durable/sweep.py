"""The time of the last sweep, and its allowance of queued activities."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

ONLY = 1


class Sweep(Base):
    """One row, shared by all processes. `allowance` counts activities of each name."""

    __tablename__ = "sweep"
    personal = "the time of the last sweep"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    allowance: Mapped[float]
