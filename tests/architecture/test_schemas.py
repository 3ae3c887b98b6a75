"""Files for Docker Compose and GitHub are valid for the published schemas of these programs."""

import sys
from pathlib import Path

import pytest

from launch.children import run

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
    command = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *copies)
    check = run(command, capture_output=True, text=True)
    assert check.returncode == 0, check.stdout
