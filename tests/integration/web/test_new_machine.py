"""`flask machines new` writes a machine that passes all checks, or refuses and changes nothing."""

import shutil
from pathlib import Path

import pytest
from flask import Flask

from launch.stack import ROOT
from tests.support.checkout import copy_checkout, run_module
from tests.support.commands import flask
from web.commands.skeleton import Skeleton
from web.commands.skeleton.noun import explain_refusal

NOUN = "loyalty_card"
MODULES = (f"models/{NOUN}.py", f"state_machines/{NOUN}.py", f"tasks/{NOUN}.py")
TEST = f"tests/integration/machines/test_{NOUN}.py"
CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("importlinter.cli", "lint"),
    ("mypy", *MODULES, "tasks/activities.py", TEST),
    (
        *("pytest", "-n", "0", "tests/architecture", "tests/docs/test_reference.py", TEST),
        "tests/integration/web/test_schema.py",
    ),
)


@pytest.mark.slow
def test_the_skeleton_passes_the_checks_and_its_tests(tmp_path: Path) -> None:
    copy = copy_checkout(tmp_path)
    printed = run_module(copy, "flask", "--app", "wsgi", "machines", "new", NOUN)
    assert set(printed.splitlines()) >= {*MODULES, TEST, "docs/reference/machines.md"}
    assert [line[:2] for line in printed.splitlines()[-3:]] == ["1.", "2.", "3."]
    for words in CHECKS:
        run_module(copy, *words)


@pytest.mark.parametrize(
    ("noun", "reason"),
    [
        ("Card", "lower-case words"),
        ("gift card", "lower-case words"),
        ("2nd_card", "lower-case words"),
        ("class", "word or a module of Python"),
        ("list", "word or a module of Python"),
        ("calendar", "word or a module of Python"),
        ("coupons", "singular"),
        ("test_card", "must not begin with test"),
        ("order", "a machine already"),
        ("user", "a table already"),
        ("durable", "a module already: models/durable.py"),
        ("money", "a module already: models/money.py"),
        ("auth", "a route already: /auth"),
        ("arrow", "a name that the skeleton uses otherwise: Arrow"),
        ("sig", "a name that the skeleton uses otherwise: Sig"),
        ("card" * 12, "is too long"),
    ],
)
def test_a_noun_that_cannot_be_a_machine_is_refused(shop: Flask, noun: str, reason: str) -> None:
    with shop.app_context():
        assert reason in str(explain_refusal(Skeleton(noun)))


def test_a_refusal_names_the_noun_and_changes_nothing(shop: Flask) -> None:
    before = last_changes()
    refused = flask(shop, "machines", "new", "order")
    assert refused.exit_code == 2
    assert "NAME: 'order' is a machine already" in refused.output
    assert last_changes() == before


def test_outside_of_a_checkout_nothing_is_written(shop: Flask, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "migrations", tmp_path / "migrations")
    with shop.app_context(), pytest.raises(FileNotFoundError):
        Skeleton(NOUN, tmp_path).write()
    assert [path.name for path in tmp_path.iterdir()] == ["migrations"]


def test_a_write_that_fails_is_undone(tmp_path: Path) -> None:
    copy = copy_checkout(tmp_path)
    # A folder in the place of one of the new files.
    (copy / TEST).mkdir()
    before = {path: path.read_bytes() for path in copy.rglob("*.py") if path.is_file()}
    with pytest.raises(OSError, match=NOUN):
        Skeleton(NOUN, copy).write()
    assert {path: path.read_bytes() for path in copy.rglob("*.py") if path.is_file()} == before


def last_changes() -> dict[Path, int]:
    folders = ("models", "state_machines", "tasks", "migrations/versions", "docs", "tests")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.[mp][dy]")]
    return {path: path.stat().st_mtime_ns for path in files}
