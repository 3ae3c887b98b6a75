"""The reference pages say what the code says: every setting, every activity, every table."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask

from config import Settings
from events.metrics import METRICS as EVENTS
from exporter import gauges
from launch.processes import STRIPE_EVENTS
from models import metrics
from models.base import Base
from models.metrics import Counter, Gauge, Histogram
from sandbox.cards import BY_TOKEN
from sandbox.fault_plan import FaultPlan
from state_machines import MACHINES
from state_machines.durable import DurableMachine, RetryPolicy
from state_machines.providers.stripe.events import READERS, SUBSCRIBED
from tasks.activities import ACTIVITIES

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
METHODS = ("get", "post", "patch", "put", "delete")


def page(name: str) -> str:
    return (ROOT / "docs/reference" / f"{name}.md").read_text()


def shown(default: Any) -> str:
    """Return a default as the page of the settings writes it."""
    if isinstance(default, tuple):
        default = ",".join(map(str, default))
    return "empty" if default == "" else f"`{default}`"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_listed_with_its_default(name: str) -> None:
    row = (
        rf"^\| `{name.upper()}`( ●)? \| {re.escape(shown(Settings.model_fields[name].default))} \|"
    )
    assert re.search(row, page("settings"), re.MULTILINE)


def test_every_activity_is_listed_with_its_queue() -> None:
    declared = [(activity.name, activity.queue) for activity in ACTIVITIES]
    listed = re.findall(
        r"^\| `([a-z_]+\.[a-z_]+)` \| `([a-z]+)` \|", page("activities"), re.MULTILINE
    )
    assert sorted(listed) == sorted(declared)


def test_the_attempts_of_every_activity_are_listed() -> None:
    row = r"^\| (`[^|]+`) \| (\d+) s \| (\d+) s \| (\d+) \|$"
    rows = re.findall(row, page("activities"), re.MULTILINE)
    listed = [
        (activity.name, *map(float, figures))
        for activity in ACTIVITIES
        for names, *figures in rows
        if any(fnmatch(activity.name, name) for name in re.findall(r"`([^`]+)`", names))
    ]
    default = RetryPolicy()
    assert listed == [
        (each.name, each.retry.initial, each.retry.maximum, each.retry.attempts)
        for each in ACTIVITIES
        if each.retry != default
    ]
    sentence = f"double from {default.initial:g} s to {default.maximum:g} s, for {default.attempts}"
    assert sentence in page("activities")


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_state_and_signal_is_explained(machine: type[DurableMachine[Any]]) -> None:
    _, _, after = page("machines").partition(f"\n## {machine.name}\n")
    words = set(
        re.findall(r"`(\w+)`", re.sub(r"```.*?```", "", after.split("\n## ")[0], flags=re.DOTALL))
    )
    known = {state.value for state in machine.states} | {
        arrow.signal.value for arrow in machine.arrows
    }
    assert known <= words


def test_every_file_of_the_engine_is_listed() -> None:
    listed = (ROOT / "docs/explanation/the-engine.md").read_text().partition("## One transition")[0]
    core, _, operations = listed.partition("The package `operations/`")
    engine = ROOT / "state_machines/durable"
    files = {str(path.relative_to(engine)) for path in engine.rglob("[!_]*.py")}
    names = [f"operations/{name}" for name in re.findall(r"`(\w+\.py)`", operations)]
    assert {*re.findall(r"^\| `([\w/]+\.py)`", core, re.MULTILINE), *names} == files


def test_every_table_is_listed() -> None:
    tables = {name for name in Base.metadata.tables if not name.startswith("test_")}
    assert tables <= set(re.findall(r"^\| `(\w+)` \|", page("tables"), re.MULTILINE))


def test_every_route_is_listed(flask_app: Flask) -> None:
    from web.application import create_app

    with create_app().test_client() as client:
        described = json.loads(client.get("/openapi.json").data)["paths"]
    routes = {
        f"{method.upper()} {path}" for path, ways in described.items() for method in ways
        if method in METHODS
    }  # fmt: skip
    assert set(re.findall(r"^\| `([A-Z]+ /\S*)` \|", page("routes"), re.MULTILINE)) == routes


def test_every_metric_is_listed_with_its_labels() -> None:
    kinds = {Counter: "counter", Histogram: "histogram", Gauge: "gauge"}
    rows = re.findall(
        r"^\| `(projectx_\w+)` \| (\w+) \| (.*?) \| (.*) \|$", page("metrics"), re.MULTILINE
    )
    assert rows == [
        (each.name, kinds[type(each)], ", ".join(f"`{label}`" for label in each.labels), each.text)
        for each in (*metrics.ALL, *gauges.ALL)
    ] + [(name, kind, "", meaning) for name, (kind, meaning) in EVENTS.items()]


def links() -> Iterator[tuple[Path, str]]:
    for path in PAGES:
        for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text()):
            if not target.startswith("http"):
                yield path, target


def leads_somewhere(path: Path, target: str) -> bool:
    name, _, anchor = target.partition("#")
    linked = path.parent / name if name else path
    if not anchor or not linked.exists():
        return linked.exists()
    headings = re.findall(r"^#+ (.+)$", linked.read_text(), re.MULTILINE)
    return anchor in {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}


def test_every_link_leads_somewhere() -> None:
    listed = list(links())
    assert [
        (path.name, target) for path, target in listed if not leads_somewhere(path, target)
    ] == []
    assert len(listed) > 200


def test_the_readme_subscribes_to_the_events_of_the_sandbox_and_the_code() -> None:
    _, _, after = (ROOT / "README.md").read_text().partition("--events \\\n")
    listed = after.partition("\n```")[0].replace("\\\n", "")
    assert listed == STRIPE_EVENTS
    assert set(listed.split(",")) <= set(READERS)


@pytest.mark.parametrize("token", BY_TOKEN)
def test_every_payment_method_is_listed(token: str) -> None:
    assert f"`{token}`" in page("sandbox")


def test_every_fault_is_listed() -> None:
    def leaves(plan: Any, path: str = "") -> Iterator[str]:
        for name, value in plan.items():
            yield from leaves(value, f"{path}{name}.") if isinstance(value, dict) else [path + name]

    listed = set(re.findall(r"`([\w.]+)`", page("sandbox").partition("## Faults")[2]))
    assert set(leaves(asdict(FaultPlan()))) <= listed


def test_the_endpoint_at_stripe_gets_every_kind_of_event_that_the_code_reads() -> None:
    _, _, rest = (ROOT / "README.md").read_text().partition("--events \\\n")
    listed = rest.partition("\n```")[0].replace("\\\n", "").strip()
    assert set(listed.split(",")) == SUBSCRIBED
    assert set(STRIPE_EVENTS.split(",")) == SUBSCRIBED
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    command = compose["services"]["sandbox"]["command"]
    assert command[command.index("--stripe-webhook-events") + 1] == STRIPE_EVENTS


def test_every_signal_of_operators_is_listed_with_its_action() -> None:
    listed = re.findall(
        r"^\| `(\w+)` \| `(\w+)` \| `(\w+\.\w+)` \|", page("machines"), re.MULTILINE
    )
    assert sorted(listed) == sorted(
        (machine.name, signal.value, action)
        for machine in MACHINES
        for signal, action in machine.operator_signals.items()
    )
