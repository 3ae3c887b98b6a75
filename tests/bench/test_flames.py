"""The flame graphs show where a shop's processes spend their time."""

import os
import sys
from pathlib import Path

import pytest

from bench.flames import PY_SPY
from launch.children import run
from launch.stack import ROOT
from tests.support.proof import IN_FULL
from tests.support.system import OWN

OPTIONS = ("--buyers", "2", "--seconds", "5")


@pytest.mark.slow
@pytest.mark.skipif(not IN_FULL, reason="a sample of the benchmark, for `make prove`")
@pytest.mark.skipif(not PY_SPY.exists(), reason="py-spy is installed by `make flames`")
def test_each_process_of_python_has_a_graph_and_its_time(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench.flames", str(tmp_path), *OPTIONS]
    done = run(command, cwd=ROOT, env=os.environ | OWN, check=True, capture_output=True, text=True)
    graphs = {graph.stem: graph.read_text() for graph in tmp_path.iterdir()}
    assert "web/routes/order.py" in graphs["web"]
    assert "durable/executor.py" in graphs["worker-1"]
    lines = [line.split() for line in done.stdout.splitlines() if line.endswith(" ms")]
    times = {line[0]: float(line[-2]) for line in lines}
    assert {"postgres", "redis", "sandbox"} <= times.keys() - graphs.keys()
    assert all(times[name] >= 0 for name in graphs)
