"""Rules of the rooms: imports of machines and tests that import-linter cannot name, and copies."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from state_machines import MACHINES

ROOT = Path(__file__).parents[2]
ROOMS_ABOVE_MACHINES = tuple(
    f"state_machines.{room}" for room in ("actions", "catalogue_import", "providers", "writes")
)
MIN_COPY = 120  # characters: shorter helpers may be alike
TEST_MODULE = re.compile(r"tests\.(.+\.)?(conftest|test_\w+)(\.|$)")


@cache
def read(path: Path) -> tuple[list[str], list[tuple[str, str]]]:
    """Return what a module imports, and its helpers. The trees of all are too large to keep."""
    tree = ast.parse(path.read_text())
    return [*imports_of(tree)], [*helpers_of(tree)]


def imports(path: Path) -> list[str]:
    """Return the full name of everything that a module imports, at the top or in a function."""
    return read(path)[0]


def imports_of(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_machines_stand_between_writes_and_the_engine() -> None:
    modules = {machine.__module__ for machine in MACHINES}
    files = [ROOT / f"{module.replace('.', '/')}.py" for module in modules]
    imported = {name for path in files for name in imports(path)}
    assert not [name for name in imported if name.startswith(ROOMS_ABOVE_MACHINES)]
    for path in (ROOT / "state_machines/durable").rglob("*.py"):
        assert not {name.rpartition(".")[0] for name in imports(path)} & modules, path.name


def test_nothing_imports_a_test_or_a_conftest() -> None:
    modules = [path for room in ("tests", "bench", "demo") for path in (ROOT / room).rglob("*.py")]
    assert len(modules) > 100
    leaning = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules
        for name in imports(path)
        if TEST_MODULE.match(name)
    ]
    assert leaning == []


def test_the_helpers_know_no_room_of_the_tests() -> None:
    leaning = [
        f"{path.name}: {name}"
        for path in (ROOT / "tests/support").rglob("*.py")
        for name in imports(path)
        if name.startswith("tests.") and not name.startswith("tests.support.")
    ]
    assert leaning == []


def test_no_two_files_of_the_tests_have_the_same_helper() -> None:
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path in (ROOT / "tests").rglob("*.py"):
        for name, body in read(path)[1]:
            places[body].append(f"{path.relative_to(ROOT)}: {name}")
    assert len(places) > 100
    assert [names for names in places.values() if len(names) > 1] == [], "move it to tests/support"


def helpers_of(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the name and the code of each function and class that is not short."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            statements = node.body[1:] if ast.get_docstring(node) else node.body
            code = "\n".join(map(ast.unparse, statements))
            if len(code) > MIN_COPY:
                yield node.name, code
