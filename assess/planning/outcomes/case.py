"""Exporting a version's outcome as an anonymised case: whether it may leave, which names must not, and the document."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.utils.crypto import salted_hmac

from assess.advice.facade import build_case, check_case_texts, words_of_domain
from assess.assessments.facade import Assessment, Event, latest_scan_of, questionnaire_of
from assess.decision.facade import VERDICTS, Verdict, load_cases
from assess.language import _
from assess.people.facade import Membership
from assess.planning.models import Outcome
from assess.planning.outcomes.due import signed_on
from assess.questionnaire.facade import Issue, ValidationFailed


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownNames:
    """Every name that the site knows and that would say whose case it is."""

    people: frozenset[str]
    things: frozenset[str]


def latest_outcome(assessment: Assessment) -> Outcome | None:
    """The outcome after the most months; None while none is recorded. One query."""
    return assessment.outcomes.order_by("-months").first()


def decision_of(assessment: Assessment) -> Verdict:
    """What was decided: the architect's verdict where the signature overruled the model's."""
    return cast(Verdict, assessment.overruled_to or assessment.verdict)


def why_not_export_case(assessment: Assessment, outcome: Outcome | None) -> Issue | None:
    """Whether this version may leave as a case."""
    if not assessment.workspace.offers_cases:
        message = _("Ask an administrator to allow cases in the workspace's settings; it does not offer any yet")
        return Issue(code="not_offered", message=message)
    if outcome is None or not assessment.is_signed:
        return Issue(code="no_outcome", message=_("Record an outcome first; a case says what became of a decision"))
    if assessment.edition.workspace_id is not None:
        message = _("Use the questionnaire that comes with the site; a case's answers are read by it")
        return Issue(code="own_edition", message=message)
    if decision_of(assessment) not in VERDICTS:
        return Issue(code="undecided", message=_("Answer more first; a case needs a verdict"))
    return None


def known_names(assessment: Assessment) -> KnownNames:
    """Names of people, teams and systems of the workspace, also of people who left or never came, what people typed as
    a name, the domains of their mail and the repository of scans. Nine queries."""
    workspace = assessment.workspace
    members = Membership.objects.filter(workspace=workspace).values_list("user__name", "user__email")
    asked = assessment.respondents.exclude(user=None).values_list("user__name", "user__email")
    invited = (("", email) for email in assessment.respondents.filter(user=None).values_list("email", flat=True))
    of_system = Event.objects.filter(assessment__system=assessment.system_id)
    took_part = of_system.values_list("by__name", "by__email").distinct()
    named = [*members, *asked, *invited, *took_part]
    people = {text for name, email in named for text in (name, email.partition("@")[0])}
    domains = {word for _name, email in named for word in words_of_domain(email.partition("@")[2])}
    people |= set(assessment.answers.values_list("who_knows", flat=True))
    people |= set(assessment.plan_steps.values_list("owner", flat=True))
    parts = (
        str(value) for value in assessment.answers.filter(key="part_name").values_list("value", flat=True) if value
    )
    teams = workspace.teams.values_list("name", flat=True)
    systems = workspace.systems.values_list("name", flat=True)
    scan = latest_scan_of(assessment)
    things = {workspace.name, *teams, *systems, *parts, *domains, scan.data["repository"]["name"] if scan else ""}
    return KnownNames(people=frozenset(people - {""}), things=frozenset(things - {""}))


def write_case(assessment: Assessment, outcome: Outcome, texts: Mapping[str, str]) -> dict[str, Any]:
    """The document, read back by the reader of cases. `texts` has "stack", "outcome", "lesson" and "hindsight".

    Raises ValidationFailed with the field as key.
    """
    names = known_names(assessment)
    decision, hindsight = decision_of(assessment), texts.get("hindsight", "")
    issues: list[Issue] = []
    try:
        checked = check_case_texts(texts, people=names.people, things=names.things)
    except ValidationFailed as failed:
        issues += failed.issues
    issues += check_hindsight(outcome, decision, hindsight)
    if issues:
        raise ValidationFailed(issues)
    questionnaire = questionnaire_of(assessment.edition)
    day = signed_on(assessment)
    assert day is not None
    document = build_case(
        questionnaire,
        assessment.current_answers(),
        case_id=f"own-{salted_hmac('assess.planning.case', str(assessment.pk)).hexdigest()[:16]}",
        year=day.year,
        decision=decision,
        was_right=outcome.was_right,
        hindsight=cast(Verdict, hindsight),
        texts=checked,
    )
    load_cases(json.loads(json.dumps(document)), questionnaire)
    return document


def check_hindsight(outcome: Outcome, decision: str, hindsight: str) -> list[Issue]:
    """What is wrong with the verdict in hindsight beside what the outcome says of the decision."""
    if hindsight not in VERDICTS:
        message = _("Choose what would have been right")
    elif outcome.was_right and hindsight != decision:
        message = _("The outcome says that the decision was right: choose that decision, or correct the outcome")
    elif outcome.was_right is False and hindsight == decision:
        message = _("The outcome says that the decision was wrong: choose another, or correct the outcome")
    else:
        return []
    return [Issue(code="hindsight", key="hindsight", message=message)]
