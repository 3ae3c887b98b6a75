"""The command line: `flask --app wsgi GROUP COMMAND`, with one group for each noun.

Exit status: 0 on success; 1 on failure, with a sentence on stderr and nothing changed, unless only
the output could not be written; 2 for wrong usage.
"""

from click import Command
from flask import Flask

from web.commands.input_types import validate_input
from web.commands.outage import explain_outages


def add(app: Flask, command: Command) -> None:
    """Add a command to the application, with the input checks and error messages of all others."""
    validate_input(command)
    explain_outages(command)
    app.cli.add_command(command)
