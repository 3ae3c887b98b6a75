"""Seeds of the simulation: 200 in `make prove`, a sample in `make test`.

`make simulate` plays as many as one likes.
"""

import re
import sys

from launch.children import run
from tests.proof.simulation import elsewhere
from tests.support import proof

SEEDS = 200 if proof.IN_FULL else 16
NOT_COVERED = re.compile(r"not covered: (\w+), (\w+): (\w+) to (\w+)")
# Least coverage. Seeds differ with each change of the code: this leaves some room.
STATES, ARROWS, IGNORED = (33, 95, 15) if proof.IN_FULL else (30, 65, 6)
# For 200 seeds; a sample must reach a twentieth.
MET = {
    "batches of several": 80,
    "batches of several that PostgreSQL refused": 8,
    "calls whose first request failed": 80,
    "calls whose later request failed": 5,
    "calls that met the same for a while": 20,
    "calls that were answered slowly": 40,
    "secrets that do not open": 40,
    "steps by a clock of their own": 300,
    "statements that failed for a while": 15,
    "messages of several events": 10,
    "times that stored signals were applied": 20,
}


def test_every_seed_keeps_the_invariants() -> None:
    command = [sys.executable, "-m", "tests.proof.simulation", str(SEEDS)]
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
    share = 1 if proof.IN_FULL else 20
    assert not {what: met[what] for what, least in MET.items() if met[what] < least // share}
    if proof.IN_FULL:
        bare = set(NOT_COVERED.findall(done.stdout))
        untried = bare - set(elsewhere.walked()) - elsewhere.TESTS.keys()
        assert not untried, "nothing comes past these arrows"


def test_the_tests_of_rare_arrows_exist() -> None:
    assert elsewhere.missing() == []
