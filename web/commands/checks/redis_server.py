"""Checks of Redis: it accepts the password, discards no message, and has memory left."""

from collections.abc import Iterator

import redis

import heartbeats
import redis_url
from config import settings
from models.logs import one_line
from models.printable import escape

POLICY = "noeviction"


def check() -> Iterator[str]:
    """Yield the faults of the server at REDIS_URL."""
    client = redis_url.connect(settings.redis_url, socket_timeout=2, socket_connect_timeout=2)
    try:
        policy = client.info("memory").get("maxmemory_policy")
        if policy != POLICY:
            yield f"REDIS_URL: Redis discards messages: set maxmemory-policy {POLICY}, not {policy}"
        heartbeats.find_absent(client, heartbeats.BEAT)
    except redis.OutOfMemoryError:
        yield "REDIS_URL: Redis is full: raise maxmemory"
    except redis.exceptions.NoPermissionError:
        yield "REDIS_URL: the user of Redis may not run all commands: give it +@all"
    except redis.AuthenticationError:
        yield "REDIS_URL: Redis refuses the user or the password (REDIS_PASSWORD)"
    except redis.exceptions.ReadOnlyError:
        yield "REDIS_URL: Redis is a replica: name its master"
    except redis.ResponseError as error:
        yield f"REDIS_URL: Redis refuses commands: {escape(one_line(error))}"
    except redis.RedisError:
        yield "REDIS_URL: Redis is unreachable"
