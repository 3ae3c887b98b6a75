"""The failpoints according to the source code: each must be passed or have a reason."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from tasks.activities import ACTIVITIES
from tests.proof.failpoints.agent import BETWEEN, ROOMS
from tests.proof.failpoints.reasons import REASONS

PUBLISHING = {"send_task", "apply_async", "delay", "publish"}
# What the agent calls what these functions send.
SENT = {
    "dispatch.publish": "the message",
    "dispatch.publish_change": "the change",
    "dispatch._work": "the message",
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def left_out(points: Iterable[str]) -> set[str]:
    """Return the places without a failpoint or a reason, and the reasons without a place."""
    known, passed = set(_known()), "\n".join(points)
    bare = {what for what in known if not _is_in(what, passed)}
    return {f"no story comes past {what}" for what in bare - REASONS.keys()} | {
        f"there is no {what}, but a reason" for what in REASONS.keys() - known
    }


def _is_in(what: str, passed: str) -> bool:
    words = SENT.get(what.removeprefix("message of "), what)
    return any(f"{words}{end}" in passed for end in (" ", ","))


def _known() -> Iterator[str]:
    for activity in ACTIVITIES:
        yield f"call of {activity.name}"
    for room in ROOMS:
        for file in Path(room).rglob("*.py"):
            if not str(file).endswith(BETWEEN):
                for function in ast.walk(ast.parse(file.read_text())):
                    if isinstance(function, Function):
                        yield from _of(f"{file.stem}.{function.name}", function)


def _of(name: str, function: Function) -> Iterator[str]:
    for node in _own(function):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id == "transaction":
            yield f"commit of {name}"
        if isinstance(node.func, ast.Attribute) and node.func.attr in PUBLISHING:
            yield f"message of {name}"


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a function without those of inner functions."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, Function):
            yield child
            yield from _own(child)
