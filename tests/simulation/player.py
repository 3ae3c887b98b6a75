"""`python -m tests.simulation.player SEED ...`: plays these seeds; each report is a line of JSON.
DATABASE_URL and STRIPE_API_BASE say where.
"""

import json
import logging
import sys
from contextlib import closing
from dataclasses import asdict
from urllib.parse import urlsplit

import psycopg2

import tasks.worker  # noqa: F401  registers the activities
from config import settings
from tests.database import application
from tests.simulation import quiet, seed
from tests.simulation.outside import Outside


def main(seeds: list[int]) -> None:
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
