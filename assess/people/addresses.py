"""One form for each e-mail address, in which it is stored and compared: two spellings of one mailbox are one account.

Decides how an address is written. Does not decide whether it can receive mail.
"""

import unicodedata
from typing import Final

import idna

from assess.questionnaire.facade import without_invisible

#: Signs that keyboards of other scripts have for ours.
_SIGNS: Final = str.maketrans({"\uff20": "@", "\u3002": ".", "\uff0e": ".", "\uff61": "."})


def normalize_address(text: str) -> str:
    """The address in lower case and NFC, without spaces around and invisible marks, its domain as mail servers have it.

    What is no address comes back as near to it as it is, for a validator to refuse.

    >>> normalize_address(" Ana@Bücher.example\\u200b")
    'ana@xn--bcher-kva.example'
    """
    address = unicodedata.normalize("NFC", without_invisible(text.translate(_SIGNS)).strip()).lower()
    local, at, domain = address.rpartition("@")
    if not at or domain.isascii():
        return address
    try:
        # As browsers do it: capital and full-width letters become plain ones first.
        return f"{local}@{idna.encode(domain, uts46=True).decode('ascii')}"
    except idna.IDNAError:
        return address
