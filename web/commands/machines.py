"""Machines and their executions, for who operates the system."""

import sys
from collections.abc import Callable, Iterable
from typing import Any

import click
from sqlalchemy import func, select

from models import transaction
from state_machines.durable import DurableMachine
from state_machines.durable.diagram import mermaid
from state_machines.durable.replay import Difference, state_of, stranded, stuck, verify
from web.commands import output

group = click.Group("machines", help="Machines, and whether their executions are well.")

Machine = type[DurableMachine[Any]]


@group.command("list")
@output.as_json
def show_list(*, as_json: bool) -> None:
    """List the machines, and how many executions are in each state."""
    with transaction() as session:
        counts = {
            machine.name: session.execute(
                select(state := state_of(machine), func.count()).group_by(state)
            ).all()
            for machine in DurableMachine.registry.values()
        }
    output.show(
        (
            {"machine": name, "state": state, "executions": number}
            for name, states in counts.items()
            for state, number in states
        ),
        as_json=as_json,
    )


@group.command("diagram")
@click.argument("name")
@output.as_json
def diagram(name: str, *, as_json: bool) -> None:
    """Draw a machine as a Mermaid state diagram."""
    machine = DurableMachine.registry.get(name)
    if machine is None:
        known = ", ".join(DurableMachine.registry)
        raise click.ClickException(f"there is no machine {name}; there are {known}")
    if as_json:
        output.done("", as_json=True, machine=name, mermaid=mermaid(machine))
    else:
        click.echo(mermaid(machine), nl=False)


@group.command("verify")
@output.as_json
def check_histories(*, as_json: bool) -> None:
    """Replay all histories; exit status 1 when a row is not what its history says."""
    _report(verify, "every history leads to its row", as_json=as_json)


@group.command("stranded")
@output.as_json
def find_stranded(*, as_json: bool) -> None:
    """List executions in states that the code no longer knows; exit status 1 when there are any."""
    _report(stranded, "every row is in a state that its machine has", as_json=as_json)


@group.command("stuck")
@output.as_json
def find_stuck(*, as_json: bool) -> None:
    """List executions that nothing will move; exit status 1 when there are any."""
    _report(stuck, "everything has a next step", as_json=as_json)


def _report(
    look: Callable[[Machine], Iterable[Difference]], all_well: str, *, as_json: bool
) -> None:
    found = [
        {"machine": one.machine, "id": str(one.id), "what": one.what}
        for machine in DurableMachine.registry.values()
        for one in look(machine)
    ]
    output.show(found, as_json=as_json)
    if found:
        sys.exit(1)
    if not as_json:
        click.echo(all_well)
