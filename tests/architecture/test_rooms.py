"""Imports that import-linter cannot name: those of the machines, and those of the tests."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from state_machines import MACHINES

ROOT = Path(__file__).parents[2]
ROOMS_ABOVE_MACHINES = tuple(
    f"state_machines.{room}" for room in ("actions", "catalogue_import", "providers", "writes")
)
TEST_MODULE = re.compile(r"tests\.(.+\.)?(conftest|test_\w+)(\.|$)")


def imports(path: Path) -> Iterator[str]:
    """Yield the full name of everything that a module imports, at the top or in a function."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import"
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
