"""What the model must get right: every system and every sum that the five sources tell of, a row each."""

import json
from decimal import Decimal

import pytest

from assess.cases_file import FIXTURES
from assess.decision import decide
from assess.decision.economics import Fleet, compare_fleets
from assess.questionnaire.answers import read_answers
from assess.questionnaire.schema import Answer
from tests.unit.decision.strategies import QUESTIONNAIRE

#: The system by its file, what its source tells of it, and the verdict and form that it must get.
SYSTEMS = {
    "saas-80-developers": (
        {"told_in": "S3", "developers": 80, "deploy_minutes": 45, "team_collisions": "weekly"},
        ("extract", "organisation"),
    ),
    "ecommerce-35-developers": (
        {
            "told_in": "S3",
            "developers": 35,
            "teams": 5,
            "deploy_minutes": 45,
            "hot_share": 40,
            "gateway": "in_place",
            "migration_horizon": "half_year",
        },
        ("extract", "organisation"),
    ),
    "django-startup-12": (
        {
            "told_in": "S3",
            "developers": 12,
            "deploy_minutes": 15,
            "load_fit": "comfortable",
            "motives": ("imitation", "new_technology"),
        },
        ("stay", "motives"),
    ),
    "services-47": ({"told_in": "S3", "services": 47, "deploy_minutes": 240}, ("modular", "consolidate")),
    "shob": (
        {"told_in": "S0", "scaling_profile": "one_part_dominates", "deploy_waiting": "often"},
        ("extract", "organisation"),
    ),
    "greedygame-operations-billing": (
        {"told_in": "S2", "deploy_waiting": "often", "boundaries": "named"},
        ("extract", "organisation"),
    ),
}


def read_system(name):
    document = json.loads((FIXTURES.parent / "demo" / f"{name}.json").read_text("utf-8"))
    return document, read_answers(document, QUESTIONNAIRE)


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_system_that_a_source_tells_of_is_judged_as_told(name):
    told, expected = SYSTEMS[name]
    document, answers = read_system(name)
    assert told == {key: document["told_in"] if key == "told_in" else answers[key].value for key in told}
    result = decide(QUESTIONNAIRE, answers)
    assert (result.verdict, result.form) == expected


def test_the_shop_takes_out_recommendations_first_and_then_its_other_areas():
    document, answers = read_system("ecommerce-35-developers")
    first = decide(QUESTIONNAIRE, {**answers, "part_name": Answer(value="recommendations")}).steps[0]
    assert first.title == "Write one page on recommendations, the first slice"
    assert "recommendations first" in first.why
    order = ("recommendations", "sign-in", "orders", "payments", "catalogue")
    note = document["answers"]["scope"]["note"]
    assert sorted(order, key=note.index) == list(order)


def test_the_start_up_like_netflix_may_go_modular_and_is_never_told_to_extract():
    _document, answers = read_system("django-startup-12")
    for likely in ({}, {"change_breakage": "weekly"}, {"team_collisions": "daily"}):
        more = {key: {"value": value} for key, value in likely.items()}
        known = {**answers, **read_answers({"questionnaire": "split-checklist", "answers": more}, QUESTIONNAIRE)}
        assert decide(QUESTIONNAIRE, known).verdict in ("stay", "modular")


@pytest.mark.parametrize(
    ("now", "after", "a_month", "a_year"),
    [
        # S3's reports: ten instances at 100, against two at 50 and eight at 100.
        ([(10, 100)], [(2, 50), (8, 100)], 100, 1_200),
        # S3's shop: ten instances at 340, and 2,100 in all afterwards.
        ([(10, 340)], [(1, 2100)], 1_300, 15_600),
    ],
)
def test_a_sum_that_a_source_tells_of_saves_as_told(now, after, a_month, a_year):
    def fleets(those):
        return tuple(Fleet(instances=instances, price=Decimal(price)) for instances, price in those)

    saving = compare_fleets(fleets(now), fleets(after))
    assert (saving.saving_a_month, saving.saving_a_year) == (a_month, a_year)
