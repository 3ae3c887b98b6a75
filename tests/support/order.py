"""The order of the test files, and which of them one process of pytest runs together."""

import pytest

E2E = "tests/e2e/"
# They start a system of their own. The others share one, which takes long to start.
OWN_SYSTEM = (f"{E2E}test_silence.py", f"{E2E}test_storm.py")
SHARED_SYSTEM = E2E.rstrip("/")
BROWSER = "tests/browser"
# The files of the console share a system and a browser of their own: one half of the folder's work.
CONSOLE = f"{BROWSER}/test_console.py"
# The longest files come first: the last one would keep one process busy, with the others idle.
# Those that mostly wait stand beside those that mostly compute.
LONG = (
    SHARED_SYSTEM,
    BROWSER,
    CONSOLE,
    "tests/proof/failpoints/test_failpoints.py",
    "tests/e2e/test_storm.py",
    "tests/e2e/test_silence.py",
    "tests/proof/simulation/test_simulation.py",
    "tests/launch/test_children.py",
    "tests/integration/payments/test_random_calls.py",
    "tests/integration/races/test_reconciliation.py",
    "tests/proof/exploration/test_exploration.py",
)


def unit(test: str) -> str:
    """Return the name of the work that one process takes as a whole, from the id of a test."""
    file = test.partition("::")[0]
    if file.startswith(CONSOLE.removesuffix(".py")):
        return CONSOLE
    if file.startswith(f"{BROWSER}/"):
        return BROWSER
    return SHARED_SYSTEM if file.startswith(E2E) and file not in OWN_SYSTEM else file


def sort(tests: list[pytest.Item]) -> None:
    """Put the long files first; the others keep their order."""
    ranks = {name: rank for rank, name in enumerate(LONG)}
    tests.sort(key=lambda test: ranks.get(unit(test.nodeid), len(LONG)))
