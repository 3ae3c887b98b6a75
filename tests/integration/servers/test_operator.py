"""The audit names the person who gave a command, and no variable that anybody may set."""

import os
import pwd

import pytest

from production import SANDBOX_KEYS
from tests.support.server import Server
from web.commands import auditing

pytestmark = pytest.mark.slow

ACCOUNT = pwd.getpwuid(os.getuid()).pw_name
FORGED = dict.fromkeys(("LOGNAME", "USER", "LNAME", "USERNAME", "SUDO_USER"), "someone.else")


def actor_of(server: Server, email: str) -> str:
    rows = dict(server.read("SELECT subject, actor FROM audit WHERE action = 'users create'"))
    return str(rows.get(email, ""))


def test_a_forged_login_name_is_not_the_actor(server: Server) -> None:
    email = "forged@example.com"
    done = server.flask("users", "create", email, PROJECTX_OPERATOR="", **FORGED)
    assert done.returncode == 0, done.stderr
    assert actor_of(server, email).split(" as ")[-1] == ACCOUNT
    assert "someone.else" not in actor_of(server, email)


def test_production_requires_the_operator_s_name(server: Server) -> None:
    if auditing._read_login_account() is not None:
        pytest.skip("the system itself knows who has signed in on this machine")
    email, place = "asked@example.com", {"PROJECTX_ENV": "production", "PROJECTX_PART": "migrate"}
    place |= {name.upper(): "" for name in SANDBOX_KEYS}
    refused = server.flask("users", "create", email, PROJECTX_OPERATOR="", **place, **FORGED)
    assert refused.returncode == 1
    assert "PROJECTX_OPERATOR" in refused.stderr
    assert actor_of(server, email) == ""
    done = server.flask("users", "create", email, PROJECTX_OPERATOR="ann", **place)
    assert done.returncode == 0, done.stderr
    assert actor_of(server, email) == f"ann ({ACCOUNT})"


@pytest.mark.parametrize("name", ["ann\x1b[2J", "ann\nbob", "a" * 101])
def test_an_operator_s_name_is_plain_text(server: Server, name: str) -> None:
    done = server.flask("machines", "list", PROJECTX_OPERATOR=name)
    assert done.returncode != 0
    assert "PROJECTX_OPERATOR" in done.stderr
