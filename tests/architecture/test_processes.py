"""Every process is started in one way, so that it ends with its starter."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("launch", "demo", "bench", "sandbox", "tests")
OTHER_WAYS = re.compile(
    r"subprocess\.(Popen|run|call|check_call|check_output)\(|os\.(fork|system|popen|posix_spawn)\("
    r"|multiprocessing|create_subprocess|ProcessPoolExecutor"
)


def test_processes_are_started_only_by_launch() -> None:
    starters = {
        str(file.relative_to(ROOT))
        for room in ROOMS
        for file in (ROOT / room).rglob("*.py")
        if OTHER_WAYS.search(file.read_text())
    }
    # This one needs a child in its own group.
    allowed = {"tests/launch/forked.py", "tests/architecture/test_processes.py"}
    assert starters == {"launch/children.py"} | allowed
