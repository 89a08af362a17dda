"""The signs, groups and open questions of a version, from its answers and what is attached to it."""

from assess.advice.facade import Facts, Merging, build_merging, runs_as_services
from assess.assessments.facade import Assessment
from assess.planning.measured import load_measured_services
from assess.questionnaire.facade import Answers, Questionnaire


def find_merging_of(assessment: Assessment, questionnaire: Questionnaire, answers: Answers) -> Merging | None:
    """None where the system does not run as services. One query."""
    if not runs_as_services(Facts(questionnaire=questionnaire, answers=answers, design={})):
        return None
    measured = load_measured_services(assessment)
    facts = Facts(questionnaire=questionnaire, answers=answers, calls=measured.calls, design={})
    return build_merging(facts, measured.deploys, measured.files)
