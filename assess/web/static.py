"""Storage of static files under names with a content hash, so that browsers may cache them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedWhenCollectedStorage(CompressedManifestStaticFilesStorage):
    """Plain names until `collectstatic` has run: a fresh checkout and the tests work without it.

    With a manifest, a file that is missing from it stays an error, as in Django.
    """

    def stored_name(self, name: str) -> str:
        return super().stored_name(name) if self.hashed_files else name
