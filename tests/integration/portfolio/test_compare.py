"""Two to four versions or systems side by side: what differs, what moved the verdict, and who may see it."""

import html
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assess.assessments.actions import start_assessment, submit_assessment
from assess.assessments.models import Assessment, Edition, Respondent, Response, System
from assess.people.models import Team, User
from assess.questionnaire.schema import Answer as AnswerValue
from tests.conftest import client_of
from tests.factories import AnswerFactory, AssessmentFactory, EditionFactory, builtin_questionnaire
from tests.integration.assessments.conftest import queries_of

pytestmark = pytest.mark.django_db

#: An extraction of one part, but for the gate of tracing.
HOT = {
    "current_shape": "monolith",
    "scaling_profile": "one_part_dominates",
    "load_fit": "failing",
    "boundaries": "named",
    "cross_boundary_transactions": "few",
    "central_logging": "in_place",
    "ci_cd": "pipeline",
    "platform_team": "shared",
}
FIRST = HOT | {"tracing": "none", "hiring": "easy", "teams": 3}
SECOND = HOT | {"tracing": "planned", "hiring": "hard", "teams": 3}


def version(system: System | None, number: int, answers: dict[str, Any], *, by: User, team: Team, **more: Any) -> Any:
    of = {"system": system} if system else {"system__name": more.pop("name", "Shop")}
    made = AssessmentFactory(team=team, by=by, version=number, answers=answers, **of, **more)
    return submit_assessment(made, by=by)


@pytest.fixture
def both(team: Team, alice: User, edition: Edition) -> tuple[Assessment, Assessment]:
    first = version(None, 1, FIRST, by=alice, team=team)
    return first, version(first.system, 2, SECOND, by=alice, team=team)


NEW_QUESTION = """
  - slug: ours
    title: Ours
    intro: What only the second edition asks.
    questions:
      - key: on_site
        type: number
        wording: How many auditors work on site?
        hint: Count heads.
        why: Somebody has to be there.
        sources: [ours]
        unit: people
        minimum: 0
        maximum: 50
        whole: true
"""


@pytest.fixture
def longer(edition: Edition) -> Edition:
    """The next edition of the same questionnaire, which asks one thing more."""
    before, after = (f"\nversion: {number}\n".encode() for number in (edition.version, edition.version + 1))
    content = builtin_questionnaire().replace(before, after, 1).rstrip() + NEW_QUESTION.encode()
    return EditionFactory(version=edition.version + 1, content=content)


def compared(client: Client, *assessments: Assessment, status: int = 200, **more: str) -> str:
    response = client.get(reverse("compare"), {"a": [one.pk for one in assessments], **more})
    assert response.status_code == status
    return html.unescape(response.content.decode())


def test_comparison_names_the_answer_that_moved_the_verdict(
    alice_client: Client, both: tuple[Assessment, Assessment]
) -> None:
    assert [one.verdict for one in both] == ["modular", "extract"]
    page = compared(alice_client, *both)
    assert "Alone, tracing: no → planned changes the verdict to “extract services”." in page
    assert "hiring: easy → hard" not in page


def test_comparison_lists_only_changed_answers_with_basis_and_note(
    alice_client: Client, alice: User, both: tuple[Assessment, Assessment]
) -> None:
    page = compared(alice_client, *both)
    assert page.count("data-differs=") == 2
    assert 'data-differs="tracing"' in page
    assert 'data-differs="hiring"' in page
    assert "2 answers differ" in page


@pytest.fixture
def begun(both: tuple[Assessment, Assessment], alice: User, team: Team) -> Assessment:
    """A third version in progress, which has come to two questions."""
    answers = {"scaling_profile": "one_part_dominates", "hiring": "easy"}
    return AssessmentFactory(team=team, by=alice, version=3, system=both[0].system, answers=answers)


def test_comparison_shows_no_verdict_of_a_version_with_too_few_answers(
    alice_client: Client, both: tuple[Assessment, Assessment], begun: Assessment
) -> None:
    page = compared(alice_client, both[1], begun)
    assert "No verdict yet" in page
    assert "Too little is answered in Version 3 for a verdict." in page
    assert "Alone," not in page
    assert "→ not known" in page
    assert "→ 0<" not in page


def test_unanswered_questions_of_a_draft_are_not_listed_as_changes(
    alice_client: Client, both: tuple[Assessment, Assessment], begun: Assessment
) -> None:
    page = compared(alice_client, both[1], begun)
    assert "1 answer differs" in page
    assert (
        page.index('data-differs="hiring"')
        < page.index("not answered yet where")
        < page.index('data-differs="tracing"')
    )


def test_axes_chart_has_a_table_with_the_same_numbers(
    alice_client: Client, both: tuple[Assessment, Assessment]
) -> None:
    page = compared(alice_client, *both)
    drawn = page[page.index('<svg class="drawing"') : page.index("As a table")]
    assert drawn.count('class="c-track"') == 7
    assert "As a table" in page
    for assessment in both:
        low, high = assessment.result["ranges"]["tracing"]
        told = f"{low}" if low == high else f"{low} to {high}"
        assert f"Version {assessment.version}: {told}" in page
        assert f'<td class="num">{told}</td>' in page
    assert "; acute from " in page
    assert "style=" not in page


def test_versions_are_compared_in_their_order_whatever_the_address_says(
    alice_client: Client, both: tuple[Assessment, Assessment]
) -> None:
    page = compared(alice_client, both[1], both[0])
    assert page.index(f'data-column="{both[0].pk}"') < page.index(f'data-column="{both[1].pk}"')


def test_equal_verdicts_have_no_mover(alice_client: Client, alice: User, team: Team, edition: Edition) -> None:
    first = version(None, 1, SECOND, by=alice, team=team)
    second = version(first.system, 2, SECOND | {"hiring": "easy"}, by=alice, team=team)
    page = compared(alice_client, first, second)
    assert "Nothing. Both say" in page
    assert "Alone, " not in page


def test_four_systems_can_be_compared_but_not_five(
    alice_client: Client, alice: User, team: Team, edition: Edition
) -> None:
    made = [version(None, 1, FIRST | {"teams": n}, by=alice, team=team, name=f"S{n}") for n in range(1, 6)]
    page = compared(alice_client, *made[:4])
    assert "S4, version 1" in page
    assert page.count("data-column=") == 4
    assert "Choose at most 4. You ticked 5" in compared(alice_client, *made)


def test_comparison_of_fewer_than_two_shows_the_form_that_chooses(
    alice_client: Client, both: tuple[Assessment, Assessment]
) -> None:
    page = compared(alice_client)
    assert "Nothing to compare yet" not in page
    assert f'name="a" value="{both[1].pk}"' in page
    assert f'name="a" value="{both[0].pk}"' not in page  # of each system the newest, until one is chosen
    assert f'name="a" value="{both[0].pk}"' in compared(alice_client, both[1])
    assert "Choose at least two" in compared(alice_client, both[1], compare="1")
    assert "No system fits this search" in compared(alice_client, q="nothing like it")
    assert f'name="a" value="{both[0].pk}" checked' in compared(alice_client, *both, choose="1")


def test_comparing_an_unreadable_assessment_is_the_same_404_as_a_missing_one(
    both: tuple[Assessment, Assessment], charlie_client: Client, alice_client: Client, rita_client: Client, olga: User
) -> None:
    there = charlie_client.get(reverse("compare"), {"a": [one.pk for one in both]})
    missing = charlie_client.get(reverse("compare"), {"a": [987654321, 987654322]})
    assert there.status_code == missing.status_code == 404
    assert client_of(olga).get(reverse("compare"), {"a": [one.pk for one in both]}).status_code == 404
    assert alice_client.get(reverse("compare"), {"a": [both[0].pk, "x"]}).status_code == 404
    assert alice_client.get(reverse("compare"), {"a": [both[0].pk, "9" * 18]}).status_code == 404
    assert "Alone, tracing" in compared(rita_client, *both)


def test_architect_can_compare_systems_of_several_teams(
    rita_client: Client, alice: User, olga: User, team: Team, other_team: Team, edition: Edition
) -> None:
    one = version(None, 1, FIRST, by=alice, team=team, name="Shop")
    two = version(None, 1, SECOND, by=olga, team=other_team, name="Finder")
    page = compared(rita_client, one, two)
    assert "Shop, version 1" in page
    assert "Finder, version 1" in page


def test_comparison_shows_answers_that_people_disagree_on_as_open(
    alice_client: Client, alice: User, bob: User, both: tuple[Assessment, Assessment]
) -> None:
    first = both[0]
    open_one = AssessmentFactory(team=first.team, by=alice, system=first.system, version=3, answers_separately=True)
    for user, teams in ((bob, 2), (alice, 5)):
        sheet = Respondent.objects.create(
            assessment=open_one, user=user, asked_by=alice, sections=["teams"], removed_at=None
        )
        Response.objects.create(assessment=open_one, respondent=sheet, key="teams", value=teams)
    assert client_of(alice).get(reverse("compare"), {"a": [first.pk, open_one.pk]}).status_code == 403
    for sheet in open_one.respondents.all():
        for key in ("developers", "team_collisions", "ownership"):
            Response.objects.create(assessment=open_one, respondent=sheet, key=key, value=None)
    page = compared(alice_client, first, open_one)
    assert "Open between 2 teams and 5 teams" in page


def test_versions_of_different_editions_are_compared_by_shared_questions(
    alice_client: Client, alice: User, team: Team, edition: Edition, longer: Edition
) -> None:
    first = version(None, 1, FIRST, by=alice, team=team, edition=edition)
    second = version(first.system, 2, SECOND | {"on_site": 4}, by=alice, team=team, edition=longer)
    page = compared(alice_client, first, second)
    assert 'data-differs="tracing"' in page
    assert 'data-differs="on_site"' not in page
    assert "Not compared: 1 question of Version 2 that not all others ask" in page
    assert "How many auditors work on site?" in page


def test_comparison_takes_few_queries(alice_client: Client, both: tuple[Assessment, Assessment]) -> None:
    url = f"{reverse('compare')}?a={both[0].pk}&a={both[1].pk}"
    alice_client.get(url)
    assert len(queries_of(lambda: alice_client.get(url))) <= 8


def test_comparison_escapes_what_people_typed(alice_client: Client, alice: User, team: Team, edition: Edition) -> None:
    carried = {"teams": AnswerValue(value=2, note="<script>alert(1)</script>")}
    first = submit_assessment(
        start_assessment(team=team, system_name="<b>Shop</b>", edition=edition, by=alice, carried=carried), by=alice
    )
    second = AssessmentFactory(team=team, by=alice, system=first.system, version=2)
    AnswerFactory(assessment=second, key="teams", value=3)
    response = alice_client.get(reverse("compare"), {"a": [first.pk, second.pk]})
    assert b"<script>alert" not in response.content
    assert b"<b>Shop" not in response.content
