"""Who changed what by hand."""

import json

import click

from models import AuditRow
from web.commands import listing, output

group = click.Group("audit", help="Who changed what by hand.")

FIELDS = ("at", "actor", "action", "subject", "details")


@group.command("list")
@click.option("--subject", help="Only what was done to this id, SKU or address.")
@click.option("--actor", help="Only what they did.")
@click.option("--action", help='Only such commands: "orders refund", or all of "orders".')
@listing.limit
@output.as_json
def show_list(
    subject: str | None, actor: str | None, action: str | None, limit: int, *, as_json: bool
) -> None:
    """List what operators changed, newest first."""
    given = {"subject": subject, "actor": actor}
    wanted = [getattr(AuditRow, name) == is_ for name, is_ in given.items() if is_ is not None]
    if action is not None:
        wanted.append(AuditRow.action.startswith(action, autoescape=True))
    rows = [listing.told(row, FIELDS) for row in listing.newest(AuditRow, limit, *wanted)]
    if not as_json:
        rows = [row | {"details": json.dumps(row["details"])} for row in rows]
    output.show(rows, as_json=as_json)
