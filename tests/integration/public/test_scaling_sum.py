"""The scaling sum by its address: no account, no cookie, no database.

None of these tests asks for a database, so a query would fail them.
"""

import doctest
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from assess.decision import decide
from assess.public import scaling_sum
from assess.public.scaling_sum import GROUPS
from assess.questionnaire.schema import Answer
from assess.questionnaire_files import builtin_questionnaire

REPORTS = {
    "now_instances": "10",
    "now_price": "100",
    "part_instances": "8",
    "part_price": "100",
    "rest_instances": "2",
    "rest_price": "50",
}
EVERYTHING = {**REPORTS, "extra": "20.50", "people": "2", "months": "1.5", "person_cost": "9000", "once": "500.25"}
ERROR = re.compile(r'id="f-(\w+)-error">.*?</span>(.*?)</p>')


def read(response: Any) -> str:
    return " ".join(unescape(response.text).split())


def page_of(figures: dict[str, Any]) -> str:
    response = Client().get("/scaling-sum/", figures)
    assert response.status_code == 200
    return read(response)


def typed(page: str) -> dict[str, str]:
    """What stands in the fields that are not empty."""
    found = re.findall(r'<input type="text" inputmode="\w+" id="f-\w+" name="(\w+)" value="([^"]*)"', page)
    assert len(found) == sum(len(group.figures) for group in GROUPS)
    return {name: text for name, text in found if text}


def lines(page: str) -> list[str]:
    """The sum's lines as read out: title, amount and working."""
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    return [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in re.findall(r"<tr>(.*?)</tr>", body)]


def test_the_first_visit_has_an_empty_form_and_no_sum() -> None:
    for address in ("/scaling-sum/", "/scaling-sum/?now_instances=&extra=+", "/scaling-sum/?utm_source=mail"):
        response = Client().get(address)
        assert response.status_code == 200
        page = read(response)
        assert typed(page) == {}
        assert "data-saving" not in page
        assert "to see the sum here" in page


def test_the_guides_reports_save_100_a_month_and_1200_a_year() -> None:
    page = page_of(REPORTS)
    assert "The split saves 100 a month, 1,200 a year" in page
    assert lines(page) == [
        "Today 1,000 10 × 100",
        "The part taken out 800 8 × 100",
        "The rest 100 2 × 50",
        "Extra cost 0",
        "After the split 900",
    ]
    assert "No one-time cost is entered" in page


def examples() -> list[dict[str, str]]:
    links = re.findall(r'href="(/scaling-sum/\?[^"]*)"', read(Client().get("/scaling-sum/")))
    return [dict(parse_qsl(urlsplit(link).query)) for link in links]


def test_the_examples_are_filled_in_by_links_and_come_to_what_their_source_tells() -> None:
    reports, shop = examples()
    assert reports == REPORTS
    for example, headline in (
        (reports, "saves 100 a month, 1,200 a year"),
        (shop, "saves 1,300 a month, 15,600 a year"),
    ):
        page = page_of(example)
        assert headline in page
        assert typed(page) == example


def test_every_figure_counts_and_stays_in_its_field() -> None:
    page = page_of(EVERYTHING)
    assert typed(page) == EVERYTHING
    assert "The split saves 79.50 a month, 954 a year" in page
    assert "Extra cost 20.50" in lines(page)
    assert "After the split 920.50" in lines(page)
    # 2 people × 1.5 months × 9,000 and 500.25 beside; 27,500.25 / 79.5 lies between 345 and 346.
    assert "The one-time cost of 27,500.25 is paid back after 346 months (28 years and 10 months)." in page


@pytest.mark.parametrize(
    ("more", "headline", "payback"),
    [
        ({"extra": "150"}, "The split costs 50 more a month, 600 more a year", "No one-time cost is entered"),
        (
            {"extra": "150", "once": "1"},
            "The split costs 50 more a month",
            "The one-time cost of 1 is never paid back: each month costs more than today.",
        ),
        (
            {"extra": "100", "once": "1"},
            "The split changes nothing about the bill",
            "The one-time cost of 1 is never paid back: no month saves anything.",
        ),
        ({"once": "100"}, "The split saves 100 a month", "is paid back after 1 month."),
        ({"once": "100.01"}, "The split saves 100 a month", "is paid back after 2 months."),
        ({"once": "1200"}, "The split saves 100 a month", "is paid back after 12 months (1 year)."),
    ],
)
def test_a_loss_is_said_as_a_cost_and_payback_to_the_month(more: dict[str, str], headline: str, payback: str) -> None:
    page = page_of({**REPORTS, **more})
    assert headline in page
    assert payback in page


def test_figures_are_read_with_spaces_around_and_a_superfluous_fraction() -> None:
    assert "saves 100 a month" in page_of({**REPORTS, "now_instances": " 10.0 ", "now_price": "0100.00"})


def test_figures_are_read_as_people_type_them_and_shown_as_understood() -> None:
    page = page_of({**REPORTS, "now_instances": "１０", "now_price": "€\u00a01.000,00", "once": "1 200,50 EUR"})
    assert typed(page)["now_instances"] == "10"
    assert typed(page)["now_price"] == "1000"
    assert typed(page)["once"] == "1200.5"


def test_a_figure_with_two_meanings_offers_both() -> None:
    page = unescape(read(Client().get("/scaling-sum/", {**REPORTS, "now_price": "1.000"})))
    assert re.search(r'href="/scaling-sum/\?[^"]*now_price=1&[^"]*">1</a>', page)
    assert re.search(r'href="/scaling-sum/\?[^"]*now_price=1000&[^"]*">1,000</a>', page)


INSTANCES = "Enter instances between 0 and 100,000"
PRICE = "Enter a price between 0 and 1,000,000"
AMOUNT = "Enter an amount between 0 and 1,000,000,000"
BAD = {
    "words": ("now_instances", ["ten"], INSTANCES),
    "missing": ("now_instances", [], INSTANCES),
    "empty": ("rest_price", [""], PRICE),
    "below the range": ("part_instances", ["-1"], INSTANCES),
    "above the range": ("part_instances", ["100001"], INSTANCES),
    "half an instance": ("part_instances", ["1.5"], f"{INSTANCES}, as a whole number"),
    "a price above the range": ("now_price", ["1000000.01"], PRICE),
    "a part of a cent": ("now_price", ["0.001"], f"{PRICE}, with at most two decimals"),
    "a separator": ("now_price", ["1,300"], f"{PRICE}. “1,300” can mean 1.3 or 1,300"),
    "not a number": ("extra", ["NaN"], AMOUNT),
    "infinity": ("extra", ["Infinity"], AMOUNT),
    "a power": ("extra", ["1e3"], AMOUNT),
    "a minus": ("once", ["-5"], AMOUNT),
    "too many people": ("people", ["10001"], "Enter people between 0 and 10,000"),
    "a sliver of a month": ("months", ["1.25"], "Enter months between 0 and 120, with at most one decimal"),
    "people without months": ("months", [""], "or leave people, months and cost empty"),
    "two figures": ("now_price", ["1", "2"], "Give one figure only"),
    "markup": ("now_price", ['"><script>alert(1)</script>'], PRICE),
    "a null byte": ("now_instances", ["5\x00"], INSTANCES),
    "thousands in short": ("now_price", ["2k"], f"{PRICE}, as a number without “k”"),
    "very long": ("now_price", ["9" * 4000], PRICE),
    "very many decimals": ("now_price", ["0." + "0" * 4000], PRICE),
}


@pytest.mark.parametrize(("name", "texts", "advice"), BAD.values(), ids=BAD.keys())
def test_a_bad_figure_is_named_with_what_to_do_and_the_others_are_kept(
    name: str, texts: list[str], advice: str
) -> None:
    others = {other: text for other, text in EVERYTHING.items() if other != name}
    response = Client().get("/scaling-sum/", {**others, name: texts})
    page = " ".join(response.text.split())
    assert response.status_code == 422
    ((wrong, message),) = ERROR.findall(page)
    assert wrong == name
    assert advice in unescape(message)
    assert f'<a href="#f-{name}">' in page
    assert re.search(r"<title>\s*Error: ", page)
    assert "data-saving" not in page
    assert others.items() <= typed(page).items()
    assert "<script>alert" not in page
    assert "\x00" not in response.text


def test_what_was_typed_wrong_stays_in_its_field() -> None:
    response = Client().get("/scaling-sum/", {**REPORTS, "now_price": "about a hundred"})
    assert typed(read(response))["now_price"] == "about a hundred"


def test_several_mistakes_are_told_at_once_each_by_its_group_and_label() -> None:
    response = Client().get("/scaling-sum/", {"now_instances": "10", "people": "3"})
    page = read(response)
    missing = ["now_price", "part_instances", "part_price", "rest_instances", "rest_price", "months", "person_cost"]
    assert [name for name, _ in ERROR.findall(page)] == missing
    summary = page[page.index('class="error-summary"') : page.index("</ul>")]
    assert "Today, price of each a month</a>: Enter a price between 0 and 1,000,000." in summary
    assert "After the split: the rest, instances</a>: Enter instances" in summary


def test_the_largest_figures_are_counted_to_the_cent() -> None:
    largest = {
        figure.name: f"{figure.most}"
        for group in GROUPS
        for figure in group.figures
        if not figure.name.startswith("part")
    } | {"part_instances": "99999", "part_price": "999999.99", "rest_instances": "0", "extra": "0"}
    page = page_of(largest)
    assert "The part taken out 99,998,999,000.01 99,999 × 999,999.99" in lines(page)
    assert "The split saves 1,000,999.99 a month, 12,011,999.88 a year" in page
    assert "The one-time cost of 1,201,000,000,000 is paid back" in page


def test_it_says_what_the_sum_leaves_out_with_the_sources() -> None:
    page = page_of(REPORTS)
    left_out = page[page.index('id="left-out"') :]
    for figure in ("47 services", "eight months", "$200k", "$400k", "$1,300 a month"):
        assert figure in left_out
    assert left_out.count('href="/sources/#S3"') == 3
    assert "People's time is usually the larger part" in left_out
    assert "Our judgement" in left_out


@pytest.mark.parametrize("shape", ["monolith", "modular_monolith"])
def test_what_it_says_of_money_alone_is_what_the_model_decides(shape: str) -> None:
    questionnaire = builtin_questionnaire()
    answers = {"current_shape": Answer(value=shape), "infra_cost": Answer(value="painful")}
    result = decide(questionnaire, answers)
    assert (result.verdict, result.form) == ("stay", "offload")
    (pain,) = [score for score in result.scores.values() if score.axis == "deployable"]
    assert f"a mild pain: {pain.points} of 100, where a pain is acute from {pain.threshold}" in page_of(REPORTS)


def test_how_it_decides_leads_here() -> None:
    assert 'href="/scaling-sum/"' in read(Client().get("/how-it-decides/"))


def test_the_worked_examples_of_the_docstrings_are_right() -> None:
    assert doctest.testmod(scaling_sum).failed == 0
