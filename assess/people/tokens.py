"""Tokens of links and of the API, of which only hashes are stored, and a cipher for what must be read back."""

import base64
import hashlib
import secrets
from typing import TYPE_CHECKING, Final

from django.conf import settings

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

#: 256 bits, twice what trust asks for; as text 43 characters of an address.
TOKEN_BYTES: Final = 32


def generate_token() -> tuple[str, str]:
    """A new secret, and its hash to store. The secret is shown or sent once and then forgotten."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return token, hash_token(token)


def hash_token(token: str) -> str:
    """What is stored for this secret. No salt: it is random already, and rows are looked up by the hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def get_cipher(purpose: str) -> "MultiFernet":
    """Encrypts by the present SECRET_KEY and decrypts by it and the earlier ones; each purpose has its own keys."""
    from cryptography.fernet import Fernet, MultiFernet  # slow to import, and rarely needed

    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    derived = (hashlib.sha256(purpose.encode() + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])
