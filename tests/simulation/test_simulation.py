"""A few hundred seeds. `make simulate` plays as many as one likes."""

import re
import sys

from launch.children import run

SEEDS = 200
# What they come past at least. Seeds differ with each change of the code: this leaves some room.
STATES, ARROWS, IGNORED = 26, 55, 12
MET = {
    "batches of several": 80,
    "batches of several that PostgreSQL refused": 8,
    "calls whose first request failed": 80,
    "calls whose later request failed": 5,
    "messages of several events": 10,
    "times that stored signals were applied": 20,
}


def test_no_seed_breaks_anything() -> None:
    command = [sys.executable, "-m", "tests.simulation", str(SEEDS)]
    done = run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{SEEDS} seeds" in done.stdout
    states, arrows, ignored = map(
        int,
        re.findall(r"covered: (\d+) of .*, (\d+) of .*, (\d+) that are ignored", done.stdout)[0],
    )
    assert states >= STATES
    assert arrows >= ARROWS
    assert ignored >= IGNORED
    met = {what: int(number) for number, what in re.findall(r"met: (\d+) (.+)", done.stdout)}
    assert not {what: met[what] for what, least in MET.items() if met[what] < least}
