"""The engine imports only the modules of this list, so that it can be lifted out of the shop."""

import ast
import sys
from pathlib import Path

ROOMS = (Path("state_machines/durable"), Path("models/durable"))
ALLOWED = (
    *("state_machines.durable", "models.durable", "sqlalchemy", "transitions"),
    *("models.base", "models.clock", "models.encrypted", "models.ids", "models.logs"),
    *("models.secret", "models.text"),
)


def imported_modules(file: Path) -> set[str]:
    """Return the full names of what a file imports: modules, or names in them."""
    modules: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            modules.update(f"{node.module}.{alias.name}" for alias in node.names)
    return modules


def is_allowed(module: str) -> bool:
    if module.partition(".")[0] in sys.stdlib_module_names:
        return True
    return any(module == name or module.startswith(f"{name}.") for name in ALLOWED)


def test_the_engine_imports_only_what_is_on_the_list() -> None:
    files = [file for room in ROOMS for file in room.rglob("*.py")]
    assert files
    refused = {
        str(file): unknown
        for file in files
        if (unknown := {name for name in imported_modules(file) if not is_allowed(name)})
    }
    assert not refused
