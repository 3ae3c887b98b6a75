"""The command for the audit: list the changes that operators and staff made."""

import json

import click

from models import reading
from models.audit import load_audit
from web.commands import listing, output

group = click.Group("audit", help="The audit: changes made by operators and staff.")

FIELDS = ("at", "actor", "action", "subject", "details")


@group.command("list")
@click.option("--subject", help="Filter by subject: an id, a SKU or an email address.")
@click.option("--actor", help="Filter by actor.")
@click.option("--action", help='Filter by command, such as "orders refund", or group, "orders".')
@listing.limit_option
@output.json_option
def show_list(
    subject: str | None, actor: str | None, action: str | None, limit: int, *, as_json: bool
) -> None:
    """List these changes, newest first."""
    with reading():
        page = load_audit(None, limit, actor=actor, action=action, subject=subject)
    rows = [listing.as_row(row, FIELDS) for row in page.rows]
    if not as_json:
        rows = [row | {"details": json.dumps(row["details"])} for row in rows]
    output.print_rows(rows, as_json=as_json)
