"""deploy/kubernetes: valid for Kubernetes, and the same parts as in docker-compose.yml."""

import re

import kubernetes_validate
import pytest
import yaml

import celeryconfig
from config import Settings
from production import REQUIRED
from tests.architecture.compose import (
    SECRET,
    SERVICES,
    WEB,
    WORKERS,
    queues_of,
    secrets_of,
    settings_of_shop,
)
from tests.architecture.kubernetes import (
    ALL,
    BASE,
    OBJECTS,
    OVERLAYS,
    PARTS,
    ROOT,
    Json,
    container,
    deployment,
    documents,
    pod_of,
)
from web.commands.groups import GROUPS

# Kinds of operators, which Kubernetes has no schema of, and the fields that each needs.
CUSTOM = {
    "ScaledObject": ("scaleTargetRef", "minReplicaCount", "maxReplicaCount", "triggers"),
    "TriggerAuthentication": ("secretTargetRef",),
    "PodMonitor": ("selector", "podMetricsEndpoints"),
    "ExternalSecret": ("secretStoreRef", "target", "data"),
}
SETTINGS_OF_ALL = {"PROJECTX_ENV", "PROJECTX_SECRETS", "PROJECTX_PART"}


KEDA = {
    each["spec"]["scaleTargetRef"]["name"]: each
    for name, each in ALL
    if each["kind"] == "ScaledObject"
}


PODS = [(f"{name}: {each['metadata']['name']}", pod) for name, each in ALL if (pod := pod_of(each))]


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


def test_the_pages_bring_what_the_order_service_answers() -> None:
    order, pages = (environment(container(part)) for part in ("order", "pages"))
    names = settings_of_shop()
    assert {"STRIPE_PUBLISHABLE_KEY", "EVENTS_URL"} <= pages & names
    assert pages & names == order & names


@pytest.mark.parametrize("overlay", ["production", "development"])
def test_browsers_hear_of_the_stream_that_is_deployed(overlay: str) -> None:
    patches = yaml.safe_load((OVERLAYS / overlay / "kustomization.yaml").read_text())["patches"]
    changes = [change for patch in patches for change in yaml.safe_load(patch["patch"])]
    values = {change["path"]: change.get("value") for change in changes}
    assert values["/data/EVENTS_URL"] == f"{values['/data/PUBLIC_URL']}/events"


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
        queue = queues_of(part)[0]
        routes = {
            name.partition(".")[0]
            for name, route in celeryconfig.task_routes.items()
            if isinstance(route, dict) and route["queue"] == queue and name != "*.*"
        }
        assert set(kinds) == routes
