"""The noun of a new machine: which names cannot be one, and why."""

import ast
import builtins
import keyword
import re
import sys
from collections import Counter
from collections.abc import Iterator

from flask import current_app

from models.base import Base
from state_machines.durable import DurableMachine
from web.commands.skeleton import Skeleton
from web.commands.skeleton.insertion import MAX_LINE_LENGTH

PATTERN = re.compile(r"[a-z]+(_[a-z]+)*")
SINGULAR_ENDINGS = ("ss", "us", "is")


def explain_refusal(skeleton: Skeleton) -> str | None:
    """Return why there can be no machine with this noun, or None when there can be one."""
    noun = skeleton.noun
    if not PATTERN.fullmatch(noun):
        return "must be lower-case words, joined by underscores"
    if keyword.iskeyword(noun) or noun in sys.stdlib_module_names or hasattr(builtins, noun):
        return "is a word or a module of Python"
    if noun.endswith("s") and not noun.endswith(SINGULAR_ENDINGS):
        return "must be singular"
    if noun.partition("_")[0] == "test":
        return "must not begin with test: such tables belong to the tests"
    return next(_collisions(skeleton), None) or next(_unusable_texts(skeleton), None)


def _collisions(skeleton: Skeleton) -> Iterator[str]:
    noun = skeleton.noun
    if noun in DurableMachine.registry:
        yield "is a machine already"
    if {noun, f"{noun}s"} & set(Base.metadata.tables):
        yield "is a table already"
    for path in skeleton.modules:
        file = skeleton.root / path
        if file.exists() or file.with_suffix("").is_dir():
            yield f"is a module already: {path}"
    segments = {rule.rule.split("/")[1] for rule in current_app.url_map.iter_rules()}
    if {noun, f"{noun}s"} & segments:
        yield f"is a route already: /{noun}"


def _unusable_texts(skeleton: Skeleton) -> Iterator[str]:
    """Yield what the linter would refuse in the files: names bound twice, and long lines."""
    texts = skeleton.new_texts()
    for path in skeleton.modules:
        text = texts[skeleton.root / path]
        for name, count in Counter(_bound_names(ast.parse(text))).items():
            if count > 1:
                yield f"gives a name that the skeleton uses otherwise: {name}"
        if max(map(len, text.splitlines())) > MAX_LINE_LENGTH:
            yield "is too long: lines of the skeleton would not fit"


def _bound_names(module: ast.Module) -> Iterator[str]:
    for node in module.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
