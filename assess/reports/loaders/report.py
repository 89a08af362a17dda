"""The `ReportData` of an assessment, from the rows of its version."""

from dataclasses import replace

from django.db.models import QuerySet
from django.utils import timezone

from assess.assessments.facade import Assessment, build_consensus, disagreements_to_json, questionnaire_of
from assess.cases_file import published_cases
from assess.decision.facade import argue, decider
from assess.questionnaire.facade import answers_hash
from assess.reports.content.attachment import build_attachment
from assess.reports.content.build import build_report
from assess.reports.content.data import AttributedAnswer, ReportData, Subject
from assess.reports.file_names import assessment_file_stem
from assess.reports.loaders.brand import load_brand
from assess.reports.loaders.comparison import load_changes
from assess.reports.loaders.plan import load_plan
from assess.reports.loaders.responses import build_disagreement, load_combined_answers
from assess.reports.loaders.review import load_review


def with_report_relations(assessments: "QuerySet[Assessment]") -> "QuerySet[Assessment]":
    """The assessments with every related row that `load_report` reads of them, in one query."""
    return assessments.select_related("system__team", "workspace__logo", "edition", "created_by", "submitted_by")


def load_report(assessment: Assessment) -> ReportData:
    """The report of this version as it stands now, in the active language.

    A submitted version is judged by the model that judged it when it was submitted. Costs four queries beside what
    `assessment` has not loaded yet, ten where people answered separately, up to three more once it is submitted, and
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
    subject = Subject(
        system=assessment.system.name,
        team=assessment.system.team.name,
        workspace=assessment.workspace.name,
        version=assessment.version,
        edition=questionnaire.title,
        answers_hash=assessment.answers_hash or answers_hash(questionnaire, answers),
        started_by=str(assessment.created_by),
        dated=timezone.localdate(assessment.submitted_at or assessment.updated_at),
        state=assessment.state,
        edition_sha256=assessment.edition.sha256,
        edition_file=bytes(assessment.edition.content).decode("utf-8") if assessment.edition.workspace_id else "",
        file_stem=assessment_file_stem(assessment),
        submitted_at=assessment.submitted_at,
        submitted_by=str(assessment.submitted_by) if assessment.submitted_by else "",
    )
    judge = decider(assessment.model_version)
    result = judge(questionnaire, answers)
    argument = argue(questionnaire, answers, result, published_cases())
    review = load_review(assessment, questionnaire)
    report = build_report(
        subject=subject,
        questionnaire=questionnaire,
        answers=attributed,
        result=result,
        argument=argument,
        disagreement=build_disagreement(table) if table else None,
        review=review,
        plan=load_plan(assessment, questionnaire, answers, result, judge),
        since=load_changes(assessment),
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
    )
    return replace(report, attachment=attachment)
