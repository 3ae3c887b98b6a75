"""Tests of connection pools: together they stay below PostgreSQL's limit."""

import pytest

from tests.support.server import Server, as_the_role

pytestmark = pytest.mark.slow

START = "import wsgi; wsgi.build('product'); print('started')"
TOO_MANY = {"DATABASE_POOLS": "12,12,12,12,12,12,12"}


def test_fitting_pools_log_nothing(server: Server) -> None:
    done = server.python("-c", START, DATABASE_POOLS="12,12,12,12,8", **as_the_role(server))
    assert (done.stdout, done.stderr) == ("started\n", "")


@pytest.mark.parametrize("pooler", ["false", "true"])
def test_too_large_pools_log_a_warning(server: Server, pooler: str) -> None:
    more = TOO_MANY | {"DATABASE_POOLER": pooler} | as_the_role(server)
    done = server.python("-c", START, **more)
    assert done.stdout == "started\n"
    assert ("7 processes" in done.stderr) == (pooler == "false")
    assert ("may open 112" in done.stderr) == (pooler == "false")
