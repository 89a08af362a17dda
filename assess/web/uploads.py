"""How files that somebody sends are taken: Django's handlers, and one before them."""

from typing import Any, Final

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

#: Bytes of a request from which on its files are of no use to somebody who is not signed in: more than any file but a
#: measurement's, so that a scan that arrives after a session's end is still named on the page to sign in.
LARGE: Final = 8 * 1024 * 1024


class DropFilesOfTheSignedOut(FileUploadHandler):
    """Reads large files of the signed-out and keeps nothing: a form is parsed before anybody asks who sent it, and
    nobody should fill our disk without an account."""

    content_length = 0

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.content_length = args[2]

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        user = getattr(self.request, "user", None)
        if self.content_length > LARGE and not (user and user.is_authenticated):
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
