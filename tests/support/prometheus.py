"""Debian's Prometheus: its server, and promtool."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
import yaml

from launch.children import Child, run
from launch.ports import free_ports
from launch.stack import ROOT, Stack
from launch.waiting import until
from tests.support.programs import program

# The variable with the port of each job.
JOBS = {"web": "METRICS_PORT", "exporter": "EXPORTER_PORT", "events": "EVENTS_PORT"}
FOLDER = ROOT / "deploy/prometheus"
UNITS = {"s": 1, "m": 60}
# A threshold of an age, and a time such as 5m.
AGE = re.compile(r"(_seconds(?:_mean)?\) > )(\d+)$")
TIME = re.compile(r"\b(\d+)([sm])\b")
# Seconds: a rate needs some scrapes.
SHORTEST_RANGE = 5


def promtool(*words: str) -> tuple[int, str]:
    """Run promtool in the folder of our rules, and return its exit status and output."""
    prometheus = program("prometheus")
    tool = str(Path(prometheus.path).with_name("promtool"))
    done = run(
        [tool, *words], cwd=FOLDER, env=prometheus.environment, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def shorten(rules: dict[str, Any], factor: float) -> dict[str, Any]:
    """Return the rules with every time divided by `factor`: `for`, ranges, and limits of ages."""

    def divide(text: str, least: float) -> str:
        return TIME.sub(lambda m: f"{max(round(int(m[1]) * UNITS[m[2]] / factor), least)}s", text)

    def render(rule: dict[str, Any]) -> dict[str, Any]:
        expression = re.sub(r"\[\w+\]", lambda m: divide(m[0], SHORTEST_RANGE), rule["expr"])
        age = AGE.sub(lambda m: f"{m[1]}{int(m[2]) / factor:g}", expression)
        return rule | {"expr": age, "for": divide(rule["for"], 0)}

    groups = rules["groups"]
    return {"groups": [g | {"rules": [render(rule) for rule in g["rules"]]} for g in groups]}


class Server:
    """A running Prometheus, which scrapes every second."""

    def __init__(self, url: str) -> None:
        self.url = url

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Return the series of an expression, now. Raises AssertionError for a bad one."""
        answer = requests.get(
            f"{self.url}/api/v1/query", params={"query": expression}, timeout=30
        ).json()
        assert answer["status"] == "success", f"{expression}: {answer.get('error')}"
        series: list[dict[str, Any]] = answer["data"]["result"]
        return series

    def firing(self) -> set[str]:
        """Return the names of the alerts that fire now."""
        series = self.query('ALERTS{alertstate="firing"}')
        return {each["metric"]["alertname"] for each in series}


@contextmanager
def scraping(folder: Path, shop: Stack, *, factor: float = 1) -> Iterator[Server]:
    """Run a Prometheus with our rules that scrapes the parts of a shop.

    All times of the rules are divided by `factor`.
    """
    prometheus = program("prometheus")
    (port,) = free_ports(1)
    configuration = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    configuration["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    for name in configuration["rule_files"]:
        rules = yaml.safe_load((FOLDER / name).read_text())
        (folder / name).write_text(yaml.safe_dump(shorten(rules, factor) if factor > 1 else rules))
    configuration["scrape_configs"] = [
        {
            "job_name": job,
            "static_configs": [{"targets": [f"127.0.0.1:{shop.environment[variable]}"]}],
        }
        for job, variable in JOBS.items()
    ]
    (folder / "prometheus.yml").write_text(yaml.safe_dump(configuration))
    command = [prometheus.path, f"--config.file={folder}/prometheus.yml"]
    command += [f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}"]
    server = Server(f"http://127.0.0.1:{port}")
    with (folder / "prometheus.log").open("w") as log:
        process = Child(command, env=prometheus.environment, stdout=log, stderr=log)
        try:
            until(lambda: _is_ready(server.url), "the start of Prometheus", seconds=60)
            yield server
        finally:
            process.terminate()
            process.wait()
            sys.stdout.write((folder / "prometheus.log").read_text()[-2000:])


def _is_ready(url: str) -> bool:
    try:
        return requests.get(f"{url}/-/ready", timeout=5).ok
    except requests.RequestException:
        return False
