"""What the sources say has a home in the product, and the home really is about it."""

import pytest

from assess.advice.design_questions import DESIGN_QUESTIONS
from assess.advice.pitfall_table import PITFALLS
from assess.advice.plan_steps import CASE_ORDER, CASE_REACHED
from assess.advice.preparation import PREPARATIONS_BY_SLUG
from assess.advice.source_items import CONSEQUENCES, PLAN_STEP_BY_CODE, SOURCE_ITEMS, Home, SourceItem
from assess.decision.facade import SOURCES
from assess.language import number
from assess.money.examples import EXAMPLES, explain_start_up_loss
from assess.public.source_list import list_source_items
from assess.questionnaire_files import builtin_questionnaire

PITFALL_BY_SLUG = {pitfall.slug: pitfall for pitfall in PITFALLS}
CASE_TABLES = {"order": CASE_ORDER, "reached": CASE_REACHED}
#: What the documents tell that must be on the list, in a word of the item or of its home.
MUST_BE_TOLD = (
    *("strangler", "canary", "saga", "circuit", "breaker", "idempotent", "JWT", "feature flag", "N+1", "gateway"),
    *("170,000", "90 %", "30 %", "80 %", "$600", "15,000", "$15,600", "Netscape", "Knight Capital", "$440M", "SaaS"),
    *("UUID", "PENDING", "event sourcing", "Jaeger", "Zipkin", "ELK", "Consul", "Occam", "user base", "Flask"),
    *("service mesh", "registry", "view", "Redis", "RabbitMQ", "a week", "two stable weeks", "five consequences"),
)  # fmt: skip


def name_of(item: SourceItem) -> str:
    return f"{item.source} {item.says}"


def text_of(home: Home) -> str:
    """All that stands in a home, in English."""
    match home.kind:
        case "design":
            question = DESIGN_QUESTIONS[home.slug]
            options = [
                text
                for each in question.options
                for text in (each.title, each.gains, each.costs, each.choose, *each.says.values(), *each.says)
            ]
            figures = [part for figure in question.figures for part in figure]
            return " ".join((question.title, question.question, question.why, *options, *figures))
        case "pitfall":
            pitfall = PITFALL_BY_SLUG[home.slug]
            return " ".join((pitfall.title, pitfall.harm, pitfall.cure, pitfall.source))
        case "step":
            step = PLAN_STEP_BY_CODE[home.slug]
            return " ".join((step.title, step.done_when, step.source))
        case "case":
            return " ".join(cell for row in CASE_TABLES[home.slug] for cell in row) + " S3"
        case "preparation":
            item = PREPARATIONS_BY_SLUG[home.slug]
            return f"{item.sentence} {item.source}"
        case "question":
            asked = builtin_questionnaire().by_key[home.slug]
            return " ".join((asked.wording, asked.hint, asked.why, *asked.sources))
        case "money":
            savings = [each.saving for each in EXAMPLES]
            sums = [sum_ for each in savings for sum_ in (each.now_a_month, each.then_a_month, each.saving_a_year)]
            titles = [part for each in EXAMPLES for part in (each.title, each.source)]
            return " ".join((*titles, *map(number, (*sums, explain_start_up_loss().amount))))
        case _:
            raise AssertionError(home)


@pytest.mark.parametrize("item", SOURCE_ITEMS, ids=name_of)
def test_each_item_has_a_home_that_speaks_of_it_and_names_its_source_or_says_why_it_is_left_out(
    item: SourceItem,
) -> None:
    assert item.source in SOURCES
    assert bool(item.homes) != bool(item.left_out)
    homes = [home for home in item.homes if home.kind != "page"]  # pages are followed where a client is
    for home in homes:
        assert home.word.lower() in text_of(home).lower(), home
    assert not homes or any(item.source in text_of(home) for home in homes)


@pytest.mark.parametrize("word", MUST_BE_TOLD)
def test_nothing_that_the_documents_tell_is_missing_from_the_list(word: str) -> None:
    said = [
        f"{item.says} {' '.join(text_of(home) for home in item.homes if home.kind != 'page')}" for item in SOURCE_ITEMS
    ]
    assert any(word.lower() in text.lower() for text in said)


def test_every_source_is_listed_with_titles_of_the_homes_and_nothing_is_told_twice() -> None:
    listed = list_source_items(builtin_questionnaire())
    assert set(listed) == set(SOURCES)
    assert "Design decision: Gateway" in listed["S0"][1].homes
    assert all(item.homes or item.left_out for items in listed.values() for item in items)
    assert "{part}" not in str(listed)
    assert len({(item.source, item.says) for item in SOURCE_ITEMS}) == len(SOURCE_ITEMS)
    assert len(CONSEQUENCES) == 5
