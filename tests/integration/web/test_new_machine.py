"""`flask machines new` writes a machine that passes all checks, or refuses and changes nothing."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import Flask

from launch.children import Child
from launch.stack import ROOT
from launch.waiting import until
from tests.support import proof
from tests.support.checkout import copy_checkout, copy_mypy_cache, run_module
from tests.support.commands import flask
from web.commands.skeleton import CheckoutError, Skeleton
from web.commands.skeleton.noun import explain_refusal

NOUN = "loyalty_card"
MODULES = (f"models/{NOUN}.py", f"state_machines/{NOUN}.py", f"tasks/{NOUN}.py")
TEST = f"tests/integration/machines/test_{NOUN}.py"
SCHEMA = "tests/integration/web/test_schema.py"
SECOND_HEAD = "migrations/versions/2030-01-01_second_head.py"
BRANCH = 'revision = "abc123"\ndown_revision = "0001"\n'
# Python ignores the signal when its parent does, as a shell's background jobs do.
WRITE = f"""
import signal
from pathlib import Path
from web.commands.skeleton import Skeleton
signal.signal(signal.SIGINT, signal.default_int_handler)
Skeleton("{NOUN}", Path.cwd()).write()
"""
CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("pytest", "-n", "0", "tests/docs/test_reference.py", TEST, SCHEMA),
)
# `make prove` runs them: they read the whole project and its libraries.
SLOW_CHECKS = (
    ("importlinter.cli", "lint"),
    ("mypy", *MODULES, "tasks/activities.py", TEST),
    ("pytest", "-n", "0", "tests/architecture"),
)


@pytest.mark.slow
def test_the_skeleton_passes_the_checks_and_its_tests(tmp_path: Path) -> None:
    copy = copy_checkout(tmp_path)
    printed = run_module(copy, "flask", "--app", "wsgi", "machines", "new", NOUN)
    assert set(printed.splitlines()) >= {*MODULES, TEST, "docs/reference/machines.md"}
    assert [line[:2] for line in printed.splitlines()[-3:]] == ["1.", "2.", "3."]
    if proof.IN_FULL:
        copy_mypy_cache(copy)
    for words in SLOW_CHECKS + CHECKS if proof.IN_FULL else CHECKS:
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
        ("currency", "a module already: models/currency.py"),
        ("auth", "a route already: /auth"),
        ("arrow", "a name that state_machines/durable/__init__.py binds already: Arrow"),
        ("sig", "a name that the skeleton uses otherwise: Sig"),
        ("card" * 12, "is too long"),
        ("transaction", "a name that models/__init__.py binds already: transaction"),
        ("reading", "a name that models/__init__.py binds already: reading"),
        ("db", "a name that models/__init__.py binds already: db"),
        ("handling", "a name that state_machines/__init__.py binds already: handling"),
        ("sendgrid", "a name that state_machines/__init__.py binds already: sendgrid"),
        ("app", "a name that tasks/__init__.py binds already: app"),
        ("snooze", "a name that state_machines/durable/__init__.py binds already: Snooze"),
        ("order_state", "a name that models/__init__.py binds already: OrderState"),
        ("pause_kind", "a name that models/__init__.py binds already: PauseKind"),
        ("notice_kind", "a name that models/__init__.py binds already: NoticeKind"),
        ("refund_origin", "a name that models/__init__.py binds already: RefundOrigin"),
        ("user_status", "a name that models/__init__.py binds already: UserStatus"),
        ("signal_row", "a name that models/__init__.py binds already: SignalRow"),
        ("audit_row", "a name that models/__init__.py binds already: AuditRow"),
        ("payment_method", "a migration already: migrations/versions/2026-11-28_payment_method"),
        ("money", "a migration already: migrations/versions/2026-11-23_money.py"),
        ("none", "a class name that is a word of Python: None"),
        ("true", "a class name that is a word of Python: True"),
        ("false", "a class name that is a word of Python: False"),
        ("exception", "a class name that is a word of Python: Exception"),
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
    before = read_modules(copy)
    with pytest.raises(OSError, match=NOUN):
        Skeleton(NOUN, copy).write()
    assert read_modules(copy) == before


@pytest.mark.slow
def test_an_interrupt_during_the_writes_undoes_them(tmp_path: Path) -> None:
    copy = copy_checkout(tmp_path)
    before = read_modules(copy)
    # Nobody reads from this pipe: the command waits in the middle of its writes.
    os.mkfifo(copy / TEST)
    writing = Child([sys.executable, "-c", WRITE], cwd=copy, stderr=subprocess.PIPE, text=True)
    until((copy / f"tasks/{NOUN}.py").exists, "the activity is written")
    writing.send_signal(signal.SIGINT)
    assert "KeyboardInterrupt" in writing.communicate(timeout=30)[1]
    assert read_modules(copy) == before


@pytest.mark.parametrize(
    ("path", "text", "reason"),
    [
        (SECOND_HEAD, BRANCH, "number, not in {head}, abc123"),
        (SECOND_HEAD, BRANCH.replace("0001", "{head}"), "number, not in abc123"),
        (SECOND_HEAD, "<<<<<<< HEAD\n", "the migrations cannot be read: invalid syntax"),
        ("models/__init__.py", "<<<<<<< HEAD\n", "models/__init__.py cannot be read: invalid"),
        ("models/__init__.py", "", "models/__init__.py has no import from models"),
        ("tasks/activities.py", "from tasks import emails\n", "has no tuple or list ACTIVITIES"),
    ],
)
def test_a_checkout_in_which_nothing_can_be_registered_is_refused(
    shop: Flask, tmp_path: Path, path: str, text: str, reason: str
) -> None:
    copy = copy_checkout(tmp_path)
    head = ScriptDirectory(str(copy / "migrations")).get_current_head()
    (copy / path).write_text(text.replace("{head}", str(head)))
    reason = reason.replace("{head}", str(head))
    before = read_modules(copy)
    with shop.app_context(), pytest.raises(CheckoutError, match=reason):
        explain_refusal(Skeleton(NOUN, copy))
    with pytest.raises(CheckoutError, match=reason):
        Skeleton(NOUN, copy).write()
    assert read_modules(copy) == before


@pytest.mark.slow
def test_two_heads_are_a_usage_error(tmp_path: Path) -> None:
    copy = copy_checkout(tmp_path)
    (copy / SECOND_HEAD).write_text(BRANCH)
    with pytest.raises(subprocess.CalledProcessError) as refused:
        run_module(copy, "flask", "--app", "wsgi", "machines", "new", NOUN)
    assert refused.value.returncode == 2
    assert "Error: the migrations must end in one number, not in " in refused.value.stderr
    assert "Traceback" not in refused.value.stderr


def read_modules(checkout: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in checkout.rglob("*.py") if path.is_file()}


def last_changes() -> dict[Path, int]:
    folders = ("models", "state_machines", "tasks", "migrations/versions", "docs", "tests")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.[mp][dy]")]
    return {path: path.stat().st_mtime_ns for path in files}
