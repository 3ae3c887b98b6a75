"""`python -m demo.past --data FOLDER`: give an empty shop a past, and print how to sign in.

`make run SEED_DEMO=1` runs it before the processes start: its sandbox uses the port of the real one
and writes its data into FOLDER.
"""

import argparse
import importlib
import logging
import sys
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event

from demo.past.conditions import find_obstacle, find_refusal
from demo.past.play import play
from demo.past.report import format_report
from launch.children import end_in_order
from models import connection
from models.base import db


def main() -> int:
    end_in_order()
    options = read_arguments()
    if refusal := find_refusal():
        print(refusal, file=sys.stderr)
        return 1
    # Their classes register themselves with the engine.
    importlib.import_module("tasks.activities")
    # The failures are part of the past.
    logging.disable(logging.ERROR)
    app = Flask("demo")
    connection.attach(app, pool_size=4)
    with app.app_context():
        event.listen(db.engine, "connect", _commit_without_waiting)
        if obstacle := find_obstacle(options.data):
            print(obstacle)
            return 0
        play(options.data, seed=options.seed, days=options.days, orders=options.orders)
        print(format_report())
    return 0


def _commit_without_waiting(connection: Any, _: object) -> None:
    """Let commits not wait for the disk: a past that a power cut destroys is made again."""
    with connection, connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo.past", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="data folder of the sandbox")
    parser.add_argument("--seed", type=int, default=1, help="seed of all chance (default: 1)")
    parser.add_argument("--days", type=int, default=60, help="length of the past (default: 60)")
    parser.add_argument("--orders", type=int, default=130, help="orders by chance (default: 130)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
