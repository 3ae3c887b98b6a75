"""The time of the last sweep, and its allowance of queued activities."""

from datetime import datetime

from sqlalchemy import case, extract, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, db
from models.clock import now

ONLY_ID = 1


class Sweep(Base):
    """One row, shared by all processes. `allowance` counts activities of each name."""

    __tablename__ = "sweep"
    personal = "the time of the last sweep"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    allowance: Mapped[float]

    @classmethod
    def take_allowance(cls, per_second: int) -> int:
        """Note a sweep, and return how many queued activities of each name it may publish.

        All sweeps together get `per_second`.
        """
        new = insert(cls).values(id=ONLY_ID, at=now(), allowance=per_second)
        at, last = new.excluded.at, cls.at
        # A clock that was set back must not keep the queue shut until it has caught up.
        passed = func.greatest(extract("epoch", at - last), 0)
        earned = case((at < last, 1.0), else_=passed) * per_second
        upsert = new.on_conflict_do_update(
            index_elements=["id"],
            set_={"at": at, "allowance": func.least(earned, per_second)},
            where=(at < last) | (passed >= 1 / per_second),
        )
        # A crash that loses this commit loses nothing: its activities are due again.
        relaxed = func.set_config("synchronous_commit", "off", True)
        row = db.session.execute(upsert.returning(cls.allowance, relaxed)).one_or_none()
        return int(row.allowance) if row else 0
