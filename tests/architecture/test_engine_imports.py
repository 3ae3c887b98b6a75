"""The engine imports only what is on one list, so that it can be lifted out of the shop.

The list is in tests/support/engine.py; tests/integration/engine/test_lift_out.py lifts the engine.
"""

import ast
import sys
from collections.abc import Iterator

from launch.stack import ROOT
from tests.support.engine import FOLDERS, MODULES, PACKAGES, engine_files

LIST = (*MODULES, *PACKAGES)
ALLOWED = (*LIST, *(folder.replace("/", ".") for folder in FOLDERS))


def imported_names(node: ast.AST) -> Iterator[str]:
    """Yield the full names of everything imported at run time: modules, or names in them."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    elif not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
        for child in ast.iter_child_nodes(node):
            yield from imported_names(child)


def load_imports() -> Iterator[tuple[str, str]]:
    """Yield each file of the engine and of the list with each name that it imports."""
    for file in engine_files():
        for name in imported_names(ast.parse((ROOT / file).read_text())):
            yield str(file), name


def is_in(name: str, modules: tuple[str, ...]) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def test_the_engine_imports_only_what_is_on_the_list() -> None:
    outside = [
        f"{file}: {name}"
        for file, name in load_imports()
        if name.partition(".")[0] not in sys.stdlib_module_names and not is_in(name, ALLOWED)
    ]
    assert outside == []


def test_the_engine_needs_everything_on_the_list() -> None:
    names = [name for _, name in load_imports()]
    assert [item for item in LIST if not any(is_in(name, (item,)) for name in names)] == []
