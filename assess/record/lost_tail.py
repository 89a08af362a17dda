"""Whether the database lacks what its witness says it had: it was cut, or put back to an earlier state.

The witness is then kept as evidence under another name, until the operator accepts the loss (`verify_log
--accept-loss`), which is a link of the record. `restore` does the same by itself.
"""

import logging
import os
from collections.abc import Iterator
from typing import Any, Final

from django.apps import apps
from django.db import transaction
from django.db.models import Count, Max

from assess.record.chain import NO_LINK_YET, RESTORED, Head, append_link, read_head
from assess.record.models import RecordLink
from assess.record.witness import evidence_path, noted, read_witness, witness_path, write_event, write_line

logger = logging.getLogger(__name__)

#: What to do about it.
LOST_TAIL: Final = (
    "The database has less than it had: its end was cut off, or an earlier state was put back. "
    "If that was on purpose, run manage.py verify_log --accept-loss."
)


def missing_tail() -> Iterator[str]:
    """What the database lacks of what its witnesses say it had. At most seven queries.

    What was witnessed before the last intended restore does not count: the record has a link that says so.
    """
    restored_at = RecordLink.objects.filter(kind=RESTORED).order_by("-number").values_list("at", flat=True).first()
    for path in (evidence_path(), witness_path()):
        said = {
            name: values
            for name, values in read_witness(path).items()
            if restored_at is None or values["at"] > restored_at
        }
        found = list(lacking(said))
        yield from found
        if found:
            return


def lacking(said: dict[str, dict[str, Any]]) -> Iterator[str]:
    events = apps.get_model("assess", "Event")._default_manager
    event, link, length = (said.get(name) for name in ("event", "link", "length"))
    if event and not events.filter(pk=event["event"], seal=event["seal"]).exists():
        yield f"event {event['event']} of {when(event)} is missing or another one"
    head = read_head(str(link["head"])) if link else None
    if link and head and not RecordLink.objects.filter(number=head.number, seal=head.seal).exists():
        yield f"link {head.number} of {when(link)} is missing or another one"
    if length and (there := events.filter(pk__lte=length["up_to"]).count()) < length["events"]:
        yield f"of {length['events']:,} events that were there at {when(length)}, {there:,} are left"


def when(values: dict[str, Any]) -> str:
    return f"{values['at']:%Y-%m-%d %H:%M} UTC"


def keep_evidence() -> list[str]:
    """What the database lacks, as `missing_tail`; its witness is then put aside, where no save writes over it."""
    missing = list(missing_tail())
    if missing and not evidence_path().exists():
        try:
            os.replace(witness_path(), evidence_path())
        except OSError as problem:
            logger.warning("The witness of the log cannot be put aside: %s", problem)
    return missing


def renew_length() -> None:
    """Have the witness say how many events there are. One query that reads all of them."""
    counted = apps.get_model("assess", "Event")._default_manager.aggregate(events=Count("pk"), up_to=Max("pk"))
    write_line("length", {"events": counted["events"], "up_to": counted["up_to"] or 0})


def accept_loss(left_behind: Head | None = None) -> RecordLink:
    """Say in the record that the database was put back to an earlier state on purpose, and start a new witness.

    The new link names the head that was left behind, by default the one that the witness knows.
    """
    if left_behind is None:
        left_behind = witnessed_head()
    with transaction.atomic():
        link = append_link(RESTORED, event_number=left_behind.number or None, event_seal=left_behind.seal)
    evidence_path().unlink(missing_ok=True)
    witness_path().unlink(missing_ok=True)
    noted.clear()
    newest = apps.get_model("assess", "Event")._default_manager.order_by("-pk").values_list("pk", "seal").first()
    if newest:
        write_event(*newest)
    renew_length()
    return link


def witnessed_head() -> Head:
    """The newest head that a witness says the record had; number 0 where there is none."""
    heads = [
        read_head(str(read_witness(path).get("link", {}).get("head"))) for path in (evidence_path(), witness_path())
    ]
    return max((head for head in heads if head), key=lambda head: head.number, default=NO_LINK_YET)
