"""The engine's folders, and the list of everything else that it may import."""

from pathlib import Path

from launch.stack import ROOT

FOLDERS = ("state_machines/durable", "models/durable")
MODULES = (
    "models.base",
    "models.clock",
    "models.encrypted",
    "models.ids",
    "models.keyset",
    "models.logs",
    "models.many_rows",
    "models.metrics",
    "models.prepared",
    "models.printable",
    "models.secret",
    "models.text",
    "models.tracing",
)
PACKAGES = ("cryptography", "flask_sqlalchemy", "psycopg2", "sqlalchemy", "transitions")


def engine_files() -> list[Path]:
    """Return the files of the folders and modules, relative to the project's folder."""
    modules = [Path(*module.split(".")).with_suffix(".py") for module in MODULES]
    files = [file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py")]
    return sorted([*modules, *(file.relative_to(ROOT) for file in files)])
