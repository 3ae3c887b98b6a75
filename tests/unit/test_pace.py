"""However much is asked for at once, each has a turn of its own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from models.clock import now, stopped
from state_machines.durable.pace import Pace

STEP = timedelta(seconds=1)


def test_one_falls_due_every_step_of_each_name() -> None:
    pace = Pace(STEP)
    with stopped() as time:
        assert [pace.moment("ask") - time() for _ in range(3)] == [0 * STEP, STEP, 2 * STEP]
        assert pace.moment("cancel") == time()
        time.at += 5 * STEP
        assert pace.moment("ask") == time(), "a turn that nobody took is not kept"


def test_sweeps_side_by_side_share_the_turns() -> None:
    pace, start = Pace(STEP), now()
    with ThreadPoolExecutor(8) as pool:
        turns = set(pool.map(pace.moment, ["ask"] * 2000))
    assert len(turns) == 2000
    assert max(turns) >= start + 1999 * STEP


def test_a_rest_holds_back_what_comes_after_it() -> None:
    pace = Pace(STEP)
    with stopped() as time:
        before = pace.moment("ask")
        pace.rest(60 * STEP)
        after = [pace.moment("ask"), pace.moment("ask")]
        assert [before, *after] == [time(), time() + 60 * STEP, time() + 61 * STEP]


def test_a_clock_that_goes_back_takes_the_turns_with_it() -> None:
    pace = Pace(STEP)
    with stopped() as time:
        pace.rest(60 * STEP)
        pace.moment("ask")
        time.advance(hours=-1)
        assert pace.moment("ask") == time()
