"""The bytes that belong to a row, such as a PDF or a logo: in the row itself, or in a store that all machines share.

Without `S3_BUCKET` they are in the database, in a column of the row. With it new ones go to the store, under a name
that the row keeps in another column; those from before stay where they are. A row has one or the other.

Nothing is deleted from the store together with its row, because a transaction that is taken back cannot bring it back:
`remove_orphans` deletes what no row names, once a day.
"""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.utils import timezone

#: A file without a row is deleted when it is older: a younger one may get its row in a moment.
ORPHAN_AGE: Final = timedelta(days=1)


class FileStoreError(Exception):
    """The store does not answer, or has lost a file that a row names."""


def file_store() -> Storage | None:
    """The store that all machines share; None where bytes are kept in their rows."""
    return storages["files"] if "files" in settings.STORAGES else None


def store_file(content: bytes, *, folder: str, suffix: str) -> tuple[bytes | None, str]:
    """What the row keeps: the bytes and "", or None and the name in the store, which then has the bytes.

    Call it outside a transaction: the store may take seconds. Raises FileStoreError.
    """
    store = file_store()
    if store is None:
        return content, ""
    name = f"{folder}/{secrets.token_hex(16)}{suffix}"  # one of its own for each, so nothing is ever overwritten
    try:
        return None, str(store.save(name, ContentFile(content)))
    except Exception as error:  # each kind of store has its own
        raise FileStoreError(f"{name} could not be stored: {error}") from error


def read_file(content: bytes | memoryview | None, name: str) -> bytes:
    """The bytes of a row that keeps these two. Raises FileStoreError."""
    if content is not None:
        return bytes(content)
    store = file_store()
    if store is None:
        raise FileStoreError(f"{name} is in a store, and S3_BUCKET names none")
    try:
        with store.open(name) as file:
            return bytes(file.read())
    except Exception as error:
        raise FileStoreError(f"{name} could not be read: {error}") from error


def remove_orphans(folder: str, named: set[str]) -> int:
    """Deletes the files of a folder of the store that are not among those `named` by rows; returns how many.

    One request for a thousand names, and two for each file that goes.
    """
    store = file_store()
    if store is None:
        return 0
    removed = 0
    for name in list_files(store, folder):
        if name not in named and store.get_modified_time(name) < timezone.now() - ORPHAN_AGE:
            store.delete(name)
            removed += 1
    return removed


def list_files(store: Storage, folder: str) -> Iterator[str]:
    """The names of all files in a folder of the store; none where the folder was never used."""
    try:
        names = store.listdir(folder)[1]
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in sorted(names))
