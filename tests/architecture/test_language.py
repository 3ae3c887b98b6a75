"""Rules of language that a program can check: docstrings and names.

docs/glossary.md has the words, CONTRIBUTING.md the way sentences are written.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = (
    "models",
    "state_machines",
    "tasks",
    "web",
    "events",
    "sandbox",
    "launch",
    "demo",
    "bench",
    "tests",
)
RIDDLE = re.compile(r"(What|Who|Whose|Where|When|How|Of|Whether|Why|Which)\b")
NO_CONTENT = {"found", "told", "said", "given", "wanted", "wrong", "one"}
OLD_WORDS = {
    "bell",
    "chores",
    "effects",
    "enquiry",
    "journal",
    "letter",
    "letters",
    "resting",
    "tells",
    "wish",
}
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def modules() -> list[str]:
    files = [*ROOT.glob("*.py"), *(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))]
    return sorted(str(file.relative_to(ROOT)) for file in files)


def names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and name of each definition: variables, parameters, functions, classes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name


def complaints(source: str) -> list[str]:
    tree = ast.parse(source)
    docstrings = [
        f"a docstring begins with {match.group()!r}: {text.splitlines()[0]}"
        for node in ast.walk(tree)
        if isinstance(node, DOCUMENTED)
        and (text := ast.get_docstring(node))
        and (match := RIDDLE.match(text))
    ]
    return docstrings + [
        f"line {line}: the name {name!r}"
        for line, name in names(tree)
        if name in NO_CONTENT or OLD_WORDS & {word.lower() for word in WORD.findall(name)}
    ]


@pytest.mark.parametrize("module", modules())
def test_docstrings_and_names_are_plain(module: str) -> None:
    problems = complaints((ROOT / module).read_text())
    assert problems == [], "see CONTRIBUTING.md and docs/glossary.md"


@pytest.mark.parametrize(
    "source",
    [
        '"""What a module is."""',
        'def load(key):\n    """Where the row lies."""',
        "found = 1",
        "def send(told): ...",
        "[one for one in ()]",
        "class CheckoutWish: ...",
        "def send_letter(): ...",
    ],
)
def test_an_unplain_docstring_or_name_is_refused(source: str) -> None:
    assert complaints(source)
