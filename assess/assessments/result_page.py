"""What the pages that show a version's result have in common: the result page, and the page behind a share link."""

from datetime import datetime
from typing import Any

from assess.assessments.editions import questionnaire_of
from assess.assessments.evidence.actions import latest_scan_of
from assess.assessments.evidence.candidates import candidates_of
from assess.assessments.judging import judge
from assess.assessments.models import Assessment
from assess.assessments.progress import compute_progress
from assess.assessments.what_if import to_query
from assess.decision.facade import VERDICTS, Result, change_between, find_standing_steps
from assess.evidence.facade import count_exceptions, find_conflicts, needs_candidate
from assess.findings.facade import OpenQuestion, build_findings, build_hero
from assess.language import _
from assess.questionnaire.facade import Answers, Questionnaire, count_known, worded_for
from assess.web.facade import localdate_in


def build_result_page(assessment: Assessment, now: datetime, *, is_stale: bool = False) -> dict[str, Any]:
    """The context of `result/answer.html` and `result/closer.html`: result, argument, findings and the answer card.

    `is_stale` where the verdict is due to be asked again. Two queries for the answers, one for the newest scan; two
    more, for the candidates, where the decision is to extract.
    """
    answers = assessment.current_answers()
    questionnaire = worded_for(questionnaire_of(assessment.edition), answers)
    judgement = judge(assessment, questionnaire, answers)
    result = judgement.result
    scan = latest_scan_of(assessment)
    overruled_to = assessment.overruled_to if assessment.overruled_to != result.verdict else ""
    today = localdate_in(assessment.workspace, now)
    submitted_on = localdate_in(assessment.workspace, assessment.submitted_at) if assessment.submitted_at else None
    is_enough = has_enough(assessment, questionnaire, answers, result)
    findings = build_findings(
        questionnaire,
        answers,
        result,
        judgement.argument,
        steps=find_standing_steps(questionnaire, answers, result, overruled_to),
        starts=submitted_on or today,
        ask_again_on=assessment.ask_again_on if assessment.is_submitted else None,
        decided=next((verdict for verdict in VERDICTS if verdict == overruled_to), None),
    )
    first = findings.roadmap.first if is_enough else None
    hero = build_hero(
        result,
        is_enough=is_enough,
        too_few=too_few_words(questionnaire, answers, result),
        overruled_to=overruled_to,
        state_words=str(assessment.get_state_display()) if assessment.is_signed else "",
        is_stale=is_stale,
    )
    needs_first = needs_candidate(hero.verdict, hero.form_slug)
    return {
        "assessment": assessment,
        "questionnaire": questionnaire,
        "answers": answers,
        "result": result,
        "argument": judgement.argument,
        "scan": scan,
        "scan_conflicts": find_conflicts(scan, questionnaire, answers) if scan else (),
        "findings": findings,
        "is_enough": is_enough,
        "hero": hero,
        "needs_candidate": needs_first,
        "candidates": candidates_of(assessment).candidates if needs_first else None,
        "exceptions_left": count_exceptions(scan) if scan and hero.verdict == "modular" else None,
        "first_step": first,
        "first_is_late": first is not None and first.due is not None and first.due < today,
        "tries": tries(findings.open_question) if findings.open_question and is_enough and not overruled_to else [],
    }


def has_enough(assessment: Assessment, questionnaire: Questionnaire, answers: Answers, result: Result) -> bool:
    """Whether so much is known that a verdict is shown. The quick check judges from as many answers; below it a verdict
    would say more than they do."""
    is_known = count_known(questionnaire, answers) >= len(questionnaire.quick_questions)
    return bool(result.shown_verdict) and (assessment.is_submitted or result.firm or is_known)


def too_few_words(questionnaire: Questionnaire, answers: Answers, result: Result) -> str:
    """How many answers a first verdict needs; "" while nothing is decided, when the result says what to answer."""
    if not result.shown_verdict:
        return ""
    return _("{known} of {asked} answers are known. With {needed} or more, a first verdict shows here.").format(
        known=count_known(questionnaire, answers),
        asked=compute_progress(questionnaire, answers).asked,
        needed=len(questionnaire.quick_questions),
    )


def tries(question: OpenQuestion) -> list[dict[str, Any]]:
    """Each answer that the card tries, with its parameters for the page "What if?"."""
    asked = question.question
    return [{"tried": each, "query": to_query([change_between(asked, None, each.value)])} for each in question.tried]
