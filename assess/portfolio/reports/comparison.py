"""The report that compares two to four versions or systems, as the page does.

Decides what it says and in which order. What differs, and what moved a verdict, is decided in the room of reports.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils import timezone

from assess.assessments.facade import Assessment, State, check_answered_first
from assess.decision.facade import VERDICT_WORDS, words_of_verdict
from assess.language import _, all_of, day, ngettext, number
from assess.people.facade import User
from assess.portfolio.reports.common import build_job_of_document, data_inside, name_of, verdict_cell
from assess.questionnaire.facade import to_json
from assess.reports.facade import (
    Block,
    Chapter,
    Column,
    ComparedAnswer,
    ComparedVersion,
    Comparison,
    Document,
    Figure,
    Items,
    Line,
    Paragraph,
    Part,
    PersonalPage,
    RenderError,
    RenderJob,
    Report,
    Row,
    Run,
    Table,
    VersionStep,
    clean_text,
    dumbbell_chart,
    file_stem,
    line,
    load_brand,
    load_comparison,
)
from assess.web.facade import localdate_in, localized

#: The chart of all axes is on page 1 for up to so many versions, with its values; for more, these are in the table.
MAX_ON_PAGE_1: Final = 2

# --- writing it


def build_document(comparison: Comparison, *, today: date, language: str, confidentiality: str = "") -> Document:
    """The report. Its first chapter is page 1."""
    chapters = (
        Chapter(slug="summary", title=finding_sentence(comparison), blocks=build_summary(comparison)),
        build_axes_chapter(comparison),
        build_answers_chapter(comparison),
        build_method_chapter(comparison, today),
    )
    title = report_title(comparison)
    return Document(
        title=title,
        language=language,
        dated=today,
        footer=" · ".join(part for part in (title, day(today), confidentiality) if part),
        chapters=chapters,
    )


def report_title(comparison: Comparison) -> str:
    if comparison.same_system:
        system = name_of(comparison.columns[0].assessment.system.name)
        return _("{system}: versions compared").format(system=system)
    return _("Systems compared")


def finding_sentence(comparison: Comparison) -> str:
    """The title: which verdicts they have."""
    if any(side.is_early for side in comparison.columns):
        early = all_of([name_of(side.name) for side in comparison.columns if side.is_early])
        return _("No verdict yet: {versions}").format(versions=early)
    verdicts = [side.result.verdict for side in comparison.columns]
    if len(set(verdicts)) == 1:
        same = _("Both say “{verdict}”") if len(verdicts) == 2 else _("All say “{verdict}”")
        return same.format(verdict=VERDICT_WORDS[verdicts[0]])
    if len(verdicts) == 2:
        pattern = _("From “{before}” to “{after}”") if comparison.same_system else _("“{before}” and “{after}”")
        return pattern.format(before=VERDICT_WORDS[verdicts[0]], after=VERDICT_WORDS[verdicts[1]])
    return ngettext("{count} verdict", "{count} different verdicts", len(set(verdicts))).format(
        count=number(len(set(verdicts)))
    )


def build_summary(comparison: Comparison) -> tuple[Block, ...]:
    columns = (
        Column(title=_("Version") if comparison.same_system else _("System")),
        Column(title=_("Verdict"), width="question"),
        Column(title=_("State"), width="name"),
    )
    verdicts = Table(columns=columns, rows=tuple(build_version_row(side) for side in comparison.columns))
    steps = [block for step in comparison.steps for block in build_step(step, alone=len(comparison.steps) == 1)]
    if comparison.not_yet:
        sentence = _("Answers that a version in progress still lacks may change this.")
        steps.append(Paragraph(line=line(Run(sentence, "quiet"))))
    how = _("Found by deciding again with each changed answer, then with two at a time, then with the fewest together.")
    steps.append(Paragraph(line=line(Run(how, "quiet"))))
    moved = Part(title=_("What moved the verdict"), blocks=tuple(steps))
    return (
        (verdicts, moved) if len(comparison.columns) > MAX_ON_PAGE_1 else (verdicts, moved, build_drawing(comparison))
    )


def build_drawing(comparison: Comparison) -> Part:
    chart = dumbbell_chart(comparison.axes, comparison.finding)
    if len(comparison.columns) > MAX_ON_PAGE_1:
        chart = replace(chart, rows=tuple(replace(row, value="") for row in chart.rows))
    legend = _("From 0 to 100. Light bands are open answers. From the broken line on, a pain is acute.")
    blocks = (Figure(template="dumbbells", chart=chart), Paragraph(line=line(Run(legend, "quiet"))))
    return Part(title=comparison.finding, blocks=blocks, together=True)


def build_version_row(side: ComparedVersion) -> Row:
    result, assessment = side.result, side.assessment
    if side.is_early:
        verdict = verdict_cell("")
    else:
        sentence = ""
        if assessment.overruled_to:
            sentence = _("Overruled to “{verdict}”").format(verdict=words_of_verdict(assessment.overruled_to))
        verdict = verdict_cell(result.verdict, result.form, sentence)
    questionnaire = side.side.questionnaire
    questionnaire_name = _("{title}, version {version}").format(
        title=questionnaire.title, version=questionnaire.version
    )
    team = name_of(assessment.system.team.name)
    return Row(
        cells=(
            line(name_of(side.name), Run(f"\n{team}", "quiet")),
            verdict,
            line(state_in_words(side), Run(f"\n{name_of(questionnaire_name)}", "quiet")),
        )
    )


def state_in_words(side: ComparedVersion) -> str:
    assessment = side.assessment
    state = str(assessment.get_state_display())
    if assessment.submitted_at is None:
        return state
    on = day(localdate_in(assessment.workspace, assessment.submitted_at))
    if assessment.state == State.SUBMITTED:
        return _("Submitted {day}").format(day=on)
    return _("{state}, submitted {day}").format(state=state, day=on)


def build_step(step: VersionStep, *, alone: bool) -> list[Block]:
    """What moved the verdict from one to the next; with its own names unless there is only one step."""
    names = (
        Run(
            _("{before} → {after}:").format(before=name_of(step.before.name), after=name_of(step.after.name)),
            "strong",
        )
        if not alone
        else Run("")
    )
    if step.early:
        sentence = _("Too little is answered in {versions} for a verdict.")
        return [Paragraph(line=line(names, sentence.format(versions=name_of(step.early))))]
    moved = step.moved
    if moved.is_same:
        sentence = _("Nothing. Both say “{verdict}”.").format(verdict=VERDICT_WORDS[moved.after])
        return [Paragraph(line=line(names, sentence))]
    verdicts = _("“{before}” → “{after}”").format(before=VERDICT_WORDS[moved.before], after=VERDICT_WORDS[moved.after])
    lines = tuple(line(clean_text(sentence)) for sentence in step.sentences)
    return [Paragraph(line=line(names, verdicts)), Items(lines=lines)]


def build_axes_chapter(comparison: Comparison) -> Chapter:
    columns = (Column(title=_("Axis"), width="question"), *(Column(title=name_of(s.name)) for s in comparison.columns))
    rows = tuple(
        Row(
            cells=(
                line(
                    axis.name,
                    Run(
                        "" if axis.threshold is None else _("acute from {points}").format(points=axis.threshold),
                        "quiet",
                    ),
                ),
                *(line(mark.value) for mark in axis.marks),
            )
        )
        for axis in comparison.axes
    )
    table = Table(columns=columns, rows=rows)
    if len(comparison.columns) > MAX_ON_PAGE_1:
        return Chapter(slug="axes", title=_("What hurts, and what is ready"), blocks=(build_drawing(comparison), table))
    return Chapter(slug="axes", title=_("What hurts, and what is ready, in numbers"), blocks=(table,))


def build_answers_chapter(comparison: Comparison) -> Chapter:
    blocks: list[Block] = []
    if comparison.lines:
        blocks.append(build_answers_table(comparison.columns, comparison.lines))
    else:
        blocks.append(Paragraph(line=line(_("Every question that all of them ask has the same answer."))))
    if comparison.not_yet:
        count = len(comparison.not_yet)
        title = ngettext(
            "{count} question not answered yet where the assessment is in progress",
            "{count} questions not answered yet where the assessment is in progress",
            count,
        )
        blocks.append(
            Part(title=title.format(count=count), blocks=(build_answers_table(comparison.columns, comparison.not_yet),))
        )
    count = len(comparison.lines)
    title = ngettext("{count} answer differs", "{count} answers differ", count) if count else _("No answer differs")
    return Chapter(slug="answers", title=title.format(count=count), blocks=tuple(blocks))


def build_answers_table(sides: Sequence[ComparedVersion], lines: Sequence[ComparedAnswer]) -> Table:
    columns = (Column(title=_("Question"), width="question"), *(Column(title=name_of(side.name)) for side in sides))
    rows = tuple(
        Row(cells=(line(clean_text(each.question.wording)), *(answer_cell(cell) for cell in each.cells)))
        for each in lines
    )
    return Table(columns=columns, rows=rows)


def answer_cell(cell: Any) -> Line:
    note = clean_text(cell.note)
    return line(
        clean_text(cell.words),
        Run("\n" + _("Basis: {basis}").format(basis=cell.basis) if cell.basis else "", "quiet"),
        Run(f"\n{note}" if note else "", "quiet"),
    )


def build_method_chapter(comparison: Comparison, today: date) -> Chapter:
    facts = (
        Row(cells=(line(_("As of")), line(day(today)))),
        *(
            Row(
                cells=(
                    line(name_of(side.name)),
                    line(
                        _("{workspace}, {team}; judged by model version {model}").format(
                            workspace=name_of(side.assessment.workspace.name),
                            team=name_of(side.assessment.system.team.name),
                            model=side.result.model_version,
                        )
                    ),
                )
            )
            for side in comparison.columns
        ),
    )
    left_out: list[Line] = [
        line(_("Answers that are the same, and who gave them. Each version’s own report has both."))
    ]
    for side, questions in comparison.only:
        sentence = ngettext(
            "{count} question of {version} that not all others ask: {questions}",
            "{count} questions of {version} that not all others ask: {questions}",
            len(questions),
        )
        wordings = " ".join(clean_text(question.wording) for question in questions)
        left_out.append(line(sentence.format(count=len(questions), version=name_of(side.name), questions=wordings)))
    method = _(
        "Each verdict is that of the model at the time of submitting. What moved a verdict is found with the newest "
        "model. The same answers always give the same verdict."
    )
    blocks: tuple[Block, ...] = (
        Table(columns=(Column(title="", width="name"), Column(title="")), rows=facts, look="facts"),
        Part(title=_("How to read it"), blocks=(Paragraph(line=line(method)),)),
        Part(title=_("What is not in it"), blocks=(Items(lines=tuple(left_out)),)),
    )
    return Chapter(slug="method", title=_("How this was made, and what is not in it"), blocks=blocks)


# --- the data inside


def build_data(comparison: Comparison, name: str, today: date) -> Any:
    """As docs/portfolio.md describes it."""
    return data_inside(
        name,
        "comparison",
        {
            "dated": today.isoformat(),
            "versions": [version_values(side) for side in comparison.columns],
            "differing": [
                {
                    "question": each.question.key,
                    "wording": each.question.wording,
                    "in_words": [cell.words for cell in each.cells],
                    "answered": is_answered,
                }
                for lines, is_answered in ((comparison.lines, True), (comparison.not_yet, False))
                for each in lines
            ],
            "moved": [
                {
                    "from": step.before.name,
                    "to": step.after.name,
                    "before": step.moved.before,
                    "after": step.moved.after,
                    "movers": [list(mover.keys) for mover in step.moved.movers],
                    "by_edition": step.moved.by_edition,
                    "too_early": bool(step.early),
                }
                for step in comparison.steps
            ],
        },
    )


def version_values(side: ComparedVersion) -> Mapping[str, Any]:
    assessment, result = side.assessment, side.result
    return {
        "name": side.name,
        "system": assessment.system.name,
        "team": assessment.system.team.name,
        "workspace": assessment.workspace.name,
        "version": assessment.version,
        "state": assessment.state,
        "submitted_at": assessment.submitted_at.isoformat() if assessment.submitted_at else None,
        "edition": {"slug": side.side.questionnaire.slug, "version": side.side.questionnaire.version},
        "model_version": result.model_version,
        "verdict": result.verdict,
        "form": result.form,
        "verdict_state": result.state,
        "too_early": side.is_early,
        "overruled_to": assessment.overruled_to or None,
        "scores": {
            axis: {"points": score.points, "high": score.high, "threshold": score.threshold}
            for axis, score in result.scores.items()
        },
        "answers": to_json(side.side.answers),
    }


# --- for the queue


def build_spec(assessments: Sequence[Assessment]) -> str:
    """What the report's row keeps: the query of the page that compares these, in their order."""
    chosen = QueryDict(mutable=True)
    chosen.setlist("a", [str(assessment.pk) for assessment in assessments])
    return chosen.urlencode()


def build_job(report: Report) -> RenderJob:
    """Raises RenderError where one of them is gone."""
    joined = Assessment.objects.filter(deleted_at=None).select_related("system__team", "workspace", "edition")
    chosen = sort_as_chosen(report, joined.defer("result").in_bulk(read_spec(report)))
    if chosen is None:
        raise RenderError(_("One of the versions compared is no longer there. Compare others."))
    home = chosen[0].workspace
    with localized(home):
        today = localdate_in(home, timezone.now())
        comparison = load_comparison(chosen)
        brand = load_brand(home)
        stem = choose_file_stem(chosen, today)
        return build_job_of_document(
            build_document(
                comparison, today=today, language=brand.language, confidentiality=name_of(brand.confidentiality)
            ),
            brand=brand,
            eyebrow=_("Comparison · {day}").format(day=day(today)),
            attached=build_data(comparison, stem, today),
        )


def build_page(report: Report, person: User) -> PersonalPage:
    """The page that waits for the report. 404 unless the person may still see all of them and need not answer first."""
    seen = Assessment.objects.visible_to(person).select_related("system__team", "workspace", "edition")
    chosen = sort_as_chosen(report, seen.defer("result", "edition__content").in_bulk(read_spec(report)))
    if chosen is None:
        raise Http404
    for assessment in chosen:
        check_answered_first(person, assessment)
    one_system = len({assessment.system_id for assessment in chosen}) == 1
    names = [
        (_("version {version}") if one_system else _("{system}, version {version}")).format(
            system=assessment.system.name, version=assessment.version
        )
        for assessment in chosen
    ]
    heading = _("{system}: versions compared") if one_system else _("Systems compared")
    return PersonalPage(
        heading=heading.format(system=chosen[0].system.name),
        sentence=_("Compared: {names}.").format(names=all_of(names)),
        back=f"{reverse('compare')}?{report.spec}",
        back_words=_("Compare"),
    )


def read_spec(report: Report) -> list[int]:
    """The ids of the assessments that the report compares, in order."""
    return [int(text) for text in QueryDict(report.spec).getlist("a")]


def sort_as_chosen(report: Report, by_id: Mapping[int, Assessment]) -> list[Assessment] | None:
    """The assessments that the report compares; None where one is missing."""
    ids = read_spec(report)
    return [by_id[pk] for pk in ids] if len(by_id) == len(ids) else None


def choose_file_stem(chosen: Sequence[Assessment], dated: date) -> str:
    """The first system's name, with the versions where it is the only one."""
    first = chosen[0]
    if len({assessment.system_id for assessment in chosen}) > 1:
        return file_stem(first.system.name, "compared", dated=dated)
    versions = "-".join(f"v{assessment.version}" for assessment in chosen)
    return file_stem(first.system.name, versions, dated=dated)
