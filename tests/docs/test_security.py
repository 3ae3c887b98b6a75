"""Each security statement names a test that exists."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/explanation/security.md").read_text()
STATEMENTS = re.findall(r"^\| (\d+) \|.*$", PAGE, re.MULTILINE)


def test_the_statements_are_numbered() -> None:
    assert len(STATEMENTS) >= 28
    assert [int(number) for number in STATEMENTS] == list(range(1, len(STATEMENTS) + 1))


@pytest.mark.parametrize("name", re.findall(r"`(tests/[\w/]+\.py::\w+)`", PAGE))
def test_the_test_of_a_statement_exists(name: str) -> None:
    path, _, function = name.partition("::")
    tree = ast.parse((ROOT / path).read_text())
    assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
