"""A CSV file of products, read line by line, so that its size does not matter."""

import codecs
import csv
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from typing import IO

from models.errors import InvalidInputError
from state_machines.catalogue_import.cells import COLUMNS, REQUIRED

# A file without line breaks must not be read into memory as a whole.
MAX_LINE_BYTES = 1_000_000


class ProductFile:
    """The lines of a product file; the first one names the columns.

    `report_progress` is called with the number of bytes of each line read. `comma` is true when
    semicolons separate the cells, so that a price may have a decimal comma.
    Raises InvalidInputError, which names the line, when the file cannot be read further.
    """

    def __init__(self, file: IO[bytes], report_progress: Callable[[int], object]) -> None:
        self._file = file
        self._report_progress = report_progress
        lines = self._lines()
        first = next(lines, "")
        # Spreadsheets separate by semicolons in locales with a decimal comma.
        self.comma = ";" in first and "," not in first
        delimiter = ";" if self.comma else ","
        self._reader = csv.reader(chain([first], lines), delimiter=delimiter, strict=True)
        _, names = next(self._records(), (1, []))
        self.columns = [name.strip() for name in names]
        _check_columns(self.columns)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the number of each line and its cells; a record of several lines has its first."""
        for line, cells in self._records():
            if cells:
                yield line, cells

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        line = self._reader.line_num + 1
        try:
            for cells in self._reader:
                yield line, cells
                line = self._reader.line_num + 1
        except csv.Error as error:
            what = str(error).partition(" - ")[0]
            raise InvalidInputError(f"line {line}", f"is not CSV: {what}") from error

    def _lines(self) -> Iterator[str]:
        read = partial(self._file.readline, MAX_LINE_BYTES + 1)
        for number, raw in enumerate(iter(read, b""), start=1):
            if len(raw) > MAX_LINE_BYTES:
                raise InvalidInputError(f"line {number}", f"is longer than {MAX_LINE_BYTES} bytes")
            self._report_progress(len(raw))
            try:
                text = (raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw).decode()
            except UnicodeDecodeError as error:
                raise InvalidInputError(f"line {number}", "is not UTF-8") from error
            yield text


def _check_columns(columns: list[str]) -> None:
    """Raise InvalidInputError unless the columns are a product's, each at most once."""
    if not any(columns):
        raise InvalidInputError("line 1", f"names no columns; the columns are {', '.join(COLUMNS)}")
    problems = {
        "unknown": [name for name in columns if name not in COLUMNS],
        "missing": [name for name in REQUIRED if name not in columns],
        "duplicate": [name for name, times in Counter(columns).items() if times > 1],
    }
    messages = [
        f"{what}: {', '.join(map(repr, names))}" for what, names in problems.items() if names
    ]
    if messages:
        raise InvalidInputError("line 1", f"columns {'; '.join(messages)}")
