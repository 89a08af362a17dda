"""Each source as its own judge: tables that a reader of the articles can check, and what holds of every answer set."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.decision.playbooks import judge_playbooks, where_they_part
from assess.questionnaire.answers import read_answers
from assess.questionnaire.schema import Answer
from tests.unit.decision.strategies import QUESTIONNAIRE, answer_sets, answers

DEMO = Path(__file__).resolve().parents[3] / "fixtures" / "demo"
STAY, MODULAR, EXTRACT, CANNOT = "stay", "modular", "extract", None
#: All seven of S3's questions answered yes.
SEVEN_YES = {
    "teams": 3,
    "deploy_minutes": 31,
    "hot_share": 40,
    "platform_team": "dedicated",
    "tracing": "planned",
    "hiring": "easy",
    "migration_horizon": "half_year",
}
#: S2's three questions yes, one function to scale, boundaries that can be outlined.
GREEDYGAME = {
    "deploys_per_week": 5,
    "scaling_profile": "one_part_dominates",
    "change_breakage": "monthly",
    "boundaries": "named",
}
RUNNING = {"current_shape": "services"}
NO_SIGNS = {**RUNNING, "distributed_monolith_signs": ()}


def say(source, **values):
    return next(p for p in judge_playbooks(QUESTIONNAIRE, answers(**values)) if p.source == source)


def signs(*ticked, **others):
    return {**RUNNING, "distributed_monolith_signs": ticked, **others}


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        # S3 on 80 developers: one of the seven is told, the other six are not. S4 wants boundaries before services.
        ("saas-80-developers", (EXTRACT, EXTRACT, CANNOT, CANNOT, MODULAR)),
        # S3's own shop: five teams, 45 minutes, 40 % of the CPU, tracing, six months. Five of seven.
        ("ecommerce-35-developers", (EXTRACT, EXTRACT, EXTRACT, EXTRACT, EXTRACT)),
        # S3's twelve people: the load is carried. S4: like Netflix is its first bad reason.
        ("django-startup-12", (CANNOT, CANNOT, CANNOT, STAY, STAY)),
        # Released as one, in four hours; S1 and S2 write about dividing monoliths only.
        ("services-47", (MODULAR, CANNOT, CANNOT, MODULAR, MODULAR)),
        # S0's own case: all three of its pains.
        ("shob", (EXTRACT, EXTRACT, CANNOT, CANNOT, EXTRACT)),
        # S2's own case: three yes, and both of its conditions.
        ("greedygame-operations-billing", (EXTRACT, CANNOT, EXTRACT, CANNOT, EXTRACT)),
    ],
)
def test_the_playbooks_on_the_systems_that_the_sources_tell_of(system, expected):
    document = json.loads((DEMO / f"{system}.json").read_text("utf-8"))
    judged = judge_playbooks(QUESTIONNAIRE, read_answers(document, QUESTIONNAIRE))
    assert tuple(playbook.verdict for playbook in judged) == expected


@pytest.mark.parametrize(
    ("why", "source", "values", "expected"),
    [
        # S0
        ("uneven scaling alone is enough", "S0", {"scaling_profile": "one_part_dominates"}, EXTRACT),
        ("a measured share says the same", "S0", {"hot_share": 40}, EXTRACT),
        ("coupled deploys alone are enough", "S0", {"deploy_waiting": "often"}, EXTRACT),
        ("a change that puts other areas at risk is coupled", "S0", {"change_breakage": "weekly"}, EXTRACT),
        ("teams stepping on each other are enough", "S0", {"team_collisions": "weekly"}, EXTRACT),
        (
            "none of the three hurts: keep the monolith",
            "S0",
            {"scaling_profile": "somewhat", "deploy_waiting": "sometimes", "team_collisions": "monthly"},
            STAY,
        ),
        (
            "a single team cannot step on another",
            "S0",
            {"hot_share": 10, "deploy_waiting": "never", "teams": 1},
            STAY,
        ),
        ("two pains known to be calm leave the third", "S0", {"hot_share": 10, "deploy_waiting": "never"}, CANNOT),
        (
            "fanning out and a shared database: a distributed monolith",
            "S0",
            signs("synchronous_chains", "shared_database"),
            MODULAR,
        ),
        ("synchronous calls alone were its own choice", "S0", signs("synchronous_chains"), EXTRACT),
        ("boundaries that bring no releases of their own", "S0", signs("release_together"), MODULAR),
        ("the same, told by how often releases wait", "S0", {**RUNNING, "deploy_waiting": "always"}, MODULAR),
        ("services of which nothing is known", "S0", RUNNING, CANNOT),
        (
            "services beside a monolith: the monolith is judged",
            "S0",
            {**signs(), "current_shape": "monolith_with_services", "deploy_waiting": "often"},
            EXTRACT,
        ),
        # S1
        ("more than fifty models", "S1", {"models": 51}, EXTRACT),
        ("fifty are not more than fifty", "S1", {"models": 50, "teams": 1}, STAY),
        ("several teams", "S1", {"teams": 2}, EXTRACT),
        ("teams that collide are several", "S1", {"team_collisions": "weekly"}, EXTRACT),
        ("with its signal", "S1", {"models": 120, "change_breakage": "monthly"}, EXTRACT),
        ("without its signal it is not time yet", "S1", {"models": 120, "change_breakage": "rarely"}, STAY),
        (
            "the signal in a small system: organise the monolith",
            "S1",
            {"models": 20, "teams": 1, "change_breakage": "weekly"},
            STAY,
        ),
        ("the signal without the size", "S1", {"change_breakage": "weekly"}, CANNOT),
        ("few models and an unknown number of teams", "S1", {"models": 20}, CANNOT),
        ("services already", "S1", {**NO_SIGNS, "models": 120}, CANNOT),
        # S2
        ("three yes and both conditions", "S2", GREEDYGAME, EXTRACT),
        ("boundaries that cannot be outlined", "S2", {**GREEDYGAME, "boundaries": "tangled"}, MODULAR),
        ("a drawing is no outline yet", "S2", {**GREEDYGAME, "boundaries": "sketched"}, MODULAR),
        (
            "everything has to scale, not one function",
            "S2",
            {**GREEDYGAME, "scaling_profile": "even", "load_fit": "failing"},
            MODULAR,
        ),
        ("updates are rare", "S2", {**GREEDYGAME, "deploys_per_week": 0.25}, STAY),
        ("updates disturb nothing", "S2", {**GREEDYGAME, "change_breakage": "never"}, STAY),
        (
            "size limits nothing",
            "S2",
            {**GREEDYGAME, "scaling_profile": "even", "load_fit": "comfortable"},
            STAY,
        ),
        ("one of the three not known", "S2", {**GREEDYGAME, "change_breakage": None}, CANNOT),
        ("a condition not known", "S2", {**GREEDYGAME, "boundaries": None}, CANNOT),
        ("services already", "S2", {**NO_SIGNS, **GREEDYGAME}, CANNOT),
        # S3
        ("seven of seven", "S3", SEVEN_YES, EXTRACT),
        ("five of seven", "S3", {**SEVEN_YES, "hiring": "hard", "migration_horizon": "quarter"}, EXTRACT),
        (
            "four of seven",
            "S3",
            {**SEVEN_YES, "hiring": "hard", "migration_horizon": "quarter", "deploy_minutes": 30},
            MODULAR,
        ),
        (
            "three no leave at most four, whatever the rest",
            "S3",
            {"teams": 2, "deploy_minutes": 10, "hiring": "hard"},
            MODULAR,
        ),
        ("four yes and three not known", "S3", dict(list(SEVEN_YES.items())[:4]), CANNOT),
        ("nine people, and no sign to split", "S3", {"developers": 9}, STAY),
        ("ten people are not fewer than ten", "S3", {**SEVEN_YES, "developers": 10}, EXTRACT),
        ("its list of when not to gives way to a sign to split", "S3", {**SEVEN_YES, "developers": 9}, EXTRACT),
        ("in search of a market", "S3", {"product_stage": "searching"}, STAY),
        ("no trouble with deploy frequency", "S3", {"deploy_demand": "satisfied"}, STAY),
        ("the monolith carries its load", "S3", {"load_fit": "comfortable"}, STAY),
        (
            "proven scaling needs are a reason to the Django rules",
            "S1",
            {"teams": 1, "scaling_profile": "one_part_dominates", "load_fit": "failing"},
            EXTRACT,
        ),
        (
            "a small team finds a monolith simpler",
            "S4",
            {"deploy_waiting": "often", "boundaries": "named", "developers": 6},
            STAY,
        ),
        ("all calls synchronous", "S3", signs("synchronous_chains"), MODULAR),
        ("a service for each table", "S3", signs("service_per_table"), MODULAR),
        ("an interface change that changes all others", "S3", signs("contract_ripples"), MODULAR),
        ("none of its signs", "S3", NO_SIGNS, EXTRACT),
        ("services without an owner are not on its list of signs", "S3", signs("unowned_services"), EXTRACT),
        ("signs not known", "S3", {**RUNNING, **SEVEN_YES}, CANNOT),
        # S4
        (
            "different scaling, and clear boundaries",
            "S4",
            {"scaling_profile": "one_part_dominates", "boundaries": "named"},
            EXTRACT,
        ),
        (
            "teams that need to deploy on their own, out of a modular monolith",
            "S4",
            {"deploy_waiting": "often", "current_shape": "modular_monolith"},
            EXTRACT,
        ),
        (
            "a good reason in a tangle: the modular monolith first",
            "S4",
            {"tech_lock_in": "blocking", "boundaries": "tangled"},
            MODULAR,
        ),
        (
            "boundaries of the organisation with owners behind them",
            "S4",
            {"motives": ("organisation_boundaries",), "ownership": "teams", "boundaries": "enforced"},
            EXTRACT,
        ),
        ("like Netflix, and no more", "S4", {"motives": ("imitation",)}, STAY),
        ("what everybody runs, and no more", "S4", {"motives": ("new_technology", "vague_performance")}, STAY),
        ("no reason at all", "S4", {"motives": ()}, STAY),
        (
            "a good reason that the answers deny",
            "S4",
            {"motives": ("independent_deploys",), "deploy_waiting": "never"},
            STAY,
        ),
        ("a good reason of which nothing is known", "S4", {"motives": ("independent_deploys",)}, CANNOT),
        ("neither motives nor pains", "S4", {}, CANNOT),
        (
            "no pain of its list, whatever the motives are",
            "S4",
            {"scaling_profile": "even", "deploy_waiting": "never", "tech_lock_in": "wish"},
            STAY,
        ),
        (
            "a bad reason does not undo a good one",
            "S4",
            {"motives": ("imitation",), "hot_share": 60, "boundaries": "named"},
            EXTRACT,
        ),
        ("services that must be deployed together", "S4", signs("release_together"), MODULAR),
        ("a shared database", "S4", signs("shared_database"), MODULAR),
        ("services in order", "S4", NO_SIGNS, EXTRACT),
        ("twenty services and nothing that calls for them", "S4", {**RUNNING, "services": 20}, MODULAR),
        ("a few services of which nothing is known", "S4", {**RUNNING, "services": 4}, CANNOT),
    ],
)
def test_a_source_by_itself_says(why, source, values, expected):
    known = {key: value for key, value in values.items() if value is not None}
    assert say(source, **known).verdict == expected, why


@pytest.mark.parametrize(
    ("source", "values", "missing"),
    [
        ("S0", {"scaling_profile": "even"}, ("deploy_waiting", "team_collisions")),
        ("S1", {"models": 20}, ("teams",)),
        ("S2", {**GREEDYGAME, "change_breakage": None}, ("change_breakage",)),
        ("S2", {**GREEDYGAME, "boundaries": None}, ("boundaries",)),
        ("S3", dict(list(SEVEN_YES.items())[:4]), ("tracing", "hiring", "migration_horizon")),
        ("S3", RUNNING, ("distributed_monolith_signs",)),
        ("S4", {"motives": ("team_autonomy",)}, ("deploy_waiting",)),
    ],
)
def test_a_playbook_that_cannot_judge_names_what_it_would_need(source, values, missing):
    known = {key: value for key, value in values.items() if value is not None}
    assert say(source, **known).missing == missing


def test_a_playbook_names_the_answers_that_it_read():
    read = say("S0", scaling_profile="even", deploy_waiting="often", tracing="none").keys
    assert set(read) == {"scaling_profile", "deploy_waiting"}


def test_the_sentence_names_what_decides():
    assert "5 of its 7" in say("S3", **{**SEVEN_YES, "hiring": "hard", "tracing": "none"}).because
    assert "fewer than 10 people" in say("S3", developers=4).because
    assert "more than fifty models" in say("S1", models=80).because
    assert "bad" in say("S4", motives=("imitation",)).because


def test_a_question_that_does_not_apply_gives_no_yes():
    six = {**SEVEN_YES, "tracing": "none", "hiring": "hard"}
    del six["platform_team"]
    asked = answers(**six)
    assert judge_playbooks(QUESTIONNAIRE, asked)[3].verdict is None
    asked["platform_team"] = Answer(not_applicable="A provider runs everything.")
    assert judge_playbooks(QUESTIONNAIRE, asked)[3].verdict == "modular"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "None of the five can judge these answers yet."),
        (
            {"deploy_waiting": "often"},
            "The SHOB playbook would extract. The Django rules, the GreedyGame story, the Readiness guide and the "
            "Patterns article cannot judge these answers.",
        ),
        (
            {**GREEDYGAME, **SEVEN_YES},
            "All five sources would extract.",
        ),
        (
            {"teams": 1, "models": 10, "load_fit": "comfortable", "motives": ("imitation",)},
            "The Django rules, the Readiness guide and the Patterns article would stay monolithic. "
            "The SHOB playbook and the GreedyGame story cannot judge these answers.",
        ),
        (
            {
                "deploy_waiting": "often",
                "current_shape": "monolith",
                "load_fit": "comfortable",
                "teams": 1,
                "models": 10,
            },
            "They disagree: the Django rules would stay monolithic; the Patterns article would go modular; the SHOB "
            "playbook would extract. The GreedyGame story and the Readiness guide cannot judge these answers.",
        ),
    ],
)
def test_one_sentence_says_where_they_part(values, sentence):
    assert where_they_part(judge_playbooks(QUESTIONNAIRE, answers(**values))) == sentence


@given(answer_sets(), st.randoms(use_true_random=False))
def test_five_judge_every_answer_set_alike_in_any_order(current_answers, rng: random.Random):
    judged = judge_playbooks(QUESTIONNAIRE, current_answers)
    assert [playbook.source for playbook in judged] == ["S0", "S1", "S2", "S3", "S4"]
    shuffled = list(current_answers.items())
    rng.shuffle(shuffled)
    assert judge_playbooks(QUESTIONNAIRE, dict(shuffled)) == judged
    assert where_they_part(judged).endswith(".")
    for playbook in judged:
        assert bool(playbook.missing) == (playbook.verdict is None)
        assert playbook.because.endswith(".")
        assert set(playbook.keys) <= set(current_answers)
        assert set(playbook.missing) <= set(QUESTIONNAIRE.by_key)


@given(answer_sets(complete=True))
def test_with_every_answer_given_only_a_landscape_of_services_leaves_a_playbook_silent(current_answers):
    runs_services = current_answers["current_shape"].value == "services"
    for playbook in judge_playbooks(QUESTIONNAIRE, current_answers):
        assert (playbook.verdict is None) == (runs_services and playbook.source in ("S1", "S2"))


@given(answer_sets(), st.sampled_from([question.key for question in QUESTIONNAIRE.questions]))
def test_an_answer_that_no_playbook_needs_changes_nothing(current_answers, key):
    judged = judge_playbooks(QUESTIONNAIRE, current_answers)
    without = judge_playbooks(QUESTIONNAIRE, {k: v for k, v in current_answers.items() if k != key})
    for before, after in zip(judged, without, strict=True):
        if key not in before.keys:
            assert after.verdict == before.verdict
