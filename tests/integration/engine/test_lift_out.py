"""The engine runs without the shop: copied into an empty folder, with an application of its own."""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from config import settings
from launch.children import run
from launch.stack import ROOT
from tests.support.engine import engine_files

APPLICATION = Path("tests/support/lifted")


@pytest.fixture
def empty_database() -> Iterator[str]:
    """Yield the URL of a database of its own, without tables."""
    name = f"lifted_{uuid4().hex}"
    server = create_engine(settings.database_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        yield (
            make_url(settings.database_url).set(database=name).render_as_string(hide_password=False)
        )
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def lifted(tmp_path: Path) -> Path:
    """Return a folder with the engine, the modules that it imports, and the application."""
    application = [file.relative_to(ROOT) for file in (ROOT / APPLICATION).glob("*.py")]
    for file in (*engine_files(), *application):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
        for package in file.parents[:-1]:
            (tmp_path / package / "__init__.py").touch()
    return tmp_path


@pytest.mark.slow
def test_the_engine_runs_an_application_of_another_noun(lifted: Path, empty_database: str) -> None:
    command = [sys.executable, "-m", ".".join(APPLICATION.parts), empty_database]
    # No settings: the engine reads none.
    done = run(command, cwd=lifted, env={}, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "histories": {
            "Opened": ["reserve, by process", "open, by signal"],
            "Expired": ["reserve, by process", "expire, by deadline"],
        },
        "calls": 2,
        "codes": {"Opened": True, "Expired": False},
        "activities": [["locker.set_code", "done", 1]] * 2,
        "signals": [["keypad", "opened", "applied"]],
        "differences": [],
    }
