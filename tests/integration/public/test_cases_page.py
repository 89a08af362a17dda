"""The page of published cases: all of them, hits and misses alike, found by what they tell."""

import re
from functools import cache
from html import unescape

import pytest
from django.test import Client

from assess.cases_file import published_cases
from assess.decision import decide
from assess.decision.cases import try_cases
from assess.decision.signals import format_value
from assess.questionnaire_files import builtin_questionnaire

CASES = published_cases()
TRIALS = try_cases(builtin_questionnaire(), CASES, decide)
INLINE = re.compile(r"""<style|\sstyle\s*=|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=|javascript:""", re.IGNORECASE)


def shown(page):
    return re.findall(r'data-case="([^"]+)"', page)


def get(query=""):
    response = Client().get(f"/cases/{query}")
    assert response.status_code == 200
    return response.text


@cache
def whole_page():
    """The page with every case, fetched once: it is the same for everybody."""
    return get()


def test_a_stranger_sees_every_case_without_a_query_or_a_cookie():
    # Without a database mark, a query would fail the test.
    response = Client().get("/cases/")
    assert shown(response.text) == [case.id for case in CASES]
    assert not response.cookies
    assert not INLINE.findall(response.text)


@pytest.mark.django_db
def test_a_signed_in_person_sees_them_too(alice_client):
    assert len(shown(alice_client.get("/cases/").text)) == len(CASES)


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.case.id)
def test_each_case_stands_with_the_verdict_of_the_model(trial):
    outcome = {True: "hit", False: "miss", None: "unscored"}[trial.hit]
    article = re.search(rf'<article[^>]*data-case="{trial.case.id}"[^>]*>', whole_page())
    assert article is not None
    assert f'data-outcome="{outcome}"' in article[0]
    assert f'data-verdict="{trial.result.verdict}"' in article[0]


def test_hits_and_misses_are_counted_at_the_top():
    hits = sum(trial.hit is True for trial in TRIALS)
    assert f"in {hits} of the 43 scored cases" in get()


def article_of(page, case_id):
    return page[page.index(f'data-case="{case_id}"') :].partition("</article>")[0]


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.case.id)
def test_each_case_says_which_rule_fired_on_which_answers(trial):
    article = article_of(whole_page(), trial.case.id)
    why = " ".join(unescape(article[article.index("data-why") :].partition("</section>")[0]).split())
    assert {True: "Why it hits", False: "Why it misses", None: "Why the model says so"}[trial.hit] in why
    assert f"<code>{trial.result.rule}</code>" in why
    assert trial.result.rule_sentence in why
    for key in trial.result.deciding_keys:
        question = builtin_questionnaire().by_key[key]
        assert f"{question.wording} <strong>{format_value(question, trial.case.answers[key].value)}</strong>" in why
    assert ("mention no pain" in why) == (not trial.result.deciding_keys)


@pytest.mark.parametrize("trial", [t for t in TRIALS if t.hit is False], ids=lambda t: t.case.id)
def test_a_miss_says_what_the_decision_weighed_that_no_rule_reads_and_what_is_not_known(trial):
    article = unescape(article_of(get("?model=miss"), trial.case.id))
    assert trial.case.not_weighed in article
    first_open = builtin_questionnaire().by_key[trial.result.decisive_open_keys[0]]
    assert first_open.wording in article


def test_a_hit_that_hindsight_only_accepts_says_so():
    says = "Hindsight would have chosen otherwise"
    assert says in article_of(whole_page(), "soundcloud-2012")
    assert says not in article_of(whole_page(), "shopify-2017")


def test_links_lead_out_without_telling_where_from():
    page = get()
    outside = re.findall(r'<a href="(http[^"]*)"([^>]*)>', page)
    assert len(outside) == sum(len(case.links) for case in CASES)
    assert all('rel="noopener noreferrer"' in rest for _, rest in outside)


def test_a_source_without_a_public_address_is_words():
    page = get("?q=proptech")
    assert "no public address known" in page
    assert 'href="http' not in page[page.index("<main") : page.index("</main>")]


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("?hindsight=stay", lambda t: t.case.verdict_in_hindsight == "stay"),
        ("?decision=extract", lambda t: t.case.decision_taken == "extract"),
        ("?model=miss", lambda t: t.hit is False),
        ("?model=hit", lambda t: t.hit is True),
        ("?model=unscored", lambda t: t.hit is None),
        ("?shape=services", lambda t: t.case.answers["current_shape"].value == "services"),
        (
            "?decision=extract&hindsight=stay",
            lambda t: (t.case.decision_taken, t.case.verdict_in_hindsight) == ("extract", "stay"),
        ),
        # What does not exist chooses nothing.
        ("?hindsight=none&shape=%00", lambda t: True),
    ],
)
def test_a_filter_shows_those_that_fit(query, fits):
    assert shown(get(query)) == [trial.case.id for trial in TRIALS if fits(trial)]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("lichess", ["lichess-2022"]),
        ("LICHESS", ["lichess-2022"]),
        # Every word must be there, in any order; a year is a word.
        ("2018 doctolib", ["doctolib-2018", "doctolib-2022"]),
        ("doctolib practitioners", ["doctolib-2018"]),
        # A word of the evidence alone.
        ("Packwerk", ["shopify-2017"]),
    ],
)
def test_a_search_looks_through_names_stories_and_evidence(search, found):
    assert shown(get(f"?q={search.replace(' ', '+')}")) == found


def test_what_was_chosen_stays_chosen():
    page = get("?q=rails&hindsight=extract&shape=monolith")
    assert 'value="rails"' in page
    assert '<option value="extract" selected>' in page
    assert '<option value="monolith" selected>' in page


def test_nothing_fits_says_so_and_leads_back():
    page = get("?q=zeppelin")
    assert shown(page) == []
    assert "No case matches this search." in page
    assert 'href="/cases/"' in page


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x>', "{{ 7|add:7 }}", "\x00", "x" * 5000])
def test_what_was_typed_is_shown_as_text(hostile):
    response = Client().get("/cases/", {"q": hostile})
    assert response.status_code == 200
    assert "<script>alert" not in response.text
    assert "<img src=x>" not in response.text
    assert "x" * 121 not in response.text


def test_only_looking_is_allowed():
    assert Client().post("/cases/").status_code == 405


def test_a_case_can_be_linked_to():
    page = get()
    assert all(page.count(f'id="{case.id}"') == 1 for case in CASES)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
