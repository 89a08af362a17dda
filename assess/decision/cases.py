"""Published cases: what others decided, how it went, and which of them are most like given answers.

Decides: which cases are like which answers, and says on what. Does not decide: any verdict, and no case ever feeds into
one; the rules know no case. Files are read in `assess.cases_file`.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, cast

from assess.decision.models import model_of
from assess.decision.result import VERDICTS, Result, Verdict
from assess.decision.signals import ACUTE, highest_level, level_of
from assess.language import _, ngettext
from assess.questionnaire.facade import (
    PAIN_AXES,
    Answer,
    Answers,
    Issue,
    Question,
    Questionnaire,
    ValidationFailed,
    Value,
    check_link,
    check_text,
    is_asked,
    read_answers,
    shown,
)

Confidence = Literal["low", "medium", "high"]
CONFIDENCES: tuple[Confidence, ...] = ("low", "medium", "high")
Status = Literal["known", "inferred"]
STATUSES: tuple[Status, ...] = ("known", "inferred")
#: Whether the decision was right, as seen afterwards.
Right = Literal["yes", "no", "mixed", "unknown"]

#: Evidence on how large the code is, which no question takes in this form.
SIZE: Final = "size"
MAX_CASES: Final = 500
MAX_TEXT: Final = 500

#: Fewer answers known of both say nothing about likeness.
FEWEST_SHARED: Final = 3
#: A shared answer counts as agreed from this closeness on, of 100.
AGREED: Final = 67
#: A case must be at least this close on the whole, of 100: one that differs more than it agrees is not like.
CLOSE_ENOUGH: Final = 50
#: So many times as many people, teams, services or deploys have nothing in common any more.
NOTHING_IN_COMMON: Final = 16
#: None at all is compared as though it were this much, since nothing is so many times as many as none.
LITTLE: Final = 0.1
#: Weights of a question: it may make a pain acute by itself or says what runs; it may change a verdict; it is context.
WEIGHTS: Final = (3, 2, 1)
#: Every comparison starts with this weight of answers that differ, so that few shared answers cannot be very like.
DOUBT: Final = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What a source says of one question. `key` is the question's, or `SIZE`; `inferred` marks our reading of it."""

    key: str
    status: Status
    says: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseSource:
    """Where a case is told: a public address (http or https), perhaps with a remark; or, with `link` "", words only."""

    link: str
    remark: str

    @property
    def label(self) -> str:
        """What to show: the address without its scheme, else the words."""
        return self.link.split("//", 1)[1] if self.link else self.remark


@dataclass(frozen=True, kw_only=True)
class Case:
    """One published decision. What its sources do not tell is not in `answers`."""

    id: str
    system: str
    year: int
    stack: str
    answers: Mapping[str, Answer]
    decision_taken: Verdict
    decision_was_right: Right
    verdict_in_hindsight: Verdict
    also_acceptable: tuple[Verdict, ...]
    confidence: Confidence
    scorable: bool  #: whether enough is told to hold a verdict against it
    outcome: str
    lesson: str
    evidence: tuple[Evidence, ...]
    sources: tuple[CaseSource, ...]

    @property
    def links(self) -> tuple[str, ...]:
        """The public addresses, all http or https."""
        return tuple(source.link for source in self.sources if source.link)

    def accepts(self, verdict: Verdict) -> bool:
        """Whether hindsight agrees with this verdict, or accepts it as well."""
        return verdict == self.verdict_in_hindsight or verdict in self.also_acceptable


# --- the model held against hindsight


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What the model says to a case. `hit` is None where too little is told to hold the verdict against it."""

    case: Case
    result: Result
    hit: bool | None


def try_cases(
    questionnaire: Questionnaire, cases: tuple[Case, ...], decider: Callable[[Questionnaire, Answers], Result]
) -> tuple[Trial, ...]:
    """Every case with what `decider` says to its answers, in the order of `cases`.

    A hit is a verdict that hindsight names or accepts as well. The decider is given, so that an old model can be tried
    as well as the present one, and so that nothing here can reach back into a decision.
    """
    results = [(case, decider(questionnaire, case.answers)) for case in cases]
    return tuple(
        Trial(case=case, result=result, hit=case.accepts(result.verdict) if case.scorable else None)
        for case, result in results
    )


# --- likeness


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """How a case is like given answers: the keys, in the questionnaire's order, on which both are known."""

    case: Case
    agreed: tuple[str, ...]
    differing: tuple[str, ...]
    rank: int  #: for the order only: closeness after doubt, 0 to 10,000; not for people

    @property
    def shared(self) -> int:
        return len(self.agreed) + len(self.differing)

    @property
    def sentence(self) -> str:
        """In words and whole numbers: "Agrees on 7 of 9 shared answers"."""
        return ngettext(
            "Agrees on {agreed} of {count} shared answer", "Agrees on {agreed} of {count} shared answers", self.shared
        ).format(agreed=len(self.agreed), count=self.shared)


def similar_cases(
    questionnaire: Questionnaire, answers: Answers, cases: tuple[Case, ...], *, most: int = 3
) -> tuple[Likeness, ...]:
    """The cases most like these answers, the likest first, at most `most`; often fewer, and none where little is known.

    Compared is only what is known of both and asked under both. For each such answer:

    - closeness from 0 to 100. Options of a choice and numbers with a reading lie on the question's scale from calm to
      acute or from weak to strong: the closeness is what their distance leaves of the scale. Options without a reading
      are evenly spaced in their order. People, teams, services and deploys a week are compared by how many times as
      many: the same is 100, sixteen times as many is 0, four times as many is half way. Where several may be ticked,
      it is the part of all ticked ones that both ticked.
    - weight: 3 for what runs today and for a pain that can be acute by itself, 2 for any other answer that can change
      a verdict, 1 for the rest.

    Cases are ordered by the weighted closeness, as though answers of weight 6 (two acute pains, or three others) had
    been compared besides and differed altogether: four answers that all agree then come after nine that mostly do.
    Left out is a case with fewer than three shared answers, and one whose closeness, without that doubt, is below half.
    An answer counts as agreed from two thirds of closeness on. Nothing here is fitted to data: the weights, the
    doubt and the marks are our judgement.

    >>> [likeness.case.id for likeness in similar_cases(split_checklist, answers_of_greedygame, cases)][0]
    'greedygame-2017'
    """
    mine = [
        (question, value)
        for question in questionnaire.questions
        if (value := _known(question, answers)) is not None and _fits(question, value)
    ]
    weights = _weights(questionnaire)
    compared = (_likeness(mine, case, weights) for case in cases)
    found = [likeness for likeness in compared if likeness is not None]
    found.sort(key=lambda likeness: (-likeness.rank, -likeness.shared, likeness.case.id))
    return tuple(found[: max(most, 0)])


def closeness(question: Question, one: Value, other: Value) -> int:
    """How close two answers to one question are, from 0 (opposite ends) to 100 (the same).

    >>> closeness(teams, 3, 3), closeness(teams, 2, 8), closeness(load_fit, "comfortable", "failing")
    (100, 50, 0)
    """
    if isinstance(one, tuple) and isinstance(other, tuple):
        either = set(one) | set(other)
        return 100 * len(set(one) & set(other)) // len(either) if either else 100
    if question.reads is not None:
        top = highest_level(question.reads)
        return 100 - 100 * abs(level_of(question, one) - level_of(question, other)) // top if top else 100
    if question.kind == "text":
        return 100 if one == other else 0
    if isinstance(one, str) or isinstance(other, str):
        places = [option.value for option in question.options]
        steps = abs(places.index(cast(str, one)) - places.index(cast(str, other)))
        return 100 - 100 * steps // max(len(places) - 1, 1)
    assert not isinstance(one, tuple)
    assert not isinstance(other, tuple)
    times = abs(math.log(max(one, LITTLE) / max(other, LITTLE), NOTHING_IN_COMMON))
    return 100 - round(100 * min(times, 1))


def _likeness(mine: list[tuple[Question, Value]], case: Case, weights: Mapping[str, int]) -> Likeness | None:
    agreed: list[str] = []
    differing: list[str] = []
    total = weight_of_shared = 0
    for question, one in mine:
        other = _known(question, case.answers)
        if other is None or not _fits(question, other):
            continue
        close = closeness(question, one, other)
        (agreed if close >= AGREED else differing).append(question.key)
        total += weights[question.key] * close
        weight_of_shared += weights[question.key]
    if len(agreed) + len(differing) < FEWEST_SHARED or total < CLOSE_ENOUGH * weight_of_shared:
        return None
    rank = 100 * total // (weight_of_shared + DOUBT)
    return Likeness(case=case, agreed=tuple(agreed), differing=tuple(differing), rank=rank)


def _weights(questionnaire: Questionnaire) -> dict[str, int]:
    strong, some, little = WEIGHTS
    is_read = model_of(questionnaire).is_read
    weights = {}
    for question in questionnaire.questions:
        reads = question.reads
        is_pain = reads is not None and reads.axis in PAIN_AXES and highest_level(reads) >= ACUTE
        weights[question.key] = (
            strong if is_pain or question.key == "current_shape" else some if is_read(question) else little
        )
    return weights


def _known(question: Question, answers: Answers) -> Value | None:
    answer = answers.get(question.key)
    if answer is None or answer.value is None or not is_asked(question, answers):
        return None
    return answer.value


def _fits(question: Question, value: Value) -> bool:
    """Whether the question takes the value: cases are coded by the built-in edition, and another may ask otherwise."""
    if isinstance(value, int | float):
        return question.kind == "number"
    if question.kind == "text":
        return False
    if question.kind != ("choice" if isinstance(value, str) else "several"):
        return False
    known = [option.value for option in question.options]
    return value in known if isinstance(value, str) else all(slug in known for slug in value)


# --- reading

_FIELDS: Final = (
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
_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LINKED: Final = re.compile(r"(?P<link>https?://\S+)(?: \((?P<remark>.+)\))?")


def load_cases(document: object, questionnaire: Questionnaire, *, file: str = "") -> tuple[Case, ...]:
    """The cases in `document`, in its order, with their answers checked against `questionnaire`.

    `document` is what `read_document` returns: `{"questionnaire": slug, "version": n, "cases": [case, …]}`, each case
    as fixtures/cases/published-cases.schema.json describes it. Raises ValidationFailed with every problem found in all
    cases; the key of each problem is the case's id, or its place, followed by the field.

    >>> load_cases({"questionnaire": "split-checklist", "version": 1, "cases": []}, split_checklist)
    ()
    """
    reading = _Cases(questionnaire, file)
    cases = reading.document(document)
    if reading.issues:
        raise ValidationFailed(reading.issues)
    return cases


class _Cases:
    """Reads on after a mistake, so that all are told at once; what it returns counts only when there is none."""

    def __init__(self, questionnaire: Questionnaire, file: str) -> None:
        self.questionnaire = questionnaire
        self.file = file
        self.issues: list[Issue] = []

    def note(self, code: str, message: str, key: str = "") -> None:
        self.issues.append(Issue(code=code, message=message, file=self.file, key=key))

    def document(self, document: object) -> tuple[Case, ...]:
        if not isinstance(document, Mapping):
            self.note("wrong_type", _('Give an object: {"questionnaire": "…", "version": 1, "cases": […]}'))
            return ()
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
            return ()
        if len(given) > MAX_CASES:
            self.note("too_many", _("Give at most {count} cases").format(count=MAX_CASES), "cases")
            return ()
        cases = [case for place, raw in enumerate(given, start=1) if (case := self.case(raw, f"case {place}"))]
        ids = [case.id for case in cases]
        for twice in sorted({id_ for id_ in ids if ids.count(id_) > 1}):
            self.note("duplicate", _("Give each case an id of its own; this one is there twice"), twice)
        return tuple(cases)

    def case(self, raw: object, place: str) -> Case | None:
        if not isinstance(raw, Mapping):
            self.note("wrong_type", _("Give an object with the fields of a case"), place)
            return None
        before = len(self.issues)
        slug = raw.get("id")
        if isinstance(slug, str) and len(slug) <= 60 and _ID.fullmatch(slug):
            place = slug
        elif "id" in raw:
            self.note("wrong_type", _("Write small letters, digits and hyphens"), f"{place}.id")
        for name in raw:
            if name not in _FIELDS:
                self.note("unknown_field", _("Remove it; there is no such field"), f"{place}.{shown(str(name))}")
        for name in _FIELDS:
            if name not in raw:
                self.note("missing", _("Add it"), f"{place}.{name}")
        if len(self.issues) > before and any(name not in raw for name in _FIELDS):
            return None
        year = raw["year"]
        if isinstance(year, bool) or not isinstance(year, int) or not 1990 <= year <= 2100:
            self.note("out_of_range", _("Enter a year between 1990 and 2100"), f"{place}.year")
        if not isinstance(raw["scorable"], bool):
            self.note("wrong_type", _("Write true or false"), f"{place}.scorable")
        right = _right(raw["decision_was_right"])
        if right is None:
            self.note(
                "unknown_option",
                _('Write true, false, "mixed", or null where it is not known'),
                f"{place}.decision_was_right",
            )
        answers = self.answers(raw["answers"], raw["scope"], place)
        also = raw["also_acceptable"]
        if not isinstance(also, list):
            self.note("wrong_type", _("Give a list of verdicts; [] for none"), f"{place}.also_acceptable")
            also = []
        case = Case(
            id=place,
            system=self.text(raw, "system", place, 120),
            year=cast(int, year),
            stack=self.text(raw, "stack", place, 200),
            answers=answers,
            decision_taken=self.verdict(raw["decision_taken"], f"{place}.decision_taken"),
            decision_was_right=right or "mixed",
            verdict_in_hindsight=self.verdict(raw["verdict_in_hindsight"], f"{place}.verdict_in_hindsight"),
            also_acceptable=tuple(self.verdict(verdict, f"{place}.also_acceptable") for verdict in also),
            confidence=cast(Confidence, self.one_of(raw["confidence"], CONFIDENCES, f"{place}.confidence")),
            scorable=raw["scorable"] is True,
            outcome=self.text(raw, "outcome", place),
            lesson=self.text(raw, "lesson", place),
            evidence=tuple(self.evidence(raw["evidence"], f"{place}.evidence")),
            sources=tuple(self.sources(raw["sources"], f"{place}.sources")),
        )
        return case if len(self.issues) == before else None

    def answers(self, raw: object, scope: object, place: str) -> dict[str, Answer]:
        try:
            answers = read_answers({"questionnaire": self.questionnaire.slug, "answers": raw}, self.questionnaire)
        except ValidationFailed as refused:
            for issue in refused.issues:
                self.note(issue.code, issue.message, f"{place}.answers.{issue.key}")
            return {}
        told = answers.get("scope")
        if told is not None and told.value != scope:
            self.note("contradiction", _("Write the same scope here and among the answers"), f"{place}.scope")
        return answers

    def verdict(self, raw: object, key: str) -> Verdict:
        return cast(Verdict, self.one_of(raw, VERDICTS, key))

    def one_of(self, raw: object, allowed: tuple[str, ...], key: str) -> str:
        if not isinstance(raw, str) or raw not in allowed:
            self.note("unknown_option", _("Choose one of {options}").format(options=", ".join(allowed)), key)
            return allowed[0]
        return raw

    def text(self, raw: Mapping[str, object], name: str, place: str, limit: int = MAX_TEXT) -> str:
        text, key = raw.get(name), f"{place}.{name}"
        if not isinstance(text, str) or not text.strip():
            self.note("wrong_type", _("Write text here, in quotes"), key)
            return ""
        return self.checked(text, limit, key)

    def checked(self, text: str, limit: int, key: str) -> str:
        try:
            return check_text(text, limit)
        except ValidationFailed as refused:
            for issue in refused.issues:
                self.note(issue.code, issue.message, key)
            return ""

    def evidence(self, raw: object, key: str) -> Iterator[Evidence]:
        if not isinstance(raw, Mapping):
            self.note("wrong_type", _("Give an object: what a source says, by question"), key)
            return
        for name, part in raw.items():
            if name != SIZE and name not in self.questionnaire.by_key:
                self.note(
                    "unknown_key", _("Use a question's key; there is no such question"), f"{key}.{shown(str(name))}"
                )
            elif not isinstance(part, Mapping) or set(part) != {"status", "says"}:
                self.note("wrong_type", _("Give an object with `status` and `says`"), f"{key}.{name}")
            else:
                status = cast(Status, self.one_of(part["status"], STATUSES, f"{key}.{name}.status"))
                yield Evidence(key=name, status=status, says=self.text(part, "says", f"{key}.{name}"))

    def sources(self, raw: object, key: str) -> Iterator[CaseSource]:
        if not isinstance(raw, list) or not raw:
            self.note("wrong_type", _("Give a list with at least one source"), key)
            return
        for text in raw:
            if not isinstance(text, str) or not text.strip():
                self.note("wrong_type", _("Write an address or a description, in quotes"), key)
                continue
            text = self.checked(text, MAX_TEXT, key)
            linked = _LINKED.fullmatch(text)
            if linked is None:
                # No address, so nothing to follow: shown as it stands.
                yield CaseSource(link="", remark=text)
                continue
            try:
                link = check_link(linked["link"])
            except ValidationFailed as refused:
                for issue in refused.issues:
                    self.note(issue.code, issue.message, key)
                continue
            yield CaseSource(link=link, remark=linked["remark"] or "")


def _right(raw: object) -> Right | None:
    if isinstance(raw, bool):
        return "yes" if raw else "no"
    if raw is None:
        return "unknown"
    return "mixed" if raw == "mixed" else None
