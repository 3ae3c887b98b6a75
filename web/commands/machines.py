"""Commands for state machines: list and draw them, and check their executions."""

import sys
from collections.abc import Callable, Iterable
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select

from models import transaction
from state_machines.durable import DurableMachine
from state_machines.durable.inspection import Difference, mermaid, state_of, stranded, stuck, verify
from web.commands import output
from web.commands.skeleton import Skeleton
from web.commands.skeleton.noun import explain_refusal

group = click.Group("machines", help="State machines, and checks of their executions.")

Machine = type[DurableMachine[Any]]
NEXT_STEPS = (
    "1. Run `make check` and `make test ARGS=tests/integration/machines/test_{noun}.py`.",
    "2. Change the arrows in state_machines/{noun}.py; `machines diagram {noun}` draws them anew.",
    "3. Call the provider in tasks/{noun}.py. docs/how-to/add-a-machine.md has an example.",
)


@group.command("list")
@output.json_option
def show_list(*, as_json: bool) -> None:
    """List the machines with the number of executions in each state."""
    with transaction() as session:
        counts = {
            machine.name: session.execute(
                select(state := state_of(machine), func.count()).group_by(state)
            ).all()
            for machine in DurableMachine.registry.values()
        }
    output.print_rows(
        (
            {"machine": name, "state": state, "executions": number}
            for name, states in counts.items()
            for state, number in states
        ),
        as_json=as_json,
    )


@group.command("diagram")
@click.argument("name")
@output.json_option
def diagram(name: str, *, as_json: bool) -> None:
    """Draw a machine as a Mermaid state diagram."""
    machine = DurableMachine.registry.get(name)
    if machine is None:
        names = ", ".join(DurableMachine.registry)
        raise click.ClickException(f"there is no machine {name}; there are {names}")
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
    except OSError as error:
        raise click.ClickException(f"this is no checkout that can be changed: {error}") from error
    steps = [step.format(noun=noun) for step in NEXT_STEPS]
    if as_json:
        output.print_result("", as_json=True, written=paths, next=steps)
    else:
        click.echo("\n".join((*paths, *steps)))


@group.command("verify")
@output.json_option
def check_histories(*, as_json: bool) -> None:
    """Replay all histories; exit status 1 when a row differs from its history."""
    _print_differences(verify, "every history leads to its row", as_json=as_json)


@group.command("stranded")
@output.json_option
def find_stranded(*, as_json: bool) -> None:
    """List executions in states that the code no longer has; exit status 1 when there are any."""
    _print_differences(stranded, "every row is in a state that its machine has", as_json=as_json)


@group.command("stuck")
@output.json_option
def find_stuck(*, as_json: bool) -> None:
    """List executions without a next step; exit status 1 when there are any."""
    _print_differences(stuck, "everything has a next step", as_json=as_json)


def _print_differences(
    check: Callable[[Machine], Iterable[Difference]], success: str, *, as_json: bool
) -> None:
    """Print the differences in all machines; exit with status 1 when there are any."""
    rows = [
        {"machine": difference.machine, "id": str(difference.id), "what": difference.what}
        for machine in DurableMachine.registry.values()
        for difference in check(machine)
    ]
    output.print_rows(rows, as_json=as_json)
    if rows:
        sys.exit(1)
    if not as_json:
        click.echo(success)
