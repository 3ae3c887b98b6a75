"""The workflows of GitHub: their actions have exact versions, and no more rights than they need."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / ".github/workflows").glob("*.yml"))
EXACT = re.compile(r"[\w-]+/[\w/-]+@v\d+\.\d+\.\d+")


def load(name: str) -> dict[str, Any]:
    workflow: dict[str, Any] = yaml.safe_load((ROOT / f".github/workflows/{name}.yml").read_text())
    return workflow


def steps(name: str) -> list[dict[str, Any]]:
    return [step for job in load(name)["jobs"].values() for step in job["steps"]]


def test_there_is_a_workflow_for_each_purpose() -> None:
    assert [path.stem for path in FILES] == ["audit", "check", "images", "nightly"]


@pytest.mark.parametrize("name", [path.stem for path in FILES])
def test_a_workflow_is_pinned_and_limited(name: str) -> None:
    workflow = load(name)
    assert workflow["permissions"] == {"contents": "read"}
    assert all("timeout-minutes" in job for job in workflow["jobs"].values())
    used = [step["uses"] for step in steps(name) if "uses" in step]
    assert used
    assert [action for action in used if not EXACT.fullmatch(action)] == []
    # A branch's name or a title in a script would be code of whoever chose it.
    scripts = [step["run"] for step in steps(name) if "run" in step]
    assert not [script for script in scripts if "${{" in script]


def test_an_image_has_its_contents_and_its_origin() -> None:
    (build,) = [step["with"] for step in steps("images") if "build-push" in step.get("uses", "")]
    assert (build["sbom"], build["provenance"]) == (True, "mode=max")
    assert build["push"] == "${{ github.event_name == 'push' }}"
    assert [step for step in steps("images") if "attest-build" in step.get("uses", "")]


def test_the_audits_read_the_locked_versions() -> None:
    scripts = [step["run"] for step in steps("audit") if "run" in step]
    assert [script.split()[-1] for script in scripts] == [
        "requirements/runtime.txt",
        "--audit-level=high",
    ]
    assert [step["run"] for step in steps("check") if "run" in step] == [".ci/run"]
