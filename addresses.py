"""The URLs and origins among the settings: their forms, and their checks.

No error shows an address, since it may contain a password.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, BeforeValidator
from pydantic_settings import NoDecode

# A host with an optional port and path; no user, query or fragment.
HTTP_URL = re.compile(r"https?://([\w.-]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?(/[\w.~/-]*)?", re.ASCII)
# A URL with a placeholder; no user, so that the host is what it seems.
LINK = re.compile(r"https?://[\w.-]+(:[0-9]{1,5})?/[\w.~/?&=:;,+%#!$()*{}-]*", re.ASCII)
# An address of Sentry. Its key is public: it only permits to send reports.
DSN = re.compile(
    r"https?://\w+@([\w.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?(/[\w.~-]+)*/[0-9]+", re.ASCII
)
# The form in which browsers send it. Flask-CORS would take other characters for a pattern.
ORIGIN = re.compile(r"https?://(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:[0-9]+)?")
POSTGRES_SCHEMES = ("postgres://", "postgresql://")
# SQLAlchemy 2.1 reads a bare postgresql:// as psycopg 3.
DRIVER_SCHEME = "postgresql+psycopg2://"
SENTINEL_SCHEME = "redis+sentinel://"
# Hosts with their ports, and the name of the master. They have no password here.
SENTINELS = re.compile(r"[\w.-]+:[0-9]{1,5}(,[\w.-]+:[0-9]{1,5})*/[\w.-]+", re.ASCII)
REDIS_SCHEMES = ("redis://", "rediss://", SENTINEL_SCHEME)


def with_passwords(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the URLs of PostgreSQL and Redis with their passwords, if there are any.

    A password may have any characters. Raises ValueError when a URL has a place for none.
    """
    urls = {}
    for name, insert in (("database", _with_database_password), ("redis", _with_redis_password)):
        url, password = values.get(f"{name}_url"), values.get(f"{name}_password")
        if url and password:
            urls[f"{name}_url"] = insert(url, quote(password, safe=""))
    return urls


def _with_database_password(url: str, password: str) -> str:
    scheme, _, rest = url.partition("://")
    server, slash, path = rest.partition("/")
    user, at, hosts = server.rpartition("@")
    if not user or ":" in user:
        raise ValueError("DATABASE_PASSWORD needs a DATABASE_URL that names a user and no password")
    return f"{scheme}://{user}:{password}{at}{hosts}{slash}{path}"


def _with_redis_password(url: str, password: str) -> str:
    scheme, _, rest = url.partition("://")
    user, at, _ = rest.partition("/")[0].rpartition("@")
    if ":" in user or scheme not in ("redis", "rediss"):
        raise ValueError("REDIS_PASSWORD needs a REDIS_URL with redis:// and without a password")
    return f"{scheme}://{user}:{password}@{rest.removeprefix(user + at)}"


def with_host_parameters(address: str) -> str:
    """Return `user@host:1,host:2/name` with a parameter for each host, as SQLAlchemy reads it.

    Source: https://docs.sqlalchemy.org/en/21/dialects/postgresql.html#specifying-multiple-fallback-hosts
    """
    before, _, query = address.partition("?")
    server, _, name = before.partition("/")
    user, at, hosts = server.rpartition("@")
    if "," not in hosts:
        return address
    parameters = [*(f"host={host}" for host in hosts.split(",")), *([query] if query else [])]
    return f"{user}{at}/{name}?{'&'.join(parameters)}"


def _split_at_commas(value: object) -> object:
    """Return the parts of a text without spaces and empty parts; other values as they are."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _check_http_url(url: str) -> str:
    if url and not HTTP_URL.fullmatch(url):
        raise ValueError("must be an address such as https://shop.example")
    return url.rstrip("/")


def _check_link(template: str) -> str:
    if template and not (LINK.fullmatch(template) and template.count("{id}") == 1):
        raise ValueError("must be an address with {id} once, such as https://logs.example/?q={id}")
    return template


def _check_dsn(dsn: str) -> str:
    if dsn and not DSN.fullmatch(dsn):
        raise ValueError("must be an address such as https://key@errors.example/1")
    return dsn


def _check_port(url: object) -> object:
    # Libraries would show a part of the password in their error. A list of hosts has several ports.
    if isinstance(url, str) and "," not in url:
        try:
            _ = urlsplit(url).port
        except ValueError:
            raise ValueError(
                "has no readable port: special characters in a password must be percent-encoded"
            ) from None
    return url


def _name_driver(url: str) -> str:
    for scheme in POSTGRES_SCHEMES:
        if url.startswith(scheme):
            return DRIVER_SCHEME + with_host_parameters(url.removeprefix(scheme))
    # SQLAlchemy's error would show the URL with its password.
    if url and not url.startswith(DRIVER_SCHEME):
        raise ValueError("must begin with postgresql://")
    return url


def _check_redis_scheme(url: str) -> str:
    if url and not url.startswith(REDIS_SCHEMES):
        raise ValueError("must begin with redis://, rediss:// or redis+sentinel://")
    if url.startswith(SENTINEL_SCHEME) and not SENTINELS.fullmatch(
        url.removeprefix(SENTINEL_SCHEME)
    ):
        raise ValueError("must name sentinels and a master: redis+sentinel://a:26379,b:26379/name")
    return url


def _check_origins(origins: tuple[str, ...]) -> tuple[str, ...]:
    if not all(map(ORIGIN.fullmatch, origins)):
        raise ValueError("each must be exact, such as https://shop.example: no path, no *")
    return origins


# For settings that are lists, with commas between their values.
SPLIT = BeforeValidator(_split_at_commas)

HttpUrl = Annotated[str, AfterValidator(_check_http_url)]
SentryDsn = Annotated[str, AfterValidator(_check_dsn)]
LinkTemplate = Annotated[str, AfterValidator(_check_link)]
DatabaseUrl = Annotated[str, BeforeValidator(_check_port), AfterValidator(_name_driver)]
RedisUrl = Annotated[str, BeforeValidator(_check_port), AfterValidator(_check_redis_scheme)]
CommaSeparated = Annotated[tuple[str, ...], NoDecode, SPLIT]
Origins = Annotated[CommaSeparated, AfterValidator(_check_origins)]
