"""Commands for state machines: list and draw them, and check their executions."""

import sys
from collections.abc import Callable, Iterable
from typing import Any

import click
from sqlalchemy import func, select

from models import transaction
from state_machines.durable import DurableMachine
from state_machines.durable.inspection import Difference, mermaid, state_of, stranded, stuck, verify
from web.commands import output

group = click.Group("machines", help="State machines, and checks of their executions.")

Machine = type[DurableMachine[Any]]


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
