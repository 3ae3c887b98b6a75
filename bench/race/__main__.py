"""`make race`: run the race alone. `--quick` runs few cells once; files get the rows as JSON."""

import json
import sys
from pathlib import Path

from bench.race.rounds import CELLS, QUICK, race
from bench.race.table import lines, needs_lines, verdict
from launch.children import end_in_order


def main() -> int:
    end_in_order()
    quick = "--quick" in sys.argv
    rows, needs = race(QUICK, rounds=1) if quick else race(CELLS)
    print("\n".join([*lines(rows), "", *needs_lines(needs)]) + "\n")
    for title, value in verdict(rows).items():
        print(f"  {title:<56} {value:10.2f}")
    for name in sys.argv[1:]:
        if not name.startswith("-"):
            Path(name).write_text(json.dumps({"rows": rows, "needs": needs}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
