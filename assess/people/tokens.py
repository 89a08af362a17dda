"""Tokens of links and of the API, of which only hashes are stored, and a cipher for what must be read back."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from typing import Final

from django.conf import settings

#: 256 bits, twice what trust asks for; as text 43 characters of an address.
TOKEN_BYTES: Final = 32
#: As AES-GCM takes it: random, so a key serves for 2^32 contents.
NONCE_BYTES: Final = 12


def generate_token() -> tuple[str, str]:
    """A new secret, and its hash to store. The secret is shown or sent once and then forgotten."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return token, hash_token(token)


def hash_token(token: str) -> str:
    """What is stored for this secret. No salt: it is random already, and rows are looked up by the hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class Cipher:
    """AES-256-GCM: what was changed since, or encrypted by an unknown key, raises InvalidTag."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # slow to import, and rarely needed

        self.ciphers = [AESGCM(key) for key in keys]

    def encrypt(self, content: bytes) -> bytes:
        """The content encrypted by the first key, as letters and digits."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return base64.urlsafe_b64encode(nonce + self.ciphers[0].encrypt(nonce, content, None))

    def decrypt(self, encrypted: bytes | str) -> bytes:
        """The content, by whichever key it was encrypted. Raises InvalidTag."""
        from cryptography.exceptions import InvalidTag

        raw = base64.urlsafe_b64decode(encrypted)
        for cipher in self.ciphers:
            try:
                return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None)
            except InvalidTag:
                continue
        raise InvalidTag


def get_cipher(purpose: str) -> Cipher:
    """Encrypts by the present SECRET_KEY and decrypts by it and the earlier ones; each purpose has its own keys."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return Cipher([hashlib.sha256(purpose.encode() + key.encode()).digest() for key in keys])
