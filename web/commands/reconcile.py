"""The command that compares our rows with Stripe's."""

import click

from models import Reconciliation, ReconciliationState
from models.ids import uuid7
from state_machines.actions import reconcile
from web.changes import subscribe, wait_until
from web.commands import listing, output
from web.commands.auditing import audited

FIELDS = ("id", "state", "since", "events", "orphans", "created_at", "updated_at")
MAX_LISTED = 20


@click.command("reconcile")
@click.option("--wait", default=0, help="Seconds to wait for its end; exit status 1 if it fails.")
@click.option("--list", "past", is_flag=True, help="List the latest runs instead.")
@output.json_option
def command(wait: int, *, past: bool, as_json: bool) -> None:
    """Poll Stripe for everything that is open, and for events and intents that we have missed.

    Maintenance starts a reconciliation every RECONCILE_EVERY seconds too, but without polling
    rows that are not due.
    """
    if past:
        runs = listing.newest(Reconciliation, MAX_LISTED)
        output.print_rows((listing.as_row(run, FIELDS) for run in runs), as_json=as_json)
        return
    key = uuid7()
    with subscribe(key) as subscription:
        with audited("reconcile", key):
            started = reconcile.start(key)
        run = wait_until(
            _has_ended,
            subscription,
            wait,
            initial=started,
            load=lambda: listing.load(Reconciliation, key, "run"),
        )
    listing.print_row(run, FIELDS, as_json=as_json)
    if wait and run.state != ReconciliationState.DONE:
        raise click.ClickException(f"The reconciliation is {run.state}")


def _has_ended(run: Reconciliation) -> bool:
    return run.state != ReconciliationState.RUNNING
