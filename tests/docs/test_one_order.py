"""The page about one order's way names files that exist, and few of them hold its steps."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/explanation/one-order.md").read_text()
STEPS, _, REST = PAGE.partition("## What the steps call")
MACHINES = {"state_machines/order.py", "state_machines/payment.py"}
MAX_FILES = 6


def files(text: str) -> set[str]:
    return set(re.findall(r"`([\w/]+\.py)`", text))


@pytest.mark.parametrize("name", sorted(files(PAGE)))
def test_a_file_on_the_way_exists(name: str) -> None:
    assert (ROOT / name).is_file()


def test_few_files_hold_the_steps_of_an_order() -> None:
    assert 0 < len(files(STEPS) - MACHINES) <= MAX_FILES


def test_the_files_that_the_steps_call_are_listed_apart() -> None:
    helpers = files(REST.partition("## Between two steps")[0])
    assert helpers
    assert not helpers & files(STEPS)
