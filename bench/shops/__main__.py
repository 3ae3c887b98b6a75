"""`make shops`: both shops in a table, and how ours compares; JSON for a file that is named."""

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
    print(verdict(rows))
    for name in sys.argv[1:]:
        Path(name).write_text(json.dumps(rows, indent=2) + "\n")
