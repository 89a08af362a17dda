"""The built-in questionnaire keeps the contract: the tables below are written out by hand, not read from the file."""

import hashlib
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from assess.questionnaire.answers import as_asked, is_asked, read_answers
from assess.questionnaire.json_reader import read_document
from assess.questionnaire.schema import AXES, PAIN_AXES, Answer
from assess.questionnaire_files import BUILTIN_FILE, builtin_questionnaire, questionnaire_schema

FIXTURES = BUILTIN_FILE.parent.parent

CHOICES = {
    "scope": "whole_system one_part",
    "current_shape": "monolith modular_monolith monolith_with_services services several_monoliths",
    "product_stage": "searching growing established",
    "team_collisions": "never monthly weekly daily",
    "ownership": "unclear people partly teams",
    "deploy_waiting": "never sometimes often always",
    "deploy_demand": "satisfied want_more blocked",
    "change_breakage": "never rarely monthly weekly",
    "change_rhythm": "alike somewhat far_apart",
    "failure_spread": "contained rarely often",
    "scaling_profile": "even somewhat one_part_dominates",
    "load_fit": "comfortable peaks_hurt failing",
    "infra_cost": "acceptable noticeable painful",
    "bottleneck": "application database outside",
    "cheaper_cures": "untried some exhausted",
    "growth": "steady double manifold",
    "tech_lock_in": "none wish end_of_support blocking",
    "kept_apart": "none eases required",
    "boundaries": "tangled sketched named enforced",
    "cross_boundary_transactions": "many some few none",
    "platform_team": "none shared dedicated",
    "ci_cd": "manual scripted pipeline continuous",
    "tests": "none patchy trusted",
    "runtime_platform": "hand_built containers orchestrated",
    "gateway": "none planned in_place",
    "on_call": "none informal rota",
    "tracing": "none planned partial every_request",
    "central_logging": "none planned in_place",
    "metrics": "none planned in_place",
    "hiring": "hard mixed easy",
    "distributed_experience": "none some strong",
    "migration_horizon": "weeks quarter half_year year",
    "budget": "none discussed approved",
    "slowdown_accepted": "no partly yes",
}
SEVERAL = {
    "distributed_monolith_signs": (
        "release_together synchronous_chains shared_database contract_ripples service_per_table unowned_services"
    ),
    "motives": (
        "independent_scaling independent_deploys team_autonomy different_technology organisation_boundaries "
        "imitation new_technology avoid_cleanup vague_performance"
    ),
    "special_needs": "runtime apart faults pace",
}
# Minimum, maximum, whole numbers only.
NUMBERS = {
    "services": (0, 100_000, True),
    "developers": (0, 100_000, True),
    "teams": (0, 100_000, True),
    "models": (0, 100_000, True),
    "deploy_minutes": (0, 10_080, False),
    "deploys_per_week": (0, 100_000, False),
    "hot_share": (0, 100, False),
}
SECTIONS = {
    "scope": "scope current_shape services distributed_monolith_signs product_stage motives",
    "teams": "developers teams team_collisions ownership",
    "deploys": (
        "deploy_minutes deploys_per_week deploy_waiting deploy_demand change_breakage special_needs change_rhythm "
        "failure_spread"
    ),
    "scaling": "scaling_profile hot_share load_fit infra_cost bottleneck cheaper_cures growth",
    "technology": "tech_lock_in kept_apart part_name",
    "boundaries": "boundaries cross_boundary_transactions models",
    "devops": "platform_team ci_cd tests runtime_platform gateway on_call",
    "tracing": "tracing central_logging metrics",
    "people": "hiring distributed_experience",
    "business": "migration_horizon budget slowdown_accepted",
}
QUICK = "teams deploy_minutes hot_share platform_team tracing hiring migration_horizon"

# Question: axis, signal, level of each option in order.
PAINS = {
    "team_collisions": ("boundary", "collisions", [0, 30, 70, 100]),
    "change_breakage": ("boundary", "breakage", [0, 15, 55, 100]),
    "deploy_waiting": ("deployable", "waiting", [0, 30, 70, 100]),
    "deploy_demand": ("deployable", "speed", [0, 15, 35]),
    "scaling_profile": ("deployable", "uneven", [0, 15, 40]),
    "load_fit": ("deployable", "load", [0, 55, 85]),
    "infra_cost": ("deployable", "cost", [0, 15, 35]),
    "tech_lock_in": ("deployable", "lock_in", [0, 15, 35, 70]),
    "kept_apart": ("deployable", "kept_apart", [0, 20, 75]),
    "failure_spread": ("deployable", "spread", [0, 20, 65]),
    "change_rhythm": ("deployable", "rhythm", [0, 10, 45]),
}
# Question: axis, signal, comfortable, acute, top.
RAMPS = {
    "models": ("boundary", "size", 25, 50, 35),
    "deploy_minutes": ("deployable", "speed", 10, 30, 30),
    "hot_share": ("deployable", "uneven", 20, 40, 40),
}
# Question: axis, weight, level of each option in order.
SHARES = {
    "boundaries": ("separability", 40, [0, 30, 75, 100]),
    "cross_boundary_transactions": ("separability", 30, [0, 40, 80, 100]),
    "ownership": ("separability", 30, [0, 35, 65, 100]),
    "platform_team": ("devops", 25, [0, 60, 100]),
    "ci_cd": ("devops", 25, [0, 30, 80, 100]),
    "tests": ("devops", 20, [0, 40, 100]),
    "runtime_platform": ("devops", 10, [0, 70, 100]),
    "gateway": ("devops", 10, [0, 50, 100]),
    "on_call": ("devops", 10, [0, 40, 100]),
    "tracing": ("tracing", 40, [0, 40, 70, 100]),
    "central_logging": ("tracing", 30, [0, 50, 100]),
    "metrics": ("tracing", 30, [0, 50, 100]),
    "hiring": ("people", 40, [0, 50, 100]),
    "distributed_experience": ("people", 60, [0, 50, 100]),
    "migration_horizon": ("business", 50, [0, 30, 80, 100]),
    "budget": ("business", 30, [0, 50, 100]),
    "slowdown_accepted": ("business", 20, [0, 50, 100]),
}

questionnaire = builtin_questionnaire()


def test_it_is_version_2_of_the_split_checklist_and_names_model_2() -> None:
    assert (questionnaire.slug, questionnaire.version, questionnaire.language) == ("split-checklist", 2, "en")
    assert questionnaire.model == 2


def test_version_1_is_still_there_to_the_byte_and_judged_by_model_1() -> None:
    content = (BUILTIN_FILE.parent / "split-checklist-1.yaml").read_bytes()
    assert hashlib.sha256(content).hexdigest() == ("5d08d841865ce4fcdb2070f56b13a43d0c407fbb70b07c6b4c93a7f6a28b78cc")
    assert builtin_questionnaire(1).model == 1


def test_sections_and_questions_come_in_the_order_of_the_contract() -> None:
    found = {
        section.slug: " ".join(question.key for question in section.questions) for section in questionnaire.sections
    }
    assert list(found.items()) == list(SECTIONS.items())


def test_every_question_has_exactly_the_type_and_options_of_the_contract() -> None:
    found = {
        kind: {q.key: " ".join(option.value for option in q.options) for q in questionnaire.questions if q.kind == kind}
        for kind in ("choice", "several")
    }
    assert found == {"choice": CHOICES, "several": SEVERAL}


def test_every_number_has_exactly_the_range_of_the_contract() -> None:
    numbers = [question for question in questionnaire.questions if question.kind == "number"]
    assert {q.key: (q.minimum, q.maximum, q.whole) for q in numbers} == NUMBERS
    assert all(question.unit for question in numbers)


def test_the_quick_check_asks_the_seven_starred_questions() -> None:
    assert " ".join(question.key for question in questionnaire.quick_questions) == QUICK


def test_readings_are_as_agreed() -> None:
    pains, ramps, shares = {}, {}, {}
    for question in questionnaire.questions:
        reads = question.reads
        if reads is None:
            continue
        levels = [reads.levels[option.value] for option in question.options]
        if question.kind == "number":
            ramps[question.key] = (reads.axis, reads.signal, reads.comfortable, reads.acute, reads.top)
        elif reads.axis in PAIN_AXES:
            pains[question.key] = (reads.axis, reads.signal, levels)
        else:
            shares[question.key] = (reads.axis, reads.weight, levels)
            assert reads.signal == question.key
    assert (pains, ramps, shares) == (PAINS, RAMPS, SHARES)


@pytest.mark.parametrize("axis", [axis for axis in AXES if axis not in PAIN_AXES])
def test_the_weights_of_an_axis_add_up_to_a_hundred(axis: str) -> None:
    readings = [question.reads for question in questionnaire.questions if question.reads]
    assert sum(reads.weight for reads in readings if reads.axis == axis) == 100


@pytest.mark.parametrize(
    ("key", "other", "wanted"),
    [
        ("services", "current_shape", {"monolith_with_services", "services"}),
        ("distributed_monolith_signs", "current_shape", {"monolith_with_services", "services", "several_monoliths"}),
        ("bottleneck", "load_fit", {"peaks_hurt", "failing"}),
        ("cheaper_cures", "load_fit", {"peaks_hurt", "failing"}),
        ("cheaper_cures", "infra_cost", {"painful"}),
        ("part_name", "scope", {"one_part"}),
        ("part_name", "scaling_profile", {"one_part_dominates"}),
    ],
)
def test_a_conditional_question_is_asked_only_where_it_counts(key: str, other: str, wanted: set[str]) -> None:
    question = questionnaire.by_key[key]
    options = CHOICES[other].split()
    assert {value for value in options if is_asked(question, {other: Answer(value=value)})} == wanted
    assert not is_asked(question, {})
    assert not is_asked(question, {other: Answer()})


@pytest.mark.parametrize(
    ("key", "need"),
    [("tech_lock_in", "runtime"), ("kept_apart", "apart"), ("failure_spread", "faults"), ("change_rhythm", "pace")],
)
def test_a_need_that_is_not_ticked_spares_its_question(key: str, need: str) -> None:
    question = questionnaire.by_key[key]
    assert is_asked(question, {})
    assert is_asked(question, {"special_needs": Answer(value=(need,))})
    assert not is_asked(question, {"special_needs": Answer(value=())})


def test_every_other_question_is_always_asked() -> None:
    conditional = {question.key for question in questionnaire.questions if question.conditions}
    assert conditional == {
        *("services", "distributed_monolith_signs", "bottleneck", "cheaper_cures", "part_name"),
        *("tech_lock_in", "kept_apart", "failure_spread", "change_rhythm"),
    }


def test_questions_about_one_part_speak_of_that_part() -> None:
    part, whole = {"scope": Answer(value="one_part")}, {"scope": Answer(value="whole_system")}
    question = questionnaire.by_key["cross_boundary_transactions"]
    assert "this part" in as_asked(question, part).wording
    assert as_asked(question, whole) == question


def test_an_option_shows_only_where_an_earlier_answer_calls_for_it_or_it_was_chosen() -> None:
    question = questionnaire.by_key["distributed_monolith_signs"]
    two = {"current_shape": Answer(value="several_monoliths")}
    offered = {option.value for option in as_asked(question, two).options}
    assert "shared_database" in offered
    assert "service_per_table" not in offered
    chosen = {**two, question.key: Answer(value=("service_per_table",))}
    assert "service_per_table" in {option.value for option in as_asked(question, chosen).options}


def test_every_question_says_why_it_is_asked_and_where_it_comes_from() -> None:
    for question in questionnaire.questions:
        named = [source for source in question.sources if source != "ours"]
        assert all((question.why, question.hint, question.sources)), question.key
        assert all(source in question.why for source in named), f"{question.key}: the text names none of its sources"
        assert all(option.means for option in question.options), question.key
        assert question.hint.count(". ") == 0, f"{question.key}: the hint is one sentence"


def test_the_published_schema_is_a_valid_json_schema() -> None:
    Draft202012Validator.check_schema(dict(questionnaire_schema()))


# --- the systems that the sources tell of

DEMO = sorted((FIXTURES / "demo").glob("*.json"))


def test_all_systems_of_the_sources_are_there() -> None:
    assert [path.stem for path in DEMO] == [
        "django-startup-12",
        "ecommerce-35-developers",
        "greedygame-operations-billing",
        "saas-80-developers",
        "services-47",
        "shob",
    ]


@pytest.mark.parametrize("path", DEMO, ids=lambda path: path.stem)
def test_a_demo_system_is_a_valid_set_of_asked_answers_with_notes(path: Path) -> None:
    document = read_document(path.read_bytes(), file=path.name)
    answers = read_answers(document, questionnaire, file=path.name)
    assert isinstance(document, dict)
    assert document["system"]
    assert document["about"]
    assert document["told_in"] in ("S0", "S2", "S3")
    for key, answer in answers.items():
        assert is_asked(questionnaire.by_key[key], answers), key
        assert answer.is_known, key
        assert answer.note, key
        assert answer.basis in ("measured", "estimated"), key


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("saas-80-developers", {"developers": 80, "deploy_minutes": 45, "team_collisions": "weekly"}),
        (
            "ecommerce-35-developers",
            {"developers": 35, "teams": 5, "deploy_minutes": 45, "deploys_per_week": 2.5, "hot_share": 40,
             "deploy_waiting": "always", "gateway": "in_place", "migration_horizon": "half_year"},
        ),
        ("django-startup-12", {"developers": 12, "deploy_minutes": 15, "load_fit": "comfortable", "teams": 1}),
        ("services-47", {"services": 47, "deploy_minutes": 240, "current_shape": "services"}),
        ("shob", {"scaling_profile": "one_part_dominates", "deploy_waiting": "often", "current_shape": "monolith"}),
        ("greedygame-operations-billing", {"boundaries": "named", "deploy_waiting": "often"}),
    ],
)  # fmt: skip
def test_a_demo_system_has_the_figures_of_its_source(name: str, told: dict[str, object]) -> None:
    answers = json.loads((FIXTURES / "demo" / f"{name}.json").read_text("utf-8"))["answers"]
    assert {key: answers[key]["value"] for key in told} == told
