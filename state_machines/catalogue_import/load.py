"""The import of a whole product file, in bounded memory: all lines are imported, or none."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import func, select, text, union_all

from models.base import db
from models.errors import InvalidInputError
from models.product import Product
from models.shipping import SHIPPING_COSTS
from state_machines.catalogue_import.cells import read
from state_machines.catalogue_import.product_file import ProductFile
from state_machines.catalogue_import.staging import (
    COPIED,
    COPY,
    STAGED,
    duplicate_skus,
    lock_known_products,
    merge_staged,
    stock_below_reserved,
    without_shipping_cost,
)

MAX_REPORTED_LINES = 20
LINES_PER_COPY = 250
# The timeouts of a request are too short for a large file, and too long for one that somebody waits
# for while orders wait for its locks.
LONG_TIMEOUTS = text("SET LOCAL statement_timeout = '10min'; SET LOCAL lock_timeout = '10min'")
SHORT_TIMEOUTS = text("SET LOCAL lock_timeout = '1s'")


class BadLine(NamedTuple):
    """An error in one line. `column` is None when it concerns the whole line."""

    line: int
    column: str | None
    what: str

    def __str__(self) -> str:
        return ": ".join(str(part) for part in (f"line {self.line}", *self[1:]) if part)


@dataclass
class Outcome:
    """The result of an import: the numbers of new and of updated products, or the bad lines.

    `bad` holds the first MAX_REPORTED_LINES of `bad_count`.
    """

    imported: int = 0
    updated: int = 0
    bad: list[BadLine] = field(default_factory=list)
    bad_count: int = 0

    def refuse(self, *lines: BadLine, count: int) -> None:
        """Add `count` bad lines, of which `lines` are to be reported."""
        self.bad = sorted([*self.bad, *lines], key=lambda bad: bad.line)[:MAX_REPORTED_LINES]
        self.bad_count += count


def import_products(file: ProductFile, *, check: bool, is_request: bool = False) -> Outcome:
    """Insert the products of a file; update known SKUs in the columns that the file has.

    Nothing is written when a line is bad. With `check`, nothing is written at all, and the outcome
    says what an import would do. Orders of known products wait from the moment when every line
    has been read until the transaction ends. A request does not wait long for locks, nor for its
    statements.
    """
    outcome = Outcome()
    db.session.execute(SHORT_TIMEOUTS if is_request else LONG_TIMEOUTS)
    STAGED.create(db.session.connection())
    _stage(file, outcome)
    if not check and not outcome.bad:
        lock_known_products()
    _check_staged(file.columns, outcome)
    if outcome.bad:
        return outcome
    counts = select(func.count(STAGED.c.line), func.count(Product.id)).select_from(STAGED)
    lines, outcome.updated = db.session.execute(
        counts.outerjoin(Product, Product.sku == STAGED.c.sku)
    ).one()
    outcome.imported = lines - outcome.updated
    if not check:
        merge_staged(file.columns)
    return outcome


def _stage(file: ProductFile, outcome: Outcome) -> None:
    """Copy every valid line into the staging table, LINES_PER_COPY at a time."""
    connection: Any = db.session.connection().connection.driver_connection
    rows = _valid_rows(file, outcome)
    while chunk := list(islice(rows, LINES_PER_COPY)):
        buffer = StringIO()
        # PostgreSQL reads an unquoted empty text as NULL.
        csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows(chunk)
        buffer.seek(0)
        with connection.cursor() as cursor:
            cursor.copy_expert(COPY, buffer)


def _valid_rows(file: ProductFile, outcome: Outcome) -> Iterator[list[Any]]:
    """Yield the staged values of each valid line; refuse the others."""
    for line, cells in file:
        if len(cells) != len(file.columns):
            what = f"has {len(cells)} cells, and the first line {len(file.columns)}"
            outcome.refuse(BadLine(line, None, what), count=1)
            continue
        try:
            values = read(file.columns, cells, comma=file.comma) | {"line": line}
        except InvalidInputError as error:
            outcome.refuse(BadLine(line, error.field, error.message), count=1)
        else:
            yield [values[name] for name in COPIED]


def _check_staged(columns: list[str], outcome: Outcome) -> None:
    """Refuse lines that contradict other lines, orders or the shipping costs."""
    queries = [duplicate_skus(), without_shipping_cost(SHIPPING_COSTS, status="status" in columns)]
    if "stock" in columns:
        queries.append(stock_below_reserved())
    bad_lines = union_all(*queries).subquery()
    rows = db.session.execute(
        select(bad_lines, func.count().over()).order_by(bad_lines.c.line).limit(MAX_REPORTED_LINES)
    ).all()
    if rows:
        outcome.refuse(*(BadLine(*row[:3]) for row in rows), count=rows[0][3])
