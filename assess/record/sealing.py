"""Seals: HMAC-SHA256 by the site's secret key over JSON in one form."""

import hashlib
import hmac
import json
from functools import lru_cache
from typing import Any

from django.conf import settings


def canonical_json(content: Any) -> str:
    """The content as JSON in one form, whichever database it comes from. Raises ValueError for NaN and the like."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def hmac_of(content: Any, *, secret: str = "") -> str:
    """The seal, in hex. `secret` is the site's own unless an earlier one is tried."""
    text = canonical_json(content).encode("utf-8", "surrogatepass")
    return hmac.new(sealing_key(secret or settings.SECRET_KEY), text, hashlib.sha256).hexdigest()


def is_hmac_of(content: Any, seal: str) -> bool:
    """Whether this is the seal, by the site's secret or an earlier one (`SECRET_KEY_FALLBACKS`)."""
    try:
        secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        return any(hmac.compare_digest(hmac_of(content, secret=secret), seal) for secret in secrets)
    except (TypeError, ValueError):
        return False  # something that nothing of ours holds, such as NaN


@lru_cache(maxsize=8)
def sealing_key(secret: str) -> bytes:
    return hashlib.sha256(f"assess.event:{secret}".encode()).digest()
