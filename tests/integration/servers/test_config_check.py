"""Stories of `flask config check`: every fault is listed at once, by the name of its setting."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import redis

from config import settings
from launch.redis import Redis
from launch.unprivileged_user import temporary_folder
from tests.support import python
from tests.support.server import PASSWORD, ROLE, Server, as_the_role
from web.commands.checks.database import find_old_version
from web.revisions import known_revisions

pytestmark = pytest.mark.slow

REDIS_PASSWORD = "p@ss:w/o%rd,?#'\" é"
CHECK = ("-m", "flask", "--app", "preflight", "config", "check")
LIVE = {"STRIPE_SECRET_KEY": "sk_live_1", "STRIPE_PUBLISHABLE_KEY": "pk_live_1"}


@pytest.fixture(scope="module")
def protected() -> Iterator[Redis]:
    """Yield a Redis that requires a password."""
    with temporary_folder() as folder, Redis(folder / "redis") as server:
        redis.Redis.from_url(server.url).config_set("requirepass", REDIS_PASSWORD)
        yield server


def check(server: Server, *words: str, **variables: str) -> CompletedProcess[str]:
    return server.python(*CHECK, *words, **(as_the_role(server) | variables))


def faults(server: Server, *words: str, **variables: str) -> list[str]:
    done = check(server, "--json", *words, **variables)
    assert done.stdout, done.stderr
    listed: list[str] = json.loads(done.stdout)["faults"]
    assert done.returncode == bool(listed), done.stderr
    return listed


def test_a_sound_configuration_is_listed(server: Server, protected: Redis) -> None:
    done = check(server, REDIS_URL=protected.url, REDIS_PASSWORD=REDIS_PASSWORD)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line[:8] for line in done.stdout.splitlines()] == [
        "ok: the ", "ok: Stri", "ok: Post", "ok: Redi", "ok: Stri", "ok: Send", "ok: the ",
    ]  # fmt: skip


def test_every_fault_is_listed_at_once(server: Server, protected: Redis) -> None:
    invalid = {
        "PROJECTX_ENV": "production",
        "WEB_PORT": "none",
        "EMAIL_FROM": "",
        "CODE_SECRET": "short",
        "POLL_AGES": "-1",
        "DATABASE_PASSWORD": "other-password",
        "REDIS_URL": protected.url,
        "REDIS_PASSWORD": "other-password",
        "PUBLIC_URL": "http://shop.example",
        "ACCESS_TOKEN_LIFETIME": "1000",
        "STRIPE_SECRET_KEY": "sk_live_1",
        "STRIPE_PUBLISHABLE_KEY": "pk_test_1",
    }
    text = "\n".join(faults(server, **invalid))
    for expected in (
        "WEB_PORT: ",
        "POLL_AGES: ",
        "EMAIL_FROM is missing",
        "CODE_SECRET must be random",
        "PUBLIC_URL must begin with https://",
        "ACCESS_TOKEN_LIFETIME is above",
        "password authentication failed",
        "REDIS_URL: Redis refuses the user or the password",
        "SENDGRID_API_KEY is the sandbox's",
        "are of different modes",
    ):
        assert expected in text
    assert not [
        value for value in ("other-password", "short", "sk_live_1", PASSWORD) if value in text
    ]


NAMED = [
    {"DATABASE_URL": "", "DATABASE_PASSWORD": "", "REDIS_URL": "redis://127.0.0.1:9/0",
     "STRIPE_SECRET_KEY": "nothing", "SENDGRID_API_KEY": "nothing", "JWT_PUBLIC_KEYS": ""},
    {"DATABASE_URL": "mysql://x", "DATABASE_PASSWORD": "", "REDIS_URL": "",
     "STRIPE_API_BASE": "http://127.0.0.1:9", "SENDGRID_API_BASE": "http://127.0.0.1:9"},
    {"DATABASE_URL": "postgresql://a:b@127.0.0.1:9/x", "STRIPE_PUBLISHABLE_KEY": "pk_live_1"},
    {"DATABASE_URL": "postgresql://a@127.0.0.1:9/x", "STRIPE_PUBLISHABLE_KEY": "sk_test_1"},
    {"DATABASE_POOLS": "100,100"},
    {"DATABASE_POOL": "100"},
    {"WEB_THREADS": "40", "ORDERS_AT_ONCE": "20"},
    {"POLL_AGES": "300,200", "SHIPPING_COSTS": "usd", "EMAIL_FROM": "Shop", "PASSKEY_RP_ID": "a:b",
     "STATEMENT_TIMEOUT": "0.0001", "STRIPE_WEBHOOK_SECRETS": "whsec_1,sk_test_1"},
    {"PROJECTX_PART": "migrate", "DATABASE_POOLER": "true"},
]  # fmt: skip
EXPECTED = [
    ["DATABASE_URL is missing", "REDIS_URL: Redis is unreachable",
     "STRIPE_SECRET_KEY does not begin with sk_",
     "refused by Stripe (401)",
     "refused by SendGrid (401)", "JWT_PUBLIC_KEYS does not contain the public key"],
    ["DATABASE_URL: must begin with postgresql://", "REDIS_URL is missing",
     "STRIPE_API_BASE: Stripe is unreachable", "SENDGRID_API_BASE: SendGrid is unreachable"],
    ["DATABASE_PASSWORD needs a", "STRIPE_PUBLISHABLE_KEY is a live key", "of different modes"],
    ["STRIPE_PUBLISHABLE_KEY does not begin with pk_", "Connection refused"],
    ["DATABASE_POOLS: 2 processes may open 208 connections"],
    ["DATABASE_POOL: this process may open 104 connections"],
    ["ORDERS_AT_ONCE is 20: set it below half of WEB_THREADS, which is 40"],
    ["POLL_AGES: each must be greater", "SHIPPING_COSTS: each must be a currency", "EMAIL_FROM: ",
     "PASSKEY_RP_ID: ", "STATEMENT_TIMEOUT: ", "STRIPE_WEBHOOK_SECRETS: number 2 does not begin"],
    ["DATABASE_POOLER: migrations need a direct connection", "may create no tables"],
]  # fmt: skip


@pytest.mark.parametrize(("variables", "expected"), list(zip(NAMED, EXPECTED, strict=True)))
def test_each_fault_is_named_once(
    server: Server, variables: dict[str, str], expected: list[str]
) -> None:
    listed = faults(server, **variables)
    assert len(listed) == len(expected), listed
    assert not [part for part in expected if part not in "\n".join(listed)]


def test_a_currency_that_stripe_does_not_know_is_a_fault(server: Server) -> None:
    listed = faults(server, SHIPPING_COSTS="xxx:5", WEB_PORT="none")
    assert [fault.partition(" ")[0] for fault in listed] == ["WEB_PORT:", "SHIPPING_COSTS:"]
    assert listed[1].startswith("SHIPPING_COSTS: 'xxx:5': 'xxx' is not a currency")


def test_a_schema_that_is_old_or_missing_is_a_fault(server: Server) -> None:
    with server.connect() as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("CREATE DATABASE empty")
        cursor.execute("UPDATE alembic_version SET version_num = '0001'")
    empty = f"postgresql://{ROLE}@127.0.0.1:{server.postgres.port}/empty"
    try:
        assert faults(server, DATABASE_URL=empty) == [
            "DATABASE_URL: the database has no schema: run `flask db upgrade`"
        ]
        (fault,) = faults(server)
        assert fault.startswith("DATABASE_URL: the schema is 0001, this code needs ")
    finally:
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("UPDATE alembic_version SET version_num = %s", (known_revisions()[1],))
            connection.commit()
    assert faults(server) == []


def test_a_role_without_rights_is_a_fault(server: Server) -> None:
    statement(server, f"REVOKE UPDATE ON orders FROM {ROLE}")
    (fault,) = faults(server)
    assert "lacks rights on orders (UPDATE): run `flask roles grant" in fault
    statement(server, f"GRANT UPDATE ON orders TO {ROLE}")
    (fault,) = faults(server, PROJECTX_PART="migrate")
    assert fault.endswith("may create no tables: use their owner")


def test_a_clock_that_is_off_is_a_fault(server: Server) -> None:
    # This role sees another clock than PostgreSQL's own.
    statement(server, "CREATE SCHEMA fast")
    statement(
        server,
        "CREATE FUNCTION fast.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS"
        " $$ SELECT pg_catalog.clock_timestamp() + interval '90 seconds' $$",
    )
    statement(server, f"GRANT USAGE ON SCHEMA fast TO {ROLE}")
    statement(server, f"ALTER ROLE {ROLE} SET search_path = fast, pg_catalog, public")
    try:
        (fault,) = faults(server)
    finally:
        statement(server, f"ALTER ROLE {ROLE} RESET search_path")
    assert fault.startswith("DATABASE_URL: the clocks of PostgreSQL and this host differ by ")


def test_an_old_postgresql_is_a_fault() -> None:
    assert [*find_old_version(17)] == ["DATABASE_URL: PostgreSQL 17 is too old: use 18 or newer"]
    assert [*find_old_version(18)] == []


def test_a_redis_that_discards_or_refuses_something_is_a_fault(server: Server) -> None:
    with temporary_folder() as folder, Redis(folder / "redis") as own:
        client = redis.Redis.from_url(own.url)
        client.config_set("maxmemory-policy", "allkeys-lru")
        (fault,) = faults(server, REDIS_URL=own.url)
        assert "set maxmemory-policy noeviction" in fault
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", "1")
        assert faults(server, REDIS_URL=own.url) == ["REDIS_URL: Redis is full: raise maxmemory"]
        client.config_set("maxmemory", "0")
        (fault,) = faults(server, REDIS_URL=f"redis://127.0.0.1:{own.port}/99")
        assert fault.endswith("Redis refuses commands: ResponseError: DB index is out of range")
        client.replicaof("127.0.0.1", 1)
        (fault,) = faults(server, REDIS_URL=own.url)
        assert fault == "REDIS_URL: Redis is a replica: name its master"


@pytest.mark.parametrize(
    "rights",
    [
        *(
            {"commands": [f"-{name}"]}
            for name in ("brpop", "psubscribe", "publish", "zadd", "eval")
        ),
        {"reset_channels": True},
        {"reset_keys": True, "keys": ["projectx:a*", "projectx:h*"]},
    ],
    ids=str,
)
def test_a_user_of_redis_with_too_few_rights_is_a_fault(
    server: Server, rights: dict[str, Any]
) -> None:
    everything: dict[str, Any] = {"commands": ["+@all"], "keys": ["*"], "channels": ["*"]}
    with temporary_folder() as folder, Redis(folder / "redis") as own:
        client = redis.Redis.from_url(own.url)
        client.acl_setuser("shop", enabled=True, passwords=["+shop"], **everything)
        url = f"redis://shop:shop@127.0.0.1:{own.port}/0"
        assert faults(server, REDIS_URL=url) == []
        assert client.keys() == [b"projectx:asked"], "which expires"
        client.acl_setuser("shop", enabled=True, **rights)
        (fault,) = faults(server, REDIS_URL=url)
        assert fault.endswith("lacks rights: give it +@all ~projectx:* &*")


def test_test_keys_are_accepted_in_production_on_demand(server: Server) -> None:
    test = {name: key.replace("live", "test") for name, key in LIVE.items()}
    test |= {"PROJECTX_ENV": "production", "PROJECTX_PART": "order"}
    assert sum("is a test key" in fault for fault in faults(server, **test)) == 2
    assert not [fault for fault in faults(server, "--test-keys", **test) if "test key" in fault]


def test_a_part_is_checked_by_its_own_settings(server: Server) -> None:
    done = check(server, "--json", PROJECTX_PART="beat", DATABASE_URL="", DATABASE_PASSWORD="")
    report: dict[str, Any] = json.loads(done.stdout)
    assert report["faults"] == []
    assert [name.partition(":")[0] for name in report["checked"][2:]] == ["Redis"]


def test_an_auth_service_that_would_not_start_has_a_fault(server: Server) -> None:
    variables = {"PROJECTX_PART": "auth", "JWT_PRIVATE_KEY": ""}
    expected = ["JWT_PRIVATE_KEY is not set: the auth service signs with it"]
    assert faults(server, **variables) == expected
    production = variables | {"PROJECTX_ENV": "production"}
    named = [each for each in faults(server, **production) if "JWT_PRIVATE_KEY" in each]
    assert named == ["JWT_PRIVATE_KEY is missing"]


def test_secrets_are_read_from_files(server: Server, protected: Redis, tmp_path: Path) -> None:
    (tmp_path / "database_password").write_text(PASSWORD + "\n")
    (tmp_path / "redis_password").write_text(REDIS_PASSWORD)
    (tmp_path / "encryption_keys").write_text(",".join(settings.encryption_keys) + "\n")
    without = dict.fromkeys(("DATABASE_PASSWORD", "ENCRYPTION_KEYS"), "")
    here = as_the_role(server) | {"REDIS_URL": protected.url, "PROJECTX_SECRETS": str(tmp_path)}
    assert "DATABASE_URL: PostgreSQL error" in faults(server, **(here | without))[0]
    environment = {name: value for name, value in os.environ.items() if name not in without}
    del here["DATABASE_PASSWORD"]
    assert faults_in(environment | here) == []


def faults_in(environment: dict[str, str]) -> list[str]:
    done = python.run(*CHECK, "--json", env=environment)
    listed: list[str] = json.loads(done.stdout)["faults"]
    return listed


def statement(server: Server, sql: str) -> None:
    """Execute a statement as the owner."""
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        connection.commit()
