"""The migrations that this code has."""

from functools import cache
from pathlib import Path

from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).parents[1] / "migrations"


@cache
def known_revisions() -> tuple[frozenset[str], str | None]:
    """Return the revisions that this code knows, and the one that it needs."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    revisions = frozenset(script.revision for script in scripts.walk_revisions())
    return revisions, scripts.get_current_head()
