"""`python -m bench.imports [LINES]`: measure the time and memory of `flask products import`.

It imports 10,000 lines and LINES lines (100,000 by default), first all new, then all known. The
command is a separate process with its own PostgreSQL. Its memory should not grow with the lines.
"""

import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from subprocess import DEVNULL
from time import perf_counter

from launch.children import Child, end_in_order, run
from launch.postgres import Postgres
from launch.unprivileged_user import temporary_folder

LINES = (10_000, 100_000)
FLASK = (sys.executable, "-m", "flask", "--app", "wsgi:product")
# The unit of ru_maxrss: kilobytes on Linux, bytes on macOS.
MEGABYTE = 1024 if sys.platform == "linux" else 1024 * 1024


def main() -> int:
    end_in_order()
    sizes = (LINES[0], int(sys.argv[1])) if len(sys.argv) > 1 else LINES
    with ExitStack() as stack:
        folder = stack.enter_context(temporary_folder())
        url = stack.enter_context(Postgres(folder / "postgres")).url
        environment = os.environ | {"DATABASE_URL": url}
        run((*FLASK, "db", "upgrade"), env=environment, check=True, capture_output=True)
        for lines in sizes:
            file = folder / f"{lines}.csv"
            _write(file, lines)
            print(f"{lines} lines, {file.stat().st_size / 1e6:.1f} MB")
            for state in ("new", "known"):
                seconds, processor, peak = _import(file, environment)
                print(
                    f"  all {state:<6}{seconds:7.1f} s, with {processor:.1f} s of processor time; "
                    f"peak memory {peak:.0f} MB"
                )
    return 0


def _write(file: Path, lines: int) -> None:
    """Write a catalogue with all columns filled."""
    with file.open("w") as out:
        out.write("sku,name,description,price,currency,category,tags,image,stock,status\n")
        for n in range(lines):
            out.write(
                f"S{lines}-{n},Desk lamp {n},It shines on {n} desks and can be bent to every side.,"
                f"{n % 500 + 1}.90,usd,Lighting,desk;light;metal,/static/products/{n}.svg,20,"
                "Available\n"
            )


def _import(file: Path, environment: Mapping[str, str]) -> tuple[float, float, float]:
    """Return seconds, processor seconds and megabytes. Raises RuntimeError on a failure."""
    command = (*FLASK, "products", "import", str(file), "--json")
    began = perf_counter()
    # wait4 returns the peak of this child; RUSAGE_CHILDREN has that of the largest child so far.
    child = Child(command, env=environment, stdout=DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.wait():
        raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}")
    seconds = perf_counter() - began
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / MEGABYTE


if __name__ == "__main__":
    sys.exit(main())
