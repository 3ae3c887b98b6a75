"""The skeleton of a new machine: files from templates, and insertions into files that exist."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from models import clock
from web.commands.skeleton.insertion import add_import, add_item, add_row, sort_imports

ROOT = Path(__file__).parents[3]
templates = Environment(
    loader=PackageLoader("web.commands.skeleton"),
    undefined=StrictUndefined,
    autoescape=select_autoescape(),
    keep_trailing_newline=True,
    trim_blocks=True,
)


class CheckoutError(Exception):
    """A state of the checkout in which no machine can be registered."""


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The files of a new machine in the checkout at `root`. `noun` is its name: lower case."""

    noun: str
    root: Path = ROOT

    @property
    def class_name(self) -> str:
        return "".join(part.capitalize() for part in self.noun.split("_"))

    @property
    def modules(self) -> dict[str, str]:
        """The template of each new Python module, by the module's path."""
        today = f"{clock.now():%Y-%m-%d}"
        return {
            f"models/{self.noun}.py": "model.py",
            f"migrations/versions/{today}_{self.noun}.py": "migration.py",
            f"state_machines/{self.noun}.py": "machine.py",
            f"tasks/{self.noun}.py": "activity.py",
            f"tests/integration/machines/test_{self.noun}.py": "test.py",
        }

    def new_texts(self) -> dict[Path, str]:
        """Return the text of every new or changed file, by its path. Raises CheckoutError."""
        head = self._find_head()
        new = {
            path: sort_imports(self._render(name, head=head, revision=f"{int(head) + 1:04}"))
            for path, name in self.modules.items()
        }
        return {self.root / path: text for path, text in {**new, **dict(self._changes())}.items()}

    def write(self) -> list[Path]:
        """Write all files and return their paths. After an error all are as they were."""
        texts = self.new_texts()
        before = {path: path.read_text() if path.is_file() else None for path in texts}
        try:
            for path, text in texts.items():
                path.write_text(text)
        # An interrupt, too, must not leave half a machine.
        except BaseException:
            for path, earlier in before.items():
                if earlier is not None:
                    path.write_text(earlier)
                elif path.is_file():
                    path.unlink()
            raise
        return list(texts)

    def read_module(self, path: str) -> str:
        """Return the text of a module of the checkout. Raises CheckoutError if it is no Python."""
        try:
            ast.parse(text := self._read(path), path)
        except (SyntaxError, ValueError) as error:
            raise CheckoutError(f"{path} cannot be read: {error}") from error
        return text

    def _changes(self) -> Iterator[tuple[str, str]]:
        """Yield the path and the new text of each file that registers the machine."""
        for path, register in {
            "models/__init__.py": self._register_model,
            "state_machines/__init__.py": self._register_machine,
            "tasks/activities.py": self._register_activity,
        }.items():
            try:
                yield path, register(self.read_module(path))
            except LookupError as error:
                raise CheckoutError(f"{path} has {error}") from error
        for page in ("tables", "activities"):
            path = f"docs/reference/{page}.md"
            yield path, add_row(self._read(path), self._render(f"{page}.md"))
        path = "docs/reference/machines.md"
        yield path, f"{self._read(path).rstrip()}\n\n{self._render('machines.md')}"

    def _register_model(self, text: str) -> str:
        names = (self.class_name, f"{self.class_name}State")
        text = add_import(text, f"models.{self.noun}", *names)
        return add_item(text, "__all__", *(f'"{name}"' for name in names))

    def _register_machine(self, text: str) -> str:
        name = f"{self.class_name}Machine"
        text = add_import(text, f"state_machines.{self.noun}", name)
        return add_item(add_item(text, "MACHINES", name), "__all__", f'"{name}"')

    def _register_activity(self, text: str) -> str:
        text = add_import(text, "tasks", self.noun)
        return add_item(text, "ACTIVITIES", f"{self.noun}.Request{self.class_name}")

    def _read(self, path: str) -> str:
        return (self.root / path).read_text()

    def _find_head(self) -> str:
        """Return the number of the last migration. Raises CheckoutError unless there is one."""
        try:
            heads = ScriptDirectory(str(self.root / "migrations")).get_heads()
        except (CommandError, SyntaxError, ValueError) as error:
            raise CheckoutError(f"the migrations cannot be read: {error}") from error
        if len(heads) != 1 or not heads[0].isdecimal():
            names = ", ".join(sorted(heads)) or "none"
            raise CheckoutError(f"the migrations must end in one number, not in {names}")
        return heads[0]

    def _render(self, template: str, **values: str) -> str:
        return templates.get_template(f"{template}.jinja").render(
            noun=self.noun,
            Noun=self.class_name,
            words=self.noun.replace("_", " "),
            **values,
        )
