"""Each alert has a page, whose commands exist and run on a shop with an order."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml
from flask import Flask
from sqlalchemy import select

from launch.stack import ROOT
from models import ActivityRow, transaction
from state_machines.durable.unit_of_work import schedule
from tests.support.commands import flask
from tests.support.factories import a_placed_order
from tests.support.prometheus import FOLDER
from web.application import create_app
from web.commands.groups import GROUPS

RULES = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"][0]["rules"]
PAGES = sorted(path for path in (ROOT / "docs/runbooks").glob("*.md") if path.name != "README.md")
SECTIONS = ["Meaning", "Impact", "Look", "Causes", "Mitigation"]
PREFIX = "flask --app wsgi "
NAME = "payments.retrieve_intent"
COMMANDS = {
    f"{group.name} {name}": {option for parameter in command.params for option in parameter.opts}
    for group in GROUPS
    if isinstance(group, click.Group)
    for name, command in group.commands.items()
} | {
    str(group.name): {option for parameter in group.params for option in parameter.opts}
    for group in GROUPS
    if not isinstance(group, click.Group)
}


def commands(page: Path) -> list[str]:
    """Return the lines of the block "Look", without their beginning."""
    (block,) = re.findall(r"```sh\n(.*?)```", page.read_text(), re.DOTALL)
    lines = block.splitlines()
    assert all(line.startswith(PREFIX) for line in lines)
    return [line.removeprefix(PREFIX) for line in lines]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_has_its_page(rule: dict[str, dict[str, str]]) -> None:
    page = ROOT / rule["annotations"]["runbook_url"]
    text = page.read_text()
    assert text.startswith(f"# {rule['alert']}\n\n`{rule['labels']['severity']}` · ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS
    # A page names the rule as it is.
    assert f"```promql\n{rule['expr']}\n```" in text
    index = (ROOT / "docs/runbooks/README.md").read_text()
    assert f"| [{rule['alert']}]({page.name}) | {rule['labels']['severity']} |" in index


def test_no_page_is_without_an_alert() -> None:
    assert {ROOT / rule["annotations"]["runbook_url"] for rule in RULES} == set(PAGES)


def commands_in_sentences(page: Path) -> Iterator[list[str]]:
    """Yield the words of each command outside of the block."""
    groups = {name.split()[0] for name in COMMANDS}
    quoted = re.findall(r"`([^`\n]+(?:\n[^`\n]+)?)`", page.read_text().replace("```", ""))
    for words in map(shlex.split, quoted):
        if len(words) > 1 and words[0] in groups:
            yield words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_in_sentences_exist(page: Path) -> None:
    for words in commands_in_sentences(page):
        name = words[0] if words[0] in COMMANDS else " ".join(words[:2])
        assert {word for word in words if word.startswith("--")} <= COMMANDS[name], words


@pytest.fixture
def ids(app: Flask) -> dict[str, str]:
    """Return what commands need: the ids of an order and of an activity, and its name."""
    with transaction():
        payment = a_placed_order()
        schedule(NAME, "payment", payment.id)
    with transaction() as session:
        activity = session.scalars(select(ActivityRow.id)).first()
    return {"ORDER": str(payment.order_id), "ACTIVITY": str(activity), "NAME": NAME}


def test_the_commands_of_the_pages_run(app: Flask, ids: dict[str, str]) -> None:
    lines = sorted({line for page in PAGES for line in commands(page)})
    assert len(lines) > 15
    shop = create_app()
    for line in lines:
        done = flask(shop, *(ids.get(word, word) for word in shlex.split(line)))
        assert done.exit_code == 0, f"{line}: {done.output}{done.exception!r}"


def test_the_commands_for_many_rows_are_accepted(app: Flask, ids: dict[str, str]) -> None:
    many = [words for page in PAGES for words in commands_in_sentences(page) if "--all" in words]
    assert many
    shop = create_app()
    for words in many:
        done = flask(shop, *(ids.get(word, word) for word in words), "--dry-run")
        assert done.exit_code == 0, f"{words}: {done.output}"
