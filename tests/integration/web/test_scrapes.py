"""The metrics of gunicorn's processes, of which one hangs."""

from pathlib import Path

import psutil
import pytest
import requests

from launch.ports import free_ports
from launch.waiting import until
from tests.support.served import serving
from tests.support.stopped import stop

pytestmark = pytest.mark.usefixtures("app")


@pytest.mark.slow
def test_a_process_that_hangs_misses_no_scrape(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    numbers = {"METRICS_PORT": str(port), "METRICS_FOLDER": str(tmp_path)}
    with serving("--workers", "2", threads=8, METRICS="1", **numbers) as (_, process):
        arbiter = psutil.Process(process.pid)

        def both_count() -> bool:
            pids = [child.pid for child in arbiter.children()]
            return len(pids) == 2 and all(any(tmp_path.glob(f"*_{pid}.db")) for pid in pids)

        until(both_count, "the start of both", seconds=60)
        hung, _ = arbiter.children()
        stop(hung)
        try:
            for _ in range(20):
                url = f"http://127.0.0.1:{port}/metrics"
                assert requests.get(url, timeout=20).status_code == 200
        finally:
            hung.resume()
