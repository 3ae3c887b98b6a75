"""CSV files that people open in a spreadsheet."""

import csv
from collections.abc import Iterable
from io import StringIO

# A spreadsheet would run a text that begins with one of these, full-width forms included.
# Source: https://owasp.org/www-community/attacks/CSV_Injection
FORMULA_PREFIXES = tuple("=+-@\t\r\n\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}"
                "\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}")  # fmt: skip


def write_csv(rows: Iterable[Iterable[str | None]]) -> str:
    """Return the rows as CSV (RFC 4180). A text that looks like a formula begins with a quote."""
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerows([_harmless(cell or "") for cell in row] for row in rows)
    return buffer.getvalue()


def _harmless(text: str) -> str:
    # A zero byte ends the text in some programs, and spaces before a formula are dropped.
    plain = text.replace("\x00", "")
    return f"'{plain}" if plain.lstrip(" ").startswith(FORMULA_PREFIXES) else plain
