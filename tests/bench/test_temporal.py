"""Temporal in the race, on machines that cannot build it."""

import sys

from launch.children import run
from launch.stack import ROOT

BUILD = "from bench.race.temporal.build import build; print(build())"


def test_without_go_the_race_says_that_temporal_is_left_out() -> None:
    done = run(
        [sys.executable, "-c", BUILD],
        cwd=ROOT,
        env={"PATH": "/nowhere", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "None\n"
    assert "there is no Go to build it" in done.stderr
