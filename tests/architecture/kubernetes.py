"""The documents of deploy/kubernetes, as its tests read them."""

from pathlib import Path
from typing import Any

import yaml

from tests.architecture.compose import WEB, WORKERS

ROOT = Path(__file__).parents[2]


BASE = ROOT / "deploy/kubernetes/base"


OVERLAYS = ROOT / "deploy/kubernetes/overlays"


Json = dict[str, Any]


PARTS = (*WEB, *WORKERS, "beat", "events", "exporter")


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


def pod_of(document: Json) -> Json | None:
    """Return the description of the pods of a document, if it makes any."""
    spec = document.get("spec", {})
    spec = spec.get("jobTemplate", {}).get("spec", spec)
    template: Json | None = spec.get("template", {}).get("spec") if "template" in spec else None
    return template if template and "containers" in template else None


def deployment(name: str) -> Json:
    return OBJECTS["Deployment", name]


def container(name: str) -> Json:
    (only,) = deployment(name)["spec"]["template"]["spec"]["containers"]
    return dict(only)
