"""A PostgreSQL that requires passwords from everybody but its owner, with the schema.

Commands run against it as any role.
"""

from collections.abc import Iterator

import pytest

from launch.postgres import Postgres
from launch.unprivileged_user import temporary_folder
from tests.support.server import PASSWORD, ROLE, TRUSTED, Server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with temporary_folder() as folder, Postgres(folder / "postgres", durable=False) as postgres:
        made = Server(postgres)
        (rules,) = made.read("SHOW hba_file")[0]
        with open(rules, "w") as file:  # noqa: PTH123
            file.write(TRUSTED)
        made.read("SELECT pg_reload_conf()")
        for words in (("db", "upgrade"), ("roles", "grant", ROLE)):
            done = made.flask(*words, APP_PASSWORD=PASSWORD)
            assert done.returncode == 0, done.stderr
        yield made
