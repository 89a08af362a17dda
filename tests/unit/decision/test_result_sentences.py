"""What a result says: only what is known, once, and nothing that argues for a verdict before there is one."""

import pytest
from hypothesis import given

from assess.decision import decide
from assess.decision.argue import argue, describe_flip
from assess.decision.changes import change_between
from assess.decision.plain import to_text
from tests.unit.decision.strategies import QUESTIONNAIRE, answer_sets, answers
from tests.unit.decision.systems import HOT, WAITING


def sentences(**values):
    return [reason.sentence for reason in decide(QUESTIONNAIRE, answers(**values)).reasons]


def text_on(**values):
    given_ = answers(**values)
    result = decide(QUESTIONNAIRE, given_)
    return to_text(QUESTIONNAIRE, result, argue(QUESTIONNAIRE, given_, result))


def described(key, before, after):
    return describe_flip(QUESTIONNAIRE, change_between(QUESTIONNAIRE.by_key[key], before, after))


@given(answer_sets())
def test_no_sentence_is_said_twice_among_the_reasons(answer_set):
    said = [reason.sentence for reason in decide(QUESTIONNAIRE, answer_set).reasons]
    assert len(said) == len(set(said))


def test_before_a_pain_is_answered_the_text_names_no_rule_no_reason_and_no_step():
    text = text_on(platform_team="none", tracing="none")
    assert text.startswith("NO VERDICT YET")
    for word in ("Rule ", "Why", "Next", "Ask again", "Could still become"):
        assert f"\n{word}" not in text


def test_before_a_pain_is_answered_nothing_argues_for_staying_and_there_is_nothing_to_do():
    result = decide(QUESTIONNAIRE, answers(hot_share=60, platform_team="none", motives=("imitation",)))
    assert result.state == "undecided"
    assert result.steps == ()
    assert {reason.keys for reason in result.reasons} == {("hot_share",), ("motives",)}


def test_the_text_says_on_how_many_measured_and_guessed_answers_the_verdict_rests():
    from assess.questionnaire.schema import Answer

    given_ = {
        "current_shape": Answer(value="services", basis="measured"),
        "distributed_monolith_signs": Answer(value=("release_together",), basis="guess"),
    }
    result = decide(QUESTIONNAIRE, given_)
    text = to_text(QUESTIONNAIRE, result, argue(QUESTIONNAIRE, given_, result))
    assert "1 measured, 0 estimated, 1 guessed" in text


def test_a_list_of_what_to_wait_for_is_announced_only_where_there_is_one():
    calm = {"current_shape": "monolith", "deploy_waiting": "never"}
    assert "or as soon as one of these happens\n  - " in text_on(**calm)
    assert text_on(current_shape="services").rstrip().endswith("Ask again in 6 months")


def test_services_that_may_still_buy_something_are_not_said_to_cost_more_than_they_give():
    headline = decide(QUESTIONNAIRE, answers(current_shape="services")).headline
    assert "cost more" not in headline
    assert "Find out what your services buy" in headline


def test_a_bill_alone_is_no_hot_spot():
    bill = {"current_shape": "monolith", "load_fit": "comfortable", "infra_cost": "painful"}
    assert "hot spot" not in decide(QUESTIONNAIRE, answers(**bill)).headline
    assert "The bill hurts. No single part is known to cause it, so split the bill by part first." in sentences(**bill)


def test_a_slow_database_explains_the_load_and_not_the_bill():
    said = sentences(**{**HOT, "bottleneck": "database", "infra_cost": "painful", "cheaper_cures": "some"})
    assert sum("a service would wait for it as well" in sentence for sentence in said) == 1


def test_where_the_load_hurts_nobody_is_told_to_wait_until_it_hurts():
    said = sentences(**{**HOT, "cheaper_cures": "untried"})
    assert "One part needs far more machines than the rest." in said


def test_a_single_team_that_collides_is_not_told_that_boundaries_end_that():
    said = sentences(current_shape="monolith", teams=1, team_collisions="daily", change_breakage="weekly")
    assert "Teams collide every day. A single team is in nobody's way." in said


def test_the_hot_part_is_cured_before_it_is_measured_again():
    steps = [step.code for step in decide(QUESTIONNAIRE, answers(**HOT, cheaper_cures="untried")).steps]
    assert steps.index("weak.cheaper_cures.1") < steps.index("offload.compare")


@pytest.mark.parametrize(
    ("change", "first"),
    [
        ({}, "the most demanding part"),
        ({"hot_share": 60, "part_name": "Search", "scaling_profile": "one_part_dominates"}, "Search"),
    ],
)
def test_a_split_of_the_organisation_begins_with_its_hot_part(change, first):
    result = decide(QUESTIONNAIRE, answers(**{**WAITING, **change}))
    assert result.form == "organisation"
    assert result.headline.endswith(f"Start with {first}.")
    assert result.steps[0].title == f"Write one page on {first}, the first slice"


def test_without_a_hot_part_the_first_slice_has_to_be_named():
    even = {"hot_share": 10, "scaling_profile": "even"}
    result = decide(QUESTIONNAIRE, answers(**{**WAITING, **even, "hiring": "easy"}))
    assert result.form == "organisation"
    assert result.steps[0].title == "Name the first slice, and why it is first"


@pytest.mark.parametrize(
    ("key", "before", "after", "words"),
    [
        ("deploy_waiting", "never", "often", "Teams often wait for each other's release (now “Never”)"),
        ("deploy_waiting", None, "often", "Teams often wait for each other's release"),
        ("teams", 2, 3, "Teams in the code: 3 teams or more (now 2 teams)"),
        ("motives", ("imitation",), (), "Motives: no longer “Well-known companies do it”"),
    ],
)
def test_a_change_is_described_as_people_say_it(key, before, after, words):
    assert described(key, before, after) == words


@pytest.mark.parametrize(
    "change",
    [
        # A law is met by no boundary, and neither is a queue for releases.
        {"kept_apart": "required", "boundaries": "tangled"},
        {"deploy_waiting": "always", "teams": 6, "migration_horizon": "weeks"},
    ],
)
def test_boundaries_are_a_first_step_where_something_else_hurts_that_they_cannot_cure(change):
    result = decide(QUESTIONNAIRE, answers(current_shape="monolith", change_breakage="weekly", **change))
    assert (result.verdict, result.form) == ("modular", "first_step")


def test_what_is_still_missing_is_named_in_the_headline_of_a_need_that_waits_for_it():
    result = decide(QUESTIONNAIRE, answers(**{**WAITING, "tracing": "none", "platform_team": "none"}))
    assert result.rule == "gate-closed"
    assert result.headline.endswith("Still missing: funded tracing and somebody who runs the platform.")


@pytest.mark.parametrize("minutes", [15, 90])
def test_a_quick_deploy_is_not_called_slow(minutes):
    said = " ".join(sentences(current_shape="monolith", deploy_waiting="never", deploy_minutes=minutes))
    assert ("Slow delivery" in said) == (minutes == 90)


def test_answers_that_are_calm_do_not_carry_an_extraction():
    calm = {"team_collisions": "monthly", "change_breakage": "rarely", "load_fit": "comfortable"}
    part = {**HOT, "scope": "one_part", "change_rhythm": "far_apart", "scaling_profile": "somewhat", **calm}
    result = decide(QUESTIONNAIRE, answers(**part))
    assert result.rule == "one-part"
    assert not set(calm) & set(result.deciding_keys)
    weighs = {reason.keys[0]: reason.weighs for reason in result.reasons if reason.keys}
    assert [weighs[key] for key in calm] == ["modular", "modular", "stay"]
    assert "It can scale on its own" not in " ".join(reason.sentence for reason in result.reasons)


def test_where_services_run_nobody_is_told_that_services_would_free_nobody_or_end_the_waiting():
    serving = {"current_shape": "services", "teams": 6, "developers": 40, "infra_cost": "painful"}
    kept = " ".join(sentences(**serving, deploy_waiting="never"))
    merged = " ".join(sentences(**serving, deploy_waiting="always"))
    assert "Separate deployables would free nobody" not in kept
    assert "Only separate deployables end that" not in merged
    for said in (kept, merged):
        assert "The bill hurts. Find out which services cause it." in said


def test_services_are_not_told_to_put_tracing_into_the_monolith():
    result = decide(QUESTIONNAIRE, answers(current_shape="services", tracing="none", runtime_platform="hand_built"))
    titles = [step.title for step in result.steps]
    assert "Trace every request through all services" in titles
    assert not [title for title in titles if "monolith" in title]
