"""The agent in every process of the system under test: records failpoints, and kills at one.

Failpoints are not listed by hand: they are before and after every commit, every activity's call,
every request of a call and every published message, wherever in the code it is. So new code is
included automatically.
"""

import os
import re
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
import flask
from celery import current_task
from celery.signals import after_task_publish, before_task_publish
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from models.base import db
from state_machines.durable import Activity
from tasks import dispatch

ROOT = Path(__file__).parents[3]
ROOMS = tuple(f"{ROOT / room}/" for room in ("web", "tasks", "state_machines", "models"))
# They commit, or call, for whoever asked them to.
BETWEEN = ("models/base.py", "models/connection.py", "state_machines/durable/unit_of_work.py")
WROTE = "SELECT pg_current_xact_id_if_assigned() IS NOT NULL"
# How often these come is a matter of time, not of the story.
SWEEP = "sweep"
PERIODIC = (SWEEP, "maintenance", "reconciliation.")
# A request is sent in two parts: its head begins so.
REQUEST = re.compile(rb"[A-Z]+ [^\r\n]+ HTTP/1\.[01]\r\n")


class Agent:
    """The agent of one process.

    The processes of one cell and the test share `folder`: `order` holds the number of the run and
    the failpoint at which to die, `points` the recorded failpoints.
    """

    def __init__(self, folder: Path, process: str) -> None:
        self._folder, self._process = folder, process
        self._order, self._run, self._target = b"", "", ""
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._points = os.open(folder / "points", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def come_past(self, what: str, *, counted: bool = True) -> None:
        """Record a failpoint, and die there if the order says so.

        With `counted`, each time is a failpoint of its own, not only the first of a run. Failpoints
        of timers are never counted.
        """
        with self._lock:
            self._look()
            whose = _on_whose_behalf()
            counted = counted and not whose.removeprefix(" for ").startswith(PERIODIC)
            name = f"{self._process}: {what}{whose}"
            self._counts[name] += 1
            if self._counts[name] > 1 and not counted:
                return
            point = f"{name} #{self._counts[name]}"
            os.write(self._points, f"{self._run}|{point}\n".encode())
            if point == self._target and self._first():
                os.kill(os.getpid(), signal.SIGKILL)

    def _look(self) -> None:
        order = (self._folder / "order").read_bytes()
        if order != self._order:
            self._order = order
            self._run, _, self._target = order.decode().partition("|")
            self._counts.clear()

    def _first(self) -> bool:
        """Tell if no process has died in this run yet."""
        try:
            os.close(os.open(self._folder / f"died-{self._run}", os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return False
        return True


def install(folder: Path, process: str) -> None:
    """Watch this process."""
    agent = Agent(folder, process)
    _watch_commits(agent)
    _watch_calls(agent)
    _watch_messages(agent)


def _watch_commits(agent: Agent) -> None:
    here = threading.local()

    @event.listens_for(Engine, "commit")
    def before(connection: Connection) -> None:
        wrote = bool(connection.exec_driver_sql(WROTE).scalar())
        # One that wrote nothing is a point only once: how often a sweep finds nothing is chance.
        here.what = f"the commit of {_place()}" + ("" if wrote else ", which wrote nothing,")
        here.wrote = wrote
        agent.come_past(f"before {here.what}", counted=wrote)

    # Before the journal's own listener, which hands on what was committed.
    @event.listens_for(db.session, "after_commit", insert=True)
    def after(_: object) -> None:
        agent.come_past(f"after {here.what}", counted=here.wrote)


def _watch_calls(agent: Agent) -> None:
    for activity in Activity.registry.values():
        activity.perform = _around(agent, f"call of {activity.name}", activity.perform)  # type: ignore[method-assign]

    def hear(what: str, details: tuple[Any, ...]) -> None:
        if what == "http.client.send" and _heads_a_request(details[1]):
            agent.come_past(f"before the request of {_place()}")

    sys.addaudithook(hear)


def _heads_a_request(sent: Any) -> bool:
    return isinstance(sent, bytes | bytearray) and REQUEST.match(sent) is not None


def _watch_messages(agent: Agent) -> None:
    def before(sender: str, **_: Any) -> None:
        agent.come_past(f"before {_message(sender)}", counted=not sender.startswith(PERIODIC))

    def after(sender: str, **_: Any) -> None:
        agent.come_past(f"after {_message(sender)}", counted=not sender.startswith(PERIODIC))

    before_task_publish.connect(before, weak=False)
    after_task_publish.connect(after, weak=False)
    dispatch.publish_change = _around(agent, "change", dispatch.publish_change)


def _message(task: str) -> str:
    # The messages of a sweep depend on which messages were lost before.
    return "a message" if current_task and current_task.name == SWEEP else f"the message {task}"


def _around(agent: Agent, what: str, run: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(run)
    def watched(*arguments: Any, **named: Any) -> Any:
        agent.come_past(f"before the {what}")
        answer = run(*arguments, **named)
        agent.come_past(f"after the {what}")
        return answer

    return watched


def _place() -> str:
    """Return the project's function that caused it."""
    frame = sys._getframe(2)
    while frame.f_back is not None:
        file = frame.f_code.co_filename
        if file.startswith(ROOMS) and not file.endswith(BETWEEN):
            return f"{Path(file).stem}.{frame.f_code.co_name}"
        frame = frame.f_back
    return "nobody"


def _on_whose_behalf() -> str:
    if flask.has_request_context():
        return f" for {flask.request.method} {flask.request.url_rule}"
    if current_task:
        return f" for {current_task.name}"
    command = click.get_current_context(silent=True)
    if command is not None and command.parent is not None:
        return f" for {command.command_path.partition(' ')[2]}"
    return ""
