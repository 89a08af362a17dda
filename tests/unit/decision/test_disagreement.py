"""How far apart several people's answers are, what they come to, and the verdict of each role alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.decision import decide
from assess.decision.disagreement import (
    AnswerSheet,
    Spread,
    combine_answers,
    combine_sheets,
    describe_between,
    measure_spread,
    verdicts_by_role,
)
from assess.questionnaire.schema import Answer, Option, Question, Value
from tests.unit.decision.strategies import QUESTIONNAIRE, answer_sets, answers, values_of

ROLES = ("developer", "operations", "manager", "product")
NUMBERS = [question for question in QUESTIONNAIRE.questions if question.kind == "number"]


def spread(key: str, *values: Value | Answer, roles: tuple[str, ...] = ROLES) -> Spread:
    """The spread of these values, one person each."""
    return measure_spread(
        QUESTIONNAIRE.by_key[key],
        [
            AnswerSheet(
                perspective=roles[n % len(roles)],
                answers={key: value if isinstance(value, Answer) else Answer(value=value)},
            )
            for n, value in enumerate(values)
        ],
    )


@st.composite
def opinions(draw: st.DrawFn) -> tuple[Question, list[AnswerSheet]]:
    """A question, and up to six people's answers to it: known, not sure, or not applicable."""
    question = draw(st.sampled_from(QUESTIONNAIRE.questions))
    values = st.sampled_from(values_of(question)).map(lambda value: Answer(value=value))
    unknown = st.sampled_from((Answer(), Answer(not_applicable="There is none"), Answer(not_applicable="Not here")))
    people = st.builds(
        lambda role, answer: AnswerSheet(perspective=role, answers={question.key: answer}),
        st.sampled_from(ROLES),
        st.one_of(values, values, unknown),
    )
    return question, draw(st.lists(people, max_size=6))


# --- steps


@pytest.mark.parametrize(
    ("key", "values", "steps"),
    [
        ("team_collisions", ("never", "monthly"), 1),
        ("team_collisions", ("weekly", "never", "monthly"), 2),
        ("team_collisions", ("daily", "daily"), 0),
        # Whole system or one part: of two options there is nothing between.
        ("scope", ("whole_system", "one_part"), 2),
        ("motives", ((), ("imitation",)), 1),
        ("motives", (("imitation",), ("new_technology",)), 2),
        # From 10 minutes to 30 in quarters of five.
        ("deploy_minutes", (10, 14), 1),
        ("deploy_minutes", (10, 20), 2),
        ("deploy_minutes", (45, 300), 1),
        # Nothing says where ten developers stand: twice as many are two steps.
        ("developers", (10, 19), 1),
        ("developers", (10, 20), 2),
        ("developers", (0, 0.5), 2),
    ],
)
def test_steps_are_counted_on_the_scale_of_the_question(key: str, values: tuple[Value, ...], steps: int) -> None:
    found = spread(key, *values)
    assert found.steps == steps
    assert found.is_open is (steps >= 2)


def test_twenty_five_points_of_a_level_are_a_step() -> None:
    """An own question whose reading leads from 0 at nothing to 100 at one hundred."""
    reading = QUESTIONNAIRE.by_key["models"].reads
    assert reading is not None
    from dataclasses import replace

    question = replace(QUESTIONNAIRE.by_key["models"], reads=replace(reading, comfortable=0, acute=100, top=100))
    for value, steps in ((1, 1), (49, 1), (50, 2), (75, 3), (100, 4)):
        sheets = [AnswerSheet(perspective="developer", answers={"models": Answer(value=n)}) for n in (0, value)]
        assert measure_spread(question, sheets).steps == steps


def test_an_own_question_of_two_options_is_open_when_people_differ() -> None:
    question = Question(
        key="own",
        section="own",
        kind="choice",
        wording="Is it?",
        hint="",
        why="",
        sources=("ours",),
        options=(Option(value="no", label="No", means=""), Option(value="yes", label="Yes", means="")),
    )
    sheets = [AnswerSheet(perspective="developer", answers={"own": Answer(value=value)}) for value in ("no", "yes")]
    assert measure_spread(question, sheets).is_open


def test_it_says_how_many_know_and_who_does_not() -> None:
    found = spread("tracing", "none", "planned", "planned", Answer(), Answer(), Answer(not_applicable="no requests"))
    assert (found.n, found.not_sure, found.not_applicable, found.answered) == (3, 2, 1, 6)
    assert [(line.value, line.n) for line in found.given] == [("none", 1), ("planned", 2)]
    assert found.given[1].by_perspective == {"operations": 1, "manager": 1}
    assert (found.lowest, found.highest) == tuple(
        QUESTIONNAIRE.by_key["tracing"].option(value).label for value in ("none", "planned")
    )


def test_a_known_answer_beside_does_not_apply_is_an_open_point() -> None:
    found = spread("hiring", "easy", Answer(not_applicable="Nobody is hired"))
    assert found.steps == 0
    assert found.is_open


def test_not_sure_beside_an_answer_is_no_disagreement() -> None:
    assert not spread("hiring", "easy", Answer()).differs


@given(opinions(), st.randoms())
def test_the_order_of_people_does_not_matter(case, dice) -> None:
    question, sheets = case
    shuffled = list(sheets)
    dice.shuffle(shuffled)
    assert measure_spread(question, sheets) == measure_spread(question, shuffled)
    assert combine_sheets(sheets) == combine_sheets(shuffled)


@given(opinions(), st.sampled_from(ROLES), st.data())
def test_one_more_of_an_answer_given_already_never_changes_the_steps(case, role, data) -> None:
    question, sheets = case
    if not sheets:
        return
    again = data.draw(st.sampled_from(sheets)).answers
    before, after = (
        measure_spread(question, sheets),
        measure_spread(question, [*sheets, AnswerSheet(perspective=role, answers=again)]),
    )
    assert (after.steps, after.is_open) == (before.steps, before.is_open)
    assert after.answered == before.answered + 1


@given(opinions())
def test_no_steps_exactly_when_all_who_know_say_the_same(case) -> None:
    question, sheets = case
    known = {sheet.answers[question.key].value for sheet in sheets if sheet.answers[question.key].is_known}
    found = measure_spread(question, sheets)
    assert (found.steps == 0) is (len(known) <= 1)
    assert len(found.given) == len(known)


# --- what they come to


@given(st.sampled_from(NUMBERS), st.data())
def test_two_numbers_never_give_a_third(question, data) -> None:
    low, high = data.draw(st.lists(st.sampled_from(values_of(question)), min_size=2, max_size=2, unique=True))
    found = combine_answers([Answer(value=low), Answer(value=high)])
    assert found.value is None
    assert set(found.between) == {low, high}


@st.composite
def full_sheets(draw: st.DrawFn) -> list[AnswerSheet]:
    """Two or three people who know everything and differ on a few questions."""
    first = draw(answer_sets(complete=True))
    keys = draw(st.lists(st.sampled_from(sorted(first)), min_size=1, max_size=4, unique=True))
    sheets = [AnswerSheet(perspective="developer", answers=first)]
    for role in draw(st.lists(st.sampled_from(ROLES), min_size=1, max_size=2)):
        other = {key: Answer(value=draw(st.sampled_from(values_of(QUESTIONNAIRE.by_key[key])))) for key in sorted(keys)}
        sheets.append(AnswerSheet(perspective=role, answers={**first, **other}))
    return sheets


@given(full_sheets())
def test_a_disagreement_keeps_everybodys_verdict_possible(sheets) -> None:
    together = decide(QUESTIONNAIRE, combine_sheets(sheets))
    for sheet in sheets:
        assert set(decide(QUESTIONNAIRE, sheet.answers).possible_verdicts) <= set(together.possible_verdicts)


def test_what_people_differ_on_is_said_from_low_to_high() -> None:
    assert describe_between(QUESTIONNAIRE.by_key["teams"], (5, 3)) == "between 3 teams and 5 teams"
    labels = [QUESTIONNAIRE.by_key["team_collisions"].option(value).label.lower() for value in ("weekly", "daily")]
    said = describe_between(QUESTIONNAIRE.by_key["team_collisions"], ("daily", "weekly"))
    assert said == f"between {labels[0]} and {labels[1]}"


# --- by role

CALM = {question.key: Answer(not_applicable="calm here") for question in QUESTIONNAIRE.questions} | answers(
    scope="whole_system",
    current_shape="monolith",
    developers=40,
    teams=2,
    deploys_per_week=5,
    hiring="easy",
    platform_team="shared",
)


def test_each_role_has_the_verdict_of_its_own_people() -> None:
    developers = {**CALM, "team_collisions": Answer(value="daily")}
    managers = {**CALM, "team_collisions": Answer(value="never")}
    found = verdicts_by_role(
        QUESTIONNAIRE,
        [
            AnswerSheet(perspective="manager", answers=managers),
            AnswerSheet(perspective="developer", answers=developers),
            AnswerSheet(perspective="developer", answers=developers),
        ],
    )
    by_role = {role.perspective: role for role in found.roles}
    assert (by_role["developer"].verdict, by_role["developer"].form) == ("modular", "cure")
    assert by_role["manager"].verdict == "stay"
    assert (by_role["developer"].n, by_role["manager"].n) == (2, 1)
    assert found.parted == ("developer", "manager")
    assert found.on == ("team_collisions",)
    everyone = decide(
        QUESTIONNAIRE,
        combine_sheets(
            [AnswerSheet(perspective="", answers=developers), AnswerSheet(perspective="", answers=managers)]
        ),
    )
    assert everyone.possible_verdicts == ("stay", "modular")


def test_roles_of_one_mind_part_on_nothing() -> None:
    found = verdicts_by_role(
        QUESTIONNAIRE, [AnswerSheet(perspective=role, answers=CALM) for role in ("developer", "manager")]
    )
    assert (found.parted, found.on) == ((), ())


def test_people_of_one_role_who_differ_leave_its_verdict_open() -> None:
    sheets = [
        AnswerSheet(perspective="developer", answers={**CALM, "team_collisions": Answer(value=value)})
        for value in ("never", "daily")
    ]
    (role,) = verdicts_by_role(QUESTIONNAIRE, sheets).roles
    assert role.possible_verdicts == ("stay", "modular")
    assert role.others == ("modular",)


def test_a_role_that_knows_hardly_anything_has_no_verdict_of_its_own() -> None:
    few = AnswerSheet(perspective="product", answers=answers(teams=3))
    nothing = AnswerSheet(perspective="manager", answers={})
    product, manager = sorted(verdicts_by_role(QUESTIONNAIRE, [few, nothing]).roles, key=lambda role: -role.known)
    assert (product.known, product.is_enough) == (1, False)
    assert (manager.n, manager.is_enough) == (0, False)


def test_all_texts_that_people_gave_are_said_as_they_wrote_them():
    """Texts have no scale whose ends would do, and a name keeps its capital."""
    said = describe_between(QUESTIONNAIRE.by_key["part_name"], ("Search", "Catalogue", "search, new"))
    assert said == "between “Catalogue” or “Search” or “search, new”"
