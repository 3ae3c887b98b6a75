"""A server whose log is received while it is written, with the scripts of deploy/backup."""

import os
import shutil
from contextlib import closing
from pathlib import Path

import psycopg2

from launch.children import run
from launch.postgres import Postgres
from launch.stack import ROOT
from launch.unprivileged_user import reachable_folder, user_options
from launch.waiting import until
from tests.support.daemon import Daemon
from tests.support.programs import Program

SCRIPTS = ROOT / "deploy/backup"
ROLE = """
DO $$ BEGIN CREATE ROLE backup LOGIN REPLICATION; EXCEPTION WHEN duplicate_object THEN END $$
"""


class ArchivedPostgres(Postgres):
    """A server with base backups and its log in a folder beside its data."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "server")
        self._backups = reachable_folder(folder / "backups")
        # The scripts must be readable for the user of the server.
        self._scripts = Path(shutil.copytree(SCRIPTS, self._backups / "scripts"))
        environment = os.environ | {
            "PATH": f"{self._bin}{os.pathsep}{os.environ['PATH']}",
            "PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": "backup",
            "BACKUPS": str(self._backups), "KEEP": "1",
        }  # fmt: skip
        self._shell = Program("/bin/sh", environment)
        self.receiver = Daemon(self._shell, self._scripts / "receive.sh", folder=self._backups)

    def receive(self) -> None:
        """Start to receive the log, as a role that may do no more."""
        self.execute(ROLE)
        self.receiver.start()
        query = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
        self.receiver.wait_until(lambda: self.read(query) == "1", "the reception of the log")

    def back_up(self) -> None:
        """Make a base backup, and delete the ones before."""
        self._script("base.sh")

    def lose_disk(self) -> None:
        """Kill the server, and delete its data."""
        self.kill()
        self.receiver.stop()
        shutil.rmtree(self._data)

    def restore(self, moment: str) -> None:
        """Become the server as of `moment`, under the same address."""
        (base,) = (self._backups / "base").iterdir()
        self._script("restore.sh", str(base), str(self._data), moment)
        self.start()
        until(lambda: self.read("SELECT pg_is_in_recovery()::text") == "false", "the replay")

    def read(self, query: str) -> str:
        """Return the only value of a query."""
        with closing(psycopg2.connect(self.url)) as db, db.cursor() as cursor:
            cursor.execute(query)
            ((value,),) = cursor.fetchall()
            return str(value)

    def execute(self, *statements: str) -> None:
        """Execute statements, each in a transaction of its own."""
        with closing(psycopg2.connect(self.url)) as db, db.cursor() as cursor:
            db.autocommit = True
            for statement in statements:
                cursor.execute(statement)

    def _script(self, name: str, *words: str) -> None:
        command = ["/bin/sh", str(self._scripts / name), *words]
        options = {"env": self._shell.environment, "cwd": self._backups, **user_options()}
        run(command, check=True, capture_output=True, text=True, **options)
