"""The tour of docs/tutorial/break-it.md works as written: its commands run one after another."""

import re

import pytest

from launch.children import run
from launch.stack import ROOT, Stack

PAGE = ROOT / "docs/tutorial/break-it.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
START = "make run"


@pytest.mark.usefixtures("faultless")
def test_the_tour_works_as_written(stack: Stack) -> None:
    start, *steps = BLOCK.findall(PAGE.read_text())
    assert start.startswith(START)
    assert len(steps) > 5
    script = "set -e\n" + "\n".join(steps)
    places = {
        "http://127.0.0.1:8080": stack.urls.web,
        "http://127.0.0.1:8090": stack.urls.sandbox,
        "DATA=.data": f"DATA={stack.data}",
        "source .venv/bin/activate": f"PATH={ROOT / '.venv/bin'}:$PATH",
    }
    for written, here in places.items():
        assert written in script
        script = script.replace(written, here)
    done = run(
        ["bash", "-c", script],
        env=stack.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "lost-webhook: Confirmed" in done.stdout
    assert "killed-workers: Confirmed" in done.stdout
    assert '"creates": 1' in done.stdout
    assert "everything has a next step" in done.stdout
