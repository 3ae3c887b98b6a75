"""The settings of docker-compose.yml, made with the commands of the page about it."""

import re
import sys
from pathlib import Path

from launch.children import run
from launch.stack import ROOT

PAGE = (ROOT / "docs/how-to/run-elsewhere.md").read_text()
PROFILES = ("sandbox", "events", "flower", "observability")
# They may have any characters.
PASSWORDS = ("postgres_password", "app_password", "redis_password")
CHOSEN = {"flower_basic_auth": "operator:flower", "grafana_password": "grafana"}
PASSWORD = "p@ss:w/o%rd,?#'\" é"


def write_settings(folder: Path) -> dict[str, str]:
    """Write the secrets as the page says, and return the values of the page's `.env`."""
    secrets = folder / "secrets"
    secrets.mkdir()
    for name in PASSWORDS:
        (secrets / name).write_text(PASSWORD + "\n")
    for name, value in CHOSEN.items():
        (secrets / name).write_text(value)
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    (make_secrets,) = (block for block in blocks if "launch.development" in block)
    (sandbox,) = (block for block in blocks if "STRIPE_API_BASE" in block)
    (keys,) = (block for block in blocks if "printf sk_test" in block)
    # As openssl makes them, which not every machine has.
    keys = re.sub(
        "openssl .*", "(umask 077; touch certificates/tls.key certificates/tls.crt)", keys
    )
    (folder / "certificates").mkdir()
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    done = run(
        ["sh", "-ec", make_secrets + keys],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    example = (ROOT / ".env.example").read_text()
    return pairs_of(example) | pairs_of(sandbox) | pairs_of(done.stdout)


def pairs_of(text: str) -> dict[str, str]:
    """Return the values that a text in the form of `.env` sets."""
    lines = (line for line in text.splitlines() if "=" in line and not line.startswith("#"))
    pairs = (line.split("=", 1) for line in lines)
    return {name: value for name, value in pairs if value}
