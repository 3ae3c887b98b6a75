"""A process is killed at one point of a story at a time, and the story ends as if unharmed.

`make test` kills at a sample of the places: one for each process and kind. `make prove` kills
at each place, the first time that a process comes there, in the shortest story that passes it.
`make failpoints` (EVERY_POINT=1) kills each time, and in each story.
"""

import os
import queue
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import pytest

from demo.stories import STORIES
from launch.unprivileged_user import temporary_folder
from models.clock import tick
from tests.proof.failpoints.cell import Cell, Services, services
from tests.proof.failpoints.inventory import left_out
from tests.proof.failpoints.operators import OPERATED
from tests.proof.failpoints.stories import OWN
from tests.support import proof

EVERY = bool(os.environ.get("EVERY_POINT"))
# Each is a whole system, which mostly waits: more would only make all of them late.
CELLS = max(2, 2 * (os.cpu_count() or 1))
# A point is missed when a story takes another turn by chance: two events come as one, a sweep late.
TRIES = 5
PLAYS = dict(STORIES + OWN + OPERATED)


@dataclass(frozen=True, slots=True)
class Death:
    """At `point`, in one of `stories`, of which the first is the shortest."""

    point: str
    stories: tuple[str, ...]

    @property
    def place(self) -> tuple[str, ...]:
        """Return the failpoint without its count; with its story if stories are played alone."""
        return self.point.rpartition(" #")[0], *(self.stories if EVERY else ())

    @property
    def kind(self) -> tuple[str, ...]:
        """The process, and the commit, call, request, change or message."""
        process, _, place = self.point.partition(": ")
        _, *noun = place.replace("the ", "").replace("a ", "").split()[:2]
        return process, *noun

    @property
    def first(self) -> bool:
        return self.point.endswith(" #1")


@dataclass(frozen=True, slots=True)
class Outcome:
    """`complaint` is empty where all was well; `died` is whether anybody did."""

    death: Death
    died: bool
    complaint: str


class Cells:
    """Some cells, each busy with one story at a time; one that complained is made anew."""

    def __init__(self, shared: Services, folder: Path) -> None:
        self._shared, self._folder, self._made = shared, folder, 0
        self._free: queue.SimpleQueue[Cell] = queue.SimpleQueue()
        self._all: list[Cell] = []
        for _ in range(CELLS):
            self._free.put(self._new())

    def record(self, title: str) -> tuple[float, list[str]]:
        """Return the seconds that a story takes, and the points that it passes."""
        cell = self._free.get()
        start = tick()
        points = cell.play(PLAYS[title])
        seconds = tick() - start
        self._free.put(cell)
        return seconds, points

    def die(self, death: Death) -> Outcome:
        cell, complaint, died = self._free.get(), "", False
        try:
            for title in islice(cycle(death.stories), TRIES):
                cell.play(PLAYS[title], death.point)
                if died := cell.died():
                    break
        except Exception as error:  # noqa: BLE001  any error is a failed story
            complaint = f"{title}: {type(error).__name__}: {error}"
            print(f"{death.point}: {complaint}", file=sys.stderr, flush=True)  # noqa: T201
            died = True
            cell.stop()
            cell = self._new()
        self._free.put(cell)
        return Outcome(death, died, complaint)

    def verify(self) -> None:
        """Check that all histories lead to their rows, and nothing is stuck.

        Raises CalledProcessError.
        """
        for _ in range(CELLS):
            self._free.get().verify()

    def stop(self) -> None:
        for cell in self._all:
            cell.stop()

    def _new(self) -> Cell:
        number, self._made = self._made, self._made + 1
        cell = Cell(self._shared, self._folder / f"cell-{number}")
        self._all.append(cell)
        cell.start()
        return cell


@pytest.fixture
def cells() -> Iterator[Cells]:
    with temporary_folder() as folder, services(folder) as shared:
        created = Cells(shared, folder)
        yield created
        created.stop()


def test_a_process_is_killed_at_every_point(cells: Cells) -> None:
    with ThreadPoolExecutor(CELLS) as pool:
        recorded = dict(zip(PLAYS, pool.map(cells.record, PLAYS), strict=True))
        bare = left_out(point for _, points in recorded.values() for point in points)
        assert not bare, "\n".join(sorted(bare))
        outcomes = list(pool.map(printing(cells.die), plan_deaths(recorded)))
        # Once more, now that the machine has time.
        outcomes += list(pool.map(printing(cells.die), missed(outcomes)))
    forgiven = not_reached(outcomes) - set(missed(outcomes))
    say(outcomes, forgiven)
    complaints = [
        f"{outcome.death.point}: {outcome.complaint}" for outcome in outcomes if outcome.complaint
    ]
    assert not complaints, "\n".join(complaints)
    assert not missed(outcomes), f"nobody came past any more: {missed(outcomes)}"
    cells.verify()


def not_reached(outcomes: list[Outcome]) -> set[Death]:
    return {outcome.death for outcome in outcomes} - {
        outcome.death for outcome in outcomes if outcome.died
    }


def missed(outcomes: list[Outcome]) -> list[Death]:
    """Return the failpoints at which a process should have died and did not.

    How often a process passes a place is partly chance (two events may be received as one), but it
    must pass once and die there once.
    """
    places = {outcome.death.place for outcome in outcomes if outcome.died}
    return [death for death in not_reached(outcomes) if death.first or death.place not in places]


def say(outcomes: list[Outcome], forgiven: set[Death]) -> None:
    """Print the number of failpoints, and those that were not reached a second time."""
    points = {outcome.death for outcome in outcomes}
    again = ", ".join(sorted(death.point for death in forgiven)) or "none"
    killed = len(points) - len(not_reached(outcomes))
    print(f"killed at {killed} of {len(points)} points; not reached again: {again}")  # noqa: T201


def plan_deaths(recorded: dict[str, tuple[float, list[str]]]) -> list[Death]:
    """Return the failpoints at which to die; those of long stories first, to finish together."""
    by_time = sorted(recorded, key=lambda title: recorded[title][0])
    stories: defaultdict[str, list[str]] = defaultdict(list)
    for title in by_time:
        for point in recorded[title][1]:
            stories[point].append(title)
    if EVERY:
        deaths = [Death(point, (title,)) for point, titles in stories.items() for title in titles]
    else:
        deaths = [Death(point, tuple(titles)) for point, titles in stories.items()]
        deaths = [death for death in deaths if death.first]
    if not EVERY and not proof.IN_FULL:
        # One of each kind, in the shortest story that has it.
        deaths.sort(key=lambda death: by_time.index(death.stories[0]), reverse=True)
        deaths = list({death.kind: death for death in deaths}.values())
    return sorted(deaths, key=lambda death: -by_time.index(death.stories[0]))


def printing(die: Callable[[Death], Outcome]) -> Callable[[Death], Outcome]:
    """Print each outcome, for those who watch a run of all points."""

    def run(death: Death) -> Outcome:
        outcome = die(death)
        if EVERY:
            print(f"{outcome.complaint or 'well'}: {death.point}", file=sys.stderr, flush=True)  # noqa: T201
        return outcome

    return run
