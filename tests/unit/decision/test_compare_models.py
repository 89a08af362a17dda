"""What a newer edition or model would say to old answers, without touching what was said."""

from dataclasses import replace

from assess.decision import DECIDERS, MODEL_VERSION
from assess.decision.compare_models import EarlierVerdict, carry_over, compare_models
from assess.questionnaire.schema import Answer
from tests.unit.decision.strategies import QUESTIONNAIRE, answers

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
