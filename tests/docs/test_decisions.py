"""Each decision has the same parts and a plain name, is listed, and names tests that exist."""

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
    held = text.partition("**Held by.** ")[2]
    if "Superseded" not in text:
        names = re.findall(r"`([^`]+)`", held)
        assert any("::" in name or name.endswith(".test.ts") for name in names)
        assert [name for name in names if not exists(name)] == []


def exists(name: str) -> bool:
    """Return whether there is this file, or this test in its file."""
    file, _, test = name.partition("::")
    path = ROOT / file
    return path.is_file() and (not test or f"\ndef {test}(" in path.read_text())


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_the_name_of_a_file_is_plain(path: Path) -> None:
    _, first, *others = path.stem.split("-")
    assert first not in {"what", "who", "where", "when", "how", "why"}
    assert {first, *others}.isdisjoint({"effect", "effects", "letter", "letters", "told", "handed"})


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_the_title_in_the_list_is_that_of_the_page(path: Path) -> None:
    number, _, title = path.read_text().splitlines()[0].removeprefix("# ").partition(" ")
    assert f"[{number}](decisions/{path.name}) | {title}" in (ROOT / "docs/README.md").read_text()
