"""Bringing a whole file of products into the catalogue, in bounded memory: all of it or nothing."""

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
    doubled,
    lock,
    merge,
    too_few,
    unsellable,
)

SHOWN = 20
CHUNK = 250
# What is meant for a request is too short for this.
PATIENCE = text("SET LOCAL statement_timeout = '10min'; SET LOCAL lock_timeout = '10min'")


class BadLine(NamedTuple):
    """`column` is None where the line as a whole is wrong."""

    line: int
    column: str | None
    what: str

    def __str__(self) -> str:
        return ": ".join(str(part) for part in (f"line {self.line}", *self[1:]) if part)


@dataclass
class Outcome:
    """How many products are new and how many were known; or which lines are bad: `bad` holds the
    first SHOWN of `bad_count`.
    """

    imported: int = 0
    updated: int = 0
    bad: list[BadLine] = field(default_factory=list)
    bad_count: int = 0

    def refuse(self, *lines: BadLine, count: int) -> None:
        self.bad = sorted([*self.bad, *lines], key=lambda bad: bad.line)[:SHOWN]
        self.bad_count += count


def load(file: ProductFile, *, check: bool) -> Outcome:
    """Add the products of a file, or bring them up to date by SKU in the columns that the file
    has; nothing of it when a line is bad. With `check`, only say what would be.

    Orders of known products wait from the moment when every line has been read and judged.
    """
    outcome = Outcome()
    db.session.execute(PATIENCE)
    STAGED.create(db.session.connection())
    _stage(file, outcome)
    if not check and not outcome.bad:
        lock()
    _judge(file.columns, outcome)
    if outcome.bad:
        return outcome
    known = select(func.count(STAGED.c.line), func.count(Product.id)).select_from(STAGED)
    lines, outcome.updated = db.session.execute(
        known.outerjoin(Product, Product.sku == STAGED.c.sku)
    ).one()
    outcome.imported = lines - outcome.updated
    if not check:
        merge(file.columns)
    return outcome


def _stage(file: ProductFile, outcome: Outcome) -> None:
    """Copy every good line, a chunk at a time."""
    connection: Any = db.session.connection().connection.driver_connection
    good = _good(file, outcome)
    while chunk := list(islice(good, CHUNK)):
        buffer = StringIO()
        # Quoted, an empty text is not taken for NULL.
        csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows(chunk)
        buffer.seek(0)
        with connection.cursor() as cursor:
            cursor.copy_expert(COPY, buffer)


def _good(file: ProductFile, outcome: Outcome) -> Iterator[list[Any]]:
    for line, cells in file:
        if len(cells) != len(file.columns):
            what = f"has {len(cells)} cells, and the first line {len(file.columns)}"
            outcome.refuse(BadLine(line, None, what), count=1)
            continue
        try:
            found = read(file.columns, cells, comma=file.comma) | {"line": line}
        except InvalidInputError as wrong:
            outcome.refuse(BadLine(line, wrong.field, wrong.message), count=1)
        else:
            yield [found[name] for name in COPIED]


def _judge(columns: list[str], outcome: Outcome) -> None:
    """Refuse lines for what other lines, or orders, have."""
    queries = [doubled(), unsellable(SHIPPING_COSTS, status="status" in columns)]
    if "stock" in columns:
        queries.append(too_few())
    wrong = union_all(*queries).subquery()
    found = db.session.execute(
        select(wrong, func.count().over()).order_by(wrong.c.line).limit(SHOWN)
    ).all()
    if found:
        outcome.refuse(*(BadLine(*row[:3]) for row in found), count=found[0][3])
