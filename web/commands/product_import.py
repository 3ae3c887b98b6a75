"""Taking a whole file of products into the catalogue."""

import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click

from models import product_import, reading
from models.printable import escape
from models.product_cells import COLUMNS, REQUIRED
from models.product_csv import ProductFile
from models.product_import import Outcome
from web.commands import output
from web.commands.acting import acting, said
from web.commands.products import group

HELP = f"""Add the products of a CSV file in UTF-8, or bring them up to date by SKU: all or none.

The first line names the columns, of {", ".join(COLUMNS)}; {", ".join(REQUIRED)} are needed. Prices
are in major units (12.50); tags have a semicolon between them. Of a known product only the columns
of the file change. Orders of known products wait while they are written.
"""


@group.command("import", help=HELP)
@click.argument(
    "path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--check", is_flag=True, help="Only say what would be done, or what is wrong.")
@output.as_json
def import_file(path: Path, *, check: bool, as_json: bool) -> None:
    counts: dict[str, int] = {}
    how: AbstractContextManager[Any] = (
        reading() if check else acting("products import", path.name, counts=counts)
    )
    with path.open("rb") as file, _bar(path, hidden=as_json) as bar, said(), how:
        outcome = product_import.load(ProductFile(file, bar.update), check=check)
        counts |= {"imported": outcome.imported, "updated": outcome.updated}
        if outcome.bad or not any(counts.values()):
            raise click.ClickException(_refusal(outcome, as_json=as_json))
    what = "would be " if check else ""
    said_ = f"{outcome.imported} {what}imported, {outcome.updated} {what}updated"
    output.done(said_, as_json=as_json, **_fields(outcome))


def _bar(path: Path, *, hidden: bool) -> Any:
    """How much of the file has been read."""
    size = path.stat().st_size
    return click.progressbar(
        length=size,
        label="Reading",
        file=sys.stderr,
        hidden=hidden or not sys.stderr.isatty(),
        update_min_steps=size // 100,
    )


def _refusal(outcome: Outcome, *, as_json: bool) -> str:
    if as_json:
        output.done("", as_json=True, **_fields(outcome))
    if not outcome.bad:
        return "the file has no products: there is nothing under its first line"
    shown = "" if outcome.bad_count == len(outcome.bad) else f"; the first {len(outcome.bad)}"
    lines = f"{outcome.bad_count} bad line{'s' if outcome.bad_count > 1 else ''}"
    return "\n".join(
        [f"{lines}, and nothing was imported{shown}:", *(escape(str(bad)) for bad in outcome.bad)]
    )


def _fields(outcome: Outcome) -> dict[str, Any]:
    return {
        "imported": outcome.imported,
        "updated": outcome.updated,
        "bad": [bad._asdict() for bad in outcome.bad],
        "badCount": outcome.bad_count,
    }
