"""An assessment with an organisation's own questionnaire goes the whole way: answered, judged, printed, closed."""

import pytest
from django.test import Client
from django.urls import reverse

from assess.assessments.actions import start_assessment, submit_assessment
from assess.decision.facts import RULE_KEYS
from assess.decision.lint import lint
from assess.editions import actions
from assess.people.models import Team, User, Workspace
from assess.questionnaire.loader import load_questionnaire
from assess.questionnaire.schema import Answer
from assess.questionnaire_files import builtin_questionnaire, questionnaire_schema
from tests.integration.editions.conftest import own

pytestmark = [pytest.mark.django_db]

OWN_QUESTIONS = """
  - slug: ours
    title: Ours
    intro: What only we ask.
    questions:
      - key: audit_pain
        type: choice
        wording: How often does an audit hold up a release?
        hint: Think of the last year.
        why: Audits of parts that have nothing to do with the change are a matter of boundaries.
        sources: [ours]
        options:
          - {value: never, label: Never, means: No release waited for an audit.}
          - {value: often, label: Often, means: Most releases wait for one.}
        reads: {axis: boundary, signal: audit, levels: {never: 0, often: 80}}
      - key: on_site
        type: number
        wording: How many people of operations work on site?
        hint: Count heads.
        why: Somebody has to be there.
        sources: [ours]
        unit: people
        minimum: 0
        maximum: 50
        whole: true
        reads: {axis: people, weight: 20, comfortable: 0, acute: 5}
"""


def with_own_questions_and_without_what_may_go() -> bytes:
    """Every question that no rule reads and that no axis needs is left out; two of our own are added."""
    text = own().decode()
    for question in builtin_questionnaire().questions:
        needed = question.key in RULE_KEYS or question.reads is None or question.reads.axis == "deployable"
        # Rules read collisions by their signal: some question has to give it.
        needed = needed or question.reads.signal == "collisions"
        if needed and question.key not in {"deploys_per_week", "deploy_demand"}:
            continue
        start = text.index(f"      - key: {question.key}\n")
        ends = [text.find(mark, start + 10) for mark in ("      - key: ", "  - slug: ")]
        end = min([end for end in ends if end > 0], default=len(text))
        text = text[:start] + text[end:]
    # A section that lost all its questions.
    assert "    questions:\n  - slug" not in text
    return (text.rstrip() + OWN_QUESTIONS).encode()


def test_the_whole_way_with_an_own_questionnaire(
    alice: User, alice_client: Client, ada: User, team: Team, workspace: Workspace, edition: object
) -> None:
    content = with_own_questions_and_without_what_may_go()
    questionnaire = load_questionnaire(content, file="own.yaml", schema=questionnaire_schema())
    assert len(questionnaire.questions) <= len(builtin_questionnaire().questions) - 10
    assert lint(questionnaire) == ()
    mine = actions.publish_edition(actions.import_edition(workspace=workspace, content=content, by=ada), by=ada)
    carried = {"audit_pain": Answer(value="often"), "on_site": Answer(value=3), "teams": Answer(value=3)}
    assessment = start_assessment(team=team, system_name="Ledger", edition=mine, by=alice, carried=carried)
    here = [assessment.pk]
    addresses = [reverse(name, args=here) for name in ("assessment", "assessment-review", "assessment-result")]
    addresses += [reverse("assessment-section", args=[*here, section.slug]) for section in questionnaire.sections]
    addresses += [reverse("report", args=here), reverse("assessment-what-if", args=here)]
    for address in addresses:
        assert alice_client.get(address).status_code == 200, address
    submitted = submit_assessment(assessment, by=alice)
    assert (submitted.verdict, submitted.form) == ("modular", "cure")
    html = alice_client.get(reverse("assessment-result", args=here)).content.decode()
    assert "How often does an audit hold up a release" in html
