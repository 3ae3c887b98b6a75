"""The application of `flask --app preflight config check`, which needs no valid settings."""

import gc

from flask import Flask

import config
import settings_draft


def create_app() -> Flask:
    """Return an application with this command alone. It starts no thread and makes no call."""
    # A short process: the search for garbage would take longer than what it finds is worth.
    gc.disable()
    config.settings, faults = settings_draft.load()
    # These modules read the settings.
    from models import connection
    from web import commands
    from web.commands.config import make_group

    app = Flask(__name__)
    if config.settings.database_url:
        connection.attach(app, pool_size=1)
    commands.add(app, make_group(faults))
    return app
