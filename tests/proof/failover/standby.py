"""A synchronous standby of PostgreSQL, which can be promoted."""

from contextlib import closing
from pathlib import Path

import psycopg2

from launch.children import run
from launch.postgres import Postgres

NAME = "standby"


class Standby(Postgres):
    """A streaming copy of `primary`, which must be running."""

    def __init__(self, folder: Path, primary: Postgres) -> None:
        super().__init__(folder)
        self._primary = primary

    def start(self) -> None:
        """Copy, follow, and have the primary wait for us from now on."""
        super().start()
        with closing(psycopg2.connect(self._primary.url)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{NAME}'")
                cursor.execute("SELECT pg_reload_conf()")

    def promote(self) -> None:
        """Become the primary."""
        self._run("pg_ctl", "promote", "--wait", "-D", str(self._data))

    def _initialise(self) -> None:
        source = f"host=127.0.0.1 port={self._primary.port} user=postgres application_name={NAME}"
        copy = ("--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast")
        self._run("pg_basebackup", "-D", str(self._data), *copy, f"--dbname={source}")

    def _run(self, program: str, *words: str) -> None:
        command = [str(self._bin / program), *words]
        run(command, check=True, capture_output=True, **self._process_options())
