"""Secret links and keys: how one is made and how it is found again. Only the hash is ever stored."""

import hashlib
import secrets

#: 256 bits, twice what trust asks for; as text 43 characters of an address.
BYTES = 32


def new_token() -> tuple[str, str]:
    """A new secret, and its hash to store. The secret is shown or sent once and then forgotten."""
    token = secrets.token_urlsafe(BYTES)
    return token, hash_of(token)


def hash_of(token: str) -> str:
    """What is stored for this secret. No salt: it is random already, and the hash is what it is looked up by."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
