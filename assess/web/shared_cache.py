"""Valkey or Redis as the cache, when `CACHE_URL` names one: how values are written, and when it is away."""

import json
import sys
from typing import Any


class JsonSerializer:
    """Values as JSON instead of Django's pickles: who can write to the cache must not run code in the site.

    All that is kept there are counts, times and lists of times.
    """

    def dumps(self, value: Any) -> bytes | int:
        # A plain number stays one, so that the cache itself can add to it.
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, value: bytes) -> Any:
        return json.loads(value)


def is_cache_away(error: BaseException | None) -> bool:
    """Whether Valkey could not be reached, did not answer or refused. Always False where the database is the cache."""
    redis = sys.modules.get("redis")  # loaded by its first use, and by nothing else
    return redis is not None and isinstance(error, redis.RedisError)
