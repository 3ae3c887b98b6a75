"""The skeleton of a new machine: files from templates, and insertions into files that exist."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alembic.script import ScriptDirectory
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
        """Return the text of every new or changed file, by its path. Writes nothing."""
        new = {path: sort_imports(self._render(name)) for path, name in self.modules.items()}
        return {self.root / path: text for path, text in {**new, **dict(self._changes())}.items()}

    def write(self) -> list[Path]:
        """Write all files and return their paths. After an error all are as they were."""
        texts = self.new_texts()
        before = {path: path.read_text() if path.is_file() else None for path in texts}
        try:
            for path, text in texts.items():
                path.write_text(text)
        except OSError:
            for path, earlier in before.items():
                if earlier is not None:
                    path.write_text(earlier)
                elif path.is_file():
                    path.unlink()
            raise
        return list(texts)

    def _changes(self) -> Iterator[tuple[str, str]]:
        """Yield the path and the new text of each file that registers the machine."""
        noun, name = self.noun, self.class_name
        text = self._read("models/__init__.py")
        text = add_import(text, f"models.{noun}", name, f"{name}State")
        yield "models/__init__.py", add_item(text, "__all__", f'"{name}"', f'"{name}State"')
        text = self._read("state_machines/__init__.py")
        text = add_import(text, f"state_machines.{noun}", f"{name}Machine")
        text = add_item(text, "MACHINES", f"{name}Machine")
        yield "state_machines/__init__.py", add_item(text, "__all__", f'"{name}Machine"')
        text = add_import(self._read("tasks/activities.py"), "tasks", noun)
        yield "tasks/activities.py", add_item(text, "ACTIVITIES", f"{noun}.Request{name}")
        for page in ("tables", "activities"):
            path = f"docs/reference/{page}.md"
            yield path, add_row(self._read(path), self._render(f"{page}.md"))
        path = "docs/reference/machines.md"
        yield path, f"{self._read(path).rstrip()}\n\n{self._render('machines.md')}"

    def _read(self, path: str) -> str:
        return (self.root / path).read_text()

    def _render(self, template: str) -> str:
        scripts = ScriptDirectory(str(self.root / "migrations"))
        head = scripts.get_current_head()
        return templates.get_template(f"{template}.jinja").render(
            noun=self.noun,
            Noun=self.class_name,
            words=self.noun.replace("_", " "),
            head=head,
            revision=f"{int(head or 0) + 1:04}",
        )
