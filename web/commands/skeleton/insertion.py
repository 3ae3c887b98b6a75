"""Insertions into Python modules and Markdown tables, as the formatter would write them."""

import ast
from collections.abc import Iterable
from itertools import groupby

MAX_LINE_LENGTH = 100


def add_import(text: str, module: str, *names: str) -> str:
    """Return the module's text with `from module import names`, in the order of the linter."""
    imports = [node for node in ast.parse(text).body if isinstance(node, ast.ImportFrom)]
    same = next((node for node in imports if node.module == module), None)
    lines = text.splitlines(keepends=True)
    if same is not None:
        names = (*names, *(alias.name for alias in same.names))
        lines[same.lineno - 1 : same.end_lineno] = [_import_statement(module, names)]
        return "".join(lines)
    room = module.partition(".")[0]
    siblings = [node for node in imports if (node.module or "").partition(".")[0] == room]
    if not siblings:
        raise LookupError(f"no import from {room}")
    following = next((node for node in siblings if (node.module or "") > module), None)
    at = following.lineno - 1 if following is not None else siblings[-1].end_lineno
    lines.insert(at or 0, _import_statement(module, names))
    return "".join(lines)


def add_item(text: str, name: str, *items: str) -> str:
    """Return the module's text with `items` in the tuple or list `name`, of one item on a line.

    They go to the end, or to their places if the items are strings, as in `__all__`.
    """
    lines = text.splitlines(keepends=True)
    for item in items:
        collection = _find_collection("".join(lines), name)
        following = [
            element.lineno - 1
            for element in collection.elts
            if isinstance(element, ast.Constant)
            and _order(str(element.value)) > _order(item.strip('"'))
        ]
        at = following[0] if following else (collection.end_lineno or 0) - 1
        lines.insert(at, f"    {item},\n")
    return "".join(lines)


def sort_imports(text: str) -> str:
    """Return the module's text with its one-line imports as the linter orders and breaks them."""
    lines: list[str] = []
    for is_import, block in groupby(text.splitlines(keepends=True), _is_import):
        if is_import:
            imports = [line.rstrip().split(maxsplit=3) for line in block]
            for _, module, _, names in sorted(imports, key=lambda words: words[1]):
                lines.append(_import_statement(module, names.split(", ")))
        else:
            lines += block
    return "".join(lines)


def add_row(text: str, row: str) -> str:
    """Return the page with `row` at the end of its first table."""
    before, start, rest = text.partition("\n|")
    table, end, after = rest.partition("\n\n")
    return f"{before}{start}{table}\n{row.rstrip()}{end}{after}"


def _is_import(line: str) -> bool:
    return line.startswith("from ")


def _find_collection(text: str, name: str) -> ast.Tuple | ast.List:
    for node in ast.parse(text).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = getattr(node, "value", None)
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        if names == [name] and isinstance(value, ast.Tuple | ast.List):
            return value
    raise LookupError(f"no tuple or list {name}")


def _import_statement(module: str, names: Iterable[str]) -> str:
    members = sorted(names, key=_order)
    line = f"from {module} import {', '.join(members)}\n"
    if len(line.rstrip()) <= MAX_LINE_LENGTH:
        return line
    return "\n".join([f"from {module} import (", *(f"    {name}," for name in members), ")\n"])


def _order(name: str) -> tuple[int, str]:
    """Return the key by which the linter sorts names: constants, classes, then the rest."""
    if name.isupper() and len(name) > 1:
        return 0, name
    return (1 if name[:1].isupper() else 2), name
