"""Checks of Redis: it accepts the password, grants all rights, keeps messages, and has memory."""

import secrets
from collections.abc import Iterator
from uuid import uuid4

import redis
from redis.client import PubSub

import heartbeats
import redis_url
from config import settings
from models.logs import one_line
from models.printable import escape

POLICY = "noeviction"
# A pattern of channels is compared as it stands: only this one has all.
RIGHTS = "+@all ~projectx:* &*"


def check() -> Iterator[str]:
    """Yield the faults of the server at REDIS_URL."""
    client = redis_url.connect(settings.redis_url, socket_timeout=2, socket_connect_timeout=2)
    try:
        policy = client.info("memory").get("maxmemory_policy")
        if policy != POLICY:
            yield f"REDIS_URL: Redis discards messages: set maxmemory-policy {POLICY}, not {policy}"
        heartbeats.find_absent(client, heartbeats.BEAT)
        _use(client)
    except redis.OutOfMemoryError:
        yield "REDIS_URL: Redis is full: raise maxmemory"
    except redis.exceptions.NoPermissionError:
        yield f"REDIS_URL: the user of Redis lacks rights: give it {RIGHTS}"
    except redis.AuthenticationError:
        yield "REDIS_URL: Redis refuses the user or the password (REDIS_PASSWORD)"
    except redis.exceptions.ReadOnlyError:
        yield "REDIS_URL: Redis is a replica: name its master"
    except redis.ResponseError as error:
        yield f"REDIS_URL: Redis refuses commands: {escape(one_line(error))}"
    except redis.RedisError:
        yield "REDIS_URL: Redis is unreachable"


def _use(client: redis.Redis) -> None:
    """Do what processes do with queues, scripts and channels, on keys of no meaning.

    Raises redis.exceptions.NoPermissionError, or another redis.RedisError.
    """
    name = f"projectx:checked:{secrets.token_hex(8)}"
    pipe = client.pipeline(transaction=False)
    pipe.lpush(name, 1)
    pipe.brpop([name], 1)
    pipe.sadd(name, 1)
    pipe.delete(name)
    pipe.zadd(name, {"1": 1})
    pipe.delete(name)
    pipe.eval("return redis.call('GET', KEYS[1])", 1, name)
    pipe.publish(redis_url.change_channel(uuid4()), "[]")
    pipe.execute()
    with PubSub(client.connection_pool) as pubsub:
        for subscribe in (pubsub.psubscribe, pubsub.subscribe):
            subscribe(redis_url.change_channel("*"))
            pubsub.get_message(timeout=2)
