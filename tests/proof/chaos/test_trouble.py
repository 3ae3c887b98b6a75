"""Tests of chaos: faults that cannot be injected are reported, and outages do not overlap."""

import random
import threading
from typing import Any

import pytest

from launch.waiting import until
from tests.proof.chaos.outage import Outage, Spared
from tests.proof.chaos.recovery import Recovery
from tests.proof.chaos.trouble import Trouble


class Nothing:
    """A system of which no part can be struck."""

    redis = postgres = None

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(f"no {name}")


def test_a_fault_that_could_not_be_injected_is_reported() -> None:
    nothing: Any = Nothing()
    trouble = Trouble(nothing, random.Random(1), Recovery("postgresql://127.0.0.1:1/nowhere"))
    with pytest.raises(ExceptionGroup, match="trouble"), trouble.striking():
        until(lambda: bool(trouble._broken), "the first blow")
    assert "worker-1 killed" in trouble.never


def test_outages_do_not_overlap_and_a_failed_recovery_is_reported() -> None:
    over, broken, done = threading.Event(), list[Exception](), list[str]()
    outage = Outage(over, broken)

    def fail() -> None:
        raise RuntimeError("it does not start")

    outage.begin(lambda: done.append("left"), 60, fail)
    with pytest.raises(Spared):
        outage.begin(lambda: done.append("left again"), 0, fail)
    over.set()
    outage.join()
    assert done == ["left"]
    assert [str(error) for error in broken] == ["it does not start"]
    assert not outage.lasts
