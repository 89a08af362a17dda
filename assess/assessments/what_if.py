"""What if: changes to saved answers, read from an address, and what they would do to the verdict. Saves nothing.

Decides which parameters are changes, what is wrong with the others, how changes are written in a link, and what of two
results is compared. What answers mean is decided by `decision`, how changes are kept by `planned_changes`. No database:
saved answers are passed in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Final
from urllib.parse import urlencode

from assess.assessments.formatting import DOES_NOT_APPLY, format_answer
from assess.decision.facade import (
    GATE_WORDS,
    Change,
    Flip,
    GateState,
    Kind,
    Result,
    Score,
    Verdict,
    change_between,
    describe_change,
    name_of_axis,
)
from assess.language import N_, Words, _, all_of, ngettext
from assess.questionnaire.facade import (
    NONE_OF_THESE,
    Answer,
    Answers,
    Issue,
    Question,
    Questionnaire,
    Section,
    ValidationFailed,
    Value,
    as_asked,
    is_asked,
    parse_text,
    shown,
)
from assess.web.facade import to_form_texts

#: So many flips are offered as changes to try.
MAX_SUGGESTIONS: Final = 5
#: So many unknown names are listed; the rest are counted.
MAX_UNKNOWN_NAMES: Final = 5
#: What a team can bring about first; then what would have to happen to it; then what it would only have to find out.
KINDS: Final[Words[Kind]] = Words(
    {
        "work": N_("What you can work on"),
        "happen": N_("If this happens"),
        "learn": N_("If you find out that"),
    }
)
GATE_STATES: Final[Words[GateState]] = Words({"passed": N_("passed"), "failed": N_("failed"), "open": N_("open")})

#: What an address or a form sends: each name with all its texts.
Texts = Mapping[str, Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """Saved answers with some of them changed.

    `changes` are valid and in the questionnaire's order. `issues` are keyed by question, or by an unknown name, and
    `invalid` has what was typed there. `left_out` are questions that are not asked under these answers.
    """

    questionnaire: Questionnaire
    saved: Answers
    changes: tuple[Change, ...]
    issues: tuple[Issue, ...]
    invalid: Texts
    left_out: tuple[Question, ...]

    @cached_property
    def answers(self) -> Answers:
        """The saved answers with the changes made."""
        return {**self.saved, **{change.key: Answer(value=change.after) for change in self.changes}}

    @property
    def query(self) -> str:
        """The changes as they are written in a link, "" without any.

        >>> read_what_if(split_checklist, {"teams": Answer(value=2)}, {"teams": ["3 "], "tracing": [""]}).query
        'teams=3'
        """
        return to_query(self.changes)

    def without(self, key: str) -> "WhatIf":
        """The same without the change of this question, and without changes that were only asked because of it."""
        others = {change.key: to_form_texts(change.after) for change in self.changes if change.key != key}
        return read_what_if(self.questionnaire, self.saved, others)


def to_query(changes: Iterable[Change]) -> str:
    """Changes as parameters of an address."""
    return urlencode([(change.key, text) for change in changes for text in to_form_texts(change.after)])


def read_what_if(questionnaire: Questionnaire, saved: Answers, parameters: Texts) -> WhatIf:
    """The changes in an address's or form's parameters. Never raises: what is wrong is in `issues`.

    A parameter without a text, or with the text of the saved answer, is no change. Only of a question where several may
    be ticked, and were, an empty text says that none is ticked any more, since a form cannot say it otherwise.
    """
    answers = dict(saved)
    changes: list[Change] = []
    issues: list[Issue] = []
    invalid: dict[str, list[str]] = {}
    left_out: list[Question] = []
    for question in questionnaire.questions:
        texts = parameters.get(question.key)
        if texts is None:
            continue
        answer = saved.get(question.key)
        before = answer.value if answer else None
        try:
            after = read_value(question, texts, before)
        except ValidationFailed as error:
            if is_asked(question, answers):
                issues += error.issues
                invalid[question.key] = [shown(text) for text in texts]
            continue
        if after is None or after == before:
            continue
        if not is_asked(question, answers):
            left_out.append(question)
            continue
        changes.append(change_between(question, before, after))
        answers[question.key] = Answer(value=after)
    return WhatIf(
        questionnaire=questionnaire,
        saved=saved,
        changes=tuple(changes),
        issues=(*issues, *find_unknown_names(questionnaire, parameters)),
        invalid=invalid,
        left_out=tuple(left_out),
    )


def read_value(question: Question, texts: Sequence[str], before: Value | None) -> Value | None:
    """The value in these texts; () where an answer of several values was emptied, None where there is none."""
    value = parse_text(question, list(texts))
    return () if value is None and question.kind == "several" and before is not None else value


def find_unknown_names(questionnaire: Questionnaire, parameters: Texts) -> list[Issue]:
    """An issue for each name that no question has."""
    names = [name for name in parameters if name not in questionnaire.by_key]
    issues = []
    for name in names[:MAX_UNKNOWN_NAMES]:
        near = get_close_matches(shown(name), list(questionnaire.by_key), n=1)
        message = _("Remove the empty name from the address; there is no such question")
        if near:
            message = _("Write {known} instead of {name} in the address; there is no such question")
        elif shown(name):
            message = _("Remove {name} from the address; there is no such question")
        message = message.format(name=shown(name), known=near[0] if near else "")
        issues.append(Issue(code="unknown_key", key=shown(name), message=message))
    rest = len(names) - MAX_UNKNOWN_NAMES
    if rest > 0:
        message = ngettext(
            "Remove {count} more name from the address; there is no such question",
            "Remove {count} more names from the address; there are no such questions",
            rest,
        )
        issues.append(Issue(code="unknown_key", message=message.format(count=rest)))
    return issues


@dataclass(frozen=True, kw_only=True, slots=True)
class AxisRow:
    """One axis as saved and as changed, as numbers. `difference` is "" where nothing moved."""

    axis: str
    name: str
    before: str
    after: str
    difference: str


@dataclass(frozen=True, kw_only=True, slots=True)
class GateRow:
    """A gate that changed its state, from and to in words."""

    name: str
    before: str
    after: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two results side by side: of the answers as saved, and as changed."""

    saved: Result
    now: Result

    @property
    def flips(self) -> bool:
        return self.saved.verdict != self.now.verdict

    @property
    def same_rule(self) -> bool:
        return self.saved.rule == self.now.rule

    @property
    def same_possible(self) -> bool:
        return self.saved.possible_verdicts == self.now.possible_verdicts

    @property
    def axes(self) -> list[AxisRow]:
        return [compare_axis(self.saved.scores[axis], score) for axis, score in self.now.scores.items()]

    @property
    def checklist(self) -> AxisRow:
        """The readiness checklist in the form of an axis: how many of its questions are answered with yes."""
        before, after = self.saved.checklist_counts, self.now.checklist_counts
        return AxisRow(
            axis="checklist",
            name=_("Readiness checklist, yes"),
            before=_("{yes} of {of}").format(**before),
            after=_("{yes} of {of}").format(**after),
            difference=format_signed(after["yes"] - before["yes"]),
        )

    @property
    def gates(self) -> list[GateRow]:
        before = {gate.gate: gate.state for gate in self.saved.gates}
        return [
            GateRow(
                name=GATE_WORDS.get(gate.gate, gate.gate.capitalize()),
                before=GATE_STATES[before[gate.gate]],
                after=GATE_STATES[gate.state],
                sentence=gate.sentence,
            )
            for gate in self.now.gates
            if before[gate.gate] != gate.state
        ]


def compare_axis(before: Score, after: Score) -> AxisRow:
    """The points of one axis before and after."""
    first, second = format_points(before), format_points(after)
    difference = format_signed(after.points - before.points)
    if not difference and first != second:
        difference = _("range")
    return AxisRow(axis=after.axis, name=name_of_axis(after), before=first, after=second, difference=difference)


def format_points(score: Score) -> str:
    """Points out of 100, as a range where open answers could still move them."""
    if score.high == score.points:
        return str(score.points)
    if not score.contributions:
        return _("not known")
    return _("{low} to {high}").format(low=score.points, high=score.high)


def format_signed(number: int) -> str:
    """With its sign, a real minus; "" for nothing."""
    return f"+{number}" if number > 0 else f"\N{MINUS SIGN}{-number}" if number else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """A flip of the saved answers, ready to be tried."""

    words: str
    verdict: Verdict
    query: str


def suggest_changes(questionnaire: Questionnaire, flips: Sequence[Flip]) -> list[tuple[str, list[Suggestion]]]:
    """The nearest flips, by what kind of change they are; `flips` come nearest first.

    Of flips of the same questions to the same verdict only the nearest is offered: a step farther says nothing new.
    """
    nearest: dict[object, Flip] = {}
    for flip in flips:
        nearest.setdefault((flip.verdict, *(change.key for change in flip.changes)), flip)
    chosen = list(nearest.values())[:MAX_SUGGESTIONS]
    groups = []
    for kind, title in KINDS.items():
        lines = [build_suggestion(questionnaire, flip) for flip in chosen if flip_kind(flip) == kind]
        if lines:
            groups.append((title, lines))
    return groups


def flip_kind(flip: Flip) -> Kind:
    """The kind of change; of two, the one that the team can influence less."""
    kinds = {change.kind for change in flip.changes}
    return "happen" if "happen" in kinds else "work" if "work" in kinds else "learn"


def build_suggestion(questionnaire: Questionnaire, flip: Flip) -> Suggestion:
    """The flip in words, with the link that tries it."""
    return Suggestion(
        words=all_of([describe_change(questionnaire, change) for change in flip.changes]),
        verdict=flip.verdict,
        query=to_query(flip.changes),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One option of a control; `value` "" stands for the answer as saved."""

    value: str
    label: str
    chosen: bool
    as_saved: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Control:
    """One question as a compact control."""

    question: Question
    asked: bool
    saved: str  #: of a number: the saved answer, without its unit
    typed: str  #: of a number: the text in the field
    choices: tuple[Choice, ...]
    error: str


def build_controls(what_if: WhatIf) -> list[tuple[Section, list[Control]]]:
    """A control for each question, section by section; those not asked under these answers are marked so."""
    errors = {issue.key: issue.message for issue in what_if.issues}
    return [
        (
            section,
            [
                build_control(what_if, question, errors.get(question.key, ""))
                for question in section.questions
                if question.kind != "text"  # no rule reads it
            ],
        )
        for section in what_if.questionnaire.sections
    ]


def build_control(what_if: WhatIf, question: Question, error: str) -> Control:
    """The control of one question as it is put under these answers, with what was typed where it is invalid."""
    question = as_asked(question, what_if.answers)
    saved, now = what_if.saved.get(question.key), what_if.answers.get(question.key)
    texts = to_form_texts(now.value) if now and now.value is not None else []
    texts = list(what_if.invalid.get(question.key, texts))
    return Control(
        question=question,
        asked=is_asked(question, what_if.answers),
        saved=format_saved_number(question, saved) if question.kind == "number" else "",
        typed=texts[0] if texts and question.kind == "number" else "",
        choices=build_choices(question, saved, texts),
        error=error,
    )


def format_saved_answer(question: Question, saved: Answer | None) -> str:
    """The saved answer, short enough for a control."""
    if saved is None or not saved.is_known:
        return _(DOES_NOT_APPLY) if saved and saved.not_applicable else _("Not known")
    return format_answer(question, saved)


def format_saved_number(question: Question, saved: Answer | None) -> str:
    """As `format_saved_answer`, inside a sentence that names the unit."""
    if saved is None or not saved.is_known:
        return _("does not apply") if saved and saved.not_applicable else _("not known")
    return format_answer(question, saved).removesuffix(question.unit).strip()


def build_choices(question: Question, saved: Answer | None, texts: Sequence[str]) -> tuple[Choice, ...]:
    """The options of a control, the answer as saved first or marked; none for a number."""
    before = saved.value if saved else None
    if question.kind == "several":
        ticked = before if isinstance(before, tuple) else ()
        choices = [
            Choice(
                value=option.value,
                label=option.label,
                chosen=option.value in texts,
                as_saved=option.value in ticked,
            )
            for option in question.options
        ]
        if before is None:
            # Where something is saved, no tick at all says the same.
            choices.append(Choice(value=NONE_OF_THESE, label=_("None of these"), chosen=NONE_OF_THESE in texts))
        return tuple(choices)
    if question.kind == "number":
        return ()
    others = [option.value for option in question.options if option.value != before]
    # Said outright: without a choice marked, a browser would show the first.
    is_changed = any(text in others for text in texts)
    as_saved = Choice(value="", label=format_saved_answer(question, saved), chosen=not is_changed, as_saved=True)
    choices = [
        as_saved
        if option.value == before
        else Choice(value=option.value, label=option.label, chosen=option.value in texts)
        for option in question.options
    ]
    return tuple(choices if before is not None else [as_saved, *choices])
