"""Encrypted columns and their keys, for operators."""

import sys

import click

from models.key_rotation import rotate as rotate_values
from web.commands import output

group = click.Group("encryption", help="Encrypted columns, and the rotation of their keys.")


@group.command("rotate")
@click.option("--check", is_flag=True, help="Only count; exit status 1 when values are left.")
@output.as_json
def rotate(*, check: bool, as_json: bool) -> None:
    """Rewrite every encrypted value under the first of ENCRYPTION_KEYS.

    Afterwards the older keys can be removed. Values that no key opens are left as they are, and the
    exit status is 1.
    """
    results = list(rotate_values(check=check))
    output.show((vars(result) for result in results), as_json=as_json)
    if any(result.unreadable or (check and result.rewritten) for result in results):
        sys.exit(1)
