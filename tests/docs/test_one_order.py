"""The page about one order's way names files that exist, and few of them."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/explanation/one-order.md").read_text()
FILES = sorted(set(re.findall(r"`([\w/]+\.py)`", PAGE)))
MACHINES = {"state_machines/order.py", "state_machines/payment.py"}
MAX_FILES = 6


@pytest.mark.parametrize("name", FILES)
def test_a_file_on_the_way_exists(name: str) -> None:
    assert (ROOT / name).is_file()


def test_an_order_crosses_few_files() -> None:
    assert len(set(FILES) - MACHINES) <= MAX_FILES
