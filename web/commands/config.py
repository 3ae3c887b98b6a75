"""The command that checks the settings of a process, and everything that they lead to."""

import json
from collections.abc import Iterable

import click

from config import settings
from models.printable import escape
from web.commands import checks, output


def make_group(faults: Iterable[str]) -> click.Group:
    """Return the group `config`; `faults` are those of the settings themselves."""
    group = click.Group("config", help="The settings of this process.")

    @group.command("check")
    @click.option("--test-keys", is_flag=True, help="Accept Stripe's test keys in production.")
    @output.json_option
    def check(*, test_keys: bool, as_json: bool) -> None:
        """List every fault of the settings, and of the servers that they name.

        It connects to PostgreSQL, Redis, Stripe and SendGrid, as far as this part (PROJECTX_PART)
        uses them, and changes nothing. Exit status 1 if there is a fault.
        """
        names, others = checks.run(test_keys=test_keys)
        checked = [f"the settings of {settings.projectx_part} ({settings.projectx_env})", *names]
        _print([*faults, *others], checked, as_json=as_json)

    return group


def _print(faults: list[str], checked: list[str], *, as_json: bool) -> None:
    """Print the faults, or the names of the checks. Raises click.exceptions.Exit with faults."""
    lines = [f"fault: {fault}" for fault in faults] or [f"ok: {name}" for name in checked]
    as_text = json.dumps({"faults": faults, "checked": checked}, indent=2)
    click.echo(as_text if as_json else "\n".join(map(escape, lines)))
    if faults:
        raise click.exceptions.Exit(1)
