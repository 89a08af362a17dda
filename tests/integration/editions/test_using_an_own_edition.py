"""An assessment with an organisation's own questionnaire goes the whole way: answered, judged, printed, closed."""

import pytest
from django.test import Client
from django.urls import reverse

from assess.assessments.actions import start_assessment, submit_assessment
from assess.decision import decide
from assess.decision.argue import argue
from assess.decision.contract import to_json
from assess.decision.facts import RULE_KEYS
from assess.decision.flips import measure_robustness
from assess.decision.lint import lint
from assess.decision.plain import to_text
from assess.editions import actions
from assess.people.models import Team, User, Workspace
from assess.questionnaire.loader import load_questionnaire
from assess.questionnaire.schema import Answer
from assess.questionnaire_files import builtin_questionnaire, questionnaire_schema
from assess.web.templatetags.argument import beside_the_verdict
from tests.html import compact
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


BESIDE = """
  - slug: beside
    title: Beside
    intro: What only we want to know.
    questions:
      - key: audit_trail
        type: choice
        wording: Who approved the last change?
        hint: Look it up.
        why: An auditor asks.
        sources: [ours]
        options:
          - {value: nobody, label: Nobody knows, means: Nothing is written down.}
          - {value: ticket, label: It is in the ticket, means: Each change has one.}
        reads: {axis: audit, weight: 60, levels: {nobody: 0, ticket: 100}}
      - key: audit_findings
        type: number
        wording: How many findings had the last audit?
        hint: Count them.
        why: Findings come back.
        sources: [ours]
        unit: findings
        minimum: 0
        maximum: 50
        whole: true
        reads: {axis: audit, weight: 40, comfortable: 10, acute: 0}
      - key: cost_centre
        type: text
        wording: Which cost centre pays?
        hint: Its number.
        why: The report goes there.
        sources: [ours]
        unscored: true
      - key: on_site
        type: choice
        wording: Where does the team sit?
        hint: Most days.
        why: We plan rooms.
        sources: [ours]
        unscored: true
        options:
          - {value: here, label: In the office, means: At least three days.}
          - {value: elsewhere, label: At home, means: Most of the week.}
      - key: tools
        type: several
        wording: Which tools do you use?
        hint: Tick all.
        why: Licences.
        sources: [ours]
        unscored: true
        options:
          - {value: ide, label: An editor, means: Any.}
          - {value: board, label: A board, means: On the wall.}
      - key: seats
        type: number
        wording: How many licences?
        hint: Count.
        why: Licences.
        sources: [ours]
        unit: seats
        minimum: 0
        maximum: 900
        whole: true
        unscored: true
"""
AXES = (
    "axes:\n  - {slug: audit, title: Ready for an audit, means: Every change can be traced to its approval.}\nsections:"
)
BESIDE_ANSWERS = {
    "audit_trail": Answer(value="ticket"),
    "audit_findings": Answer(value=5),
    "cost_centre": Answer(value="4711 north"),
    "on_site": Answer(value="elsewhere"),
    "tools": Answer(value=("ide", "board")),
    "seats": Answer(value=12),
}
#: As many as the quick check asks, and one of a pain.
PLAIN = {
    "teams": Answer(value=3),
    "deploy_minutes": Answer(value=45),
    "hot_share": Answer(value=20),
    "platform_team": Answer(value="none"),
    "tracing": Answer(value="none"),
    "hiring": Answer(value="mixed"),
    "migration_horizon": Answer(value="quarter"),
    "team_collisions": Answer(value="daily"),
}


def with_what_stands_beside() -> bytes:
    return (own(("sections:", AXES)).decode().rstrip() + BESIDE).encode()


def test_an_own_axis_and_questions_that_nothing_reads_change_nothing_but_their_own_score() -> None:
    """An own axis is the weighted sum of its questions: 60 of 100 in full, and half of the other 40."""
    theirs = load_questionnaire(with_what_stands_beside(), file="own.yaml", schema=questionnaire_schema())
    assert lint(theirs) == ()
    judged, plain = decide(theirs, {**PLAIN, **BESIDE_ANSWERS}), decide(builtin_questionnaire(), PLAIN)
    (score,) = judged.own_scores
    assert (score.axis, score.title, score.points, score.high) == ("audit", "Ready for an audit", 80, 80)
    assert [(part.key, part.points) for part in score.contributions] == [("audit_trail", 60), ("audit_findings", 20)]
    names = {"questionnaire", "questionnaire_version", "own_axes", "ranges", "contributions"}
    found, expected = to_json(judged), to_json(plain)
    assert found["own_axes"] == {"audit": 80}
    assert {name: value for name, value in found.items() if name not in names} == {
        name: value for name, value in expected.items() if name not in names
    }
    # Nor does a count of changes that the verdict survives grow by what nothing reads.
    assert measure_robustness(theirs, {**PLAIN, **BESIDE_ANSWERS}) == measure_robustness(theirs, PLAIN)
    assert "Ready for an audit:  80 (your own axis; no rule reads it)" in to_text(
        theirs, judged, argue(theirs, PLAIN, judged, ())
    )


def test_an_own_axis_and_answers_that_nothing_reads_are_published_shown_and_exported(
    alice: User, alice_client: Client, ada: User, team: Team, workspace: Workspace, edition: object
) -> None:
    mine = actions.publish_edition(
        actions.import_edition(workspace=workspace, content=with_what_stands_beside(), by=ada), by=ada
    )
    carried = {**PLAIN, **BESIDE_ANSWERS}
    assessment = start_assessment(team=team, system_name="Ledger", edition=mine, by=alice, carried=carried)
    here = [assessment.pk]

    def page(name: str, *more: str, query: str = "") -> str:
        response = alice_client.get(reverse(name, args=[*here, *more]) + query)
        assert response.status_code == 200, name
        return b"".join(response).decode() if response.streaming else response.content.decode()

    shown = ("4711 north", "At home", "An editor, A board", "12 seats")
    result = compact(page("assessment-result"))
    assert "No rule reads it, so it changes no verdict." in result
    assert "100 means: Every change can be traced to its approval." in result
    assert "Ready for an audit" in result
    for text in (*shown, "It is in the ticket", "5 findings", "(60 points)", "(20 points)"):
        assert text in result, text
    report = compact(page("report-read"))
    for text in (*shown, "Ready for an audit", "Every change can be traced to its approval", "read by no rule"):
        assert text in report, text
    section = page("assessment-section", "beside")
    assert "Which cost centre pays?" in section
    assert "4711 north" in section
    for ending, text in (
        ("csv", "4711 north"),
        ("json", "4711 north"),
        ("json", "Ready for an audit"),
        ("md", "audit: 80"),
    ):
        assert text in page(f"report-{ending}"), ending
    assert alice_client.get(reverse("report-docx", args=here)).status_code == 200
    changed = compact(page("assessment-what-if", query="?audit_trail=nobody"))
    assert '<dt>Ready for an audit</dt><dd data-axis="audit">80 →<strong>20</strong>' in changed
    assert submit_assessment(assessment, by=alice).verdict == decide(builtin_questionnaire(), PLAIN).verdict


def test_a_shared_result_without_answers_shows_own_scores_and_no_answer_behind_them(
    alice: User, client: Client, ada: User, team: Team, workspace: Workspace, edition: object
) -> None:
    theirs = load_questionnaire(with_what_stands_beside(), file="own.yaml", schema=questionnaire_schema())
    answers = {**PLAIN, **BESIDE_ANSWERS}
    told = beside_the_verdict(theirs, decide(theirs, answers), answers, link="")
    assert [line["score"].points for line in told["scores"]] == [80]
    assert [line["parts"] for line in told["scores"]] == [[]]
    assert told["unscored"] == []


def test_a_draft_says_which_questions_no_rule_reads(
    ada_client: Client, ada: User, workspace: Workspace, edition: object
) -> None:
    draft = actions.import_edition(workspace=workspace, content=with_what_stands_beside(), by=ada)
    about = compact(ada_client.get(reverse("edition", args=[draft.pk])).content.decode())
    assert 'Ready for an audit<span class="muted small">audit</span>' in about
    assert "4 questions that nothing reads" in about
    preview = compact(ada_client.get(reverse("edition-preview", args=[draft.pk])).content.decode())
    assert preview.count("Asked and shown. No rule and no score reads it.") == 4
    assert preview.count("Counts on your axis audit only. No rule reads it.") == 2


def test_answers_that_nothing_reads_make_no_verdict_show_sooner(
    alice: User, alice_client: Client, ada: User, team: Team, workspace: Workspace, edition: object
) -> None:
    """A first verdict shows from seven answers on, as many as the quick check asks; here two of eight count."""
    mine = actions.publish_edition(
        actions.import_edition(workspace=workspace, content=with_what_stands_beside(), by=ada), by=ada
    )
    carried = {"team_collisions": Answer(value="daily"), "teams": Answer(value=3), **BESIDE_ANSWERS}
    assessment = start_assessment(team=team, system_name="Ledger", edition=mine, by=alice, carried=carried)
    result = compact(alice_client.get(reverse("assessment-result", args=[assessment.pk])).content.decode())
    assert "2 of " in result
    assert "With 7 or more, a first verdict shows here." in result
