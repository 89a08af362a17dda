"""What a newer edition or model would say to old answers, without touching what was said."""

from dataclasses import replace

from hypothesis import given

from assess.decision import DECIDERS, MODEL_VERSION
from assess.decision.compare_models import EarlierVerdict, carry_over, compare_models
from assess.questionnaire.schema import Answer
from assess.questionnaire_files import builtin_questionnaire
from tests.unit.decision.strategies import QUESTIONNAIRE, answer_sets, answers

PAIN = answers(change_breakage="weekly")
SAID = EarlierVerdict(verdict="modular", form="cure", questionnaire_version=2, model_version=MODEL_VERSION)


def second(**edits):
    """The next version with these questions edited; None removes one."""
    sections = []
    for section in QUESTIONNAIRE.sections:
        questions = [edits.get(question.key, lambda q: q)(question) for question in section.questions]
        sections.append(replace(section, questions=tuple(question for question in questions if question)))
    return replace(QUESTIONNAIRE, version=3, sections=tuple(sections))


def compare(newest, given, said=SAID):
    return compare_models(said, before=QUESTIONNAIRE, newest=newest, answers=given)


def test_where_nothing_is_newer_there_is_nothing_to_say():
    assert compare(QUESTIONNAIRE, PAIN) is None


def test_a_newer_edition_that_agrees_says_so():
    newer = compare(second(), PAIN)
    assert (newer.verdict, newer.form, newer.differs, newer.edition_is_newer) == ("modular", "cure", False, True)


def test_an_older_model_is_compared_with_the_newest():
    newer = compare(QUESTIONNAIRE, PAIN, replace(SAID, model_version=0))
    assert (newer.model_is_newer, newer.edition_is_newer, newer.model_version) == (True, False, max(DECIDERS))


def test_answers_that_no_longer_fit_are_left_out_and_named():
    without = second(change_breakage=lambda q: replace(q, options=tuple(o for o in q.options if o.value != "weekly")))
    newer = compare(without, {**PAIN, "teams": Answer(value=2)})
    assert newer.dropped == ("change_breakage",)
    assert newer.verdict == ""  # nothing that is left speaks of a pain
    assert newer.differs


def test_not_sure_and_does_not_apply_are_carried_over():
    given = {"teams": Answer(), "models": Answer(not_applicable="No database")}
    assert carry_over(QUESTIONNAIRE, given) == (given, ())


def test_questions_that_the_older_edition_did_not_have_are_named():
    old = second(gateway=lambda q: None)
    newer = compare_models(SAID, before=replace(old, version=2), newest=replace(QUESTIONNAIRE, version=3), answers=PAIN)
    assert newer.new_open == ("gateway",)


# --- from version 1 of the built-in questionnaire to version 2


VERSION_1 = builtin_questionnaire(1)


@given(answer_sets(questionnaire=VERSION_1))
def test_every_answer_to_version_1_carries_over_to_version_2_as_it_is(given_1):
    kept, dropped = carry_over(QUESTIONNAIRE, given_1)
    assert (dict(kept), dropped) == (given_1, ())


def test_what_version_2_adds_is_known_and_asked_where_it_counts():
    """The contract marks these; the name of the part and what opens four questions are asked beside them."""
    said = replace(SAID, questionnaire_version=1, model_version=1)
    given_1 = answers(scope="one_part", load_fit="failing", infra_cost="acceptable")
    newer = compare_models(said, before=VERSION_1, newest=QUESTIONNAIRE, answers=given_1)
    assert (newer.edition_is_newer, newer.model_is_newer, newer.model_version) == (True, True, 2)
    by_the_contract = {"change_rhythm", "failure_spread", "bottleneck", "cheaper_cures", "growth", "kept_apart"}
    assert set(newer.new_open) == by_the_contract | {"special_needs", "part_name"}
    assert newer.dropped == ()


def test_what_is_new_is_not_asked_where_it_does_not_count():
    """No load hurts, so nobody asks where its bottleneck is or what was tried."""
    said = replace(SAID, questionnaire_version=1, model_version=1)
    given_1 = answers(load_fit="comfortable", infra_cost="acceptable", scaling_profile="even")
    newer = compare_models(said, before=VERSION_1, newest=QUESTIONNAIRE, answers=given_1)
    assert {"bottleneck", "cheaper_cures", "part_name"}.isdisjoint(newer.new_open)
    assert "growth" in newer.new_open


# --- what fits, and what does not


def test_ticked_options_carry_over_when_a_new_version_puts_them_in_another_order():
    turned = second(motives=lambda q: replace(q, options=q.options[::-1]))
    kept, dropped = carry_over(turned, {"motives": Answer(value=("independent_scaling", "imitation"))})
    assert (kept["motives"].value, dropped) == (("imitation", "independent_scaling"), ())


def test_an_answer_between_values_that_a_new_version_no_longer_takes_is_left_out():
    """Kept, it would stop the decision: nothing reads an option that is not there."""
    without = second(
        tracing=lambda q: replace(
            q, options=q.options[:-1], reads=replace(q.reads, levels=dict([*q.reads.levels.items()][:-1]))
        )
    )
    between = {"tracing": Answer(between=("every_request", "none"))}
    assert carry_over(without, between) == ({}, ("tracing",))
    assert carry_over(QUESTIONNAIRE, between) == (between, ())
    assert compare(without, between).dropped == ("tracing",)


def test_a_number_that_became_a_choice_is_left_out():
    asked_otherwise = second(teams=lambda q: replace(QUESTIONNAIRE.by_key["hiring"], key="teams"))
    assert carry_over(asked_otherwise, {"teams": Answer(value=3)}) == ({}, ("teams",))
