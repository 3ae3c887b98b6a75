"""Tests of docs/how-to/watch.md: its commands do what it says."""

import re

import yaml

from launch.children import run
from launch.stack import ROOT

# The commands that write a PrometheusRule, without the one that sends it to a cluster.
RULE = re.compile(r"```sh\n(\{\n.*?PrometheusRule.*?\n\}) \| kubectl apply", re.DOTALL)


def test_the_alerts_are_a_rule_of_the_prometheus_operator() -> None:
    (command,) = RULE.findall((ROOT / "docs/how-to/watch.md").read_text())
    done = run(["sh", "-ec", command], check=True, capture_output=True, cwd=ROOT)
    rule = yaml.safe_load(done.stdout)
    assert rule == {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "projectx"},
        "spec": yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text()),
    }
