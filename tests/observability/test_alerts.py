"""The alerts, tested by promtool, and compared with the metrics that exist."""

from typing import Any

import pytest
import yaml

from tests.support.prometheus import FOLDER, promtool
from tests.support.promql import check_names

RULES: list[dict[str, Any]] = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"][0][
    "rules"
]
TESTS: list[dict[str, Any]] = yaml.safe_load((FOLDER / "alerts.test.yml").read_text())["tests"]


def test_promtool_accepts_the_rules_and_the_configuration() -> None:
    for words in (("check", "rules", "alerts.yml"), ("check", "config", "prometheus.yml")):
        status, output = promtool(*words)
        assert status == 0, output


def test_each_alert_fires_on_its_fault_and_is_quiet_on_a_good_day() -> None:
    status, output = promtool("test", "rules", "alerts.test.yml")
    assert status == 0, output


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_has_both_tests_and_names_metrics_that_exist(rule: dict[str, Any]) -> None:
    check_names(rule["expr"])
    assert rule["labels"]["severity"] in ("page", "ticket")
    own = [
        bool(case["exp_alerts"])
        for test in TESTS
        for case in test["alert_rule_test"]
        if case["alertname"] == rule["alert"]
    ]
    assert set(own) == {False, True}


@pytest.mark.parametrize("test", TESTS, ids=lambda test: test["name"])
def test_the_series_of_a_test_exist(test: dict[str, Any]) -> None:
    for series in test["input_series"]:
        check_names(series["series"])


def test_the_most_urgent_alerts_come_first() -> None:
    severities = [rule["labels"]["severity"] for rule in RULES]
    assert severities == sorted(severities)
