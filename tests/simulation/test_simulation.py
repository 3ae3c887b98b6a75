"""A few hundred seeds. `make simulate` plays as many as one likes."""

import subprocess
import sys

SEEDS = 200


def test_no_seed_breaks_anything() -> None:
    command = [sys.executable, "-m", "tests.simulation", str(SEEDS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{SEEDS} seeds" in done.stdout
