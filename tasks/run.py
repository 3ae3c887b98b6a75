"""`python -m tasks.run -A APP worker`: a command of Celery, without its other commands.

`beat` and `flower` run in the same way, with the options that they have in Celery. Celery's own
command line imports all commands, their plug-ins such as Flower, and a library for terminals, which
is a fifth of the processor time of a worker's start, and 10 MB.
"""

import gc
import importlib
import sys
from typing import Any

import click

MODULES = {"worker": "celery.bin.worker", "beat": "celery.bin.beat", "flower": "flower.command"}
USAGE = f"usage: python -m tasks.run -A APP {'|'.join(MODULES)} [OPTION]..."


def main() -> None:
    """Run the command of the arguments; SystemExit is raised at its end."""
    if sys.argv[1:2] != ["-A"] or sys.argv[3:4] == [] or sys.argv[3] not in MODULES:
        sys.exit(USAGE)
    _, app, name, *options = sys.argv[1:]
    # What imports create stays: the search for garbage among it took a tenth of the time.
    gc.disable()
    context, command = _load(app, name)
    gc.freeze()
    gc.enable()
    click.Group(commands={name: command}).main([name, *options], prog_name="tasks.run", obj=context)


def _load(app: str, name: str) -> tuple[Any, Any]:
    """Return the context and the command of this name, for an application or its module."""
    from celery.app.utils import find_app
    from celery.bin.base import CLIContext

    application = find_app(app)
    command = getattr(importlib.import_module(MODULES[name]), name)
    return CLIContext(app=application, no_color=None, workdir=None, quiet=True), command


if __name__ == "__main__":
    main()
