"""The command that rotates the keys of encrypted columns."""

import sys

import click

from models.key_rotation import rotate as rotate_values
from web.commands import output

group = click.Group("encryption", help="Encrypted columns and the rotation of their keys.")


@group.command("rotate")
@click.option("--check", is_flag=True, help="Only count; exit status 1 if values are left.")
@output.json_option
def rotate(*, check: bool, as_json: bool) -> None:
    """Encrypt every value again with the first key of ENCRYPTION_KEYS.

    Afterwards the older keys can be removed. Values that no key decrypts stay as they are, and the
    exit status is 1.
    """
    results = list(rotate_values(check=check))
    output.print_rows((vars(result) for result in results), as_json=as_json)
    if any(result.unreadable or (check and result.rewritten) for result in results):
        sys.exit(1)
