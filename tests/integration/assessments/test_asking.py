"""The order of the questions in a section, and the line that says whether one may stop."""

import html
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assess.assessments.actions import start_assessment, submit_assessment
from assess.assessments.asking import in_order
from assess.assessments.models import Assessment, Edition
from assess.assessments.respondents import ask_people
from assess.decision import decide
from assess.decision.asking import next_question
from assess.people.models import Team, User
from assess.questionnaire.schema import Answer as AnswerValue
from assess.questionnaire_files import builtin_questionnaire
from assess.sharing import actions as sharing
from assess.sharing.models import Scope
from tests.html import compact

QUESTIONNAIRE = builtin_questionnaire()
FRAME = {"scope": AnswerValue(value="whole_system"), "current_shape": AnswerValue(value="monolith")}
#: Nothing hurts, and nothing that is still open could hurt.
CALM = FRAME | {
    key: AnswerValue(value=value)
    for key, value in {
        "team_collisions": "never",
        "change_breakage": "never",
        "deploy_waiting": "never",
        "special_needs": (),
        "load_fit": "comfortable",
        "infra_cost": "acceptable",
        "scaling_profile": "even",
    }.items()
}

#: About one part that takes most of the load, with what one would answer.
PART = {
    key: AnswerValue(value=value)
    for key, value in {
        "scope": "one_part",
        "current_shape": "monolith",
        "scaling_profile": "one_part_dominates",
        "load_fit": "failing",
        "bottleneck": "application",
        "cheaper_cures": "exhausted",
        "deploy_waiting": "sometimes",
        "boundaries": "named",
        "part_name": "Search",
    }.items()
}


@pytest.fixture
def start(team: Team, alice: User, edition: Edition) -> Any:
    def with_answers(answers: dict[str, AnswerValue], name: str = "Shop") -> Assessment:
        return start_assessment(team=team, system_name=name, edition=edition, by=alice, carried=answers)

    return with_answers


def order(client: Client, made: Assessment, section: str) -> list[str]:
    response = client.get(reverse("assessment-section", args=[made.pk, section]))
    return re.findall(r'data-card="(\w+)"', response.content.decode())


def outlook(client: Client, made: Assessment, section: str = "teams") -> str:
    """What the page's script gets after a save: the line alone."""
    url = reverse("assessment-section", args=[made.pk, section])
    response = client.get(url, headers={"HX-Request": "true"})
    assert "HX-Request" in response["Vary"]
    return html.unescape(compact(response.content.decode()))


# --- the order


@pytest.mark.django_db
@pytest.mark.parametrize("section", ["teams", "deploys", "devops", "tracing"])
def test_a_section_begins_with_what_narrows_the_verdict_most(alice_client: Client, start: Any, section: str) -> None:
    made = start(FRAME)
    shown = order(alice_client, made, section)
    telling = [key for key in next_question(QUESTIONNAIRE, FRAME).open_keys if key in shown]
    first = [key for key in telling if not QUESTIONNAIRE.by_key[key].conditions]
    assert len(first) > 1
    assert [key for key in shown if key in first] == first
    assert shown[0] == first[0]
    assert sorted(shown) == sorted(question.key for question in QUESTIONNAIRE.section(section).questions)


@pytest.mark.django_db
def test_the_order_depends_on_what_was_answered_elsewhere(alice_client: Client, start: Any) -> None:
    nothing = start(FRAME)
    waiting = start(FRAME | {"deploy_waiting": AnswerValue(value="always"), "teams": AnswerValue(value=5)}, "Bank")
    sections = [section.slug for section in QUESTIONNAIRE.sections]
    assert [slug for slug in sections if order(alice_client, nothing, slug) != order(alice_client, waiting, slug)]


@pytest.mark.django_db
def test_answers_of_a_section_never_change_its_order(alice_client: Client, start: Any) -> None:
    made = start(FRAME)
    before = order(alice_client, made, "deploys")
    url = reverse("assessment-section", args=[made.pk, "deploys"])
    fields = {f"{key}-base_version": "0" for key in before}
    answers = {"deploy_waiting": "always", "change_breakage": "weekly", "deploy_minutes": "45"}
    alice_client.post(url, {"page": str(uuid.uuid4()), **fields, **answers})
    assert made.current_answers().keys() > answers.keys()
    assert order(alice_client, made, "deploys") == before


@pytest.mark.django_db
def test_what_is_assessed_and_how_it_runs_come_first(alice_client: Client, start: Any) -> None:
    assert order(alice_client, start({}), "scope")[:2] == ["scope", "current_shape"]


@pytest.mark.django_db
def test_where_nothing_can_change_the_verdict_the_order_is_that_of_the_questionnaire(
    alice_client: Client, start: Any
) -> None:
    made = start(CALM)
    assert decide(QUESTIONNAIRE, CALM).firm
    assert order(alice_client, made, "devops") == [each.key for each in QUESTIONNAIRE.section("devops").questions]


def test_a_question_comes_right_after_those_that_call_for_it_or_spare_it() -> None:
    shown = [
        each.key for each in in_order(QUESTIONNAIRE.section("deploys").questions, ["failure_spread", "special_needs"])
    ]
    assert shown[:3] == ["special_needs", "failure_spread", "change_rhythm"]
    shown = [
        each.key for each in in_order(QUESTIONNAIRE.section("technology").questions, ["kept_apart", "tech_lock_in"])
    ]
    assert shown == ["kept_apart", "tech_lock_in", "part_name"]
    shown = [each.key for each in in_order(QUESTIONNAIRE.section("scaling").questions, ["load_fit", "hot_share"])]
    assert shown[:2] == ["load_fit", "bottleneck"]
    # The cheaper cures are asked after the load or the cost: after both.
    assert shown.index("cheaper_cures") == shown.index("infra_cost") + 1


# --- the line


@pytest.mark.django_db
def test_before_a_pain_was_asked_the_line_says_which_question_to_answer(alice_client: Client, start: Any) -> None:
    made = start(FRAME)
    first = QUESTIONNAIRE.by_key[str(decide(QUESTIONNAIRE, FRAME).ask_next)]
    address = f"{reverse('assessment-section', args=[made.pk, first.section])}#q-{first.key}"
    line = outlook(alice_client, made)
    assert "No verdict yet." in line
    assert f'Answer this first:<a href="{address}">{first.wording}</a>' in line
    assert "You could stop here" not in line


@pytest.mark.django_db
def test_while_it_is_open_the_line_says_how_many_could_settle_it_and_which_narrows_most(
    alice_client: Client, start: Any
) -> None:
    answers = FRAME | {"team_collisions": AnswerValue(value="never")}
    result = decide(QUESTIONNAIRE, answers)
    assert result.state == "conditional"
    assert result.fewest_to_settle > 1
    question = QUESTIONNAIRE.by_key[str(result.ask_next)]
    line = outlook(alice_client, start(answers))
    assert f"{result.fewest_to_settle} more answers could settle the verdict." in line
    assert "This one narrows it most:" in line
    assert f"#q-{question.key}" in line


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["assessment", "assessment-section"])
def test_where_nothing_can_change_the_verdict_the_pages_say_that_one_may_stop(
    alice_client: Client, start: Any, name: str
) -> None:
    made = start(CALM)
    arguments = [made.pk, "business"] if name == "assessment-section" else [made.pk]
    page = compact(alice_client.get(reverse(name, args=arguments)).content.decode())
    line = page.split('id="outlook"')[1].split("</div>")[0]
    assert "You could stop here: nothing left can change the verdict." in line
    assert "Go on for the next steps, and for how ready you are." in line
    assert reverse("assessment-result", args=[made.pk]) in line
    assert "You could stop here" in outlook(alice_client, made)


@pytest.mark.django_db
def test_a_question_about_one_part_is_put_so_in_the_line(alice_client: Client, start: Any) -> None:
    answers = FRAME | {"scope": AnswerValue(value="one_part")}
    question = QUESTIONNAIRE.by_key[str(decide(QUESTIONNAIRE, answers).ask_next)]
    assert question.of_part in outlook(alice_client, start(answers))


@pytest.mark.django_db
def test_ones_own_answers_come_in_the_order_of_the_questionnaire_and_without_the_line(
    alice_client: Client, alice: User, start: Any
) -> None:
    made = start(FRAME)
    ask_people(made, people=[alice], by=alice)
    url = reverse("assessment-my-section", args=[made.pk, "deploys"])
    page = alice_client.get(url).content.decode()
    keys = [each.key for each in QUESTIONNAIRE.section("deploys").questions]
    assert re.findall(r'data-card="(\w+)"', page) == keys
    assert "Still possible" not in page
    assert "Can change the verdict" not in page
    part = alice_client.get(url, {"after": "deploy_waiting"}, headers={"HX-Request": "true"}).content.decode()
    assert re.findall(r'data-part="([\w-]+)"', part) == ["minutes", "strip", "sections"]


# --- what an answer did


def effect(client: Client, made: Assessment, key: str) -> str:
    """The line of the card once its answer is saved; "" for none."""
    url = reverse("assessment-section", args=[made.pk, QUESTIONNAIRE.by_key[key].section])
    page = html.unescape(compact(client.get(url, {"after": key}, headers={"HX-Request": "true"}).content.decode()))
    line = re.search(rf'<div data-part="effect-{key}">(.*?)</div>', page)
    return re.sub("<svg.*?</svg>|<[^>]+>", " ", line[1]).strip() if line else ""


@pytest.mark.django_db
def test_an_answer_that_rules_out_a_verdict_says_which(alice_client: Client, start: Any) -> None:
    answers = FRAME | {"deploy_waiting": AnswerValue(value="always"), "teams": AnswerValue(value=6)}
    left = set(decide(QUESTIONNAIRE, answers).possible_verdicts)
    before = {key: answer for key, answer in answers.items() if key != "deploy_waiting"}
    assert set(decide(QUESTIONNAIRE, before).possible_verdicts) - left == {"stay"}
    line = effect(alice_client, start(answers), "deploy_waiting")
    assert re.fullmatch(r"No longer possible:\s+Stay monolithic", line)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("others", "value", "words"),
    [
        ({"deploy_waiting": AnswerValue(value="always")}, "every_request", "Gate passed."),
        (CALM, "none", "Gate closed."),
    ],
)
def test_an_answer_that_settles_a_gate_and_no_verdict_names_it(
    alice_client: Client, start: Any, others: dict[str, AnswerValue], value: str, words: str
) -> None:
    answers = FRAME | others | {"tracing": AnswerValue(value=value)}
    line = effect(alice_client, start(answers), "tracing")
    assert line.startswith(words)
    assert "racing" in line


@pytest.mark.django_db
def test_an_answer_that_settles_nothing_says_how_many_still_can(alice_client: Client, start: Any) -> None:
    answers = FRAME | {"deploy_waiting": AnswerValue(value="always"), "hiring": AnswerValue(value="mixed")}
    result = decide(QUESTIONNAIRE, answers)
    assert not result.firm
    line = effect(alice_client, start(answers), "hiring")
    assert line == f"{len(result.decisive_open_keys)} open answers can still change the verdict."


@pytest.mark.django_db
def test_nothing_is_said_of_a_question_without_an_answer_nor_before_a_pain_was_asked(
    alice_client: Client, start: Any
) -> None:
    made = start(FRAME | {"teams": AnswerValue(value=6)})
    assert effect(alice_client, made, "deploy_waiting") == ""
    assert effect(alice_client, made, "teams") == ""


@pytest.mark.django_db
def test_questions_that_can_change_the_verdict_are_marked_until_they_are_answered(
    alice_client: Client, start: Any
) -> None:
    answers = FRAME | {"deploy_waiting": AnswerValue(value="always"), "teams": AnswerValue(value=6)}
    decisive = set(decide(QUESTIONNAIRE, answers).decisive_open_keys)
    made = start(answers)
    for section in ("tracing", "deploys"):
        page = alice_client.get(reverse("assessment-section", args=[made.pk, section])).content.decode()
        cards = re.split(r'data-card="(\w+)"', page)[1:]
        marked = {key for key, card in zip(cards[::2], cards[1::2], strict=True) if "Can change the verdict" in card}
        assert marked == decisive & {question.key for question in QUESTIONNAIRE.section(section).questions}


@pytest.mark.django_db
def test_beside_the_questions_stands_which_verdicts_are_ruled_out(alice_client: Client, start: Any) -> None:
    answers = FRAME | {"deploy_waiting": AnswerValue(value="always"), "teams": AnswerValue(value=6)}
    assert "stay" not in decide(QUESTIONNAIRE, answers).possible_verdicts
    page = compact(alice_client.get(reverse("assessment-section", args=[start(answers).pk, "teams"])).content.decode())
    lines = page.split('<ul class="possible">')[1].split("</ul>")[0].split("<li>")[1:]
    assert ["Ruled out:" in line for line in lines] == [True, False, False]
    assert "Stay monolithic" in lines[0]


@pytest.mark.django_db
def test_the_strip_ticks_what_is_answered_and_leads_to_each_question(alice_client: Client, start: Any) -> None:
    made = start({"developers": AnswerValue(value=20), "teams": AnswerValue(value=None)})
    page = compact(alice_client.get(reverse("assessment-section", args=[made.pk, "teams"])).content.decode())
    strip = page.split('<ol class="strip">')[1].split("</ol>")[0]
    links = re.findall(r'href="#q-(\w+)"( class="answered")?', strip)
    assert {key for key, answered in links if answered} == {"developers", "teams"}
    assert [key for key, _answered in links] == re.findall(r'data-card="(\w+)"', page)
    assert f"2 of {len(links)} answered" in strip


@pytest.mark.django_db
def test_does_not_apply_is_offered_only_where_it_can_be_true(alice_client: Client, start: Any) -> None:
    made = start({})
    page = alice_client.get(reverse("assessment-section", args=[made.pk, "teams"])).content.decode()
    cards = dict(zip(*[iter(re.split(r'data-card="(\w+)"', page)[1:])] * 2, strict=True))
    offered = {key for key, card in cards.items() if 'value="-not_applicable"' in card}
    assert offered == {q.key for q in QUESTIONNAIRE.section("teams").questions if not q.always_applies}
    assert "teams" not in offered
    assert "team_collisions" in offered


# --- about one part


@pytest.mark.django_db
def test_questions_about_one_part_speak_of_that_part_by_its_name(alice_client: Client, start: Any) -> None:
    answers = {"scope": AnswerValue(value="one_part"), "part_name": AnswerValue(value="<b>Search</b>")}
    made = start(answers)
    url = reverse("assessment-section", args=[made.pk, "deploys"])
    page = compact(alice_client.get(url).content.decode())
    asked = QUESTIONNAIRE.by_key["deploy_waiting"]
    assert asked.of_part in html.unescape(page)
    assert asked.wording not in html.unescape(page)
    assert "“This part” is <strong>&lt;b&gt;Search&lt;/b&gt;</strong>." in page.replace("<strong>", " <strong>")


@pytest.mark.django_db
def test_a_section_that_says_nothing_of_the_part_does_not_explain_it(alice_client: Client, start: Any) -> None:
    made = start({"scope": AnswerValue(value="one_part")})
    page = alice_client.get(reverse("assessment-section", args=[made.pk, "people"])).content.decode()
    assert "“This part”" not in page
    page = alice_client.get(reverse("assessment-section", args=[made.pk, "deploys"])).content.decode()
    assert "“This part” is the one part that you decide about." in page


@pytest.mark.django_db
def test_an_option_that_other_answers_have_to_call_for_is_there_but_hidden(alice_client: Client, start: Any) -> None:
    option = re.compile(r'<label class="option" data-when="current_shape:monolith_with_services services"( hidden)?>')
    for shape, hidden in (("several_monoliths", " hidden"), ("services", None)):
        made = start({"current_shape": AnswerValue(value=shape)}, shape)
        page = alice_client.get(reverse("assessment-section", args=[made.pk, "scope"])).content.decode()
        found = option.search(page)
        assert found is not None
        assert found[1] == hidden
        assert 'value="service_per_table"' in page[found.start() :][:300]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        "assessment-review",
        "assessment-result",
        "assessment-what-if",
        "assessment-decision",
        "report-read",
        "report-csv",
        "a share link",
    ],
)
def test_wherever_a_question_about_one_part_is_quoted_it_speaks_of_that_part(
    client: Client, alice_client: Client, alice: User, start: Any, name: str
) -> None:
    made = submit_assessment(start(PART), by=alice)
    if name == "a share link":
        _link, token = sharing.make_link(made, by=alice, name="Board", scope=Scope.ANSWERS, days=30)
        response = client.get(f"/s/{token}/", follow=True)
        response = client.get(f"{response.request['PATH_INFO']}answers/")
    else:
        response = alice_client.get(reverse(name, args=[made.pk]))
    assert response.status_code == 200
    page = " ".join(html.unescape(response.content.decode()).split())
    with_part = [each for each in QUESTIONNAIRE.questions if each.of_part]
    assert [each.key for each in with_part if each.of_part in page]
    assert not [each.key for each in with_part if each.wording in page]


@pytest.mark.django_db
def test_people_who_answer_separately_compare_their_answers_about_that_part(
    alice_client: Client, alice: User, start: Any
) -> None:
    made = start(PART)
    ask_people(made, people=[alice], by=alice)
    page = html.unescape(alice_client.get(reverse("assessment-consensus", args=[made.pk])).content.decode())
    asked = QUESTIONNAIRE.by_key["deploy_waiting"]
    assert asked.of_part in page
    assert asked.wording not in page


# --- where nothing is asked


@pytest.mark.django_db
def test_a_section_that_asks_nothing_says_so_and_is_passed_over(alice_client: Client, start: Any) -> None:
    made = start(CALM)
    overview = compact(alice_client.get(reverse("assessment", args=[made.pk])).content.decode())
    row = overview.split("sections/technology/")[1].split("</li>")[0]
    assert "Nothing asked here" in row
    assert "Done:" not in row
    assert "0 of 9 sections done" in overview
    section = alice_client.get(reverse("assessment-section", args=[made.pk, "technology"])).content.decode()
    assert "Nothing is asked here: your other answers settle it." in section
    response = alice_client.post(reverse("assessment-section", args=[made.pk, "scaling"]), {"then": "continue"})
    assert response["Location"] == reverse("assessment-section", args=[made.pk, "boundaries"])


@pytest.mark.django_db
def test_the_line_comes_again_at_the_end_where_one_may_stop(alice_client: Client, start: Any) -> None:
    for name, answers, says_so in (("Calm", CALM, True), ("New", FRAME, False)):
        url = reverse("assessment-section", args=[start(answers, name).pk, "business"])
        page = compact(alice_client.get(url).content.decode())
        end = re.search(r'<div data-part="end">(.*?)</form>', page)
        assert end is not None
        assert ("You could stop here" in end[1]) is says_so


# --- words


@pytest.mark.django_db
def test_services_that_stay_are_kept_and_not_extracted_in_words(alice_client: Client, alice: User, start: Any) -> None:
    serving = {"current_shape": "services", "services": 6, "teams": 6, "developers": 60, "deploy_waiting": "never"}
    serving |= {"distributed_monolith_signs": (), "ownership": "teams", "platform_team": "dedicated"}
    answers = {key: AnswerValue(value=value) for key, value in serving.items()}
    made = submit_assessment(start(answers), by=alice)
    assert (made.verdict, made.form) == ("extract", "keep")
    for name in ("assessment", "assessment-result", "assessment-what-if", "assessment-decision", "report-read"):
        page = compact(alice_client.get(reverse(name, args=[made.pk])).content.decode())
        assert "Keep your services" in page, name
        assert 'class="verdict-name">Extract' not in page, name
    page = compact(alice_client.get(reverse("assessments")).content.decode())
    assert "Keep your services" in page
