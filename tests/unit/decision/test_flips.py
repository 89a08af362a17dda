"""What would change the verdict: every flip flips, and none is left out."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import Phase, example, given, settings

from assess.decision import decide
from assess.decision.argue import find_contradictions
from assess.decision.changes import changes_of, one_step_changes
from assess.decision.facts import read_facts
from assess.decision.flips import FRAME, MOST_READ, find_all_flips, find_flips, measure_robustness, tries_pairs
from assess.decision.rules import judge
from assess.questionnaire.answers import is_asked
from assess.questionnaire.schema import Answer, Questionnaire, Reading
from tests.unit.decision.strategies import QUESTIONNAIRE, answer_sets, answers, values_of

BY_KEY = QUESTIONNAIRE.by_key


def verdict(answer_set):
    return judge(read_facts(QUESTIONNAIRE, answer_set)).verdict


def changed(answer_set, *changes):
    return {**answer_set, **{change.key: Answer(value=change.after) for change in changes}}


# The load and the cost each decide whether it is asked what was tried: what the one does depends on the other.
@example(answers(scaling_profile="one_part_dominates", load_fit="comfortable", cheaper_cures="untried"))
@given(answer_sets())
def test_every_flip_flips_to_the_verdict_it_names_and_no_part_of_it_would_do(answer_set):
    before = verdict(answer_set)
    for flip in find_flips(QUESTIONNAIRE, answer_set):
        assert verdict(changed(answer_set, *flip.changes)) == flip.verdict != before
        if len(flip.changes) == 2:
            assert all(verdict(changed(answer_set, change)) == before for change in flip.changes)


@given(answer_sets())
def test_no_single_answer_that_flips_is_left_out(answer_set):
    before = verdict(answer_set)
    expected = {
        (key, verdict({**answer_set, key: Answer(value=value)}))
        for key, question in BY_KEY.items()
        if is_asked(question, answer_set) and key not in FRAME
        for value in values_of(question)
        if verdict({**answer_set, key: Answer(value=value)}) != before
    }
    listed = {(flip.changes[0].key, flip.verdict) for flip in find_flips(QUESTIONNAIRE, answer_set)}
    single = {
        (flip.changes[0].key, flip.verdict) for flip in find_flips(QUESTIONNAIRE, answer_set) if len(flip.changes) == 1
    }
    assert expected <= single <= listed


def with_number_of_days_that_releases_wait() -> Questionnaire:
    """As an organisation may ask it: a number instead of the choice, mild from 30 days and acute from 50."""
    days = replace(
        BY_KEY["deploy_minutes"],
        key="days_waited",
        unit="days",
        maximum=100,
        whole=True,
        quick=False,
        reads=Reading(axis="deployable", signal="waiting", comfortable=0, acute=100),
    )
    sections = tuple(
        replace(each, questions=tuple(days if one.key == "deploy_waiting" else one for one in each.questions))
        for each in QUESTIONNAIRE.sections
    )
    return replace(QUESTIONNAIRE, sections=sections)


def test_no_flip_of_an_own_number_is_left_out_where_a_mild_level_decides():
    """Funded growth makes releases that wait sometimes a reason, so the mild level matters as the acute does."""
    own = with_number_of_days_that_releases_wait()
    given_answers = answers(
        growth="manifold", teams=5, developers=60, days_waited=0, product_stage="established", current_shape="monolith",
        boundaries="named", ownership="teams", cross_boundary_transactions="few", tracing="every_request",
        central_logging="in_place", ci_cd="continuous", platform_team="dedicated", hiring="easy",
        migration_horizon="year", deploy_minutes=45, hot_share=20, team_collisions="never", change_breakage="never",
    )  # fmt: skip
    before = decide(own, given_answers).verdict
    flipping = {
        days: decide(own, {**given_answers, "days_waited": Answer(value=days)}).verdict
        for days in range(101)
        if decide(own, {**given_answers, "days_waited": Answer(value=days)}).verdict != before
    }
    assert min(flipping) == 30
    of_days = [flip.changes[0].after for flip in find_flips(own, given_answers) if flip.changes[0].key == "days_waited"]
    assert of_days[0] == min(flipping)


# Each example tries thousands of pairs, so there are few; shrinking one would take minutes, and one that fails is
# small enough to read as it is.
@pytest.mark.slow
@settings(max_examples=8, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(answer_sets(complete=True))
def test_no_pair_of_answers_that_only_together_flips_is_left_out(answer_set):
    before = verdict(answer_set)
    quiet = {
        key: [value for value in values_of(question) if verdict({**answer_set, key: Answer(value=value)}) == before]
        for key, question in BY_KEY.items()
        if is_asked(question, answer_set) and key not in FRAME and question.kind != "text"
    }
    flipping = {
        frozenset((first, second))
        for first, second in combinations(quiet, 2)
        if any(
            verdict({**answer_set, first: Answer(value=one), second: Answer(value=two)}) != before
            for one in quiet[first]
            for two in quiet[second]
        )
    }
    listed = {
        frozenset(change.key for change in flip.changes)
        for flip in find_flips(QUESTIONNAIRE, answer_set)
        if len(flip.changes) == 2
    }
    assert flipping <= listed


def test_flips_are_sorted_into_work_happening_and_learning():
    start = answers(
        current_shape="monolith",
        scaling_profile="one_part_dominates",
        load_fit="failing",
        boundaries="sketched",
        cross_boundary_transactions="few",
        tracing="every_request",
        central_logging="in_place",
        ci_cd="pipeline",
    )
    flips = find_flips(QUESTIONNAIRE, start)
    kinds = {(flip.changes[0].key, flip.changes[0].after): flip.changes[0].kind for flip in flips}
    assert verdict(start) == "modular"
    assert kinds["boundaries", "named"] == "work"
    assert kinds["load_fit", "comfortable"] == "work"
    open_gate = {key: value for key, value in start.items() if key != "boundaries"}
    learnt = [flip for flip in find_flips(QUESTIONNAIRE, open_gate) if flip.changes[0].key == "boundaries"]
    assert {flip.changes[0].kind for flip in learnt} == {"learn"}
    calm = answers(current_shape="monolith", team_collisions="monthly")
    worse = [flip for flip in find_flips(QUESTIONNAIRE, calm) if flip.changes[0].key == "team_collisions"]
    assert {flip.changes[0].kind for flip in worse} == {"happen"}


def test_one_step_of_a_number_leads_across_the_next_threshold():
    start = answers(developers=35)
    assert [change.after for change in changes_of(BY_KEY["developers"], start)] == [10, 9]
    assert [change.after for change in one_step_changes(BY_KEY["developers"], start)] == [9]
    assert [change.after for change in one_step_changes(BY_KEY["teams"], answers(teams=2))] == [1, 3]


@given(answer_sets())
def test_robustness_counts_every_one_step_change_once(answer_set):
    robustness = measure_robustness(QUESTIONNAIRE, answer_set)
    steps = [
        change
        for question in QUESTIONNAIRE.questions
        if is_asked(question, answer_set) and question.key not in FRAME and question.kind != "text"
        for change in one_step_changes(question, answer_set)
    ]
    holding = [change for change in steps if verdict(changed(answer_set, change)) == verdict(answer_set)]
    assert (robustness.holds, robustness.of) == (len(holding), len(steps))
    assert len(robustness.breaks_on) == robustness.of - robustness.holds


@given(answer_sets())
def test_the_small_changes_that_break_the_verdict_are_the_flips_of_one_step(answer_set):
    breaking = {(flip.changes[0].key, flip.verdict) for flip in measure_robustness(QUESTIONNAIRE, answer_set).breaks_on}
    of_one_step = {
        (flip.changes[0].key, flip.verdict)
        for flip in find_flips(QUESTIONNAIRE, answer_set)
        if flip.steps == 1 and flip.changes[0].before is not None
    }
    assert breaking == of_one_step


CONTRADICTORY = [
    ("waiting-alone", {"teams": 1, "deploy_waiting": "often"}),
    ("colliding-alone", {"teams": 1, "team_collisions": "daily"}),
    ("more-teams-than-people", {"developers": 3, "teams": 4}),
    ("daily-deploys-always-waiting", {"deploys_per_week": 5, "deploy_waiting": "always"}),
    ("satisfied-but-waiting", {"deploy_demand": "satisfied", "deploy_waiting": "always"}),
    ("blocked-but-frequent", {"deploy_demand": "blocked", "deploys_per_week": 20}),
    ("enforced-but-breaking", {"boundaries": "enforced", "change_breakage": "weekly"}),
    ("tangled-without-transactions", {"boundaries": "tangled", "cross_boundary_transactions": "none"}),
    ("even-but-dominated", {"scaling_profile": "even", "hot_share": 40}),
    ("dominated-but-small", {"scaling_profile": "one_part_dominates", "hot_share": 29}),
    ("continuous-but-slow", {"ci_cd": "continuous", "deploy_minutes": 120}),
    ("manual-but-frequent", {"ci_cd": "manual", "deploys_per_week": 20}),
    ("continuous-without-tests", {"ci_cd": "continuous", "tests": "none"}),
    ("orchestrated-by-nobody", {"runtime_platform": "orchestrated", "platform_team": "none"}),
    ("traced-without-logs", {"tracing": "every_request", "central_logging": "none"}),
    ("backed-without-budget", {"migration_horizon": "half_year", "budget": "none"}),
    ("backed-without-slowdown", {"migration_horizon": "year", "slowdown_accepted": "no"}),
    (
        "owned-and-unowned",
        {
            "current_shape": "services",
            "ownership": "teams",
            "distributed_monolith_signs": ("unowned_services",),
        },
    ),
    (
        "together-without-waiting",
        {
            "current_shape": "services",
            "deploy_waiting": "never",
            "distributed_monolith_signs": ("release_together",),
        },
    ),
    ("services-without-services", {"current_shape": "services", "services": 1}),
    ("scaling-wish-even-load", {"motives": ("independent_scaling",), "scaling_profile": "even"}),
    ("deploy-wish-no-waiting", {"motives": ("independent_deploys",), "deploy_waiting": "never"}),
    ("technology-wish-no-need", {"motives": ("different_technology",), "tech_lock_in": "none"}),
    ("performance-wish-comfortable", {"motives": ("vague_performance",), "load_fit": "comfortable"}),
]


@pytest.mark.parametrize(("code", "values"), CONTRADICTORY)
def test_answers_at_odds_are_shown_with_both_questions_and_change_nothing(code, values):
    found = find_contradictions(QUESTIONNAIRE, answers(**values))
    assert [contradiction.code for contradiction in found] == [code]
    assert set(found[0].keys) <= set(values)
    for key in found[0].keys:
        alone = {other: value for other, value in values.items() if other != key}
        assert code not in [c.code for c in find_contradictions(QUESTIONNAIRE, answers(**alone))]


def test_answers_that_agree_are_left_in_peace():
    calm = answers(teams=5, developers=35, deploy_waiting="often", deploys_per_week=2.5, hot_share=40)
    assert find_contradictions(QUESTIONNAIRE, calm) == ()
    assert decide(QUESTIONNAIRE, calm).verdict == "extract"


def test_a_questionnaire_too_large_for_all_pairs_says_so_and_still_lists_every_single_answer():
    collisions = BY_KEY["team_collisions"]
    copies = tuple(replace(collisions, key=f"collisions_{n}") for n in range(MOST_READ))
    sections = (*QUESTIONNAIRE.sections, replace(QUESTIONNAIRE.sections[1], slug="more", questions=copies))
    large = replace(QUESTIONNAIRE, sections=sections)
    flips = find_flips(large, {})
    assert not tries_pairs(large)
    assert tries_pairs(QUESTIONNAIRE)
    assert all(len(flip.changes) == 1 for flip in flips)
    assert {f"collisions_{n}" for n in range(MOST_READ)} <= {flip.changes[0].key for flip in flips}


@given(answer_sets())
def test_a_flip_is_never_of_the_frame_and_there_is_one_a_question_and_outcome(answer_set):
    flips = find_all_flips(QUESTIONNAIRE, answer_set)
    for found in (flips.of_verdict, flips.of_form):
        told = [(tuple(change.key for change in flip.changes), flip.verdict, flip.form) for flip in found]
        outcomes = {(keys, verdict) for keys, verdict, _form in told} if found is flips.of_verdict else set(told)
        assert len(outcomes) == len(told)
        assert not FRAME & {key for keys, _verdict, _form in told for key in keys}
    before = decide(QUESTIONNAIRE, answer_set)
    assert all(flip.verdict == before.verdict and flip.form != before.form for flip in flips.of_form)
