"""The operator's checks of a system at rest: every history leads to its row, nothing is stuck."""

import sys
from collections.abc import Mapping

from launch.children import run
from launch.stack import ROOT

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
    run([sys.executable, "-c", VERIFY], env=environment, cwd=ROOT, check=True, capture_output=True)
