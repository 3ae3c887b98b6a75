"""What waits for a person's decision."""

from uuid import UUID

import click
from sqlalchemy import ColumnElement

from models import Notice, NoticeKind
from models.base import db
from models.clock import now
from models.errors import ConflictError, NotFoundError
from web.commands import listing, output
from web.commands.acting import acting

group = click.Group("notices", help="What the system puts before a person.")

FIELDS = ("id", "kind", "subject", "order_id", "text", "created_at", "settled_at")


@group.command("list")
@click.option("--kind", type=click.Choice([kind.value for kind in NoticeKind]), help="Of one kind.")
@click.option("--all", "settled", is_flag=True, help="Those that are settled, too.")
@listing.limit
@output.as_json
def show_list(kind: str | None, limit: int, *, settled: bool, as_json: bool) -> None:
    """List open notices, newest first."""
    wanted: list[ColumnElement[bool]] = [] if settled else [Notice.settled_at.is_(None)]
    if kind is not None:
        wanted.append(Notice.kind == kind)
    found = listing.newest(Notice, limit, *wanted)
    output.show((listing.told(row, FIELDS) for row in found), as_json=as_json)


@group.command("settle")
@click.argument("notice_id", type=click.UUID)
@output.as_json
def settle(notice_id: UUID, *, as_json: bool) -> None:
    """Say that a notice needs nobody any more."""
    with acting("notices settle", notice_id):
        row = db.session.get(Notice, notice_id, with_for_update=True)
        if row is None:
            raise NotFoundError(f"there is no notice {notice_id}")
        if row.settled_at is not None:
            raise ConflictError(f"notice {notice_id} is settled already")
        row.settled_at = now()
    output.done(f"{row.kind} of {row.subject} is settled", as_json=as_json, id=notice_id)
