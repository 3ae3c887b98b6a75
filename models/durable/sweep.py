"""The last sweep: when it was, and how much of the queue it was allowed to hand out."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

ONLY = 1


class Sweep(Base):
    """One row, which all processes share. `allowance` is of each activity name."""

    __tablename__ = "sweep"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    allowance: Mapped[float]
