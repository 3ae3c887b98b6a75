"""A PostgreSQL server that asks everybody but its owner for a password."""

import os
from contextlib import closing
from dataclasses import dataclass, field
from subprocess import CompletedProcess
from typing import Any

import psycopg2

from launch.postgres import Postgres
from tests.support import python

# Like that of a deployment, with characters that mean something in an address.
PASSWORD = "p@ss:w/o%rd,?#'\" é"
ROLE = "projectx_app"
TRUSTED = "host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"


@dataclass
class Server:
    postgres: Postgres
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.postgres.port}/postgres"

    def connect(self, role: str = "postgres", password: str | None = None) -> Any:
        dsn = f"host=127.0.0.1 port={self.postgres.port} dbname=postgres"
        return closing(psycopg2.connect(dsn, user=role, password=password))

    def read(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query, as the owner."""
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(query)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows

    def flask(self, *words: str, **settings: str) -> CompletedProcess[str]:
        return self.python("-m", "flask", "--app", "wsgi", *words, **settings)

    def python(self, *words: str, **settings: str) -> CompletedProcess[str]:
        """Run Python code as the owner, unless `settings` says something else."""
        own = {"DATABASE_URL": f"postgresql://postgres@{self.address}", "PROJECTX_OPERATOR": "ann"}
        environment = os.environ | own | settings
        return python.run(*words, env=environment)


def as_the_role(server: Server) -> dict[str, str]:
    """Return the settings of a process that is not the owner."""
    url = f"postgresql://{ROLE}@{server.address}"
    return {"DATABASE_URL": url, "DATABASE_PASSWORD": PASSWORD}
