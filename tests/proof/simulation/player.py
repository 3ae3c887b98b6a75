"""A process that plays seeds and prints one line of JSON for each.

`python -m tests.proof.simulation.player SEED ...`, with DATABASE_URL and STRIPE_API_BASE set.
"""

import importlib
import json
import logging
import sys
from contextlib import closing
from dataclasses import asdict
from urllib.parse import urlsplit

import psycopg2

from config import settings
from tests.proof.simulation import quiet, seed
from tests.proof.simulation.outside import Outside
from tests.support.database import application


def main(seeds: list[int]) -> None:
    # Their classes register themselves with the engine.
    importlib.import_module("tasks.activities")
    logging.disable()
    quiet.watch()
    app = application()
    outside = Outside(urlsplit(settings.stripe_api_base).port or 0)
    url = settings.database_url.replace("+psycopg2", "")
    with app.app_context(), closing(psycopg2.connect(url)) as db:
        for number in seeds:
            report = asdict(seed.run(number, outside, db))
            print(json.dumps(report, default=list), flush=True)


if __name__ == "__main__":
    main([*map(int, sys.argv[1:])])
