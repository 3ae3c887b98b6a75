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
# Modules that import the machine's modules or have them as attributes, and the engine's names.
SHARED_MODULES = (
    "models/__init__.py",
    "state_machines/__init__.py",
    "state_machines/durable/__init__.py",
    "tasks/__init__.py",
    "tasks/activities.py",
)


def explain_refusal(skeleton: Skeleton) -> str | None:
    """Return why there can be no machine with this noun, or None. Raises CheckoutError."""
    noun = skeleton.noun
    if not PATTERN.fullmatch(noun):
        return "must be lower-case words, joined by underscores"
    if keyword.iskeyword(noun) or noun in sys.stdlib_module_names or hasattr(builtins, noun):
        return "is a word or a module of Python"
    if keyword.iskeyword(skeleton.class_name) or hasattr(builtins, skeleton.class_name):
        return f"gives a class name that is a word of Python: {skeleton.class_name}"
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
    # The file name of a migration begins with the day on which it was written.
    for file in skeleton.root.glob(f"migrations/versions/????-??-??_{noun}.py"):
        yield f"is a migration already: {file.relative_to(skeleton.root)}"
    for path in skeleton.modules:
        file = skeleton.root / path
        if file.exists() or file.with_suffix("").is_dir():
            yield f"is a module already: {path}"
    yield from _names_bound_already(skeleton)
    segments = {rule.rule.split("/")[1] for rule in current_app.url_map.iter_rules()}
    if {noun, f"{noun}s"} & segments:
        yield f"is a route already: /{noun}"


def _names_bound_already(skeleton: Skeleton) -> Iterator[str]:
    """Yield the names of the skeleton that would be bound twice in a shared module."""
    name = skeleton.class_name
    names = (skeleton.noun, name, *(f"{name}{end}" for end in ("State", "Signal", "Machine")))
    for path in SHARED_MODULES:
        bound = set(_bound_names(ast.parse(skeleton.read_module(path))))
        for each in filter(bound.__contains__, names):
            yield f"gives a name that {path} binds already: {each}"


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


def _bound_names(block: ast.Module | ast.If) -> Iterator[str]:
    for node in block.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
        elif isinstance(node, ast.If):
            yield from _bound_names(node)
