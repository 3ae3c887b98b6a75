"""The backup of deploy/kubernetes: a run that failed leaves nothing that later runs keep."""

import os
import re
from pathlib import Path

from launch.children import run
from tests.architecture.kubernetes import OBJECTS, pod_of

# In place of PostgreSQL's programs, which write the file that is named, and fail with FAIL.
DUMP = """#!/bin/sh
for word; do case $word in --file=*) echo dump > "${word#--file=}"; esac; done
test -z "$FAIL"
"""


def back_up(folder: Path, *, fail: str) -> int:
    """Run the script of the job, with `folder` in place of its volumes."""
    pod = pod_of(OBJECTS["CronJob", "backup"])
    assert pod is not None
    *shell, script = pod["containers"][0]["command"]
    script = re.sub(r"/(backups|tmp|run/secrets)\b", rf"{folder}/\1", script)
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    return run([*shell, script], env={"PATH": path, "FAIL": fail}, check=False).returncode


def test_a_backup_that_failed_is_removed_by_the_next(tmp_path: Path) -> None:
    for name in ("backups", "tmp", "run/secrets", "bin"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "run/secrets/database_password").write_text("secret")
    for name, text in (("pg_dump", DUMP), ("pg_restore", "#!/bin/sh\n")):
        (tmp_path / "bin" / name).write_text(text)
        (tmp_path / "bin" / name).chmod(0o755)
    assert back_up(tmp_path, fail="1") != 0
    assert [file.suffix for file in (tmp_path / "backups").iterdir()] == [".part"]
    (tmp_path / "backups" / "2026-01-01T000000Z.dump.part").write_text("half of a dump")
    assert back_up(tmp_path, fail="") == 0
    assert [file.suffix for file in (tmp_path / "backups").iterdir()] == [".dump"]
