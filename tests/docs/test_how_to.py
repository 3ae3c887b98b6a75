"""`docs/how-to/add-a-machine.md` works: its code is taken off the page and run."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import requests
from flask import Flask

from config import settings
from models import clock
from models.base import Base, db
from state_machines.durable import Activity, DurableMachine, inspection

PAGE = (Path(__file__).parents[2] / "docs/how-to/add-a-machine.md").read_text()
BLOCKS = re.findall(r"```python\n# ([\w/]+)\.py\n(.*?)```", PAGE, re.DOTALL)
PATHS = [path for path, _ in BLOCKS]

Pages = dict[str, Any]


def load(path: str, code: str) -> ModuleType:
    """Run a block as an importable module with the name of the file that it stands for."""
    module = ModuleType(path.replace("/", "."))
    sys.modules[module.__name__] = module
    exec(compile(code, f"{path}.py", "exec"), module.__dict__)  # noqa: S102  our own page
    return module


@pytest.fixture(scope="module")
def newsletter(flask_app: Flask) -> Iterator[Pages]:
    """Yield the page's modules by path, with their table; remove all of it afterwards."""
    before = set(Activity.registry), set(DurableMachine.registry)
    modules = {path: load(path, code) for path, code in BLOCKS}
    table = Base.metadata.tables["subscription"]
    with flask_app.app_context():
        table.create(db.engine)
    yield modules
    with flask_app.app_context():
        table.drop(db.engine)
    Base.metadata.remove(table)
    for name in set(Activity.registry) - before[0]:
        del Activity.registry[name]
    for name in set(DurableMachine.registry) - before[1]:
        del DurableMachine.registry[name]
    for module in modules.values():
        del sys.modules[module.__name__]


def test_every_python_block_is_a_file(newsletter: Pages) -> None:
    assert PAGE.count("```python") == len(BLOCKS)
    assert list(newsletter) == PATHS
    assert len(set(PATHS)) == len(PATHS)


@pytest.mark.parametrize("story", re.findall(r"^def (test_\w+)", PAGE, re.MULTILINE))
def test_the_stories_of_the_page_are_true(newsletter: Pages, app: Flask, story: str) -> None:
    getattr(newsletter[PATHS[-1]], story)(app)
    machine = newsletter["state_machines/subscription"].SubscriptionMachine
    assert list(inspection.verify(machine)) == []
    assert inspection.stuck(machine) == []


def test_the_invitation_arrives(newsletter: Pages, app: Flask) -> None:
    email = f"newsletter-{clock.now().timestamp()}@example.com"
    newsletter[PATHS[-1]].asked(email)
    mailbox = f"{settings.sendgrid_api_base}/mail.json"
    (email_received,) = requests.get(mailbox, params={"to": email}, timeout=5).json()
    assert email_received["subject"] == "Shall we write to you?"


def test_an_invitation_that_is_refused_is_told_to_the_machine(
    newsletter: Pages, app: Flask
) -> None:
    stories = newsletter[PATHS[-1]]
    assert stories.state(stories.asked("no address")) == "Unreachable"
    assert (
        list(inspection.verify(newsletter["state_machines/subscription"].SubscriptionMachine)) == []
    )
    assert not newsletter["tasks/newsletter"].Invite.keyed


def test_the_routes_begin_and_confirm(newsletter: Pages, app: Flask) -> None:
    from web import create_app

    service = create_app("product")
    service.register_api(newsletter["web/routes/newsletter"].api)  # type: ignore[attr-defined]
    with service.test_client() as client:
        begun = client.post("/newsletter", json={"email": "ada@example.com"})
        assert begun.status_code == 201
        confirm = f"/newsletter/{begun.get_json()['subscriptionId']}/confirm"
        assert [client.post(confirm).status_code for _ in range(2)] == [200, 409]
