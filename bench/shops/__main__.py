"""`make shops`: run the race of the two shops. Files on the command line get the rows as JSON."""

import json
import sys
from pathlib import Path

from bench.shops.rounds import race
from bench.shops.table import lines, verdict
from launch.children import end_in_order

if __name__ == "__main__":
    end_in_order()
    rows = race()
    print("\n".join(lines(rows)))
    for title, ratio in verdict(rows).items():
        print(f"\n{title}: {ratio:.1f}")
    for name in sys.argv[1:]:
        Path(name).write_text(json.dumps(rows, indent=2) + "\n")
