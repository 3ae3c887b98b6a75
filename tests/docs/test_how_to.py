"""The code of docs/how-to/add-a-machine.md works, and passes the checks."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import pytest
import requests
from flask import Flask
from sqlalchemy import select

from config import settings
from launch.stack import ROOT
from models import ActivityRow, Transition, clock, transaction
from models.base import Base, db
from models.personal import Person
from models.personal_data import export
from state_machines.durable import Activity, DurableMachine, executor, inspection, sweep
from tests.support import proof
from tests.support.checkout import copy_checkout, copy_mypy_cache, run_module

PAGE = (ROOT / "docs/how-to/add-a-machine.md").read_text()
BLOCKS = dict(re.findall(r"```python\n# ([\w/]+\.py)\n(.*?)```", PAGE, re.DOTALL))
NOUN = "workshop_visit"
# Those of `make check`.
CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
)
# `make prove` runs them: they read the whole project and its libraries.
SLOW_CHECKS = (("importlinter.cli", "lint"), ("mypy", *BLOCKS))

Modules = dict[str, Any]


def load(path: str, code: str) -> ModuleType:
    """Run a block as an importable module with the name of the file that it stands for."""
    module = ModuleType(path.removesuffix(".py").replace("/", "."))
    sys.modules[module.__name__] = module
    exec(compile(code, path, "exec"), module.__dict__)  # noqa: S102  our own page
    return module


@pytest.fixture(scope="module")
def modules(flask_app: Flask) -> Iterator[Modules]:
    """Yield the page's modules by room, with their table; remove all of it afterwards."""
    before = set(Activity.registry), set(DurableMachine.registry)
    loaded = {path.split("/")[0]: load(path, code) for path, code in BLOCKS.items()}
    table = Base.metadata.tables[NOUN]
    with flask_app.app_context():
        table.create(db.engine)
    yield loaded
    with flask_app.app_context():
        table.drop(db.engine)
    Base.metadata.remove(table)
    for name in set(Activity.registry) - before[0]:
        del Activity.registry[name]
    for name in set(DurableMachine.registry) - before[1]:
        del DurableMachine.registry[name]
    for module in loaded.values():
        del sys.modules[module.__name__]


def invite(modules: Modules, email: str) -> UUID:
    """Begin a visit, run its activity and return its id."""
    with transaction():
        visit = modules["models"].WorkshopVisit(email=email)
        modules["state_machines"].WorkshopVisitMachine.begin(visit, "request")
    with transaction() as session:
        rows = select(ActivityRow.id).where(ActivityRow.subject_id == visit.id)
        activities = session.scalars(rows).all()
    executor.run("workshop_visit.invite", activities)
    return UUID(str(visit.id))


def read_state(modules: Modules, visit_id: UUID) -> str:
    with transaction() as session:
        visit = session.get_one(modules["models"].WorkshopVisit, visit_id, populate_existing=True)
        return str(visit.state)


def test_every_python_block_is_a_file(modules: Modules) -> None:
    assert PAGE.count("```python") == len(BLOCKS) == len(modules)
    assert f"machines new {NOUN}" in PAGE


@pytest.mark.slow
def test_the_code_of_the_page_passes_the_checks(tmp_path: Path) -> None:
    copy = copy_checkout(tmp_path)
    run_module(copy, "flask", "--app", "wsgi", "machines", "new", NOUN)
    registered = copy / "tasks/activities.py"
    registered.write_text(
        registered.read_text().replace(f"{NOUN}.RequestWorkshopVisit", f"{NOUN}.Invite")
    )
    # The skeleton's test is about the skeleton.
    (copy / f"tests/integration/machines/test_{NOUN}.py").unlink()
    for path, code in BLOCKS.items():
        (copy / path).write_text(code)
    if proof.IN_FULL:
        copy_mypy_cache(copy)
    for words in SLOW_CHECKS + CHECKS if proof.IN_FULL else CHECKS:
        run_module(copy, *words)


def test_the_invitation_arrives_and_is_confirmed_once(modules: Modules, app: Flask) -> None:
    from web.application import create_app

    email = f"visit-{uuid4()}@example.com"
    visit_id = invite(modules, email)
    assert read_state(modules, visit_id) == "Invited"
    mailbox = f"{settings.sendgrid_api_base}/mail.json"
    (received,) = requests.get(mailbox, params={"to": email}, timeout=60).json()
    assert received["subject"] == "Your visit to the workshop"

    service = create_app("product")
    service.register_api(modules["web"].api)  # type: ignore[attr-defined]
    with service.test_client() as client:
        path = f"/workshop-visit/{visit_id}/confirm"
        assert [client.post(path).status_code for _ in range(2)] == [200, 409]
        assert client.post(path.replace(str(visit_id), str(uuid4()))).status_code == 404
    with transaction() as session:
        history = select(Transition.signal).order_by(Transition.version)
        assert session.scalars(history).all() == ["request", "sent", "confirm"]
    assert list(inspection.verify(modules["state_machines"].WorkshopVisitMachine)) == []


def test_without_a_confirmation_the_visit_lapses(modules: Modules, app: Flask) -> None:
    with clock.stopped() as time:
        visit_id = invite(modules, "bob@example.com")
        time.advance(days=2)
        sweep.fire_deadlines()
    assert read_state(modules, visit_id) == "Lapsed"
    assert inspection.stuck(modules["state_machines"].WorkshopVisitMachine) == []


def test_a_refused_invitation_is_given_up(modules: Modules, app: Flask) -> None:
    assert read_state(modules, invite(modules, "no address")) == "Unreachable"
    assert not modules["tasks"].Invite.keyed


def test_the_visit_is_among_the_personal_data(modules: Modules, app: Flask) -> None:
    invite(modules, "ada@example.com")
    with transaction():
        exported = export(Person(uuid4(), "ada@example.com"))
    assert [row["email"] for row in exported[NOUN]] == ["ada@example.com"]
