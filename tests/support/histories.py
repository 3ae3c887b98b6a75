"""The operator's checks of a system at rest: every history leads to its row, nothing is stuck."""

from collections.abc import Mapping

from tests.support import python

# Two `flask` commands for one start of Python, which takes longer than both.
VERIFY = """
import sys, wsgi
app = wsgi.build("app")
runner = app.test_cli_runner()
with app.app_context():
    for words in (["machines", "verify"], ["machines", "stuck"]):
        done = runner.invoke(args=words)
        if done.exit_code:
            sys.exit(f"{done.output}{done.exception!r}")
"""


def verify(environment: Mapping[str, str]) -> None:
    """Run both checks in a process of its own. Raises CalledProcessError."""
    python.run("-c", VERIFY, env=environment, check=True)
