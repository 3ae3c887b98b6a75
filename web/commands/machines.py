"""Commands for state machines: list and draw them, check and signal their executions."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select

from models import transaction
from models.clock import now
from state_machines.actions import bulk_changes
from state_machines.actions.selection import Filters, Selection, select_executions
from state_machines.durable import DurableMachine
from state_machines.durable.base.states import state_of
from state_machines.durable.inspection import Difference, stranded, stuck, verify
from state_machines.durable.operations import commands
from state_machines.durable.operations.diagram import mermaid
from web.commands import bulk, output
from web.commands.auditing import as_operator, audited, cli_errors
from web.commands.input_types import Duration
from web.commands.skeleton import CheckoutError, Skeleton
from web.commands.skeleton.noun import explain_refusal

group = click.Group("machines", help="State machines, and checks of their executions.")

Machine = type[DurableMachine[Any]]
NEXT_STEPS = (
    "1. Run `make check` and `make test ARGS=tests/integration/machines/test_{noun}.py`.",
    "2. Change the arrows in state_machines/{noun}.py; `machines diagram {noun}` draws them anew.",
    "3. Call the provider in tasks/{noun}.py. docs/how-to/add-a-machine.md has an example.",
)
# The action of a check in the audit, and its subject.
VERIFY = "machines verify"
EXAMPLE = ("id", "state", "version", "updated_at")


@group.command("list")
@output.json_option
def show_list(*, as_json: bool) -> None:
    """List the machines with their versions, and the number of executions in each state."""
    with transaction() as session:
        counts = {
            machine: session.execute(
                select(state := state_of(machine), func.count()).group_by(state)
            ).all()
            for machine in DurableMachine.registry.values()
        }
    output.print_rows(
        (
            {
                "machine": machine.name,
                "version": machine.version,
                "state": state,
                "executions": number,
            }
            for machine, states in counts.items()
            for state, number in states
        ),
        as_json=as_json,
    )


@group.command("diagram")
@click.argument("name")
@output.json_option
def diagram(name: str, *, as_json: bool) -> None:
    """Draw a machine as a Mermaid state diagram."""
    machine = _find_machine(name)
    if as_json:
        output.print_result("", as_json=True, machine=name, mermaid=mermaid(machine))
    else:
        click.echo(mermaid(machine), nl=False)


@group.command("new")
@click.argument("noun", metavar="NAME")
@output.json_option
@with_appcontext
def write_new(noun: str, *, as_json: bool) -> None:
    """Write the files of a new machine into this checkout, and register it.

    NAME is a singular noun in lower case, such as gift_card. The files are a model with its
    migration, a machine, an activity, a test, and entries of the reference.
    """
    new = Skeleton(noun)
    try:
        refusal = explain_refusal(new)
        if refusal is not None:
            raise click.BadParameter(f"{noun!r} {refusal}", param_hint="NAME")
        paths = [str(path.relative_to(new.root)) for path in new.write()]
    except CheckoutError as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"This checkout cannot be changed: {error}") from error
    steps = [step.format(noun=noun) for step in NEXT_STEPS]
    if as_json:
        output.print_result("", as_json=True, written=paths, next=steps)
    else:
        click.echo("\n".join((*paths, *steps)))


@group.command("signal")
@click.argument("name", metavar="MACHINE")
@click.argument("signal_name", metavar="SIGNAL")
@click.option("--state", required=True, help="Only executions in this state.")
@click.option(
    "--older-than", type=Duration(), help="Only those that last changed longer ago, such as 2h."
)
@bulk.limit_option
@click.option("--reason", help="The reason, recorded in the history and the audit.")
@bulk.dry_run_option
@click.option("--yes", is_flag=True, help="Send the signal; without it, nothing is sent.")
@output.json_option
def send_signal(name: str, signal_name: str, *, as_json: bool, **options: Any) -> None:
    """Send a signal to all executions of a machine in one state, oldest first.

    Operators may send the signals that the machine lists for them; the action of each checks what
    `flask orders cancel` and its like check. Each execution is one transaction. Refused ones are
    listed, and the exit status is 1 if there are any.
    """
    machine = _find_machine(name)
    signal = _find_signal(machine, signal_name)
    older_than: timedelta | None = options["older_than"]
    before = None if older_than is None else now() - older_than
    selection = _select(machine, options["state"], before, options["limit"])
    if options["dry_run"] == options["yes"]:
        raise click.UsageError("give either --dry-run or --yes")
    if options["dry_run"]:
        sentence = f"{signal} would be sent to {{}}"
        bulk.print_dry_run(selection, state_of(machine), EXAMPLE, sentence, as_json=as_json)
        return
    state, reason = options["state"], options["reason"]
    request = bulk_changes.SignalRequest(machine, signal, state, before, reason)

    def send(execution_id: UUID) -> bool:
        with as_operator("machines signal") as actor:
            bulk_changes.limit_lock_wait()
            return request.send(execution_id, actor)

    tally = bulk.change_each(selection.load_ids(), send, selection.limit)
    bulk.print_tally(tally, "signalled", as_json=as_json)


def _find_machine(name: str) -> Machine:
    machine = DurableMachine.registry.get(name)
    if machine is None:
        names = ", ".join(DurableMachine.registry)
        raise click.ClickException(f"There is no machine {name}; there are {names}")
    return machine


def _find_signal(machine: Machine, name: str) -> StrEnum:
    """Return the signal of this name. Raises click.ClickException unless operators may send it."""
    signals: list[StrEnum] = list(machine.operator_signals)
    for signal in signals:
        if signal.value == name:
            with cli_errors():
                commands.refuse_fields(machine, signal)
            return signal
    names = ", ".join(signals) or "none"
    raise click.ClickException(
        f"Operators may not send {name} to the machine {machine.name}; they may send: {names}"
    )


def _select(machine: Machine, state: str, before: datetime | None, limit: int | None) -> Selection:
    if state not in [known.value for known in machine.states]:
        states = ", ".join(machine.states)
        raise click.BadParameter(f"{state} is none of {states}", param_hint="--state")
    selection = select_executions(machine, Filters(state=state, changed_before=before))
    return replace(selection, limit=limit)


@group.command("verify")
@click.option("--record", is_flag=True, help="Write the result into the audit, for the console.")
@output.json_option
def check_histories(*, record: bool, as_json: bool) -> None:
    """Replay all histories; exit status 1 if a row differs from its history."""
    rows = _load_differences(verify)
    if record:
        by_machine = Counter(row["machine"] for row in rows)
        with audited(VERIFY, VERIFY, differences=len(rows), byMachine=dict(by_machine)):
            pass
    _print_differences(rows, "every history leads to its row", as_json=as_json)


@group.command("stranded")
@output.json_option
def find_stranded(*, as_json: bool) -> None:
    """List executions in unknown or retired states; exit status 1 if there are any."""
    _print_differences(
        _load_differences(stranded), "every row is in a state that its machine has", as_json=as_json
    )


@group.command("stuck")
@output.json_option
def find_stuck(*, as_json: bool) -> None:
    """List executions that nothing will move; exit status 1 if there are any."""
    _print_differences(_load_differences(stuck), "everything has a next step", as_json=as_json)


def _load_differences(check: Callable[[Machine], Iterable[Difference]]) -> list[dict[str, str]]:
    return [
        {"machine": difference.machine, "id": str(difference.id), "what": difference.what}
        for machine in DurableMachine.registry.values()
        for difference in check(machine)
    ]


def _print_differences(rows: list[dict[str, str]], success: str, *, as_json: bool) -> None:
    """Print the differences in all machines; exit with status 1 when there are any."""
    output.print_rows(rows, as_json=as_json)
    if rows:
        sys.exit(1)
    if not as_json:
        click.echo(success)
