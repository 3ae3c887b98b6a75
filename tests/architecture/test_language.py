"""Rules of language that a program can check: docstrings and names.

docs/glossary.md has the words, CONTRIBUTING.md the way sentences are written.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.rooms import CODE, ROOT, modules

RIDDLE = re.compile(r"(What|Who|Whose|Where|When|How|Of|Whether|Why|Which)\b")
# A function's docstring begins with a verb; these begin a noun, a phrase or a third person.
NO_VERB = re.compile(
    r"(A|An|The|One|Two|No|Each|Every|Another|Some|Something|All|Enough|Never|Up|At|On|In|By|For"
    r"|But|Or|And|With|Without|About|From|If|As|It|They|Has|Is|Are|Says|Takes|Answers|Stripe|SendGrid"
    r"|PostgreSQL|Redis)\b|[`\d]"
)
NO_CONTENT = {"found", "told", "said", "given", "wanted", "wrong", "one"}
# Constants need a noun that says what they limit or hold.
VAGUE_CONSTANTS = {"FRESH", "KEPT", "LARGEST", "LATER", "LONGEST", "ONCE", "ONLY", "SHORT", "TOLD"}
OLD_WORDS = {
    "acting",
    "bell",
    "chores",
    "doubtful",
    "effect",
    "effects",
    "enquiry",
    "journal",
    "leftover",
    "leftovers",
    "letter",
    "letters",
    "pace",
    "resting",
    "rush",
    "telling",
    "tells",
    "welcome",
    "wheel",
    "wheels",
    "wish",
}
# Words and spellings that the glossary has another for, in code, texts and pages.
OTHER_WORDS = re.compile(
    r"\be[-\u2010\u2011 ]mail|\bmessages? (of|from) (a |the |other )?(provider|outside|systems)"
    r"|\bcalls to other systems",
    re.IGNORECASE,
)
PROSE = (*CODE, "tests", "docs", "migrations", "frontend/src", "deploy")
SUFFIXES = {
    ".py",
    ".md",
    ".ts",
    ".tsx",
    ".css",
    ".html",
    ".yml",
    ".yaml",
    ".conf",
    ".txt",
    ".example",
}
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
FILES = [*modules(*CODE, "tests")]
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def names(nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    """Yield line and name of each definition: variables, parameters, functions, classes."""
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.alias) and node.asname:
            yield node.lineno, node.asname


def docstrings(nodes: list[ast.AST]) -> Iterator[tuple[str, str]]:
    """Yield the first line of each docstring, with a complaint about how it begins, if any."""
    for node in nodes:
        text = ast.get_docstring(node) if isinstance(node, DOCUMENTED) else None
        if not text:
            continue
        if match := RIDDLE.match(text):
            yield text.splitlines()[0], f"begins with {match.group()!r}"
        elif is_verbal(node) and (match := NO_VERB.match(text)):
            yield text.splitlines()[0], f"begins with {match.group()!r}, not with a verb"


def is_verbal(node: ast.AST) -> bool:
    """Return whether a docstring has to begin with a verb: not one of a property or a test."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    decorators = {ast.unparse(decorator) for decorator in node.decorator_list}
    return not node.name.startswith("test_") and not any("property" in each for each in decorators)


def complaints(source: str) -> list[str]:
    nodes = [*ast.walk(ast.parse(source))]
    return [f"{problem}: {line}" for line, problem in docstrings(nodes)] + [
        f"line {line}: the name {name!r}"
        for line, name in names(nodes)
        if name in NO_CONTENT
        or OLD_WORDS & {word.lower() for word in WORD.findall(name)}
        or name in VAGUE_CONSTANTS
        or name.startswith(("LARGEST_", "LONGEST_"))
    ]


def test_docstrings_and_names_are_plain() -> None:
    # One test: with one for each file, most of the time would go into the tests' own reports.
    problems = {path.relative_to(ROOT): complaints(path.read_text()) for path in FILES}
    listed = {str(path): each for path, each in problems.items() if each}
    assert listed == {}, "see CONTRIBUTING.md and docs/glossary.md"
    assert len(problems) > 1000


@pytest.mark.parametrize(
    "source",
    [
        '"""What a module is."""',
        'def load(key):\n    """The row."""',
        'def load(key):\n    """200, or 404."""',
        'def load(key):\n    """Where the row lies."""',
        "found = 1",
        "LONGEST_WAIT = 5",
        "self.told = []",
        "def send(told): ...",
        "[one for one in ()]",
        "class CheckoutWish: ...",
        "def send_letter(): ...",
    ],
)
def test_an_unplain_docstring_or_name_is_refused(source: str) -> None:
    assert complaints(source)


def texts() -> Iterator[Path]:
    """Yield the files that people write: code, pages, and the texts of the web app."""
    yield from (file for file in ROOT.iterdir() if file.suffix in SUFFIXES)
    for room in PROSE:
        yield from (file for file in (ROOT / room).rglob("*") if file.suffix in SUFFIXES)


def test_each_thing_has_one_word() -> None:
    others = {
        f"{file.relative_to(ROOT)}: {match.group()}"
        for file in texts()
        if (match := OTHER_WORDS.search(file.read_text()))
    }
    assert others == set(), "see docs/glossary.md: email, event, activity"
