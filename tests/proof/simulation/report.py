"""The report of one seed."""

from dataclasses import dataclass, field
from hashlib import sha256

from sqlalchemy import select

from models import reading
from models.durable.transition import Transition
from tests.proof.simulation import quiet

Arrow = tuple[str, str, str | None, str]


@dataclass(slots=True)
class Report:
    """The results of one seed.

    `arrows` are (machine, signal, source, target), `ignored` are (machine, state, signal). `trail`
    names the steps with their results; `digest` is of the history without its ids.
    """

    seed: int
    trail: list[str] = field(default_factory=list)
    days: float = 0
    orders: int = 0
    arrows: set[Arrow] = field(default_factory=set)
    ignored: set[tuple[str, str, str]] = field(default_factory=set)
    digest: str = ""
    broken: str = ""

    def read_history(self) -> None:
        """Take in what the machines went through."""
        with reading() as session:
            in_order = (Transition.at, Transition.machine, Transition.version)
            history = list(session.scalars(select(Transition).order_by(*in_order)))
        names = {row.subject_id: number for number, row in enumerate(reversed(history))}
        plain = [
            (names[row.subject_id], row.machine, row.signal, row.source, row.target, str(row.at))
            for row in history
        ]
        self.digest = sha256(repr(plain).encode()).hexdigest()
        self.arrows |= quiet.moved
        for row in history:
            if row.ignored:
                self.ignored.add((row.machine, row.target, row.signal))
            else:
                self.arrows.add((row.machine, row.signal, row.source, row.target))
