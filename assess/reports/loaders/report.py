"""The `ReportData` of an assessment, from the rows of its version; with planned changes and the workspace's brand."""

from base64 import b64encode
from dataclasses import replace

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import to_locale

from assess.assessments.facade import (
    Assessment,
    build_consensus,
    build_version_candidates,
    compare_planned_changes,
    disagreements_to_json,
    judge,
    load_sources,
    questionnaire_of,
    read_what_if,
    with_evidence,
)
from assess.decision.facade import FORM_WORDS, Result, decider, title_of
from assess.evidence.facade import build_scan_charts
from assess.language import _
from assess.monoliths_file import measured_monoliths
from assess.people.facade import Logo, Workspace
from assess.planning.facade import DesignDecision, Outcome, PlanStep, PreparationMark
from assess.questionnaire.facade import Answers, Questionnaire, answers_hash, worded_for
from assess.record.facade import head_of
from assess.reports.content.attachment import build_attachment
from assess.reports.content.build import build_report
from assess.reports.content.data import AttributedAnswer, Brand, Paper, PlannedChanges, PlannedLine, ReportData, Subject
from assess.reports.content.sanitize import MAX_NAME, MAX_TEXT, clean_line
from assess.reports.file_names import assessment_file_stem
from assess.reports.loaders.comparison import load_changes
from assess.reports.loaders.evidence import load_evidence
from assess.reports.loaders.planning import load_planning
from assess.reports.loaders.responses import build_disagreement, load_combined_answers
from assess.reports.loaders.review import load_review
from assess.web.facade import get_language_tag, get_time_zone, localdate_in, to_form_texts

PAPERS: dict[str, Paper] = {"A4": "A4", "Letter": "Letter"}


def with_report_relations(assessments: "QuerySet[Assessment]") -> "QuerySet[Assessment]":
    """The assessments with every related row that `load_report` reads of them, in one query. `has_plan_steps` and
    its like spare those without any a query."""
    joined = ("system__team", "workspace__logo", "edition", "created_by", "submitted_by", "money_inputs")
    return with_evidence(assessments.select_related(*joined)).annotate(
        has_plan_steps=Exists(PlanStep.objects.filter(assessment=OuterRef("pk"))),
        has_preparation_marks=Exists(PreparationMark.objects.filter(assessment=OuterRef("pk"))),
        has_design_decisions=Exists(DesignDecision.objects.filter(assessment=OuterRef("pk"))),
        has_outcomes=Exists(Outcome.objects.filter(assessment=OuterRef("pk"))),
    )


def load_report(assessment: Assessment) -> ReportData:
    """The report of this version as it stands now, in the active language.

    A submitted version is judged by the model that judged it when it was submitted. Costs five queries beside what
    `assessment` has not loaded yet, eleven where people answered separately, up to four more once it is submitted, and
    those of `load_changes` from a second version on.
    """
    questionnaire = questionnaire_of(assessment.edition)
    table = build_consensus(assessment) if assessment.answers_separately else None
    if table is not None:
        attributed = load_combined_answers(table)
    else:
        rows = assessment.answers.given().select_related("answered_by")
        attributed = {
            row.key: AttributedAnswer(answer=row.as_answer(), by=str(row.answered_by), at=row.answered_at)
            for row in rows
        }
    answers = {key: one.answer for key, one in attributed.items()}
    questionnaire = worded_for(questionnaire, answers)
    subject = Subject(
        system=assessment.system.name,
        team=assessment.system.team.name,
        workspace=assessment.workspace.name,
        version=assessment.version,
        edition=questionnaire.title,
        answers_hash=assessment.answers_hash or answers_hash(questionnaire, answers),
        started_by=str(assessment.created_by),
        dated=localdate_in(assessment.workspace, assessment.submitted_at or assessment.updated_at),
        state=assessment.state,
        edition_sha256=assessment.edition.sha256,
        edition_file=bytes(assessment.edition.content).decode("utf-8") if assessment.edition.workspace_id else "",
        file_stem=assessment_file_stem(assessment),
        submitted_at=assessment.submitted_at,
        submitted_by=str(assessment.submitted_by) if assessment.submitted_by else "",
        record_head=str(head_of(assessment.pk)) if assessment.is_submitted else "",
    )
    judgement = judge(assessment, questionnaire, answers)
    result, argument = judgement.result, judgement.argument
    review = load_review(assessment, questionnaire)
    sources = load_sources(assessment)
    scan = sources.scan
    found = build_version_candidates(assessment, scan)
    claims = load_evidence(assessment, questionnaire, answers, sources)
    report = build_report(
        subject=subject,
        questionnaire=questionnaire,
        answers=attributed,
        result=result,
        argument=argument,
        disagreement=build_disagreement(table) if table else None,
        review=review,
        planned_changes=load_planned_changes(assessment, questionnaire, answers, result),
        candidates=found.candidates,
        candidates_from=clean_line(found.typed_by, MAX_TEXT),
        since=load_changes(assessment),
        claims=claims,
        planning=load_planning(assessment, questionnaire, answers, result, scan),
        brand=load_brand(assessment.workspace),
    )
    attachment = build_attachment(
        subject,
        questionnaire,
        answers,
        result,
        argument=argument,
        disagreements=disagreements_to_json(table) if table else None,
        signature=review.signature if review else None,
        claims=claims,
        design=report.planning.design,
        money=report.planning.money,
        pitfalls=report.planning.pitfalls,
    )
    return replace(
        report, attachment=attachment, scan_charts=build_scan_charts(scan, measured_monoliths()) if scan else None
    )


def load_planned_changes(
    assessment: Assessment,
    questionnaire: Questionnaire,
    answers: Answers,
    result: Result,
) -> PlannedChanges | None:
    """The planned changes, None where there are none; `result` is what the version's model says without.
    One query."""
    lines = compare_planned_changes(questionnaire, assessment.planned_changes.all(), answers)
    if not lines:
        return None
    tried = read_what_if(questionnaire, answers, {line.change.key: to_form_texts(line.change.after) for line in lines})
    reached = decider(assessment.model_version)(questionnaire, tried.answers)
    if not reached.shown_verdict:
        finding = _("With the planned changes made, there is no verdict yet.")
    elif (reached.verdict, reached.form) == (result.verdict, result.form):
        finding = _("With the planned changes made, the verdict stays “{verdict}”, {form}.")
    else:
        finding = _("With the planned changes made, the verdict is “{verdict}”, {form}.")
    return PlannedChanges(
        finding=finding.format(verdict=title_of(reached.verdict, reached.form), form=FORM_WORDS[reached.form]),
        why=reached.rule_sentence,
        lines=tuple(
            PlannedLine(
                sentence=line.sentence,
                reached=line.reached,
                by=clean_line(str(line.kept_by), MAX_NAME),
                at=line.kept_at,
            )
            for line in lines
        ),
    )


def load_brand(workspace: Workspace) -> Brand:
    """One query, for the logo, unless it came with the workspace. The report contains it, so it fetches nothing."""
    logo: Logo | None = getattr(workspace, "logo", None)
    drawn = "" if logo is None else f"data:image/png;base64,{b64encode(logo.read_picture()).decode()}"
    return Brand(
        name=workspace.name,
        logo=drawn,
        paper=PAPERS[workspace.paper],
        language=to_locale(get_language_tag(workspace.language)).replace("_", "-"),
        confidentiality=workspace.confidentiality,
        time_zone=str(get_time_zone(workspace.time_zone)),
    )
