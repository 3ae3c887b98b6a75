"""Commands that control the calls to providers: pause, resume, limit, and lists of both."""

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

import click
from sqlalchemy import select

from models import Pause, PauseKind, ProviderLimit, reading
from models.audit import audit
from state_machines.durable import Activity
from state_machines.durable.operations import limits, pauses
from web.activity_registry import load_activities
from web.commands import output
from web.commands.auditing import as_operator, audited

group = click.Group("control", help="Pauses and limits of the calls to providers.")

F = TypeVar("F", bound=Callable[..., Any])

FIELDS = ("reason", "actor", "paused_at", "per_second", "burst", "at_once")


def target_options(command: F) -> F:
    """Add the options that name what is paused, of which exactly one is given."""
    for kind in reversed(PauseKind):
        command = click.option(f"--{kind}", help=f"The name of the {kind}.")(command)
    return command


def _target(options: dict[str, str | None]) -> tuple[PauseKind, str]:
    targets = [(PauseKind(kind), name) for kind, name in options.items() if name]
    if len(targets) != 1:
        raise click.UsageError("give one of --activity, --queue and --provider")
    load_activities()
    return targets[0]


@group.command("pause")
@target_options
@click.option("--reason", required=True, help="The reason, shown by the other commands.")
@output.json_option
def pause(reason: str, *, as_json: bool, **options: str | None) -> None:
    """Let no worker begin calls of an activity, a queue or a provider.

    Nothing is lost: the activities wait, and so do the deadlines of executions that wait for them.
    Calls under way finish.
    """
    kind, name = _target(options)
    with as_operator("control pause") as actor:
        pauses.pause(kind, name, reason=reason, actor=actor)
        audit(actor, "control pause", f"{kind} {name}", reason=reason)
    sentence = f"{kind} {name} is paused: workers begin no more of its calls"
    output.print_result(sentence, as_json=as_json, kind=kind, name=name, reason=reason)


@group.command("resume")
@target_options
@output.json_option
def resume(*, as_json: bool, **options: str | None) -> None:
    """End a pause. Deadlines that waited get their full interval again."""
    kind, name = _target(options)
    target = f"{kind} {name}"
    step = partial(audited, "control resume", target)
    extended = pauses.resume_in_steps(kind, name, lambda counts: step(counts=counts))
    sentence = f"{kind} {name} is resumed; {extended} deadlines have their full interval again"
    output.print_result(sentence, as_json=as_json, kind=kind, name=name, deadlines=extended)


@group.command("limit")
@click.option("--provider", required=True, help='The provider, such as "stripe".')
@click.option("--per-second", type=click.FloatRange(0.001, 100_000), help="Maximum calls a second.")
@click.option(
    "--burst", type=click.IntRange(1, 100_000), help="Maximum calls at one moment, after a lull."
)
@click.option(
    "--at-once", type=click.IntRange(1, 100_000), help="Maximum calls under way at a time."
)
@click.option("--none", "unlimited", is_flag=True, help="Remove the limit.")
@output.json_option
def limit(provider: str, *, unlimited: bool, as_json: bool, **figures: Any) -> None:
    """Limit the calls to a provider, of all workers together. It replaces an earlier limit."""
    is_set = figures["per_second"] is not None or figures["at_once"] is not None
    if unlimited == is_set:
        raise click.UsageError("give --per-second or --at-once or both, or else --none")
    if math.isnan(figures["per_second"] or 0):
        raise click.UsageError("--per-second must be a number")
    if figures["burst"] is not None and figures["per_second"] is None:
        raise click.UsageError("--burst needs --per-second")
    load_activities()
    with audited("control limit", f"provider {provider}", **figures):
        if unlimited:
            limits.remove_limit(provider)
        else:
            limits.set_limit(provider, limits.Limit(**figures))
    sentence = f"provider {provider} " + ("has no limit" if unlimited else "is limited")
    output.print_result(sentence, as_json=as_json, name=provider, **figures)


@group.command("list")
@output.json_option
def show_list(*, as_json: bool) -> None:
    """List pauses and limits, with the number of activities that wait."""
    load_activities()
    with reading() as session:
        waiting = pauses.count_waiting()
        paused = session.scalars(select(Pause).order_by(Pause.kind, Pause.name)).all()
        limited = session.scalars(select(ProviderLimit).order_by(ProviderLimit.provider)).all()
        rows = [
            *(_as_row("pause", pause.kind, pause.name, pause, waiting) for pause in paused),
            *(
                _as_row("limit", PauseKind.PROVIDER, each.provider, each, waiting)
                for each in limited
            ),
        ]
    output.print_rows(rows, as_json=as_json)


@group.command("activities")
@output.json_option
def show_activities(*, as_json: bool) -> None:
    """List the activities with their queue, provider and priority, and how many of each wait."""
    load_activities()
    with reading():
        reasons, waiting = pauses.paused_activities(), pauses.count_waiting()
    rows = [
        {
            "name": name,
            "queue": activity.queue,
            "provider": activity.provider,
            "priority": activity.priority.value,
            "waiting": waiting.get(name, 0),
            "paused": reasons.get(name),
        }
        for name, activity in sorted(Activity.registry.items())
    ]
    output.print_rows(rows, as_json=as_json)


def _as_row(
    control: str,
    kind: PauseKind,
    name: str,
    row: Pause | ProviderLimit,
    waiting: Mapping[str, int],
) -> dict[str, Any]:
    values = {field: getattr(row, field, None) for field in FIELDS}
    number = sum(waiting.get(each, 0) for each in pauses.names_of(kind, name))
    return {"control": control, "kind": kind.value, "name": name, **values, "waiting": number}
