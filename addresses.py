"""The URLs, origins, keys and lists among the settings: their forms, and their checks.

No error shows an address, since it may contain a password.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field
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
MAX_PORT = 65535
# Values that PostgreSQL's client compares only when it connects.
# Source: https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-PARAMKEYWORDS
CHOICES = {
    "sslmode": ("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    "target_session_attrs": (
        *("any", "read-write", "read-only", "primary", "standby", "prefer-standby"),
    ),
}
# As in `Host`; one that begins with a dot has all subdomains.
HOST = re.compile(r"(\.?[\w-]+(\.[\w-]+)*|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?", re.ASCII)
KEY = re.compile(r"[!-~]*")


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


def _has_port(url: str) -> bool:
    """Return whether the port of a URL, if there is one, is a possible one."""
    try:
        _ = urlsplit(url).port
    except ValueError:
        return False
    return True


def _check_http_url(url: str) -> str:
    if url and not (HTTP_URL.fullmatch(url) and _has_port(url)):
        raise ValueError("must be an address such as https://shop.example")
    return url.rstrip("/")


def _check_link(template: str) -> str:
    is_link = LINK.fullmatch(template) and _has_port(template) and template.count("{id}") == 1
    if template and not is_link:
        raise ValueError("must be an address with {id} once, such as https://logs.example/?q={id}")
    return template


def _check_dsn(dsn: str) -> str:
    if dsn and not (DSN.fullmatch(dsn) and _has_port(dsn)):
        raise ValueError("must be an address such as https://key@errors.example/1")
    return dsn


def _check_port(url: object) -> object:
    # Libraries would show a part of the password in their error. A list of hosts has several ports.
    if isinstance(url, str) and "," not in url and not _has_port(url):
        raise ValueError(
            "has no readable port: special characters in a password must be percent-encoded"
        )
    return url


def _name_driver(url: str) -> str:
    for scheme in (*POSTGRES_SCHEMES, DRIVER_SCHEME):
        if url.startswith(scheme):
            address = url.removeprefix(scheme)
            _check_options(f"postgresql://{address}")
            return DRIVER_SCHEME + with_host_parameters(address)
    # SQLAlchemy's error would show the URL with its password.
    if url:
        raise ValueError("must begin with postgresql://")
    return url


def _check_options(url: str) -> None:
    """Raise ValueError for options that PostgreSQL's client would refuse."""
    from psycopg2 import ProgrammingError
    from psycopg2.extensions import parse_dsn

    try:
        options = parse_dsn(url)
    except ProgrammingError:
        raise ValueError(
            "has an option that PostgreSQL's client does not know, or a password with special"
            " characters that are not percent-encoded"
        ) from None
    for port in filter(None, options.get("port", "").split(",")):
        if not (port.isdecimal() and 0 < int(port[:6]) <= MAX_PORT):
            raise ValueError("has a port that is not between 1 and 65535")
    for name, choices in CHOICES.items():
        if options.get(name, choices[0]) not in choices:
            raise ValueError(f"has an unknown {name}: use {', '.join(choices)}")


def _check_redis(url: str) -> str:
    if not url.startswith(("redis://", "rediss://")):
        return _check_redis_scheme(url)
    if not re.fullmatch("/?|/[0-9]{1,4}", urlsplit(url).path):
        raise ValueError("must end with the number of a database, such as redis://host:6379/0")
    if not urlsplit(url).query:
        return url
    # Only options need the client, whose import takes a tenth of a second.
    from redis import ConnectionPool, RedisError

    try:
        # Makes no connection.
        ConnectionPool.from_url(url).make_connection()
    except (ValueError, TypeError, RedisError):
        raise ValueError("has an option that Redis's client does not know") from None
    return url


def _check_redis_scheme(url: str) -> str:
    if url and not url.startswith(REDIS_SCHEMES):
        raise ValueError("must begin with redis://, rediss:// or redis+sentinel://")
    sentinels = url.removeprefix(SENTINEL_SCHEME)
    hosts = sentinels.partition("/")[0].split(",")
    if url and not (SENTINELS.fullmatch(sentinels) and all(_has_port(f"//{h}") for h in hosts)):
        raise ValueError("must name sentinels and a master: redis+sentinel://a:26379,b:26379/name")
    return url


def _check_origins(origins: tuple[str, ...]) -> tuple[str, ...]:
    if not all(ORIGIN.fullmatch(origin) and _has_port(origin) for origin in origins):
        raise ValueError("each must be exact, such as https://shop.example: no path, no *")
    return origins


def _check_hosts(hosts: tuple[str, ...]) -> tuple[str, ...]:
    if not all(map(HOST.fullmatch, hosts)):
        raise ValueError("each must be a host name, such as shop.example or .shop.example")
    return hosts


def _strip(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _check_key(key: str) -> str:
    if not KEY.fullmatch(key):
        raise ValueError("has characters that no key has: copy it again")
    return key


# For settings that are lists, with commas between their values.
SPLIT = BeforeValidator(_split_at_commas)

HttpUrl = Annotated[str, AfterValidator(_check_http_url)]
SentryDsn = Annotated[str, AfterValidator(_check_dsn)]
LinkTemplate = Annotated[str, AfterValidator(_check_link)]
DatabaseUrl = Annotated[str, BeforeValidator(_check_port), AfterValidator(_name_driver)]
RedisUrl = Annotated[str, BeforeValidator(_check_port), AfterValidator(_check_redis)]
CommaSeparated = Annotated[tuple[str, ...], NoDecode, SPLIT]
Origins = Annotated[CommaSeparated, AfterValidator(_check_origins)]
Numbers = Annotated[tuple[Annotated[int, Field(gt=0)], ...], NoDecode, SPLIT]
Seconds = Annotated[tuple[Annotated[float, Field(gt=0)], ...], NoDecode, SPLIT, Field(min_length=1)]
Hosts = Annotated[CommaSeparated, AfterValidator(_check_hosts)]
# A key or a secret, without the spaces and line ends with which it was copied.
Key = Annotated[str, BeforeValidator(_strip), AfterValidator(_check_key)]
Keys = Annotated[tuple[Key, ...], NoDecode, SPLIT]
