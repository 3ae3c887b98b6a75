"""The laws that a linter cannot see, read off the source."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from kombu.entity import Queue

import celeryconfig
from config import settings
from state_machines import MACHINES
from state_machines.durable import Activity, DurableMachine
from state_machines.durable.definition import registered_writes as writes
from state_machines.durable.inspection import check_registry
from state_machines.durable.operations.actions import registered_actions
from state_machines.durable.operations.diagram import mermaid
from tasks.activities import ACTIVITIES
from tasks.celery_app import app

ROOT = Path(__file__).parents[2]
STRIPE = ("payments.", "refunds.", "reconciliation.")
ROOMS = ("models", "state_machines", "tasks", "web", "events")
FOLDERS = (*ROOMS, "exporter", "sandbox", "launch", "demo", "bench", "migrations", "tests")
# Comments that switch a rule of ruff off in one line. The number only falls.
MAX_SUPPRESSIONS = 90
WITH_CELERY = ("celery_app", "worker", "consumer", "events", "beat", "presence", "run")


@cache
def sources() -> list[tuple[str, ast.Module]]:
    files = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return [(str(path.relative_to(ROOT)), ast.parse(path.read_text())) for path in files]


@cache
def calls(tree: ast.Module) -> list[str]:
    """Return the dotted names of the called functions."""
    return [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]


@cache
def imports(tree: ast.Module) -> set[str]:
    """Return the names of the imported packages."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def test_transaction_is_the_only_boundary() -> None:
    violations = [
        f"{path}: {call}"
        for path, tree in sources()
        for call in calls(tree)
        if call.endswith((".commit", ".begin"))
        and not call.endswith(("Machine.begin", "machine.begin"))
    ]
    # One that commits, one that only reads; and the driver's own, which is watched.
    assert violations == ["models/base.py: session.begin"] * 2 + [
        "models/silence.py: super().commit"
    ]


def test_no_row_holds_a_machine() -> None:
    calling = {path for path, tree in sources() for c in calls(tree) if c.endswith(".add_model")}
    assert calling == set()


@pytest.mark.parametrize(
    ("forbidden", "home"),
    [
        (r"datetime\.now|datetime\.utcnow|time\.time|func\.now", "models/clock.py"),
        (r"time\.sleep", None),
        (r"os\.environ.*|os\.getenv", None),
    ],
)
def test_one_module_reads_the_time_and_one_the_environment(
    forbidden: str, home: str | None
) -> None:
    readers = {
        path for path, tree in sources() for call in calls(tree) if re.fullmatch(forbidden, call)
    }
    assert readers == ({home} if home else set())


@pytest.mark.parametrize(
    ("library", "homes"),
    [
        ("stripe", {"tasks/gateways/stripe/client.py", "web/signatures.py"}),
        ("sendgrid", {"tasks/gateways/sendgrid.py"}),
        ("celery", {f"tasks/{name}.py" for name in WITH_CELERY}),
    ],
)
def test_a_library_is_imported_only_in_its_own_folder(library: str, homes: set[str]) -> None:
    assert {path for path, tree in sources() if library in imports(tree)} <= homes


def test_all_activities_and_writes_that_tables_name_exist() -> None:
    check_registry(MACHINES, ACTIVITIES)


def test_every_machine_and_activity_is_in_its_tuple() -> None:
    machines = {
        node.name
        for path, tree in sources()
        for node in tree.body
        if isinstance(node, ast.ClassDef) and "DurableMachine[" in map(_start, node.bases)
    }
    assert machines == {machine.__name__ for machine in MACHINES}
    ours = [a for a in Activity.registry.values() if type(a).__module__.startswith("tasks.")]
    assert {activity.name for activity in ours} == {activity.name for activity in ACTIVITIES}


def _start(base: ast.expr) -> str:
    return ast.unparse(base).partition("[")[0] + "["


def test_every_registered_write_is_named_by_a_table() -> None:
    named = {name for machine in MACHINES for arrow in machine.arrows for name in arrow.writes}
    assert set(writes) <= named


def test_every_action_that_a_machine_names_is_registered() -> None:
    named = [action for machine in MACHINES for action in machine.operator_signals.values()]
    named += [action for machine in MACHINES for action in machine.display.actions]
    assert sorted(map(str, named)) == sorted(registered_actions)


def test_operators_may_send_only_signals_that_a_machine_has() -> None:
    for machine in MACHINES:
        assert set(machine.operator_signals) <= {arrow.signal for arrow in machine.arrows}


def test_celery_routes_every_activity_as_it_declares() -> None:
    queues = {queue.name for queue in celeryconfig.task_queues if isinstance(queue, Queue)}
    for activity in ACTIVITIES:
        route = app.amqp.router.route({}, activity.name)
        priority = getattr(celeryconfig, activity.priority.name)
        assert (route["queue"].name, route["priority"]) == (activity.queue, priority)
    assert {queue.routing_key for queue in celeryconfig.task_queues} == queues


def test_only_claims_of_calls_without_a_key_wait_for_the_disk() -> None:
    with_keys = {activity.name.split(".")[0] for activity in ACTIVITIES if activity.keyed}
    assert "emails" not in with_keys
    stripe = {activity for activity in ACTIVITIES if activity.name.startswith(STRIPE)}
    assert all(activity.keyed for activity in stripe)


def test_every_call_ends_before_its_lease() -> None:
    for activity in ACTIVITIES:
        lease = activity().lease.total_seconds()
        assert settings.provider_timeout <= activity.timeout < lease, activity.name


def test_every_state_that_a_deadline_leaves_has_the_arrow_for_it() -> None:
    for machine in MACHINES:
        for deadline in machine.deadlines:
            for state in deadline.states:
                assert deadline.send in machine.allowed(state), f"{machine.name} {state}"


def test_a_parent_has_an_arrow_for_every_signal_of_its_children() -> None:
    for machine in MACHINES:
        sent = {arrow.parent_signal for arrow in machine.arrows if arrow.parent_signal}
        known = {arrow.signal for arrow in machine.parent.arrows} if machine.parent else set()
        assert sent <= known, machine.name


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_the_diagrams_in_the_docs_are_drawn_from_the_arrows(
    machine: type[DurableMachine[Any]],
) -> None:
    page = (ROOT / "docs/reference/machines.md").read_text()
    assert f"```mermaid\n{mermaid(machine)}```" in page, (
        f"draw it anew: flask --app wsgi machines diagram {machine.name}"
    )


def test_no_more_rules_are_suppressed_than_before() -> None:
    files = [*ROOT.glob("*.py"), *(f for room in FOLDERS for f in (ROOT / room).rglob("*.py"))]
    assert len(files) > 500
    suppressed = re.compile(r"#\s*noqa\b")
    assert sum(len(suppressed.findall(file.read_text())) for file in files) <= MAX_SUPPRESSIONS
