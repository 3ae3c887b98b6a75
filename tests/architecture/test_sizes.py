"""Limits of length: of functions, of files, and of the engine's number of files."""

import ast
from statistics import median

from tests.support.rooms import CODE, ROOT, modules

ENGINE = ROOT / "state_machines/durable"
MAX_FUNCTION_LINES, MAX_MEDIAN_FUNCTION_LINES = 35, 8
MAX_FILE_LINES, MAX_MEDIAN_FILE_LINES = 250, 90
MAX_ENGINE_FILES = 9
Function = ast.FunctionDef | ast.AsyncFunctionDef


def function_lengths() -> dict[str, int]:
    """Return the number of lines of each function, by its file and name."""
    return {
        f"{path.relative_to(ROOT)}: {node.name}, line {node.lineno}": _length_of(node)
        for path in modules(*CODE)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, Function)
    }


def _length_of(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_function_is_long_and_most_are_short() -> None:
    lengths = function_lengths()
    assert len(lengths) > 1000
    assert [name for name, lines in lengths.items() if lines > MAX_FUNCTION_LINES] == []
    engine = [n for name, n in lengths.items() if name.startswith("state_machines/durable/")]
    assert median(lengths.values()) <= MAX_MEDIAN_FUNCTION_LINES
    assert median(engine) <= MAX_MEDIAN_FUNCTION_LINES


def test_no_file_is_long_and_most_are_short() -> None:
    lengths = {path: path.read_text().count("\n") for path in modules(*CODE)}
    assert len(lengths) > 100
    assert [path.name for path, lines in lengths.items() if lines > MAX_FILE_LINES] == []
    assert median(lengths.values()) <= MAX_MEDIAN_FILE_LINES


def test_the_engine_is_a_few_files() -> None:
    files = [path for path in ENGINE.glob("*.py") if path.name != "__init__.py"]
    assert len(files) <= MAX_ENGINE_FILES
