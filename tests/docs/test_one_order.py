"""The page about one order's way names existing files, few for its steps, and where to add."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/explanation/one-order.md").read_text()
STEPS, _, REST = PAGE.partition("## What the steps call")
MACHINES = {"state_machines/order.py", "state_machines/payment.py"}
MAX_FILES = 6
ADDITIONS = PAGE.partition("## Where an addition goes")[2].partition("\n## ")[0]


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


def places_of_additions() -> list[tuple[str, str]]:
    """Return each name that the table of additions mentions, with the file that should have it."""
    steps = dict(re.findall(r"^\| (\d) \| \[`([\w/.]+)`\]", STEPS, re.MULTILINE))
    places = []
    for part in re.split(r"[;|]", ADDITIONS):
        paths = [*files(part), *(steps[number] for number in re.findall(r"step (\d)", part))]
        names = re.findall(r"`([A-Za-z_]\w*)`", part)
        places += [(name, path) for name in names for path in paths]
    return places


@pytest.mark.parametrize(("name", "path"), places_of_additions())
def test_an_addition_goes_where_the_page_says(name: str, path: str) -> None:
    assert re.search(rf"\b{name}\b", (ROOT / path).read_text())


def test_the_page_names_places_for_additions() -> None:
    assert len(places_of_additions()) > 5
