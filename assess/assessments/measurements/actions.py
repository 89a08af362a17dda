"""Reading a file into a preview, attaching what it says, deleting and bringing back.

The file goes through once, as a stream, and is never stored. Each action is one transaction with its event inside; a
preview counts for nothing and has none. They raise PermissionDenied for those who do not answer, and ValidationFailed
with what to do where the version is submitted or the file cannot be used.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, Protocol

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from assess.assessments.event_kinds import EventKind
from assess.assessments.evidence.actions import latest_scan_of
from assess.assessments.log import record_event
from assess.assessments.measurements.models import Measurement, MeasurementPreview
from assess.assessments.models import Assessment
from assess.assessments.policies import raise_if_issue, why_not_open
from assess.evidence.facade import Scan
from assess.language import N_, _, number
from assess.measurements.facade import Options, Prices, Reading, from_json, read_measurements, to_json
from assess.people.facade import Ability, User, check_can
from assess.questionnaire.facade import Issue, ValidationFailed, only_visible

#: Measurements that a version may have, deleted ones included: a page that compares reads all that count.
MAX_MEASUREMENTS: Final = 40
MAX_FILE_NAME: Final = 200
#: A preview that nobody attached so long is gone with the next one that anybody reads.
PREVIEWS_KEPT_FOR: Final = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadFile:
    """What a file says, its name as it may be shown, and the SHA-256 of all its bytes."""

    reading: Reading
    file_name: str
    sha256: str


class Stream(Protocol):
    """What a file is read from: an open file, an upload, a request."""

    def read(self, size: int = -1, /) -> bytes: ...


class HashingStream:
    """A stream that hashes what is read of it, and refuses to go on behind the limit of an upload."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.hash = hashlib.sha256()
        self.bytes_read = 0

    def read(self, size: int = -1) -> bytes:
        chunk = self.stream.read(size)
        self.hash.update(chunk)
        self.bytes_read += len(chunk)
        most = settings.LIMITS["measurement_upload"]
        if self.bytes_read > most:
            message = _("Send at most {most} MB: choose a shorter span").format(most=most // 1024**2)
            raise ValidationFailed([Issue(code="too_large", key="file", message=message)])
        return chunk


def read_file(stream: Stream, *, name: str, assessment: Assessment, prices: Prices | None = None) -> ReadFile:
    """What the file in this stream says, in the active language; `prices` are for files of a cluster. One query, for
    the newest scan, which knows the apps. Raises ValidationFailed; nothing is stored."""
    hashing = HashingStream(stream)
    options = Options(prices=prices, apps=apps_by_path(latest_scan_of(assessment)), now=int(timezone.now().timestamp()))
    reading = read_measurements(hashing, options=options)  # type: ignore[arg-type]  # only `read` is used
    while hashing.read(1024**2):
        pass  # a reader need not read to the end; the hash is of all
    return ReadFile(reading=reading, file_name=clean_file_name(name), sha256=hashing.hash.hexdigest())


def apps_by_path(scan: Scan | None) -> Mapping[str, str]:
    """The apps of a scan by how the paths of their files begin."""
    return {f"{app.path.strip('/')}/": app.id for app in scan.apps if app.path.strip("./")} if scan else {}


def clean_file_name(name: str) -> str:
    """The name of a file as it is stored: without folders and without characters that show nothing.

    >>> clean_file_name("C:\\\\logs\\\\access\\u202e\\u3164.log")
    'access.log'
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    return only_visible(last).strip()[:MAX_FILE_NAME] or _("a file without a name")


def preview_file(assessment: Assessment, file: ReadFile, *, by: User) -> MeasurementPreview:
    """The row that shows what was read, in place of that person's earlier one."""
    check_can(by, Ability.ANSWER, assessment.system.team)
    with transaction.atomic():
        locked = Assessment.objects.locked(assessment.pk)
        raise_if_issue(why_not_change_measurements(locked) or why_not_attach_measurement(locked, file.sha256))
        now = timezone.now()
        MeasurementPreview.objects.filter(read_at__lt=now - PREVIEWS_KEPT_FOR).delete()
        preview, _is_new = MeasurementPreview.objects.update_or_create(
            assessment=locked,
            read_by=by,
            defaults={
                "content": to_json(file.reading),
                "file_name": file.file_name,
                "sha256": file.sha256,
                "read_at": now,
            },
        )
    return preview


def attach_preview(assessment: Assessment, *, seen: str, by: User) -> Measurement:
    """The measurement that this person's preview became; `seen` is the hash of the file that they looked at. A double
    click gives the same row. Raises ValidationFailed where another tab read another file meanwhile."""
    check_can(by, Ability.ANSWER, assessment.system.team)
    with transaction.atomic():
        locked = Assessment.objects.locked(assessment.pk)
        preview = locked.measurement_previews.filter(read_by=by).first()
        if preview is None or preview.sha256 != seen:
            attached = locked.measurements.filter(deleted_at=None, sha256=seen, attached_by=by).first()
            if attached is not None:
                return attached
            message = _("Look at the file again before you attach it: its preview is gone, or shows another file")
            raise ValidationFailed([Issue(code="other_preview", message=message)])
        reading = from_json(preview.content)
        file = ReadFile(reading=reading, file_name=preview.file_name, sha256=preview.sha256)
        measurement = attach_file(locked, file, by=by)
        preview.delete()
    return measurement


@transaction.atomic
def attach_file(assessment: Assessment, file: ReadFile, *, by: User) -> Measurement:
    """What the file says as a measurement of the open version, without a preview."""
    check_can(by, Ability.ANSWER, assessment.system.team)
    locked = Assessment.objects.locked(assessment.pk)
    raise_if_issue(why_not_change_measurements(locked) or why_not_attach_measurement(locked, file.sha256))
    measurement = Measurement.objects.create(
        assessment=locked,
        kind=file.reading.kind,
        shape=file.reading.shape,
        file_name=file.file_name,
        # The rows that do not count are of use while somebody decides; their number stays.
        content=to_json(replace(file.reading, dropped=())),
        sha256=file.sha256,
        attached_by=by,
    )
    payload = {"sha256": file.sha256, "kind": file.reading.kind}
    record_event(
        locked, EventKind.MEASUREMENT_ATTACHED, by=by, at=measurement.attached_at, payload=payload, rows=[measurement]
    )
    return measurement


def discard_preview(assessment: Assessment, *, by: User) -> bool:
    """Whether there was a preview of this person's; it is gone."""
    check_can(by, Ability.ANSWER, assessment.system.team)
    deleted, _by_model = assessment.measurement_previews.filter(read_by=by).delete()
    return deleted > 0


def delete_measurement(measurement: Measurement, *, by: User) -> Measurement:
    """Put a measurement of an open version out of sight; `restore_measurement` brings it back."""
    return change_measurement(measurement, EventKind.MEASUREMENT_DELETED, by=by)


def restore_measurement(measurement: Measurement, *, by: User) -> Measurement:
    """Bring a deleted measurement back as it was."""
    return change_measurement(measurement, EventKind.MEASUREMENT_RESTORED, by=by)


@transaction.atomic
def change_measurement(measurement: Measurement, kind: EventKind, *, by: User) -> Measurement:
    """The row, deleted or brought back; unchanged and without an event where it was so already."""
    check_can(by, Ability.ANSWER, measurement.assessment.system.team)
    assessment = Assessment.objects.locked(measurement.assessment_id)
    raise_if_issue(why_not_change_measurements(assessment))
    locked = Measurement.objects.select_for_update().get(pk=measurement.pk)
    is_deleted = kind == EventKind.MEASUREMENT_DELETED
    if (locked.deleted_at is not None) == is_deleted:
        return locked
    if not is_deleted:
        raise_if_issue(why_not_attach_measurement(assessment, locked.sha256, but=locked.pk))
    now = timezone.now()
    locked.deleted_at, locked.deleted_by = (now, by) if is_deleted else (None, None)
    locked.save(update_fields=("deleted_at", "deleted_by"))
    record_event(assessment, kind, by=by, at=now, payload={"sha256": locked.sha256}, rows=[locked])
    return locked


def why_not_change_measurements(assessment: Assessment) -> Issue | None:
    """Whether measurements may be attached to this version and deleted from it: only while it is open."""
    return why_not_open(assessment, N_("Start the next version to attach a measurement; this version is submitted"))


def why_not_attach_measurement(assessment: Assessment, sha256: str, *, but: int = 0) -> Issue | None:
    """Whether this file may be among the version's measurements, one of them left out. Two queries."""
    if assessment.measurements.filter(deleted_at=None, sha256=sha256).exists():
        return Issue(code="attached", key="file", message=_("Nothing to do: this file is attached already"))
    if assessment.measurements.exclude(pk=but).count() >= MAX_MEASUREMENTS:
        message = _("Start the next version to attach more; this one has {most} measurements")
        return Issue(code="too_many", key="file", message=message.format(most=number(MAX_MEASUREMENTS)))
    return None


def check_may_attach_measurement(assessment: Assessment) -> None:
    """Raises ValidationFailed for a version that takes none: before a file is read, which may take seconds."""
    raise_if_issue(why_not_change_measurements(assessment))


def current_measurements(assessment: Assessment) -> tuple[Measurement, ...]:
    """Those attached and not deleted, the last attached first. One query, none where the assessment came with
    `has_measurements`."""
    if not getattr(assessment, "has_measurements", True):
        return ()
    return tuple(assessment.measurements.current().select_related("attached_by"))


def reading_of(row: Measurement | MeasurementPreview) -> Reading:
    """What was read from the file of this row."""
    content: dict[str, Any] = row.content
    return from_json(content)
