"""Each source as its own judge: tables that a reader of the articles can check, and what holds of every answer set."""

import json
import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.decision import source_rules
from assess.decision.headings import HEADINGS
from assess.decision.playbooks import judge_playbooks, where_they_part
from assess.decision.rules import RULES
from assess.decision.thresholds import SOURCES_OF
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
#: S3's seven questions answered no, and none of its signs to split.
SEVEN_NO = {
    "teams": 1,
    "deploy_minutes": 10,
    "hot_share": 10,
    "platform_team": "none",
    "tracing": "none",
    "hiring": "hard",
    "migration_horizon": "weeks",
}
CALM = {"deploy_demand": "satisfied", "load_fit": "comfortable"}
#: Each line of S3's two lists, by itself.
WHEN_NOT = (
    {"developers": 9},
    {"product_stage": "searching"},
    {"deploy_demand": "satisfied"},
    {"load_fit": "comfortable"},
)
WHEN_TO = ({"teams": 3}, {"deploy_minutes": 31}, {"deploy_waiting": "often"}, {"hot_share": 40})
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
        ("fifty are not more than fifty", "S1", {"models": 50, "teams": 1, "load_fit": "comfortable"}, STAY),
        ("whether the load proves a need is not known", "S1", {"models": 50, "teams": 1}, CANNOT),
        (
            "a load that hurts proves the need, whatever the size",
            "S1",
            {"models": 20, "teams": 1, "load_fit": "peaks_hurt"},
            EXTRACT,
        ),
        (
            "a load that hurts needs no other signal",
            "S1",
            {"models": 120, "change_breakage": "never", "load_fit": "failing"},
            EXTRACT,
        ),
        (
            "growth that is agreed and funded is proven",
            "S1",
            {"models": 20, "teams": 1, "load_fit": "comfortable", "growth": "manifold"},
            EXTRACT,
        ),
        (
            "twice as much is no such growth",
            "S1",
            {"models": 20, "teams": 1, "load_fit": "comfortable", "growth": "double"},
            STAY,
        ),
        (
            "a hot part that nobody feels proves nothing",
            "S1",
            {"models": 20, "teams": 1, "load_fit": "comfortable", "scaling_profile": "one_part_dominates"},
            STAY,
        ),
        ("only along clear boundaries", "S1", {"teams": 4, "boundaries": "tangled"}, MODULAR),
        ("a drawing is no clear boundary", "S1", {"load_fit": "failing", "boundaries": "sketched"}, MODULAR),
        ("several teams", "S1", {"teams": 2}, EXTRACT),
        ("teams that collide are several", "S1", {"team_collisions": "weekly"}, EXTRACT),
        ("with its signal", "S1", {"models": 120, "change_breakage": "monthly"}, EXTRACT),
        ("without its signal it is not time yet", "S1", {"models": 120, "change_breakage": "rarely"}, STAY),
        (
            "the signal in a small system: organise the monolith",
            "S1",
            {"models": 20, "teams": 1, "change_breakage": "weekly", "load_fit": "comfortable"},
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
            "a platform team is a means and makes no need",
            "S3",
            {"developers": 9, "platform_team": "dedicated"},
            STAY,
        ),
        *(
            (f"{next(iter(reason))} gives way to {next(iter(sign))}", "S3", {**SEVEN_NO, **reason, **sign}, MODULAR)
            for reason in WHEN_NOT
            for sign in WHEN_TO
        ),
        *((f"{next(iter(reason))} holds without a sign", "S3", {**SEVEN_NO, **reason}, STAY) for reason in WHEN_NOT),
        ("nobody works on services with fewer than ten people", "S3", {**NO_SIGNS, "developers": 3}, MODULAR),
        ("nor while the market is searched for", "S3", {**RUNNING, "product_stage": "searching"}, MODULAR),
        ("three teams are a sign for the services", "S3", {**NO_SIGNS, "developers": 9, "teams": 3}, EXTRACT),
        ("services that carry their load are no reason to go back", "S3", {**NO_SIGNS, **CALM}, EXTRACT),
        (
            "a database that is shared with the monolith is a stage of its migration",
            "S3",
            {
                "current_shape": "monolith_with_services",
                "distributed_monolith_signs": ("shared_database",),
                **SEVEN_YES,
            },
            EXTRACT,
        ),
        (
            "a small team finds a monolith simpler, whatever the reason",
            "S4",
            {"deploy_waiting": "often", "boundaries": "named", "developers": 6},
            STAY,
        ),
        (
            "ten people are no small team",
            "S4",
            {"deploy_waiting": "often", "boundaries": "named", "developers": 10},
            EXTRACT,
        ),
        ("a small team, and no reason known", "S4", {"developers": 6}, STAY),
        (
            "a small team, and a reason that is not borne out yet",
            "S4",
            {"developers": 6, "motives": ("team_autonomy",)},
            STAY,
        ),
        ("a small team with services", "S4", {**NO_SIGNS, "developers": 6}, MODULAR),
        ("a small team with services of which nothing else is known", "S4", {**RUNNING, "developers": 6}, MODULAR),
        (
            "what must run apart is a boundary of the organisation",
            "S4",
            {"kept_apart": "required", "boundaries": "named", "special_needs": ("kept_apart",)},
            EXTRACT,
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
        ("S1", {"models": 20}, ("teams", "load_fit")),
        ("S1", {"models": 20, "teams": 1, "load_fit": "comfortable"}, ()),
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


@pytest.mark.parametrize(
    "others",
    [
        {"deploy_waiting": "always"},
        {"team_collisions": "daily"},
        {"change_rhythm": "far_apart"},
        {"failure_spread": "often"},
        {"models": 500},
    ],
)
def test_whether_updates_disturb_other_parts_is_guessed_from_nothing_else(others):
    unanswered = {**GREEDYGAME, "change_breakage": None, **others}
    told = say("S2", **{key: value for key, value in unanswered.items() if value is not None})
    assert (told.verdict, told.missing) == (CANNOT, ("change_breakage",))


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
        assert playbook.place in HEADINGS[playbook.source]
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


# --- where the sources say so


@pytest.mark.parametrize(
    ("source", "values", "place"),
    [
        ("S0", {"deploy_waiting": "often"}, "When to actually split"),
        ("S0", signs("synchronous_chains", "shared_database"), "Pitfalls to watch for"),
        ("S0", signs("release_together"), "Takeaways"),
        ("S1", {"models": 51}, "When Should You Actually Use Microservices?"),
        ("S1", {"load_fit": "failing"}, "Should I start with microservices or a monolith?"),
        ("S1", {"teams": 4, "boundaries": "tangled"}, "Actionable Tips for Success"),
        ("S2", GREEDYGAME, "How we broke up our Monolithic Django Service into microservices"),
        ("S2", {**GREEDYGAME, "boundaries": "tangled"}, "Quick Summary"),
        ("S3", SEVEN_YES, "Microservices Readiness Checklist"),
        ("S3", {"developers": 9}, "When NOT to use microservices"),
        ("S3", signs("service_per_table"), "Anti-pattern #1: Microservice Per Table"),
        ("S3", signs("shared_database"), "Anti-pattern #2: Shared Database"),
        ("S3", signs("contract_ripples"), "Anti-pattern #4: Distributed Monolith"),
        ("S4", {"motives": ("imitation",)}, "Bad reasons"),
        ("S4", {"hot_share": 60, "boundaries": "named"}, "Good reasons"),
        ("S4", {"hot_share": 60, "boundaries": "tangled"}, "The Monolith First Approach"),
        ("S4", {"hot_share": 60, "developers": 6}, "Final Thoughts"),
        ("S4", signs("synchronous_chains"), "Chatty Services"),
        ("S4", {**RUNNING, "services": 20}, "Over-Extraction"),
    ],
)
def test_each_outcome_names_the_heading_that_it_is_from(source, values, place):
    assert say(source, **values).place == place


def test_every_heading_in_the_rules_of_a_source_is_one_of_that_source():
    """Also of outcomes that no example above reaches: names of headings begin with their source."""
    named = [name for name in vars(source_rules) if re.fullmatch(r"S\d_[A-Z_]+", name)]
    headings = {name: value for name in named if isinstance(value := vars(source_rules)[name], str)}
    assert len(headings) > 20
    assert [name for name, heading in headings.items() if heading not in HEADINGS[name[:2]]] == []


def cites(text):
    """Each "S3, heading: remark" in the text, as source and what follows it."""
    return re.findall(r"(S\d), ([^;]+)", text)


@pytest.mark.parametrize("quote", [*(rule.quote for rule in RULES.values()), *SOURCES_OF])
def test_rules_and_figures_cite_headings_that_their_source_has(quote):
    text = SOURCES_OF.get(quote, quote)
    assert cites(text) or text.startswith("ours")
    for source, rest in cites(text):
        assert any(rest.startswith(heading.rstrip("?")) for heading in HEADINGS[source]), rest
