"""The answers as a report shows them: every one by section, and those that are still open."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from assess.decision.facade import Result, format_value
from assess.language import _, all_of, capitalised, ngettext, number_word
from assess.questionnaire.facade import BASIS_INSIDE, Answer, Question, Questionnaire, is_asked
from assess.reports.content.data import (
    ANSWER_STATES,
    AnswerLine,
    AnswerSection,
    AnswerState,
    AttributedAnswer,
    OpenLine,
    QuestionRef,
)
from assess.reports.content.people import IndividualAnswer
from assess.reports.content.sanitize import MAX_LINK, MAX_NAME, clean_line, clean_text


def build_open_lines(
    questionnaire: Questionnaire,
    answers: Mapping[str, AttributedAnswer],
    result: Result,
    refs: Mapping[str, QuestionRef],
) -> tuple[OpenLine, ...]:
    """The questions without a known answer, those that could change the verdict first."""
    titles = {section.slug: section.title for section in questionnaire.sections}
    decisive = set(result.decisive_open_keys)
    lines = []
    for key in result.open_keys:
        attributed = answers.get(key)
        lines.append(
            OpenLine(
                question=refs[key],
                section_title=titles[refs[key].section],
                state_words=(attributed.disagreement if attributed else "")
                or ANSWER_STATES["open" if attributed is None else "not_sure"],
                who_knows=clean_line(attributed.answer.who_knows, MAX_NAME) if attributed else "",
                decisive=key in decisive,
            )
        )
    return tuple(sorted(lines, key=lambda line: not line.decisive))


def open_finding(lines: tuple[OpenLine, ...]) -> str:
    """How many questions are open, and how many of them could change the verdict."""
    if not lines:
        return _("Every question that was asked has an answer.")
    decisive = sum(line.decisive for line in lines)
    if not decisive:
        sentence = ngettext(
            "{count} question has no known answer; none of them alone could change the verdict.",
            "{count} questions have no known answer; none of them alone could change the verdict.",
            len(lines),
        )
    else:
        sentence = ngettext(
            "{count} question has no known answer; {decisive} of them could change the verdict.",
            "{count} questions have no known answer; {decisive} of them could change the verdict.",
            len(lines),
        )
    return sentence.format(count=capitalised(number_word(len(lines))), decisive=number_word(decisive))


def build_sections(questionnaire: Questionnaire, answers: Mapping[str, AttributedAnswer]) -> Iterator[AnswerSection]:
    """Every section with all its questions, also those that are not asked."""
    plain_answers = {key: attributed.answer for key, attributed in answers.items()}
    number = 0
    for section in questionnaire.sections:
        lines = []
        for question in section.questions:
            number += 1
            asked = is_asked(question, plain_answers)
            lines.append(build_answer_line(number, question, answers.get(question.key), asked=asked))
        yield AnswerSection(
            slug=section.slug,
            title=section.title,
            lines=tuple(lines),
            counts={state: sum(line.state == state for line in lines) for state in ANSWER_STATES},
        )


def build_answer_line(
    number: int, question: Question, attributed: AttributedAnswer | None, *, asked: bool
) -> AnswerLine:
    """One question with its answer in words. `asked` is whether earlier answers leave it in."""
    answer = attributed.answer if attributed else Answer()
    state: AnswerState
    value, means = "", ""
    if not asked:
        state = "not_asked"
    elif attributed is None:
        state = "open"
    elif answer.value is not None:
        state = "known"
        value = capitalised(format_value(question, answer.value))
        means = question.option(str(answer.value)).means if question.kind == "choice" else ""
    elif answer.not_applicable:
        state, value = "not_applicable", clean_text(answer.not_applicable)
    else:
        state = "not_sure"
    disagreement_words = attributed.disagreement if attributed and state == "not_sure" else ""
    # What somebody wrote beside an answer stays in the report even where the question is no longer asked.
    return AnswerLine(
        number=number,
        key=question.key,
        wording=question.wording,
        state=state,
        state_words=_("not asked, because of an earlier answer")
        if state == "not_asked"
        else disagreement_words or ANSWER_STATES[state],
        value=value,
        raw_value=answer.value if state == "known" else None,
        means=means,
        basis=BASIS_INSIDE[answer.basis] if answer.basis and state == "known" else "",
        basis_slug=(answer.basis or "") if state == "known" else "",
        note=clean_text(answer.note),
        link=clean_line(answer.link, MAX_LINK),
        who_knows=clean_line(answer.who_knows, MAX_NAME),
        by=clean_line(attributed.by, MAX_NAME) if attributed else "",
        at=attributed.at if attributed else None,
        individual=tuple(sanitize_individual(one) for one in attributed.individual) if attributed else (),
        agreement_note=clean_text(attributed.agreement_note) if attributed else "",
    )


def sanitize_individual(one: IndividualAnswer) -> IndividualAnswer:
    """The same answer with its texts capped and without invisible characters."""
    return replace(
        one,
        who=clean_line(one.who, MAX_NAME),
        words=clean_text(one.words),
        note=clean_text(one.note),
        link=clean_line(one.link, MAX_LINK),
        who_knows=clean_line(one.who_knows, MAX_NAME),
        after_sight=clean_line(one.after_sight, MAX_LINK),
    )


def answers_finding(sections: tuple[AnswerSection, ...]) -> str:
    """How many questions have a known answer, and the state of the others."""
    totals = {state: sum(section.counts[state] for section in sections) for state in ANSWER_STATES}
    total = sum(totals.values())
    rest = [
        _("{count} {state}").format(count=totals[state], state=name)
        for state, name in ANSWER_STATES.items()
        if state != "known" and totals[state]
    ]
    if not rest:
        return _("{known} of {asked} questions have a known answer.").format(known=totals["known"], asked=total)
    return _("{known} of {asked} questions have a known answer; {rest}.").format(
        known=totals["known"], asked=total, rest=all_of(rest)
    )
