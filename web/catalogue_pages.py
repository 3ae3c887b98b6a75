"""Pages of the catalogue as JSON, which all processes share for a short time through Redis.

A page is stored under its tag, which differs when a product on it does: a stored page is never out
of date, and nothing has to be invalidated. Without Redis each request renders its page.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import cast

import redis

from models.clock import tick
from web.changes import redis_client
from web.schemas.product import ProductView
from web.urls import make_absolute

# A page takes the place of another with the same slot, so that Redis keeps few of them.
SLOTS = 256
MAX_PAGE_SIZE = 128 * 1024  # bytes
MAX_AGE = 60  # seconds
# Seconds without another call after one that failed: each may take as long as its timeout.
PAUSE = 2.0
# A release with other fields has other tags.
FORM = " ".join(ProductView.model_fields)


class CataloguePages:
    """The pages in Redis, which is left alone for a while after it has failed."""

    def __init__(self, client: Callable[[], redis.Redis]) -> None:
        self._client = client
        self._asks_from = 0.0

    def load(self, tag: str) -> bytes | None:
        """Return the page of a tag, or None when Redis does not have it."""
        if tick() < self._asks_from:
            return None
        try:
            stored = cast("bytes | None", self._client().get(_slot(tag)))
        except redis.RedisError:
            self._asks_from = tick() + PAUSE
            return None
        if stored is None or not stored.startswith(tag.encode()):
            return None
        return stored[len(tag) :]

    def store(self, tag: str, page: bytes) -> None:
        """Store a page, if Redis takes it."""
        if len(page) > MAX_PAGE_SIZE or tick() < self._asks_from:
            return
        try:
            self._client().set(_slot(tag), tag.encode() + page, ex=MAX_AGE)
        except redis.RedisError:
            self._asks_from = tick() + PAUSE


# Shared by all applications of the process.
PAGES = CataloguePages(redis_client)


def tag_of(version: str) -> str:
    """Return the tag of a page whose products have this version. Pages have absolute URLs."""
    return sha256(f"{version} {make_absolute('/')} {FORM}".encode()).hexdigest()[:32]


def _slot(tag: str) -> str:
    return f"projectx:catalogue:{int(tag[:8], 16) % SLOTS}"
