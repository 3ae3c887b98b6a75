"""Comparing our rows with Stripe's, by hand."""

import click

from models import Reconciliation, ReconciliationState
from models.ids import uuid7
from state_machines import reconciliation
from web.bell import listen, watch
from web.commands import listing, output
from web.commands.acting import acting

FIELDS = ("id", "state", "since", "events", "orphans", "created_at", "updated_at")


@click.command("reconcile")
@click.option("--wait", default=0, help="Seconds to wait for its end; exit status 1 when it fails.")
@click.option("--list", "past", is_flag=True, help="List the last ones instead.")
@output.as_json
def command(wait: int, *, past: bool, as_json: bool) -> None:
    """Ask Stripe about everything that is open, and for events and intents that we never heard of.

    Beat does the same every RECONCILE_EVERY seconds.
    """
    if past:
        found = listing.newest(Reconciliation, 20)
        output.show((listing.told(row, FIELDS) for row in found), as_json=as_json)
        return
    key = uuid7()
    with listen(key) as bell:
        with acting("reconcile", key):
            begun = reconciliation.start(key)
        row = watch(bell, wait, _ended, begun, lambda: listing.one(Reconciliation, key, "run"))
    listing.show(row, FIELDS, as_json=as_json)
    if wait and row.state != ReconciliationState.DONE:
        raise click.ClickException(f"the reconciliation is {row.state}")


def _ended(row: Reconciliation) -> bool:
    return row.state != ReconciliationState.RUNNING
