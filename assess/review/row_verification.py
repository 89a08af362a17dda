"""Whether the rows of assessments are what their events say: sealed columns, answers, planned changes, summaries.

Decides: which rows are compared with what, and the sentence for a difference. `record.columns` says which columns are
sealed or recomputed; the events are replayed by `log_verification`.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

from django.apps import apps
from django.db.models import Model

from assess.assessments.facade import (
    Answer,
    Assessment,
    Edition,
    Event,
    Evidence,
    FoldedAnswer,
    Response,
    build_summary,
    current_answers,
    fold_row,
    latest_that_counts,
    newest_of,
    questionnaire_of,
)
from assess.questionnaire.facade import answers_hash, name_key
from assess.record.facade import SEALED, altered_rows, read_values, sealed_values
from assess.review.signed_content import content_hash

#: Rows of an assessment that its events name by model and id.
OWNED: Final = (
    *("Respondent", "GuestLink", "Agreement", "Comment", "SignOff", "Condition", "ShareLink", "Evidence"),
    *("CandidateChoices", "ProposalDecision", "Measurement", "MoneyInputs", "PlanStep", "Goal", "GoalReading"),
    *("PreparationMark", "DesignDecision", "Outcome"),
)

#: Models and columns in words, where their names are none.
WORDS: Final = {
    "SignOff": "signature",
    "Evidence": "scan",
    "CandidateChoices": "choices on candidates",
    "ProposalDecision": "decision on a proposal",
    "MoneyInputs": "cost figures",
    "PlanStep": "step of the plan",
    "GoalReading": "measured figure",
    "PreparationMark": "mark on a preparation",
    "DesignDecision": "design decision",
    "GuestLink": "guest link",
    "ShareLink": "share link",
    "user": "person",
    "key": "question",
    "names_shown": "setting of whether names show",
    "answers_separately": "setting of whether people answer separately",
    "written_by": "author",
    "signed_by": "signer",
    "met_how": "words on how it was met",
    "answers_before": "record of what each had answered",
}


def in_words(name: str) -> str:
    return WORDS.get(name, name.lower().replace("_", " "))


@dataclass(kw_only=True, slots=True)
class ReplayedRows:
    """What the events say of rows that are no shared or own answers' values; the newest event counts."""

    #: By model and id: the event's number and the sealed columns, None where the row was deleted.
    rows: dict[tuple[str, str], tuple[int, Mapping[str, Any] | None]] = field(default_factory=dict)
    #: By respondent (None for the shared answer) and question: the event's number, when and by whom.
    authors: dict[tuple[int | None, str], tuple[int, str, int]] = field(default_factory=dict)
    #: The event of the newest planned changes.
    planned_changes: Event | None = None

    def add_rows(self, event: Event) -> None:
        rows = event.payload.get("rows") if isinstance(event.payload, dict) else None
        self.rows.update({key: (event.number, values) for key, values in read_values(rows)})

    def add_author(self, event: Event) -> None:
        self.authors[(event.respondent_id, event.key)] = (event.number, timestamp(event.at), event.by_id)


def timestamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


class StoredRows:
    """The rows of a batch of assessments, to be compared with what their events say. Some twenty queries."""

    def __init__(self, batch: Sequence[Assessment]) -> None:
        keys = [assessment.pk for assessment in batch]
        self.answers = by_assessment(Answer, keys)
        self.responses = by_assessment(Response, keys)
        self.planned_changes = by_assessment(apps.get_model("assess", "PlannedChange"), keys)
        self.owned = {model: by_assessment(apps.get_model("assess", model), keys) for model in OWNED}
        self.altered_scans = altered_scans(keys)
        self.altered_editions = altered_editions({assessment.edition_id for assessment in batch})
        submitted = [each for each in batch if each.is_submitted and each.edition_id not in self.altered_editions]
        self.given = current_answers(submitted)
        self.summaries = expected_summaries(batch)

    def compare(
        self,
        assessment: Assessment,
        replayed: ReplayedRows,
        common: Mapping[str, FoldedAnswer],
        own: Mapping[int, Mapping[str, FoldedAnswer]],
    ) -> Iterator[str]:
        """A sentence for each difference, without the assessment."""
        yield from self.compare_answers(assessment, common, own)
        yield from self.compare_authors(assessment, replayed)
        known = replayed.rows.get(("Assessment", str(assessment.pk)))
        if known is None:
            yield "it was added: no event records it"
        else:
            yield from (f"its {each} is not what its events say" for each in differing_columns(assessment, known[1]))
        yield from self.compare_owned(assessment, replayed)
        yield from self.compare_planned_changes(assessment, replayed.planned_changes)
        yield from self.compare_summary(assessment)

    def compare_answers(
        self,
        assessment: Assessment,
        common: Mapping[str, FoldedAnswer],
        own: Mapping[int, Mapping[str, FoldedAnswer]],
    ) -> Iterator[str]:
        rows = {row.key: fold_row(row) for row in self.answers.get(assessment.pk, ())}
        for key in differing_keys(rows, common):
            yield f"the answer to “{key}” is not what its events say"
        responses: dict[int, dict[str, FoldedAnswer]] = defaultdict(dict)
        for row in self.responses.get(assessment.pk, ()):
            responses[row.respondent_id][row.key] = fold_row(row)
        for respondent in sorted({*responses, *own}):
            for key in differing_keys(responses.get(respondent, {}), own.get(respondent, {})):
                yield f"the answer of respondent {respondent} to “{key}” is not what its events say"
        if assessment.edition_id in self.altered_editions:
            yield "the bytes of its questionnaire are not those that were imported"
        elif assessment.is_submitted:
            present = answers_hash(questionnaire_of(assessment.edition), self.given[assessment.pk])
            if present != assessment.answers_hash:
                yield "its answers do not have the hash that was kept when it was submitted"

    def compare_authors(self, assessment: Assessment, replayed: ReplayedRows) -> Iterator[str]:
        """When and by whom each answer was given: the answer's event says it, or a later one that moved the answer."""
        for model, rows in (("Answer", self.answers), ("Response", self.responses)):
            for row in rows.get(assessment.pk, ()):
                number, at, by = replayed.authors.get((getattr(row, "respondent_id", None), row.key), (0, "", 0))
                said: Mapping[str, Any] = {"answered_at": at, "answered_by": by}
                moved = replayed.rows.get((model, str(row.pk)))
                if moved is not None and moved[0] > number:
                    said = moved[1] or {}
                present = sealed_values(row)
                for name in ("answered_at", "answered_by"):
                    if number and name in present and present[name] != said.get(name):
                        whose = f" of respondent {row.respondent_id}" if model == "Response" else ""
                        yield f"the answer{whose} to “{row.key}”: its {in_words(name)} is not what its events say"

    def compare_owned(self, assessment: Assessment, replayed: ReplayedRows) -> Iterator[str]:
        for model in OWNED:
            present = {str(row.pk): row for row in self.owned[model].get(assessment.pk, ())}
            said = {pk: values for (name, pk), (_number, values) in replayed.rows.items() if name == model and values}
            for pk in sorted({*present, *said}, key=lambda pk: (len(pk), pk)):
                place = f"{in_words(model)} {pk}"
                if pk not in present:
                    yield f"{place} is missing"
                elif pk not in said:
                    yield f"{place} was added: no event records it"
                else:
                    for each in differing_columns(present[pk], said[pk]):
                        yield f"{place}: its {each} is not what its events say"
                if model == "SignOff" and pk in present and not has_content_hash(present[pk]):
                    yield f"what {place} covers was changed: its hash is wrong"
                if model == "Evidence" and pk in self.altered_scans:
                    yield f"the bytes of {place} are not those that were attached: their hash is wrong"

    def compare_planned_changes(self, assessment: Assessment, event: Event | None) -> Iterator[str]:
        """The planned changes are what the newest event of planning them says."""
        said = event.payload.get("changes", []) if event is not None and isinstance(event.payload, dict) else []
        rows = self.planned_changes.get(assessment.pk, ())
        present = [{"key": row.key, "from": row.before, "to": row.after} for row in rows]
        is_same = sorted(present, key=str) == sorted(said, key=str)
        if not is_same or any(
            event is None or (row.kept_at, row.kept_by_id) != (event.at, event.by_id) for row in rows
        ):
            yield "its planned changes are not what its events say"

    def compare_summary(self, assessment: Assessment) -> Iterator[str]:
        """What lists and counts read of the system follows from its versions."""
        for name, value in self.summaries[assessment.pk].items():
            present = getattr(assessment, name)
            if present == value or (name == "ask_again_on" and is_near(present, value)):
                continue
            yield f"its {in_words(name)}, which lists and counts read, does not follow from its system's versions"


def by_assessment(model: type[Any], keys: Collection[int]) -> Mapping[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    rows = model.objects.filter(assessment__in=keys).order_by("pk")
    for row in rows.defer("content") if model is Evidence else rows:  # 5 MB each; `altered_scans` reads them
        found[row.assessment_id].append(row)
    return found


def differing_keys(rows: Mapping[str, FoldedAnswer], events: Mapping[str, FoldedAnswer]) -> list[str]:
    return sorted(key for key in {*rows, *events} if rows.get(key) != events.get(key))


def differing_columns(row: Model, said: Mapping[str, Any] | None) -> list[str]:
    """The sealed columns, in words, that hold something else than what was said of the row."""
    present = sealed_values(row)
    return [in_words(name) for name in present if said is None or present[name] != said.get(name)]


def has_content_hash(signed: Any) -> bool:
    try:
        return bool(content_hash(signed.content) == signed.content_hash)
    except ValueError:
        return False  # something that no content of ours holds, such as NaN


def altered_editions(keys: Collection[int]) -> set[int]:
    """Those of these editions whose bytes do not have their hash any more. One query."""
    rows = Edition.objects.filter(pk__in=keys).values_list("pk", "content", "sha256")
    return {pk for pk, content, sha256 in rows if not has_sha256(content, sha256)}


def altered_scans(keys: Collection[int]) -> set[str]:
    """Ids of the scans of these assessments whose bytes do not have their hash any more. One query, file by file."""
    rows = Evidence.objects.filter(assessment__in=keys).values_list("pk", "content", "sha256")
    return {str(pk) for pk, content, sha256 in rows.iterator(chunk_size=1) if not has_sha256(content, sha256)}


def has_sha256(content: object, sha256: str) -> bool:
    """Whether these bytes have the hash; on SQLite a column of bytes may hold something else."""
    return isinstance(content, bytes | memoryview) and hashlib.sha256(content).hexdigest() == sha256


def expected_summaries(batch: Sequence[Assessment]) -> Mapping[int, Mapping[str, Any]]:
    """What the summary columns of each of these assessments must hold; those that lists do not show, only that they
    are not the newest. Two queries."""
    versions: dict[int, list[Assessment]] = defaultdict(list)
    systems = {assessment.system_id for assessment in batch}
    rows = Assessment.objects.filter(system__in=systems).select_related("workspace", "system").defer("result")
    for version in rows.order_by("-version"):
        versions[version.system_id].append(version)
    counting = {system: latest_that_counts(of_system) for system, of_system in versions.items()}
    keys = [version.pk for version in counting.values() if version is not None]
    results = dict(Assessment.objects.filter(pk__in=keys).values_list("pk", "result"))
    expected: dict[int, Mapping[str, Any]] = {each.pk: {"is_newest": False} for each in batch}
    for system, of_system in versions.items():
        newest, counts = newest_of(of_system), counting[system]
        if newest is None or newest.pk not in expected:
            continue
        if counts is not None:
            counts.result = results[counts.pk]
        expected[newest.pk] = {
            "is_newest": True,
            "system_name": name_key(newest.system.name),
            **summary_of(counts),
        }
    return expected


def summary_of(counts: Assessment | None) -> Mapping[str, Any]:
    """What `build_summary` gives; nothing where the result was changed so that it cannot be read, which is found by
    its hash."""
    try:
        return build_summary(counts)
    except (AttributeError, KeyError, TypeError, ValueError):
        return {}


def is_near(present: date | None, value: date | None) -> bool:
    """Whether two days differ by one at most: the workspace's time zone may have changed in between."""
    return present is not None and value is not None and abs((present - value).days) <= 1


def altered_covered_rows() -> Iterator[str]:
    """A sentence for each workspace, team, system or edition that is not what the record says. Five queries."""
    for model, pk, row in altered_rows():
        if row is None:
            yield f"{in_words(model)} {pk} is missing, though the record covers it"
        else:
            columns = " or ".join(in_words(name) for name in SEALED[model])
            yield f"{in_words(model)} {pk} ({row}): its {columns} is not what the record says"
