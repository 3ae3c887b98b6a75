"""Each decision has the same parts, is listed by its title, and names a test that exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
PARTS = ["Date", "Status", "Context", "Decision", "Alternatives", "Consequences", "Held by"]


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_all_parts_and_a_test(path: Path) -> None:
    text = path.read_text()
    parts = re.findall(r"^\*\*([A-Z][a-z ]+)\.\*\*", text, re.MULTILINE)
    assert [part for part in PARTS if part in parts] == PARTS
    (date,) = re.findall(r"^\*\*Date\.\*\* (.*)$", text, re.MULTILINE)
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", date)
    (held,) = re.findall(r"^\*\*Held by\.\*\* (.*)$", text, re.MULTILINE)
    for test in re.findall(r"`([^`]+)`", held):
        assert (ROOT / test).exists()


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_the_title_in_the_list_is_that_of_the_page(path: Path) -> None:
    number, _, title = path.read_text().splitlines()[0].removeprefix("# ").partition(" ")
    assert f"[{number}](decisions/{path.name}) | {title}" in (ROOT / "docs/README.md").read_text()
