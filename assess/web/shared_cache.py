"""How values are written into Valkey or Redis, when `CACHE_URL` names one."""

import json
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
