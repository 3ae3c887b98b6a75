"""Commands that change many rows: their filters, dry runs, batches and results."""

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import Any, TypeVar
from uuid import UUID

import click
from sqlalchemy import func, select

from models import reading
from models.base import db
from models.failures import ends_all, is_locked
from models.logs import logger, one_line
from models.printable import escape
from state_machines.actions.selection import LOCKED, Selection
from web.commands import output
from web.commands.outage import explain

log = logger(__name__)

F = TypeVar("F", bound=Callable[..., Any])
Option = Callable[[F], F]

BATCH_SIZE = 500
MAX_EXAMPLES = 5
MAX_ROWS = 1_000_000
TIMESTAMP = click.DateTime(("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"))
SWITCHES = ("every", "dry_run")


def _refuse_empty(_: object, param: click.Parameter, value: str | None) -> str | None:
    if value == "":
        raise click.BadParameter("must not be empty", param=param)
    return value


all_option = click.option("--all", "every", is_flag=True, help="All that match the filters.")
error_option = click.option(
    "--error", callback=_refuse_empty, help="With --all: filter by a part of the last error."
)
limit_option = click.option(
    "--limit", type=click.IntRange(1, MAX_ROWS), help="Maximum number to change, oldest first."
)
dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Only count the matches, and show some of them."
)


def filter_options(time: str, *own: Option[Any]) -> Option[Any]:
    """Return a decorator that adds --all, the filters of all bulk commands, and `own` ones.

    `time` says which time --since and --until compare.
    """
    since = click.option(
        "--since", type=TIMESTAMP, help=f"With --all: {time} at or after this time (UTC)."
    )
    until = click.option(
        "--until", type=TIMESTAMP, help=f"With --all: {time} before this time (UTC)."
    )
    options = (all_option, *own, error_option, since, until, limit_option, dry_run_option)

    def add(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def single_id(row_id: UUID | None, options: dict[str, Any]) -> UUID | None:
    """Return the id of the only row to change; None for --all.

    Raises click.UsageError unless the command gives either an ID alone, or --all.
    """
    has_options = any(value not in (None, False) for value in options.values())
    if (row_id is not None and has_options) or (row_id is None and not options["every"]):
        raise click.UsageError("give an ID, or --all with filters")
    return row_id


def read_period(options: dict[str, Any]) -> dict[str, Any]:
    """Return the filters of all bulk commands: the error, and the period in UTC.

    Raises click.UsageError when no time is between --since and --until.
    """
    since, until = options["since"], options["until"]
    if since is not None and until is not None and since >= until:
        raise click.UsageError("--since must be earlier than --until")
    times = {"since": since, "until": until}
    in_utc = {name: time and time.replace(tzinfo=UTC) for name, time in times.items()}
    return {"error": options["error"], **in_utc}


def narrow(selection: Selection, options: dict[str, Any]) -> Selection:
    """Return the selection with --limit, and with the options as the audit has them."""
    filters = {
        name: str(value)
        for name, value in options.items()
        if name not in SWITCHES and value not in (None, "")
    }
    return replace(selection, limit=options["limit"], filters=filters)


def print_dry_run(
    selection: Selection, kind: Any, fields: Iterable[str], sentence: str, *, as_json: bool
) -> None:
    """Print how many rows of each kind match, and some of them. Nothing is changed.

    `sentence` has a place for the number, such as "{} would run again".
    """
    row = selection.row
    query = select(row.id, kind.label("kind")).where(*selection.conditions)
    matches = query.order_by(row.id).limit(selection.limit).subquery()
    counted = select(matches.c.kind, func.count().label("number")).group_by(matches.c.kind)
    first = select(matches.c.id).order_by(matches.c.id).limit(MAX_EXAMPLES)
    columns = [getattr(row, name).label(name) for name in fields]
    with reading():
        counts = {row.kind: row.number for row in db.session.execute(counted.order_by("kind"))}
        some = db.session.execute(select(*columns).where(row.id.in_(first)).order_by(row.id))
        examples = [dict(example) for example in some.mappings()]
    number, noun = sum(counts.values()), row.plural
    if as_json:
        output.print_result("", as_json=True, **{noun: number}, kinds=counts, examples=examples)
        return
    click.echo(sentence.format(number))
    output.print_rows(({"kind": name, noun: n} for name, n in counts.items()), as_json=False)
    output.print_rows(examples, as_json=False)


def batches(ids: list[UUID]) -> Iterator[list[UUID]]:
    """Yield the ids in batches, each for one transaction."""
    for start in range(0, len(ids), BATCH_SIZE):
        yield ids[start : start + BATCH_SIZE]


@dataclass(slots=True)
class Tally:
    """The result of changing rows one by one: how many were changed, and why others were not.

    `unchanged` is the number of those that were as they should be already.
    `error` is the one that ended all, such as that of a lost connection.
    """

    changed: int = 0
    unchanged: int = 0
    refusals: dict[UUID, str] = field(default_factory=dict)
    error: Exception | None = None


def change_each(
    ids: Iterable[UUID], change: Callable[[UUID], bool], limit: int | None = None
) -> Tally:
    """Change up to `limit` rows, each in its own transaction. A refused one stops no other.

    `change` opens the transaction, calls `limit_lock_wait` in it, and returns whether it changed
    anything. After an error of the connection to PostgreSQL no further row is tried; a locked row
    is only refused.
    """
    tally = Tally()
    for row_id in ids:
        if tally.changed == limit:
            break
        try:
            if change(row_id):
                tally.changed += 1
            else:
                tally.unchanged += 1
        except click.ClickException as refused:
            tally.refusals[row_id] = refused.message
        except Exception as error:
            if ends_all(error):
                tally.error = error
                break
            sentence = LOCKED if is_locked(error) else explain(error)
            if sentence is None:
                log.exception("%s is not changed", row_id)
            tally.refusals[row_id] = sentence or one_line(error)
    return tally


def print_tally(
    tally: Tally, verb: str, *, as_json: bool, predicate: str | None = None, **fields: Any
) -> None:
    """Print how many rows were changed, and each refusal; exit with status 1 if there are any.

    `predicate` stands in the sentence instead of `verb`; `fields` are added to the JSON. Raises the
    error that ended all.
    """
    refused = [{"id": str(row_id), "why": why} for row_id, why in tally.refusals.items()]
    if as_json:
        counts = {verb: tally.changed, "unchanged": tally.unchanged}
        output.print_result("", as_json=True, **fields, **counts, refused=refused)
    else:
        suffix = f", {tally.unchanged} unchanged" if tally.unchanged else ""
        suffix += f", {len(refused)} refused" if refused else ""
        click.echo(escape(f"{tally.changed} {predicate or verb}{suffix}"))
        output.print_rows(refused, as_json=False)
    if tally.error is not None:
        raise tally.error
    if refused:
        sys.exit(1)
