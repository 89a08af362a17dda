"""The chain: appending a link, its head, and whether it is whole.

Each link is sealed over the link before it, so nobody without the site's key can change, take out or add one in the
middle. What no chain shows by itself is that its end was cut off: whoever kept an earlier head (a signed report has
one) finds that with `check_goes_on_from`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.apps import apps
from django.db.models import Model
from django.utils import timezone

from assess.record.columns import SEALED, sealed_values
from assess.record.models import RecordLink
from assess.record.sealing import hmac_of, is_hmac_of
from assess.record.witness import note_head
from assess.web.facade import Lock, lock_until_commit

#: The kind of a link that covers another name of a workspace or a team; all other kinds are those of events.
RENAMED: Final = "renamed"
#: The kind of a link that says that the database was put back to an earlier state on purpose. In place of an event it
#: names the head that was left behind.
RESTORED: Final = "restored"
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
        covers=seals_by_row(covers),
        at=at or timezone.now(),
    )
    link.seal = hmac_of(sealed_content(link, before.seal))
    link.save(force_insert=True)
    note_head(str(Head(link.number, link.seal)))
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
    """Whether the chain still has the link that was the head then. One query, two where it has not.

    With `check_chain`, which shows that all links follow from one another, this proves that today's chain goes on from
    it.
    """
    if since == NO_LINK_YET:
        return
    seal = RecordLink.objects.filter(number=since.number).values_list("seal", flat=True).first()
    what = ""
    if seal is None:
        what = "it is missing, though somebody kept its seal: the end of the record was cut off"
    elif seal != since.seal:
        what = "it has another seal than somebody kept: the record was cut off before it and written on"
    if what:
        restored = RecordLink.objects.filter(kind=RESTORED, event_number__gte=since.number).order_by("number").first()
        if restored:
            what += f"; link {restored.number} says that a backup was restored at {restored.at:%Y-%m-%d %H:%M} UTC"
        yield ChainFinding(since.number, what)


def seals_by_row(rows: Iterable[Model]) -> dict[str, dict[str, str]]:
    """A seal over the sealed columns of each row, by model and id. Not the columns: a link is for ever, and the name of
    a workspace may be that of a person who has their account erased."""
    seals: dict[str, dict[str, str]] = {}
    for row in rows:
        seals.setdefault(str(row._meta.object_name), {})[str(row.pk)] = hmac_of(content_of_row(row))
    return seals


def content_of_row(row: Model) -> list[Any]:
    return [str(row._meta.object_name), str(row.pk), sealed_values(row)]


def altered_rows() -> Iterator[tuple[str, str, Model | None]]:
    """Model, id and row (None where it is missing) of all that is not what the newest link says that covers it.

    Reads all links; memory grows with the rows that they cover.
    """
    newest: dict[str, dict[str, str]] = {}
    for covers in RecordLink.objects.order_by("number").values_list("covers", flat=True).iterator(chunk_size=CHUNK):
        # What somebody put there instead is found by the link's own seal.
        for model, seals in covers.items() if isinstance(covers, dict) else ():
            if model in SEALED and isinstance(seals, dict):
                newest.setdefault(model, {}).update({pk: str(seal) for pk, seal in seals.items() if pk.isdecimal()})
    for model, seals in newest.items():
        rows = apps.get_model("assess", model)._default_manager.in_bulk([int(pk) for pk in seals])
        for pk, seal in seals.items():
            row = rows.get(int(pk))
            if row is None or not is_hmac_of(content_of_row(row), seal):
                yield model, pk, row
