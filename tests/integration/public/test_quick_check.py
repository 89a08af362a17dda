"""The quick check by its address: no account, no cookie, no database.

None of these tests asks for a database, so a query would fail them.
"""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from assess.questionnaire_files import builtin_questionnaire

SEVEN = {
    "teams": "5",
    "deploy_minutes": "45",
    "hot_share": "40",
    "platform_team": "dedicated",
    "tracing": "planned",
    "hiring": "easy",
    "migration_horizon": "half_year",
}
#: With these the pains of waiting and of unrelated breakage are known.
HURTING = {**SEVEN, "deploy_waiting": "always", "change_breakage": "weekly"}
#: With these nothing open can change the verdict.
SETTLED = {
    **SEVEN,
    "scope": "whole_system",
    "current_shape": "monolith",
    "product_stage": "established",
    "developers": "80",
    "deploy_waiting": "always",
    "boundaries": "named",
    "cross_boundary_transactions": "few",
    "central_logging": "in_place",
    "ci_cd": "pipeline",
}
VERDICTS = ("Stay monolithic", "Modular monolith", "Extract services")
LINK = re.compile(r'<code class="copy">([^<]*)</code>')
GO_ON = re.compile(r'href="(/account/signup/[^"]*)"')
ERROR = re.compile(r'id="q-(\w+)-error">.*?</span>(.*?)</p>')


def parameters(address: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(unescape(address)).query)


def read(response: Any) -> str:
    """The page with every run of white space as one space, since how the template is broken into lines says nothing."""
    return " ".join(response.text.split())


def checked(page: str, key: str) -> list[str]:
    """The values of the radios and checkboxes of this name that are ticked."""
    return re.findall(rf'name="{key}" value="([^"]*)" checked', page)


def typed(page: str, key: str) -> str:
    found = re.search(rf'name="{key}" id="q-{key}-value" value="([^"]*)"', page)
    assert found
    return unescape(found[1])


def test_the_front_page_asks_the_seven_questions_without_an_account() -> None:
    page = read(Client().get("/"))
    assert re.findall(r'data-question="(\w+)"', page) == list(SEVEN)
    assert '<form method="get" action="/quick/"' in page


def test_all_seven_answers_are_read_and_the_checklist_counts_them() -> None:
    page = read(Client().get("/quick/", SEVEN))
    assert "7 of 7 yes" in page
    assert [typed(page, key) for key in ("teams", "deploy_minutes", "hot_share")] == ["5", "45", "40"]
    assert checked(page, "platform_team") == ["dedicated"]
    assert checked(page, "migration_horizon") == ["half_year"]


def asked_next(page: str) -> str | None:
    """The question that the page asks beyond those in "Your answers"."""
    asked = page[page.index('id="next"') : page.index('id="argument"')]
    found = re.findall(r'data-question="(\w+)"', asked)
    assert len(found) <= 1
    return found[0] if found else None


def main_of(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]


def test_before_a_pain_was_asked_it_gives_no_verdict_but_what_is_possible_and_the_next_question() -> None:
    for answers in (SEVEN, {"teams": "5"}, dict.fromkeys(SEVEN, "-not_sure")):
        page = main_of(read(Client().get("/quick/", answers)))
        assert not [verdict for verdict in VERDICTS if verdict in page]
        assert "data-verdict" not in page
        assert "No verdict yet" in page
        assert "Still possible: leaving it as it is, a modular monolith and services." in page
        assert asked_next(page)


def test_before_a_pain_was_asked_the_count_is_told_with_what_the_readiness_guide_alone_would_say() -> None:
    page = read(Client().get("/quick/", SEVEN))
    assert "7 of 7 yes" in page
    assert "by that count alone, services would make sense" in page
    assert "Answers behind the verdict" not in page


def test_while_few_pains_are_known_it_does_not_claim_that_nothing_hurts() -> None:
    page = read(Client().get("/quick/", {**SEVEN, "deploy_waiting": "never"}))
    assert "no pain is acute" not in page.lower()
    assert "not every pain has been asked about" in page


def test_once_a_pain_is_known_the_verdict_comes_with_what_it_could_still_become() -> None:
    page = read(Client().get("/quick/", SEVEN | {"team_collisions": "never"}))
    banner = page[page.index('<div class="verdict ') : page.index('id="next"')]
    assert "Stay monolithic" in banner
    assert "Conditional." in banner
    assert "Modular monolith" in banner
    assert "Extract services" in banner
    assert re.search(r"(One|\d+) more answers? could settle it", page)


def test_answers_that_settle_it_make_the_verdict_firm_and_nothing_more_is_asked() -> None:
    page = read(Client().get("/quick/", SETTLED))
    assert 'data-verdict="extract"' in page
    assert 'data-firm="true"' in page
    assert asked_next(page) is None


def test_a_skipped_question_makes_room_for_the_next_and_the_link_remembers_it() -> None:
    first = read(Client().get("/quick/", SEVEN))
    key = asked_next(first)
    assert key
    second = read(Client().get("/quick/", {**SEVEN, "skip-question": key}))
    assert asked_next(second) not in (None, key)
    assert checked(second, key) == ["-not_sure"]
    link = LINK.search(second)
    assert link
    assert parameters(link[1]) == {**{each: [value] for each, value in SEVEN.items()}, key: ["-not_sure"]}
    assert read(Client().get(unescape(link[1]).removeprefix("http://testserver"))) == second


def test_a_question_is_skipped_even_where_an_option_was_picked_already() -> None:
    page = read(Client().get("/quick/", {**SEVEN, "deploy_waiting": "always", "skip-question": "deploy_waiting"}))
    assert checked(page, "deploy_waiting") == ["-not_sure"]
    assert "No verdict yet" in page


def test_a_number_beside_not_sure_yet_counts() -> None:
    page = read(Client().get("/quick/", {"teams": ["5", "-not_sure"]}))
    assert typed(page, "teams") == "5"
    assert not checked(page, "teams")


def test_a_skipped_question_is_not_carried_as_an_answer_to_the_full_assessment() -> None:
    page = read(Client().get("/quick/", {"teams": "5", "tracing": "-not_sure", "boundaries": "-not_sure"}))
    go_on = GO_ON.search(page)
    assert go_on
    (onward,) = parameters(go_on[1])["next"]
    assert parameters(onward) == {"teams": ["5"]}


@pytest.mark.parametrize("skipping", [True, False], ids=["all skipped", "all answered"])
def test_it_asks_at_most_six_more_questions_and_each_of_them_once(skipping: bool) -> None:
    # So answered, no six answers settle it.
    others = {
        "boundaries": "named",
        "central_logging": "in_place",
        "ci_cd": "pipeline",
        "cross_boundary_transactions": "few",
        "special_needs": "none_of_these",
        "deploy_waiting": "always",
    }
    answers, asked = dict(SEVEN), []
    page = read(Client().get("/quick/", answers))
    while key := asked_next(page):
        asked.append(key)
        assert f"It is number {len(asked)} of at most 6 more." in page
        answers[key] = "-not_sure" if skipping else others.get(key, "never")
        page = read(Client().get("/quick/", answers))
    assert len(asked) == len(set(asked)) == 6
    assert not set(asked) & set(SEVEN)
    assert 'data-firm="true"' not in page
    assert "The full assessment asks the rest." in page


@pytest.mark.parametrize(
    "address",
    [
        "skip-question=no_such_question",
        "skip-question=%00&skip-question=<script>",
        "skip-question=services",
        "skip-question=" + "x" * 4000,
        "teams=&skip-question=",
        "__proto__=-not_sure&-not_sure=teams",
    ],
)
def test_names_of_no_question_and_of_none_that_is_asked_are_not_skipped(address: str) -> None:
    response = Client().get(f"/quick/?current_shape=monolith&{address}")
    page = read(response)
    assert response.status_code == 200
    assert "<script>" not in page.replace("<script src", "")
    link = LINK.search(page)
    assert link
    assert parameters(link[1]) == {"current_shape": ["monolith"]}


def test_the_link_and_the_way_on_carry_the_answers() -> None:
    page = read(Client().get("/quick/", SEVEN))
    expected = {key: [value] for key, value in SEVEN.items()}
    link, go_on = LINK.search(page), GO_ON.search(page)
    assert link
    assert go_on
    assert link[1].startswith("http://testserver/quick/?")
    assert parameters(link[1]) == expected
    (onward,) = parameters(go_on[1])["next"]
    assert urlsplit(onward).path == "/assessments/new/"
    assert parameters(onward) == expected
    assert "Your answers come along." in page


def test_following_the_link_gives_the_same_page() -> None:
    first = read(Client().get("/quick/", SEVEN))
    link = LINK.search(first)
    assert link
    assert read(Client().get(unescape(link[1]).removeprefix("http://testserver"))) == first


def test_the_way_on_survives_signing_in() -> None:
    client = Client()
    page = read(client.get("/quick/", {"teams": "5", "tracing": "none"}))
    go_on = GO_ON.search(page)
    assert go_on
    (start,) = parameters(go_on[1])["next"]
    response = client.get(start)
    assert response.status_code == 302
    (onward,) = parameters(response.headers["Location"])["next"]
    assert parameters(onward) == {"teams": ["5"], "tracing": ["none"]}


def test_answers_are_written_one_way_however_they_were_typed() -> None:
    page = read(Client().get("/quick/?tracing=none&deploy_minutes=%2045.0%20&teams=+5&utm_source=mail&hiring="))
    link = LINK.search(page)
    assert link
    assert unescape(link[1]) == "http://testserver/quick/?teams=5&deploy_minutes=45&tracing=none"


BAD = {
    "words for a number": ("teams", ["many"], "Enter teams between 0 and 100,000"),
    "below the range": ("deploy_minutes", ["-1"], "Enter minutes between 0 and 10,080"),
    "above the range": ("deploy_minutes", ["10081"], "Enter minutes between 0 and 10,080"),
    "a fraction of a team": ("teams", ["2.5"], "whole number"),
    "not a number": ("hot_share", ["NaN"], "between 0 and 100"),
    "infinity": ("hot_share", ["1e999"], "between 0 and 100"),
    "thousands or decimals": ("hot_share", ["12,500"], "can mean 12.5 or 12,500"),
    "no such option": ("tracing", ["sometimes"], "Choose from none, planned, partial, every_request"),
    "two answers": ("tracing", ["none", "planned"], "Give one answer only"),
    "two numbers": ("teams", ["1", "2"], "Give one answer only"),
    "markup": ("teams", ['"><script>alert(1)</script>'], "Enter teams"),
    "a null byte": ("teams", ["5\x00"], "Enter teams"),
    "another unit": ("teams", ["5 services"], "as a number without “services”"),
    "very long": ("teams", ["9" * 4000], "Enter teams"),
}


@pytest.mark.parametrize(("key", "texts", "advice"), BAD.values(), ids=BAD.keys())
def test_a_bad_answer_is_named_with_what_to_do_and_the_others_are_kept(key: str, texts: list[str], advice: str) -> None:
    others = {other: value for other, value in SEVEN.items() if other != key}
    response = Client().get("/quick/", {**others, key: texts})
    page = read(response)
    assert response.status_code == 422
    (error,) = ERROR.findall(page)
    assert error[0] == key
    assert advice in unescape(error[1])
    assert f'<a href="#q-{key}">' in page
    link = LINK.search(page)
    assert link
    assert parameters(link[1]) == {other: [value] for other, value in others.items()}
    assert "<script>alert" not in page
    assert "\x00" not in response.text


def test_a_number_is_read_as_people_type_it_and_shown_as_understood() -> None:
    page = read(Client().get("/quick/", {"teams": "about 5 teams"}))
    assert typed(page, "teams") == "5"


def test_a_number_with_two_meanings_offers_both_and_keeps_the_other_answers() -> None:
    page = read(Client().get("/quick/", {"teams": "1.000", "tracing": "none"}))
    assert typed(page, "teams") == "1.000"
    assert 'href="/quick/?teams=1&amp;tracing=none"' in page
    assert 'href="/quick/?teams=1000&amp;tracing=none"' in page


def test_what_was_typed_wrong_stays_in_its_field() -> None:
    assert typed(read(Client().get("/quick/", {"teams": "about five"})), "teams") == "about five"


def test_several_mistakes_are_told_at_once() -> None:
    page = read(Client().get("/quick/", {"teams": "x", "hot_share": "101", "tracing": "y", "hiring": "easy"}))
    assert [key for key, _ in ERROR.findall(page)] == ["teams", "hot_share", "tracing"]
    assert checked(page, "hiring") == ["easy"]


def test_nothing_answered_asks_for_an_answer_and_gives_no_verdict() -> None:
    for address in ("/quick/", "/quick/?teams=&tracing="):
        response = Client().get(address)
        assert response.status_code == 200
        assert "Answer at least one question" in response.text
        assert "data-verdict" not in response.text


def test_an_answer_beyond_the_seven_is_kept_and_shown() -> None:
    page = read(Client().get("/quick/", {**SEVEN, "deploy_waiting": "always"}))
    assert checked(page, "deploy_waiting") == ["always"]
    link = LINK.search(page)
    assert link
    assert parameters(link[1])["deploy_waiting"] == ["always"]


def test_an_answer_that_the_others_do_not_call_for_is_left_out() -> None:
    page = read(Client().get("/quick/", {"teams": "3", "current_shape": "monolith", "services": "47"}))
    link = LINK.search(page)
    assert link
    assert "services" not in parameters(link[1])


def test_a_change_on_the_way_brings_all_but_the_answers_and_says_what_changed() -> None:
    response = Client().get("/quick/", HURTING, headers={"HX-Request": "true", "HX-Target": "outcome"})
    page = read(response)
    assert "<html" not in page
    assert "<form" not in page
    assert 'data-verdict="' in page
    assert 'id="your-answers"' not in page
    assert "autofocus" not in page
    assert response.headers["HX-Replace-Url"].startswith("/quick/?teams=5&")
    assert {"HX-Request", "HX-Target"} <= set(response.headers["Vary"].split(", "))
    status = page[page.index('role="status"') :]
    assert "Next question: " in status


def test_a_pressed_button_brings_the_form_with_the_focus_on_the_next_question() -> None:
    response = Client().get("/quick/", SEVEN, headers={"HX-Request": "true", "HX-Target": "check"})
    page = read(response)
    assert "<html" not in page
    assert 'id="your-answers"' in page
    assert re.findall(r'id="([\w-]+)" [^>]*autofocus', page) == ["next-title"]
    assert response.headers["HX-Push-Url"].startswith("/quick/?teams=5&")


@pytest.mark.parametrize("answers", [SETTLED, {"teams": "x"}], ids=["firm", "a mistake"])
def test_where_nothing_more_is_asked_the_focus_goes_to_the_outcome(answers: dict[str, str]) -> None:
    page = read(Client().get("/quick/", answers, headers={"HX-Request": "true", "HX-Target": "check"}))
    assert re.findall(r'id="([\w-]+)" [^>]*autofocus', page) == ["outcome"]


def test_htmx_gets_mistakes_as_a_part_that_it_shows() -> None:
    response = Client().get("/quick/", {"teams": "x"}, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert "Enter teams between" in response.text


def test_it_sets_no_cookie_and_takes_no_posts() -> None:
    client = Client()
    assert not client.get("/quick/", SEVEN).cookies
    assert client.post("/quick/", SEVEN).status_code == 405


# --- nothing chosen


def errors_of(page: str) -> dict[str, str]:
    return {key: message.strip() for key, message in ERROR.findall(page)}


def test_answer_with_nothing_chosen_says_so_beside_the_question() -> None:
    key = asked_next(read(Client().get("/quick/", SEVEN)))
    assert key
    response = Client().get("/quick/", {**SEVEN, "answer-question": key})
    page = read(response)
    assert response.status_code == 422
    assert asked_next(page) == key
    assert errors_of(page) == {key: "Choose an answer, or skip this question"}
    link = LINK.search(page)
    assert link
    assert parameters(link[1]) == {each: [value] for each, value in SEVEN.items()}


def test_of_a_number_it_says_to_enter_one() -> None:
    page = read(Client().get("/quick/", {"teams": "5", "deploy_waiting": "often", "answer-question": "developers"}))
    assert asked_next(page) == "developers"
    assert errors_of(page) == {"developers": "Enter a number, or skip this question"}


@pytest.mark.parametrize(
    "asked",
    [
        {"answer-question": "deploy_waiting", "deploy_waiting": "always"},  # answered
        {"answer-question": "deploy_waiting", "deploy_waiting": "-not_sure"},
        {"answer-question": "teams"},  # one of the seven, which may stay open
        {"answer-question": "part_name"},  # not asked, and read by no rule
        {"answer-question": "nothing"},
    ],
)
def test_only_a_question_that_could_be_asked_next_misses_its_answer(asked: dict[str, str]) -> None:
    response = Client().get("/quick/", {**SEVEN, **asked})
    assert response.status_code == 200
    assert not ERROR.findall(read(response))


def test_enter_in_a_field_misses_no_answer() -> None:
    page = main_of(read(Client().get("/quick/", SEVEN)))
    assert re.findall(r'<button[^>]*type="submit"[^>]*>', page)[0].count("name=") == 0


# --- about one part


def test_of_one_part_every_question_is_put_about_that_part() -> None:
    answers = {"scope": "one_part", "deploy_waiting": "always", "hot_share": "40"}
    page = unescape(read(Client().get("/quick/", answers)))
    by_key = builtin_questionnaire().by_key
    for key in ("deploy_waiting", "hot_share"):
        assert by_key[key].of_part in page
        assert by_key[key].wording not in page
    following = by_key[str(asked_next(page))]
    assert (following.of_part or following.wording) in page


def test_an_option_that_other_answers_have_to_call_for_is_left_out() -> None:
    for shape, offered in (("several_monoliths", False), ("services", True)):
        answers = {"current_shape": shape, "distributed_monolith_signs": "release_together"}
        page = read(Client().get("/quick/", answers))
        assert ('value="service_per_table"' in page) == offered
