"""Reads published cases from a document, strictly: every mistake in every case, by its field, with what to do.

Decides: what is a well-formed case; docs/cases.md and fixtures/cases/published-cases.schema.json say the same. Opens
no file; `assess.cases_file` does.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, cast

from assess.decision.cases import CONFIDENCES, SIZE, STATUSES, Case, CaseSource, Confidence, Evidence, Right, Status
from assess.decision.result import VERDICTS, Verdict
from assess.language import _
from assess.questionnaire.facade import (
    Answer,
    Issue,
    Questionnaire,
    ValidationFailed,
    check_link,
    check_text,
    read_answers,
    shown,
)

MAX_CASES: Final = 500
MAX_TEXT: Final = 500
#: Every case has these.
FIELDS: Final = (
    "id",
    "system",
    "year",
    "stack",
    "scope",
    "answers",
    "decision_taken",
    "decision_was_right",
    "verdict_in_hindsight",
    "also_acceptable",
    "confidence",
    "scorable",
    "outcome",
    "lesson",
    "evidence",
    "sources",
)
#: Where the decision turned on something that no rule reads.
OPTIONAL_FIELDS: Final = ("not_weighed",)
SCOPES: Final = ("whole_system", "one_part")
ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAX_ID: Final = 60
LINKED: Final = re.compile(r"(?P<link>https?://\S+)(?: \((?P<remark>.+)\))?")


@dataclass(frozen=True, kw_only=True, slots=True)
class CasesRead:
    """What a document holds: its well-formed cases, in its order, and every problem with the rest."""

    questionnaire: Questionnaire  #: what the answers were checked against, and judges them
    cases: tuple[Case, ...]
    issues: tuple[Issue, ...]


def load_cases(document: object, questionnaire: Questionnaire, *, file: str = "") -> tuple[Case, ...]:
    """The cases in `document`, in its order. Raises ValidationFailed with every problem found in all cases.

    >>> load_cases({"questionnaire": "split-checklist", "version": 2, "cases": []}, split_checklist)
    ()
    """
    read = read_cases(document, questionnaire, file=file)
    if read.issues:
        raise ValidationFailed(list(read.issues))
    return read.cases


def read_cases(document: object, questionnaire: Questionnaire, *, file: str = "") -> CasesRead:
    """The well-formed cases in `document` beside the problems of the others, so that one bad case spoils no other.

    `document` is what `read_document` returns: `{"questionnaire": slug, "version": n, "cases": [case, …]}`. Answers are
    checked against `questionnaire`. The key of a problem is the case's id, or its place, and the field in it. Never
    raises.
    """
    reader = CaseReader(questionnaire, file)
    cases = tuple(reader.read(document))
    return CasesRead(questionnaire=questionnaire, cases=cases, issues=tuple(reader.issues))


class CaseReader:
    """Reads on after a mistake and notes it in `issues`, so that all are told at once."""

    def __init__(self, questionnaire: Questionnaire, file: str) -> None:
        self.questionnaire = questionnaire
        self.file = file
        self.issues: list[Issue] = []

    def note(self, code: str, message: str, key: str = "") -> None:
        self.issues.append(Issue(code=code, message=message, file=self.file, key=key))

    def read(self, document: object) -> Iterator[Case]:
        """The well-formed cases. A file for another questionnaire has none: its answers mean something else."""
        if not isinstance(document, Mapping):
            self.note(
                "wrong_type",
                _('Give an object: {{"questionnaire": "{slug}", "version": {version}, "cases": […]}}').format(
                    slug=self.questionnaire.slug, version=self.questionnaire.version
                ),
            )
            return
        for name in document:
            if name not in ("questionnaire", "version", "cases"):
                self.note(
                    "unknown_field",
                    _("Remove {name}; there is no such field").format(name=shown(str(name))),
                    shown(str(name)),
                )
        for name, wanted in (("questionnaire", self.questionnaire.slug), ("version", self.questionnaire.version)):
            if document.get(name) != wanted or isinstance(document.get(name), bool):
                self.note(
                    "other_questionnaire",
                    _("Write {wanted}; the answers are checked against it").format(wanted=wanted),
                    name,
                )
        given = document.get("cases")
        if not isinstance(given, list):
            self.note("wrong_type", _("Give a list of cases"), "cases")
        elif len(given) > MAX_CASES:
            self.note("too_many", _("Give at most {count} cases").format(count=MAX_CASES), "cases")
        else:
            belongs = not any(issue.code == "other_questionnaire" for issue in self.issues)
            yield from self.read_each(given if belongs else [])

    def read_each(self, given: list[object]) -> Iterator[Case]:
        seen: set[str] = set()
        for number, raw in enumerate(given, start=1):
            case = self.read_case(raw, f"case {number}")
            if case is None:
                continue
            if case.id in seen:
                self.note(
                    "duplicate", _("Give each case an id of its own; this one is there twice"), f"case {number}.id"
                )
            else:
                seen.add(case.id)
                yield case

    def read_case(self, raw: object, place: str) -> Case | None:
        """The case; None, with each mistake noted, where it is not well formed."""
        if not isinstance(raw, Mapping):
            self.note("wrong_type", _("Give an object with the fields of a case"), place)
            return None
        before = len(self.issues)
        slug = raw.get("id")
        if isinstance(slug, str) and len(slug) <= MAX_ID and ID.fullmatch(slug):
            place = slug
        elif "id" in raw:
            self.note(
                "wrong_type",
                _("Write at most {count} small letters, digits and hyphens").format(count=MAX_ID),
                f"{place}.id",
            )
        for name in raw:
            if name not in FIELDS and name not in OPTIONAL_FIELDS:
                self.note("unknown_field", _("Remove it; there is no such field"), f"{place}.{shown(str(name))}")
        for name in FIELDS:
            if name not in raw:
                self.note("missing", _("Add it; docs/cases.md says what it holds"), f"{place}.{name}")
        case = self.read_fields(Fields(raw, place))
        return case if len(self.issues) == before else None

    def read_fields(self, fields: "Fields") -> Case:
        """The case from the fields that are there. Of use only where nothing was noted."""
        answers = self.answers(fields)
        told = fields.get("evidence", {})
        if isinstance(told, Mapping):
            for key in answers:
                if key != "scope" and key not in told:
                    self.note(
                        "missing", _("Say what a source says about this answer"), f"{fields.path('evidence')}.{key}"
                    )
        return Case(
            id=fields.place,
            system=self.text(fields, "system", 120),
            year=self.year(fields),
            stack=self.text(fields, "stack", 200),
            answers=answers,
            decision_taken=self.verdict(fields, "decision_taken"),
            decision_was_right=self.right(fields),
            verdict_in_hindsight=self.verdict(fields, "verdict_in_hindsight"),
            also_acceptable=self.also_acceptable(fields),
            confidence=cast(Confidence, self.one_of(fields, "confidence", CONFIDENCES)),
            scorable=self.scorable(fields),
            outcome=self.text(fields, "outcome"),
            lesson=self.text(fields, "lesson"),
            not_weighed=self.text(fields, "not_weighed"),
            evidence=tuple(self.evidence(fields)),
            sources=tuple(self.sources(fields)),
        )

    def year(self, fields: "Fields") -> int:
        year = fields.get("year", 2000)
        if isinstance(year, bool) or not isinstance(year, int) or not 1990 <= year <= 2100:
            self.note("out_of_range", _("Enter a year between 1990 and 2100"), fields.path("year"))
            return 2000
        return year

    def scorable(self, fields: "Fields") -> bool:
        scorable = fields.get("scorable", False)
        if not isinstance(scorable, bool):
            self.note("wrong_type", _("Write true or false"), fields.path("scorable"))
        return scorable is True

    def right(self, fields: "Fields") -> Right:
        raw = fields.get("decision_was_right", None)
        if isinstance(raw, bool):
            return "yes" if raw else "no"
        if raw is None:
            return "unknown"
        if raw != "mixed":
            self.note(
                "unknown_option",
                _('Write true, false, "mixed", or null where it is not known'),
                fields.path("decision_was_right"),
            )
        return "mixed"

    def answers(self, fields: "Fields") -> dict[str, Answer]:
        scope = self.one_of(fields, "scope", SCOPES)
        if "answers" not in fields:
            return {}
        document = {"questionnaire": self.questionnaire.slug, "answers": fields.get("answers", {})}
        try:
            answers = read_answers(document, self.questionnaire)
        except ValidationFailed as refused:
            for issue in refused.issues:
                self.note(issue.code, issue.message, f"{fields.path('answers')}.{issue.key}")
            return {}
        told = answers.get("scope")
        if "scope" in fields and told is not None and told.value != scope:
            self.note("contradiction", _("Write the same scope here and among the answers"), fields.path("scope"))
        return dict(answers)

    def verdict(self, fields: "Fields", name: str) -> Verdict:
        return cast(Verdict, self.one_of(fields, name, VERDICTS))

    def also_acceptable(self, fields: "Fields") -> tuple[Verdict, ...]:
        key, raw = fields.path("also_acceptable"), fields.get("also_acceptable", [])
        if not isinstance(raw, list):
            self.note("wrong_type", _("Give a list of verdicts; [] for none"), key)
            return ()
        verdicts = tuple(cast(Verdict, self.choice(verdict, VERDICTS, key)) for verdict in raw)
        if len(set(verdicts)) < len(verdicts) or fields.get("verdict_in_hindsight", "") in verdicts:
            self.note("duplicate", _("Name each verdict once, and leave out the one in hindsight"), key)
        return verdicts

    def one_of(self, fields: "Fields", name: str, allowed: tuple[str, ...]) -> str:
        return self.choice(fields.get(name, allowed[0]), allowed, fields.path(name))

    def choice(self, raw: object, allowed: tuple[str, ...], key: str) -> str:
        if not isinstance(raw, str) or raw not in allowed:
            self.note("unknown_option", _("Choose one of {options}").format(options=", ".join(allowed)), key)
            return allowed[0]
        return raw

    def text(self, fields: "Fields", name: str, limit: int = MAX_TEXT) -> str:
        return self.checked_text(fields.get(name, None), limit, fields.path(name)) if name in fields else ""

    def checked_text(self, raw: object, limit: int, key: str) -> str:
        if not isinstance(raw, str) or not raw.strip():
            self.note("wrong_type", _("Write text here, in quotes"), key)
            return ""
        try:
            return check_text(raw, limit)
        except ValidationFailed as refused:
            for issue in refused.issues:
                self.note(issue.code, issue.message, key)
            return ""

    def evidence(self, fields: "Fields") -> Iterator[Evidence]:
        path, raw = fields.path("evidence"), fields.get("evidence", {})
        if not isinstance(raw, Mapping):
            self.note("wrong_type", _("Give an object: what a source says, by question"), path)
            return
        for name, part in raw.items():
            key = f"{path}.{shown(str(name))}"
            if name != SIZE and name not in self.questionnaire.by_key:
                self.note("unknown_key", _("Use a question's key; there is no such question"), key)
            elif not isinstance(part, Mapping) or set(part) != {"status", "says"}:
                self.note("wrong_type", _("Give an object with `status` and `says`"), key)
            else:
                status = cast(Status, self.choice(part["status"], STATUSES, f"{key}.status"))
                yield Evidence(key=name, status=status, says=self.checked_text(part["says"], MAX_TEXT, f"{key}.says"))

    def sources(self, fields: "Fields") -> Iterator[CaseSource]:
        if "sources" not in fields:
            return
        key, raw = fields.path("sources"), fields.get("sources", None)
        if not isinstance(raw, list) or not raw:
            self.note("wrong_type", _("Give a list with at least one source"), key)
            return
        for text in raw:
            if not isinstance(text, str) or not text.strip():
                self.note("wrong_type", _("Write an address or a description, in quotes"), key)
                continue
            text = self.checked_text(text, MAX_TEXT, key)
            linked = LINKED.fullmatch(text)
            if linked is None:
                # No address, so nothing to follow: shown as it is written.
                yield CaseSource(link="", remark=text)
                continue
            try:
                link = check_link(linked["link"])
            except ValidationFailed as refused:
                for issue in refused.issues:
                    self.note(issue.code, issue.message, key)
                continue
            yield CaseSource(link=link, remark=linked["remark"] or "")


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one case as the file has them, and what to call the case in a message."""

    raw: Mapping[str, object]
    place: str

    def __contains__(self, name: str) -> bool:
        return name in self.raw

    def get(self, name: str, missing: object) -> object:
        """The field; `missing` where it is not there, which is noted elsewhere."""
        return self.raw.get(name, missing)

    def path(self, name: str) -> str:
        return f"{self.place}.{name}"
