"""deploy/kubernetes: valid for Kubernetes, and the same parts as in docker-compose.yml."""

import re
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

import celeryconfig
from config import Settings
from production import REQUIRED
from tests.architecture.compose import SECRET, SERVICES, WEB, WORKERS, secrets_of
from web.commands import GROUPS

ROOT = Path(__file__).parents[2]
BASE = ROOT / "deploy/kubernetes/base"
OVERLAYS = ROOT / "deploy/kubernetes/overlays"
Json = dict[str, Any]
PARTS = (*WEB, *WORKERS, "beat", "events", "exporter")
# Kinds of operators, which Kubernetes has no schema of, and the fields that each needs.
CUSTOM = {
    "ScaledObject": ("scaleTargetRef", "minReplicaCount", "maxReplicaCount", "triggers"),
    "TriggerAuthentication": ("secretTargetRef",),
    "PodMonitor": ("selector", "podMetricsEndpoints"),
    "ExternalSecret": ("secretStoreRef", "target", "data"),
}
SETTINGS_OF_ALL = {"PROJECTX_ENV", "PROJECTX_SECRETS", "PROJECTX_PART"}


def documents(folder: Path) -> list[tuple[str, Json]]:
    """Return the documents of a folder, each with the name of its file."""
    files = sorted(path for path in folder.glob("*.yaml") if path.name != "kustomization.yaml")
    return [(path.name, each) for path in files for each in yaml.safe_load_all(path.read_text())]


ALL = [
    (f"{folder.name}/{name}", each)
    for folder in (BASE, OVERLAYS / "production", OVERLAYS / "development")
    for name, each in documents(folder)
]
OBJECTS = {(each["kind"], each["metadata"]["name"]): each for _, each in documents(BASE)}
KEDA = {
    each["spec"]["scaleTargetRef"]["name"]: each
    for name, each in ALL
    if each["kind"] == "ScaledObject"
}


def pod_of(document: Json) -> Json | None:
    """Return the description of the pods of a document, if it makes any."""
    spec = document.get("spec", {})
    spec = spec.get("jobTemplate", {}).get("spec", spec)
    template: Json | None = spec.get("template", {}).get("spec") if "template" in spec else None
    return template if template and "containers" in template else None


PODS = [(f"{name}: {each['metadata']['name']}", pod) for name, each in ALL if (pod := pod_of(each))]


def deployment(name: str) -> Json:
    return OBJECTS["Deployment", name]


def container(name: str) -> Json:
    (only,) = deployment(name)["spec"]["template"]["spec"]["containers"]
    return dict(only)


def environment(each: Json) -> set[str]:
    """Return the names of the variables of a container."""
    maps = [source["configMapRef"]["name"] for source in each.get("envFrom", [])]
    keys = {key for name in maps for key in OBJECTS["ConfigMap", name]["data"]}
    for variable in each.get("env", []):
        if reference := variable.get("valueFrom", {}).get("configMapKeyRef"):
            assert reference["key"] in OBJECTS["ConfigMap", reference["name"]]["data"]
    return keys | {variable["name"] for variable in each.get("env", [])}


def mounted(pod: Json) -> dict[str, str]:
    """Return the secrets of a pod: the setting of each, and its key."""
    items = [
        item for volume in pod["volumes"] for item in volume.get("secret", {}).get("items", [])
    ]
    return {item["path"]: item["key"] for item in items}


@pytest.mark.parametrize(("name", "document"), ALL, ids=[name for name, _ in ALL])
def test_each_document_is_valid(name: str, document: Json) -> None:
    if document["kind"] in CUSTOM:
        assert set(CUSTOM[document["kind"]]) <= set(document["spec"]), name
    else:
        version = kubernetes_validate.latest_version()
        kubernetes_validate.validate(document, version, strict=True)


def test_the_names_are_unique_and_each_file_is_listed() -> None:
    assert len(OBJECTS) == len(documents(BASE))
    for folder in (BASE, *OVERLAYS.iterdir()):
        listed = set(yaml.safe_load((folder / "kustomization.yaml").read_text())["resources"])
        assert listed - {"../../base"} == {name for name, _ in documents(folder)}


@pytest.mark.parametrize("overlay", ["production", "development"])
def test_the_patches_of_an_overlay_meet_their_targets(overlay: str) -> None:
    kustomization = yaml.safe_load((OVERLAYS / overlay / "kustomization.yaml").read_text())
    for patch in kustomization["patches"]:
        target = patch["target"]
        for change in yaml.safe_load(patch["patch"]):
            node = OBJECTS[target["kind"], target["name"]]
            *way, last = change["path"].strip("/").split("/")
            for step in way:
                node = node[step]
            assert (last in node) == (change["op"] != "add"), change


def test_each_part_of_compose_is_deployed() -> None:
    ours = {name for kind, name in OBJECTS if kind == "Deployment"}
    assert ours == set(PARTS)
    assert {container(name)["env"][0]["value"] for name in PARTS} | {"migrate", "all"} == (
        set(REQUIRED) - {"flower"}
    )


@pytest.mark.parametrize("part", PARTS)
def test_a_part_has_the_command_and_the_secrets_of_compose(part: str) -> None:
    command = [word.replace("${WEB_THREADS:-48}", "48") for word in SERVICES[part]["command"]]
    assert container(part)["command"] == command
    assert mounted(deployment(part)["spec"]["template"]["spec"]) == secrets_of(part)


@pytest.mark.parametrize("name", [*PARTS, "migrate"])
def test_a_part_has_the_settings_that_it_requires(name: str) -> None:
    document = OBJECTS["Job", name] if name == "migrate" else deployment(name)
    pod = pod_of(document)
    assert pod is not None
    variables = environment(pod["containers"][0])
    part = {each["name"]: each.get("value") for each in pod["containers"][0]["env"]}[
        "PROJECTX_PART"
    ]
    assert part is not None
    required = {setting.upper() for setting in set(REQUIRED[part]) - SECRET}
    assert required | SETTINGS_OF_ALL <= variables
    assert SECRET & set(REQUIRED[part]) <= set(mounted(pod))
    assert not {secret.upper() for secret in SECRET} & variables


def test_no_secret_is_written_here() -> None:
    assert not [name for name, each in ALL if each["kind"] == "Secret"]
    (external,) = [each for _, each in ALL if each["kind"] == "ExternalSecret"]
    keys = {entry["secretKey"] for entry in external["spec"]["data"]}
    assert keys == {key for _, pod in PODS for key in mounted(pod).values()}


@pytest.mark.parametrize(("name", "pod"), PODS, ids=[name for name, _ in PODS])
def test_each_pod_is_restricted(name: str, pod: Json) -> None:
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for each in (*pod.get("initContainers", ()), *pod["containers"]):
        context = each["securityContext"]
        assert context["allowPrivilegeEscalation"] is False
        assert context["readOnlyRootFilesystem"] is True
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert (context | pod["securityContext"]).get("runAsUser", 0) > 0, name
        assert {"requests", "limits"} <= set(each["resources"])
        assert each["image"] in ("projectx", "postgres:18", "redis:8")
    volumes = {volume["name"] for volume in pod["volumes"]}
    mounts = [mount for each in pod["containers"] for mount in each["volumeMounts"]]
    assert {mount["name"] for mount in mounts} <= volumes


@pytest.mark.parametrize("part", [part for part in PARTS if part not in ("beat", "exporter")])
def test_a_part_runs_twice_and_survives_the_loss_of_a_node(part: str) -> None:
    spec = deployment(part)["spec"]
    replicas = spec.get("replicas")
    scaler = OBJECTS.get(("HorizontalPodAutoscaler", part))
    assert (replicas is None) == (scaler is not None), "two would fight over the number"
    assert (scaler["spec"]["minReplicas"] if scaler else replicas) >= 2
    assert OBJECTS["PodDisruptionBudget", part]["spec"]["maxUnavailable"] == 1
    assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    spread = spec["template"]["spec"]["topologySpreadConstraints"]
    assert [each["topologyKey"].rpartition("/")[2] for each in spread] == ["zone", "hostname"]


@pytest.mark.parametrize("part", ["beat", "exporter"])
def test_one_of_it_runs(part: str) -> None:
    spec = deployment(part)["spec"]
    assert (spec["replicas"], spec["strategy"]["type"]) == (1, "Recreate")


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


def test_the_services_select_their_part_and_its_port() -> None:
    for part in (*WEB, "events"):
        service, spec = OBJECTS["Service", part]["spec"], deployment(part)["spec"]
        assert service["selector"] == spec["selector"]["matchLabels"]
        assert service["selector"].items() <= spec["template"]["metadata"]["labels"].items()
        port = container(part)["ports"][0]
        assert service["ports"][0]["port"] == port["containerPort"]
        if part in WEB:
            assert f"0.0.0.0:{port['containerPort']}" in container(part)["command"]


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_probed(part: str) -> None:
    each = container(part)
    if part in WEB or part == "events":
        probes = [each[f"{kind}Probe"]["httpGet"] for kind in ("startup", "readiness", "liveness")]
        # The address of a pod is no trusted host.
        assert all(probe["httpHeaders"] == [{"name": "Host", "value": "localhost"}]
                   for probe in probes)  # fmt: skip
        ready = "/health" if part == "events" else "/ready"
        assert [probe["path"] for probe in probes] == ["/health", ready, "/health"]
        return
    if part == "exporter":
        assert each["livenessProbe"]["httpGet"] == {"path": "/health", "port": "metrics"}
        return
    check = SERVICES[part]["healthcheck"]["test"][1:]
    assert each["startupProbe"]["exec"]["command"] == check
    assert each["livenessProbe"]["exec"]["command"] == check


def test_stopping_leaves_time() -> None:
    for part in WEB:
        # Until no proxy sends requests any more, and for the requests under way.
        assert container(part)["lifecycle"]["preStop"]["sleep"]["seconds"] >= 5
        assert deployment(part)["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] > 40
    for part in WORKERS:
        seconds = deployment(part)["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
        assert seconds > Settings.model_fields["drain_timeout"].default


def test_only_what_is_allowed_connects() -> None:
    policies = {name: each["spec"] for (kind, name), each in OBJECTS.items()
                if kind == "NetworkPolicy"}  # fmt: skip
    deny = policies["default-deny"]
    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    callers = {
        part
        for part in PARTS
        if "projectx/calls-providers" in deployment(part)["spec"]["template"]["metadata"]["labels"]
    }
    assert callers == {part for part in PARTS if "outside" in SERVICES[part]["networks"]}
    (rule,) = policies["to-the-providers"]["egress"]
    assert rule["ports"] == [{"protocol": "TCP", "port": 443}]


def test_the_ingress_has_the_paths_of_the_gateway() -> None:
    template = (ROOT / "deploy/gateway/nginx.conf.template").read_text()
    pattern = (
        r"location (?:~ \^|= )?(/[\w.]*)(?:\(/\|\$\))? "
        r"\{(?:\$\{\w+\}|[^}])*?proxy_pass http://(\$?\w+)"
    )
    gateway = {(path, service.lstrip("$")) for path, service in re.findall(pattern, template)}
    rules = OBJECTS["Ingress", "projectx"]["spec"]["rules"][0]["http"]["paths"]
    ingress = {(rule["path"], rule["backend"]["service"]["name"]) for rule in rules}
    assert ingress == gateway
    assert {name for _, name in ingress} <= {name for kind, name in OBJECTS if kind == "Service"}


def test_the_commands_of_the_jobs_exist() -> None:
    groups = {group.name: group for group in GROUPS}
    for name in ("verify", "restore-drill"):
        pod = pod_of(OBJECTS["CronJob", name])
        assert pod is not None
        flask, app, target, group, command, *options = pod["containers"][0]["command"]
        assert (flask, app, target) == ("flask", "--app", "wsgi:product")
        parameters = groups[group].commands[command].params  # type: ignore[attr-defined]
        known = {option for parameter in parameters for option in parameter.opts}
        assert set(options) <= known
    (migration,) = OBJECTS["Job", "migrate"]["spec"]["template"]["spec"]["containers"]
    assert migration["command"] == SERVICES["migrate"]["command"]


def test_workers_are_scaled_by_the_activities_of_their_queue() -> None:
    assert set(KEDA) == {"worker", "mailer"}
    for part, scaler in KEDA.items():
        (trigger,) = scaler["spec"]["triggers"]
        # The part after split_part(name, '.', 1).
        kinds = re.findall(r"'(\w+)'", trigger["metadata"]["query"].rpartition(" IN (")[2])
        queue = SERVICES[part]["command"][5].partition(",")[0]
        routes = {
            name.partition(".")[0]
            for name, route in celeryconfig.task_routes.items()
            if isinstance(route, dict) and route["queue"] == queue and name != "*.*"
        }
        assert set(kinds) == routes
