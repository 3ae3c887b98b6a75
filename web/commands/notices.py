"""Commands for notices, which need a person's decision: list and settle them."""

from uuid import UUID

import click

from models import Notice, NoticeKind
from state_machines.actions import settle_notice
from web.commands import listing, output
from web.commands.auditing import audited

group = click.Group("notices", help="Notices: questions that need an operator's decision.")

FIELDS = ("id", "kind", "subject", "order_id", "text", "created_at", "settled_at")


@group.command("list")
@click.option(
    "--kind", type=click.Choice([kind.value for kind in NoticeKind]), help="Filter by kind."
)
@click.option("--all", "settled", is_flag=True, help="Include settled notices.")
@listing.limit_option
@output.json_option
def show_list(kind: str | None, limit: int, *, settled: bool, as_json: bool) -> None:
    """List open notices, newest first."""
    conditions = listing.equals(Notice, kind=kind)
    if not settled:
        conditions.append(Notice.settled_at.is_(None))
    notices = listing.newest(Notice, limit, *conditions)
    output.print_rows((listing.as_row(notice, FIELDS) for notice in notices), as_json=as_json)


@group.command("settle")
@click.argument("notice_id", type=click.UUID)
@output.json_option
def settle(notice_id: UUID, *, as_json: bool) -> None:
    """Mark a notice as settled."""
    with audited("notices settle", notice_id):
        notice = settle_notice.settle(notice_id)
    sentence = f"{notice.kind} of {notice.subject} is settled"
    output.print_result(sentence, as_json=as_json, id=notice_id)
