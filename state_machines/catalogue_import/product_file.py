"""A CSV file of products: read line by line, so that its size does not matter."""

import codecs
import csv
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from typing import IO

from models.errors import InvalidInputError
from state_machines.catalogue_import.cells import COLUMNS, REQUIRED

# Bytes. A file without line ends must not be read into memory whole.
LONGEST = 1_000_000


class ProductFile:
    """The lines of a file, after the first one has named the columns. `moved` is told how many
    bytes have been read, line by line. `comma` is true where a semicolon separates the cells, and
    a comma may come before the decimals.

    Raises InvalidInputError, which names the line, where the file cannot be read any further.
    """

    def __init__(self, file: IO[bytes], moved: Callable[[int], object]) -> None:
        self._file = file
        self._moved = moved
        lines = self._lines()
        first = next(lines, "")
        # What spreadsheets write where the comma is in the numbers.
        self.comma = ";" in first and "," not in first
        delimiter = ";" if self.comma else ","
        self._reader = csv.reader(chain([first], lines), delimiter=delimiter, strict=True)
        _, names = next(self._records(), (1, []))
        self.columns = [name.strip() for name in names]
        _judge(self.columns)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """The cells of each line, under the number of the line on which they begin."""
        for line, cells in self._records():
            if cells:
                yield line, cells

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        line = self._reader.line_num + 1
        try:
            for cells in self._reader:
                yield line, cells
                line = self._reader.line_num + 1
        except csv.Error as wrong:
            what = str(wrong).partition(" - ")[0]
            raise InvalidInputError(f"line {line}", f"is not CSV: {what}") from wrong

    def _lines(self) -> Iterator[str]:
        read = partial(self._file.readline, LONGEST + 1)
        for number, raw in enumerate(iter(read, b""), start=1):
            if len(raw) > LONGEST:
                raise InvalidInputError(f"line {number}", f"is longer than {LONGEST} bytes")
            self._moved(len(raw))
            try:
                text = (raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw).decode()
            except UnicodeDecodeError as wrong:
                raise InvalidInputError(f"line {number}", "is not UTF-8") from wrong
            yield text


def _judge(columns: list[str]) -> None:
    """Raises InvalidInputError unless the columns are those of a product, each of them once."""
    if not any(columns):
        raise InvalidInputError("line 1", f"names no columns; there are {', '.join(COLUMNS)}")
    found = {
        "unknown": [name for name in columns if name not in COLUMNS],
        "missing": [name for name in REQUIRED if name not in columns],
        "there twice": [name for name, times in Counter(columns).items() if times > 1],
    }
    wrong = [f"{what}: {', '.join(map(repr, names))}" for what, names in found.items() if names]
    if wrong:
        raise InvalidInputError("line 1", f"columns {'; '.join(wrong)}")
