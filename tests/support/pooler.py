"""A PgBouncer in transaction mode, with the configuration that is shipped."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg2

from launch import ports
from tests.support.daemon import Daemon, fill_in
from tests.support.programs import program

LOOPBACK = "127.0.0.1"
OWNER = "owner"  # the password of the role postgres, as PgBouncer knows it


@dataclass
class Pooler:
    port: int
    folder: Path
    daemon: Daemon

    def url(self, role: str = "postgres", password: str = OWNER, database: str = "postgres") -> str:
        user = f"{role}:{quote(password, safe='')}"
        return f"postgresql://{user}@{LOOPBACK}:{self.port}/{database}"

    def answers(self) -> bool:
        """Return whether the owner reaches PostgreSQL."""
        try:
            with closing(psycopg2.connect(self.url())):
                return True
        except psycopg2.OperationalError:
            return False


@contextmanager
def running_pooler(
    folder: Path, port: int, passwords: dict[str, str], *, pool_size: int = 4, more: str = ""
) -> Iterator[Pooler]:
    """Run a PgBouncer in front of the PostgreSQL at `port`; `folder` is for its files.

    It knows the owner and the roles in `passwords`. `more` is added to its configuration.
    """
    pgbouncer, (own_port,) = program("pgbouncer"), ports.free_ports(1)
    lines = [
        f'"{role}" "{word.replace(chr(34), chr(34) * 2)}"\n'
        for role, word in ({"postgres": OWNER} | passwords).items()
    ]
    (folder / "users").write_text("".join(lines))
    values: dict[str, object] = {
        "POSTGRES_HOST": LOOPBACK,
        "POSTGRES_PORT": port,
        "ADDRESS": LOOPBACK,
        "PORT": own_port,
        "POOL_SIZE": pool_size,
        "USERS": folder / "users",
    }
    configuration = fill_in("pgbouncer.ini", folder / "pgbouncer.ini", **values)
    with configuration.open("a") as file:
        file.write(more)
    with Daemon(pgbouncer, configuration, folder=folder) as daemon:
        pooler = Pooler(own_port, folder, daemon)
        daemon.wait_until(pooler.answers, "PgBouncer")
        yield pooler
