"""deploy/kubernetes: Prometheus alone finds and reaches the metrics of each part."""

import re

import pytest

from config import Settings
from tests.architecture.compose import SERVICES, WEB, WORKERS
from tests.architecture.kubernetes import ALL, OBJECTS, PARTS, Json, container, deployment


def monitors_of(part: str) -> list[tuple[str, Json]]:
    """Return the endpoints that Prometheus scrapes in a pod of a part, each with its job."""
    labels = deployment(part)["spec"]["template"]["metadata"]["labels"]
    ports = {port["name"] for port in container(part)["ports"]}
    return [
        (job_of(endpoint, labels), endpoint)
        for _, each in ALL
        if each["kind"] == "PodMonitor"
        and each["spec"]["selector"]["matchLabels"].items() <= labels.items()
        for endpoint in each["spec"]["podMetricsEndpoints"]
        if endpoint["port"] in ports
    ]


def job_of(endpoint: Json, labels: dict[str, str]) -> str:
    """Return the job that the relabelings of an endpoint give to a pod with these labels."""
    known = {
        f"__meta_kubernetes_pod_label_{re.sub(r'[^a-zA-Z0-9]', '_', name)}": value
        for name, value in labels.items()
    }
    for rule in endpoint["relabelings"]:
        value = ";".join(known[name] for name in rule.get("sourceLabels", ()))
        if re.fullmatch(rule.get("regex", ".*"), value):
            known[rule["targetLabel"]] = rule.get("replacement", value)
    return known["job"]


@pytest.mark.parametrize("part", PARTS)
def test_prometheus_finds_the_metrics_of_a_part(part: str) -> None:
    ((job, endpoint),) = monitors_of(part)
    assert (part in WEB, part in (*WORKERS, "beat")) == (job == "web", job == "workers")
    assert job in ("web", "workers", part), "as in deploy/prometheus/prometheus.yml"
    ports = {port["name"]: port["containerPort"] for port in container(part)["ports"]}
    setting = f"{part}_port" if part in ("exporter", "events") else "metrics_port"
    assert ports[endpoint["port"]] == Settings.model_fields[setting].default
    assert endpoint["port"] in ports_for_prometheus(part)


def ports_for_prometheus(part: str) -> set[str]:
    """Return the ports of a part that Prometheus may connect to."""
    labels = deployment(part)["spec"]["template"]["metadata"]["labels"]
    policies = [OBJECTS["NetworkPolicy", f"from-prometheus{end}"]["spec"]
                for end in ("", "-to-events")]  # fmt: skip
    return {
        port["port"]
        for policy in policies
        if policy["podSelector"].get("matchLabels", {}).items() <= labels.items()
        and all(
            labels[each["key"]] in each["values"]
            for each in policy["podSelector"].get("matchExpressions", ())
        )
        for port in policy["ingress"][0]["ports"]
    }


def test_metrics_are_on_and_no_service_leads_to_them() -> None:
    settings = OBJECTS["ConfigMap", "common"]["data"]
    assert settings["METRICS"] == "true"
    assert settings["METRICS_HOST"] == SERVICES["auth"]["environment"]["METRICS_HOST"]
    services = [each for (kind, _), each in OBJECTS.items() if kind == "Service"]
    assert {port["targetPort"] for each in services for port in each["spec"]["ports"]} == {"http"}
