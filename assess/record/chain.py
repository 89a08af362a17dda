"""The chain: appending a link, its head, and whether it is whole.

Each link is sealed over the link before it, so nobody without the site's key can change, take out or add one in the
middle. What no chain shows by itself is that its end was cut off: whoever kept an earlier head (a signed report has
one) finds that with `check_goes_on_from`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db.models import Model
from django.utils import timezone

from assess.record.columns import read_values, values_by_row
from assess.record.models import RecordLink
from assess.record.sealing import hmac_of, is_hmac_of
from assess.web.facade import Lock, lock_until_commit

#: The kind of a link that covers another name of a workspace or a team; all other kinds are those of events.
RENAMED: Final = "renamed"
#: Links that are in memory at a time.
CHUNK: Final = 2_000


@dataclass(frozen=True, slots=True)
class Head:
    """The newest link at some moment: its number and its seal. Written as `12-9f86d081…`.

    >>> read_head(str(Head(12, "0" * 64))) == Head(12, "0" * 64)
    True
    """

    number: int
    seal: str

    def __str__(self) -> str:
        return f"{self.number}-{self.seal}"


#: The head before the first link.
NO_LINK_YET: Final = Head(0, "0" * 64)


@dataclass(frozen=True, slots=True)
class ChainFinding:
    """What is wrong with one link."""

    number: int
    what: str


def read_head(text: str) -> Head | None:
    """The head that is written so; None where it is none."""
    match = re.fullmatch(r"(\d{1,15})-([0-9a-f]{64})", text.strip().lower())
    return Head(int(match[1]), match[2]) if match else None


def head_of(assessment_id: int | None = None) -> Head:
    """The newest link of the site, or the newest about one assessment; number 0 where there is none. One query."""
    links = RecordLink.objects.filter(assessment=assessment_id) if assessment_id is not None else RecordLink.objects
    newest = links.order_by("-number").values_list("number", "seal").first()
    return Head(*newest) if newest else NO_LINK_YET


def append_link(
    kind: str,
    *,
    assessment_id: int | None = None,
    event_number: int | None = None,
    event_seal: str = "",
    covers: Iterable[Model] = (),
    at: datetime | None = None,
) -> RecordLink:
    """The new newest link. Only inside a transaction, which keeps the chain locked until it ends: so it comes last.

    Two queries, on PostgreSQL three.
    """
    lock_chain()
    before = head_of()
    link = RecordLink(
        number=before.number + 1,
        kind=str(kind),
        assessment_id=assessment_id,
        event_number=event_number,
        event_seal=event_seal,
        covers=values_by_row(covers),
        at=at or timezone.now(),
    )
    link.seal = hmac_of(sealed_content(link, before.seal))
    link.save(force_insert=True)
    return link


def lock_chain() -> None:
    """Keep others from appending until the transaction ends."""
    lock_until_commit(Lock.RECORD)


def sealed_content(link: RecordLink, seal_before: str) -> dict[str, Any]:
    """All that the link's seal covers."""
    return {
        "link": link.number,
        "before": seal_before,
        "kind": link.kind,
        "assessment": link.assessment_id,
        "event": link.event_number,
        "event_seal": link.event_seal,
        "covers": link.covers,
        "at": link.at.astimezone(UTC).isoformat(timespec="microseconds"),
    }


def check_chain() -> Iterator[ChainFinding]:
    """Every link that is missing, changed or added. Reads all links; memory does not grow with them."""
    before = NO_LINK_YET
    for link in RecordLink.objects.order_by("number").iterator(chunk_size=CHUNK):
        expected = before.number + 1
        if link.number != expected:
            gone = (
                f"link {expected} is" if link.number == expected + 1 else f"links {expected} to {link.number - 1} are"
            )
            yield ChainFinding(expected, f"{gone} missing")
        elif not is_hmac_of(sealed_content(link, before.seal), link.seal):
            yield ChainFinding(link.number, "it was changed or added: its seal does not follow from the link before")
        before = Head(link.number, link.seal)


def check_goes_on_from(since: Head) -> Iterator[ChainFinding]:
    """Whether the chain still has the link that was the head then. One query.

    With `check_chain`, which shows that all links follow from one another, this proves that today's chain goes on from
    it.
    """
    if since == NO_LINK_YET:
        return
    seal = RecordLink.objects.filter(number=since.number).values_list("seal", flat=True).first()
    if seal is None:
        yield ChainFinding(
            since.number, "it is missing, though somebody kept its seal: the end of the record was cut off"
        )
    elif seal != since.seal:
        yield ChainFinding(
            since.number, "it has another seal than somebody kept: the record was cut off before it and written on"
        )


def covered_rows() -> Mapping[tuple[str, str], Mapping[str, Any]]:
    """What the newest link that covers a row says of it, by model and id. Reads all links."""
    newest: dict[tuple[str, str], Mapping[str, Any]] = {}
    for covers in RecordLink.objects.order_by("number").values_list("covers", flat=True).iterator(chunk_size=CHUNK):
        newest.update({key: values for key, values in read_values(covers) if values is not None})
    return newest
