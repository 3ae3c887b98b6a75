"""Files for Docker Compose and GitHub are valid for the published schemas of these programs."""

import re
import sys
from pathlib import Path

import pytest
import yaml

from launch.children import run
from tests.architecture.compose import COMPOSE

ROOT = Path(__file__).parents[2]
# Compose's own tag, which no schema knows: the value replaces that of the first file.
TAG = "!override "
FILES = {
    "vendor.compose-spec": ("docker-compose.yml", "deploy/behind-a-proxy.yml"),
    "vendor.github-workflows": (".github/workflows/*.yml",),
    "vendor.dependabot": (".github/dependabot.yml",),
}


@pytest.mark.parametrize("schema", FILES)
def test_files_are_valid_for_their_schema(schema: str, tmp_path: Path) -> None:
    copies = []
    for path in (path for pattern in FILES[schema] for path in ROOT.glob(pattern)):
        copy = tmp_path / path.name
        copy.write_text(path.read_text().replace(TAG, ""))
        copies.append(str(copy))
    assert len(copies) >= len(FILES[schema])
    check(schema, *copies)


def check(schema: str, *files: str) -> None:
    """Assert that files are valid for a schema."""
    command = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *files)
    done = run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_backup_of_the_page_fits_to_compose(tmp_path: Path) -> None:
    page = (ROOT / "docs/how-to/backup.md").read_text()
    (text,) = re.findall(r"```yaml\n(services:\n.*?)```", page, re.DOTALL)
    (tmp_path / "docker-compose.yml").write_text(text)
    check("vendor.compose-spec", str(tmp_path / "docker-compose.yml"))
    more = yaml.safe_load(text)
    volumes = COMPOSE["volumes"].keys() | more["volumes"].keys()
    for name, service in more["services"].items():
        assert set(service.get("networks", ())) <= COMPOSE["networks"].keys()
        assert set(service.get("secrets", ())) <= more["secrets"].keys()
        sources = {mount.partition(":")[0] for mount in service["volumes"]}
        assert {source for source in sources if not source.startswith(".")} <= volumes, name
        if name in ("wal", "base"):
            assert set(service["networks"]) & set(COMPOSE["services"]["postgres"]["networks"])
