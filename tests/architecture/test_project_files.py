"""Files that a hosting service, an editor or a hook reads are well formed."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import order

ROOT = Path(__file__).parents[2]
YAML_FILES = sorted(
    [ROOT / ".pre-commit-config.yaml", ROOT / "docker-compose.yml", *ROOT.glob(".github/**/*.yml")]
)
PROJECT_FILES = (
    "LICENSE",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CODE_OF_CONDUCT.md",
    ".editorconfig",
    ".devcontainer/devcontainer.json",
    ".github/dependabot.yml",
    ".github/pull_request_template.md",
)
REGISTRY_HOST = re.compile(r"pypi\.org|pythonhosted\.org|npmjs\.|docker\.io|ghcr\.io|quay\.io")


def workflow(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / f".github/workflows/{name}.yml").read_text())
    return loaded


def commands(name: str) -> list[str]:
    (job,) = workflow(name)["jobs"].values()
    return [step["run"] for step in job["steps"] if "run" in step]


@pytest.mark.parametrize("path", YAML_FILES, ids=lambda path: path.name)
def test_yaml_can_be_parsed(path: Path) -> None:
    assert isinstance(yaml.safe_load(path.read_text()), dict)


@pytest.mark.parametrize("name", PROJECT_FILES)
def test_the_file_for_newcomers_exists(name: str) -> None:
    assert (ROOT / name).read_text().strip()


def test_the_container_is_described() -> None:
    assert json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())["image"]


def test_the_workflow_runs_the_checks_with_every_supported_python() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (job,) = workflow("check")["jobs"].values()
    versions = [tuple(map(int, text.split("."))) for text in job["strategy"]["matrix"]["python"]]
    oldest = tuple(map(int, project["requires-python"].removeprefix(">=").split(".")))
    assert versions == [(3, minor) for minor in range(oldest[1], versions[-1][1] + 1)]
    assert versions[-1] >= (3, 14)
    assert commands("check") == [".ci/run"]


@pytest.mark.parametrize(
    "path",
    [path for name in PROJECT_FILES for path in [ROOT / name]] + YAML_FILES,
    ids=lambda path: path.name,
)
def test_no_file_names_the_host_of_a_registry(path: Path) -> None:
    assert not REGISTRY_HOST.search(path.read_text())


@pytest.mark.parametrize("path", [*order.LONG, *order.OWN_SYSTEM])
def test_the_tests_that_are_ordered_exist(path: str) -> None:
    assert (ROOT / path).exists()
