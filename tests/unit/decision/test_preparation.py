"""What to have in hand before the first service, ticked from the answers."""

import pytest

from assess.decision import decide
from assess.decision.argue import argue
from assess.decision.steps import list_preparations
from tests.unit.decision.strategies import QUESTIONNAIRE, answers
from tests.unit.decision.systems import HOT, SERVING


def states(**values):
    return {item.sentence: item.state for item in list_preparations(QUESTIONNAIRE, answers(**values))}


@pytest.mark.parametrize(
    ("sentence", "key", "ticking", "missing"),
    [
        ("A gateway takes all traffic", "gateway", "in_place", "planned"),
        ("Requests are traced", "tracing", "partial", "planned"),
        ("Logs are in one place", "central_logging", "in_place", "planned"),
        ("A team of its own runs the platform", "platform_team", "dedicated", "shared"),
        ("Half a year or more is agreed to", "migration_horizon", "half_year", "quarter"),
        ("Money for more infrastructure is approved", "budget", "approved", "discussed"),
    ],
)
def test_an_item_is_ticked_when_it_is_in_hand_missing_when_it_is_not_and_else_open(sentence, key, ticking, missing):
    assert states(**{key: ticking})[sentence] == "ticked"
    assert states(**{key: missing})[sentence] == "missing"
    assert states()[sentence] == "open"


def test_the_list_has_the_four_groups_of_its_source_and_what_is_not_asked_stays_open():
    items = list_preparations(QUESTIONNAIRE, {})
    assert list(dict.fromkeys(item.group for item in items)) == ["Infrastructure", "Architecture", "Team", "Business"]
    assert {item.state for item in items} == {"open"}
    assert "How data moves is planned" in [item.sentence for item in items if not item.keys]


@pytest.mark.parametrize(
    ("values", "listed"), [(HOT, True), ({**HOT, "tracing": "none"}, True), (SERVING, False), ({}, False)]
)
def test_the_list_shows_where_an_extraction_is_ahead(values, listed):
    given = answers(**values)
    assert bool(argue(QUESTIONNAIRE, given, decide(QUESTIONNAIRE, given)).preparations) is listed
