"""Groups of gauges, each read in a transaction of its own and kept for some seconds."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from threading import Lock

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from models.base import reading
from models.clock import tick
from models.logs import logger
from models.metrics import Metric

log = logger(__name__)

# A metric, the values of its labels, and its value.
Sample = tuple[Metric, tuple[str, ...], float]
# A scrape must end within Prometheus's ten seconds, also when every group is slow.
STATEMENT_TIMEOUT = text("SET LOCAL statement_timeout = '1s'")


@dataclass(slots=True)
class Group:
    """Gauges that are read together, once in `max_age` seconds. One that fails has no samples."""

    name: str
    load: Callable[[], Iterable[Sample]]
    max_age: float
    has_failed: bool = False
    seconds: float = 0.0
    _samples: list[Sample] = field(default_factory=list)
    _ends_at: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    def samples(self) -> list[Sample]:
        """Return the samples, at most `max_age` seconds old."""
        with self._lock:
            if tick() >= self._ends_at:
                began = tick()
                self._samples = list(self._read())
                self.seconds, self._ends_at = tick() - began, tick() + self.max_age
            return self._samples

    def skip(self) -> list[Sample]:
        """Return no samples, as if the reading had failed."""
        self.has_failed = True
        return []

    def forget(self) -> None:
        """Read the samples again at the next call."""
        self._ends_at = 0.0

    def _read(self) -> Iterator[Sample]:
        try:
            with reading() as session:
                session.execute(STATEMENT_TIMEOUT)
                samples = list(self.load())
        # The next reading tries again; the gauge of failed groups tells of it meanwhile.
        except SQLAlchemyError as error:
            log.warning("the group %s could not be read: %s", self.name, error)
            self.has_failed = True
        except Exception:
            # A fault of one group must not take all others with it.
            log.exception("the group %s has a fault", self.name)
            self.has_failed = True
        else:
            self.has_failed = False
            yield from samples
