"""Exploration of every state that one order can reach.

Every state keeps the invariants, and from every state the system alone reaches an end.
"""

from collections import defaultdict, deque
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import pytest

from state_machines.durable import Arrow, DurableMachine
from tests.proof.exploration.arrows import NOT_WALKED, arrow_name
from tests.proof.exploration.world import (
    ACTIVE,
    ENDED,
    MACHINES,
    SOLD,
    Shop,
    State,
    Timer,
    system_steps,
    timers,
    world_steps,
)
from tests.support import proof

# `make test` removes one in four of the arrows and timers, each alone; `make prove` all of them.
STRIDE = 1 if proof.IN_FULL else 4
# Arrows without which the system alone still settles every order, and why they are there.
SPARE = {
    "a person's wish, which nobody needs in order to settle": (
        "order Pending accept", "order Pending cancel", "order Confirmed cancel",
        "order Confirmed ship", "order Shipped deliver", "payment Pending cancel",
        "payment Initiated cancel", "payment Declined cancel", "payment Expiring cancel",
        "payment Pending close", "payment Initiated close", "payment Declined close",
        "payment Cancelling close", "payment Expiring close",
    ),
    "canceled in Stripe's own dashboard: the deadline would find it later": (
        "payment Initiated canceled", "payment Declined canceled",
    ),
    "it puts before a person what stays as it is": ("order Pending mispaid",),
    "it is heard again from the states that the deadline leads to": (
        "payment Pending mispaid", "payment Initiated mispaid", "payment Declined mispaid",
    ),
    "the deadline asks Stripe, which knows: without it the order waits for longer": (
        "payment Pending initiated", "payment Pending unanswered", "payment Pending rejected",
        "payment Pending succeeded", "payment Initiated succeeded", "payment Declined succeeded",
        "payment Pending expire",
    ),
    "it is written down, and moves nothing": (
        "payment Cancelling initiated", "payment Expiring initiated",
        "payment Declined declined", "payment Cancelling still_processing",
    ),
    "the customer sees it, and may try another card": (
        "payment Initiated declined", "payment Declined processing",
        "payment Declined action_required", "payment Initiated action_required",
    ),
    "asking again does as well: with it the customer can pay, or is waited for": (
        "payment Expiring still_processing", "payment Expiring still_waiting",
    ),
    "of a search at Stripe that was a minute behind: here it never is": (
        "payment Failure orphaned", "payment Cancelled orphaned",
    ),
    "Stripe has the money on its way back already: it is about what people are told": (
        "refund Requested rejected", "refund Failed find", "refund Submitted succeeded",
        "refund Submitted failed", "refund Succeeded failed",
    ),
}  # fmt: skip


# Timers without which every order is still settled by the system alone.
SPARE_TIMERS = (
    # The creation ends by itself, and what comes of it has a deadline.
    Timer("payment", "Pending", "expire", None),
    # The deadline would ask later.
    Timer("payment", "Initiated", None, "ask"),
    Timer("payment", "Declined", None, "ask"),
    # The money is on its way: it is about what people are told.
    Timer("refund", "Submitted", None, "submit"),
)


class Steps(NamedTuple):
    """The numbers of the next states by the system alone and by the world, and what led there."""

    system: frozenset[int]
    world: frozenset[int]
    by: frozenset[Arrow | Timer]


class Atlas:
    """The states that were reached. Each has a number, because comparing numbers is fast."""

    def __init__(self) -> None:
        self.states: list[State] = []
        self.laws: list[str | None] = []
        self.settled: list[bool] = []
        self._numbers: dict[State, int] = {}

    def number(self, state: State) -> int:
        """Return the number of a state, which is added if it is new."""
        number = self._numbers.setdefault(state, len(self.states))
        if number == len(self.states):
            self.states.append(state)
            self.laws.append(broken_law(state))
            self.settled.append(is_settled(state))
        return number

    def steps_from(self, shop: Shop, number: int) -> Steps:
        shop.walked.clear()
        state = self.states[number]
        system = frozenset(map(self.number, system_steps(shop, state)))
        world = frozenset(map(self.number, world_steps(shop, state)))
        return Steps(system, world, frozenset(shop.walked))


ATLAS = Atlas()


@cache
def whole() -> dict[int, Steps]:
    """Explore with all arrows and timers."""
    return explore(Shop(), {})


def explore(shop: Shop, known: dict[int, Steps]) -> dict[int, Steps]:
    """Return the steps from every reachable state.

    The `known` steps of a state hold, unless they took the arrow or timer that this shop lacks.
    """
    explored: dict[int, Steps] = {}
    waiting = deque([ATLAS.number(State())])
    while waiting:
        number = waiting.popleft()
        if number not in explored:
            steps = known.get(number)
            if steps is None or shop.without in steps.by:
                steps = ATLAS.steps_from(shop, number)
            explored[number] = steps
            waiting.extend(steps.system)
            waiting.extend(steps.world)
    return explored


def broken_law(state: State) -> str | None:
    """Return the invariant that this state breaks."""
    if state.order in SOLD and state.intent != "succeeded":
        return "sold, and not paid"
    if state.order in ENDED and state.intent in ("open", "processing"):
        return "ended, and can still be paid"
    if state.stock != stock_of(state):
        return f"{state.order}, and its goods are {state.stock}"
    # What was shipped may be given back in the dashboard.
    if (state.refund in ACTIVE and state.order in SOLD) or (
        state.booked and state.order == "Confirmed"
    ):
        return "sold, and given back"
    if state.refund in ACTIVE and not state.captured:
        return "given back, and never captured"
    return None


def stock_of(state: State) -> str:
    if state.order == "Pending":
        return "reserved"
    return "sold" if state.order in SOLD else "free"


def is_settled(state: State) -> bool:
    """Tell if only people have something left to do, and the money is booked and not kept."""
    if state.gone != state.booked:
        return False
    if state.order in SOLD:
        return state.payment == "Success"
    if state.order == "Pending":
        # Another amount came: a person decides.
        return state.payment == "Success" and state.mispaid and not state.booked
    if state.intent != "succeeded":
        return True
    # A refund that failed waits for a person, too.
    return state.booked or state.refund in ("Submitted", "Succeeded", "Failed")


def unsettled(explored: dict[int, Steps]) -> set[int]:
    """Return the states from which the system alone does not reach a settled one."""
    back = defaultdict(set)
    for number, steps in explored.items():
        for after in steps.system:
            back[after].add(number)
    waiting = deque(number for number in explored if ATLAS.settled[number])
    good = set(waiting)
    while waiting:
        for before in back[waiting.popleft()] - good:
            good.add(before)
            waiting.append(before)
    return explored.keys() - good


def complaints(explored: dict[int, Steps]) -> list[str]:
    broken = [f"{law}: {ATLAS.states[n]}" for n in explored if (law := ATLAS.laws[n])]
    return broken[:3] + [
        f"never settled: {ATLAS.states[n]}" for n in sorted(unsettled(explored))[:3]
    ]


def arrows() -> Iterator[Any]:
    for machine in MACHINES:
        for arrow in machine.arrows:
            if arrow.source is not None:
                yield pytest.param(machine, arrow, id=arrow_name(machine, arrow))


def test_every_state_keeps_the_invariants_and_reaches_an_end() -> None:
    assert len(whole()) > 10_000
    assert complaints(whole()) == []


def test_every_arrow_is_covered() -> None:
    walked = frozenset[Arrow | Timer]().union(*(steps.by for steps in whole().values()))
    all_arrows = {param.id: param.values[1] for param in arrows()}
    assert {name for name, arrow in all_arrows.items() if arrow not in walked} == NOT_WALKED


@pytest.mark.parametrize(("machine", "arrow"), list(arrows())[::STRIDE])
def test_every_arrow_is_needed_unless_listed_as_spare(
    machine: type[DurableMachine[Any]], arrow: Arrow
) -> None:
    problems = complaints(explore(Shop(without=arrow), whole()))
    spare = {name for names in SPARE.values() for name in names}
    assert bool(problems) == (arrow_name(machine, arrow) not in spare), problems


@pytest.mark.parametrize(
    "timer", timers()[::STRIDE], ids=lambda timer: f"{timer.machine} {timer.state}"
)
def test_every_timer_is_needed_unless_listed_as_spare(timer: Timer) -> None:
    problems = complaints(explore(Shop(without=timer), whole()))
    assert bool(problems) == (timer not in SPARE_TIMERS), problems


def test_every_spare_arrow_exists() -> None:
    there = {param.id for param in arrows()}
    assert {name for names in SPARE.values() for name in names} <= there
