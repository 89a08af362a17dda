"""The words of the site: plain ones, in short sentences. docs/look.md has the rules."""

import html
import re
from collections.abc import Iterator
from statistics import median
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assess.assessments.actions import start_assessment, submit_assessment
from assess.assessments.models import Assessment, Edition
from assess.people.models import Team, User
from scripts.messages import extract_sentences
from tests.unit.reports.report_factory import demo_answers

#: Words and phrases that nobody says at a stand-up. `{told}` and the like are names of values, not words.
BANNED = re.compile(
    r"(?<!\{)\b(was told|is told|are told|were told|tells? of|stands? on|wants? to be|goes by|go by|is held|are held"
    r"|whereof|shall|at odds|put so|would be said|of late|it is allowed to|without anybody's hands|under \d+ of \d+)\b",
    re.IGNORECASE,
)
MODEL_1 = "assess/decision/model_1/"  #: says for ever what it said


def sentences_of_the_site() -> Iterator[tuple[str, str]]:
    """(file, sentence), each with its line breaks and tags taken out."""
    for file, _line, message, _context in extract_sentences():
        for form in message if isinstance(message, tuple) else (message,):
            if form and not file.startswith(MODEL_1):
                yield file, " ".join(re.sub(r"<[^>]+>", "", str(form)).split())


def test_no_sentence_has_a_word_that_nobody_says_at_a_stand_up() -> None:
    found = {(file, text) for file, text in sentences_of_the_site() if BANNED.search(text)}
    assert not found


def test_no_sentence_is_longer_than_thirty_words() -> None:
    parts = ((file, part) for file, text in sentences_of_the_site() for part in re.split(r"(?<=[.!?:;])\s", text))
    assert not {(file, part) for file, part in parts if len(part.split()) > 30}


@pytest.fixture
def made(team: Team, edition: Edition, alice: User) -> Assessment:
    answers = demo_answers("ecommerce-35-developers")
    return start_assessment(team=team, system_name="Shop", edition=edition, by=alice, carried=answers)


#: What people wrote or sources say, and what is no sentence: controls, tables, code.
NOT_OURS = re.compile(
    r"<(script|style|template|svg|head|code|select|datalist|table|footer|nav|button)\b.*?</\1>", re.DOTALL
)
BLOCK_ENDS = re.compile(
    r"<span class=\"option-means\">"
    r"|<br>|</?(?:p|li|h\d|dt|dd|div|summary|label|legend|td|th|section|figcaption|option)\b[^>]*>"
)


def sentences_of_page(text: str) -> list[str]:
    """Sentences that a reader of the page meets: of four words or more, which leaves labels out."""
    main = re.search(r"<main.*</main>", text, re.DOTALL)
    assert main is not None
    plain = html.unescape(re.sub(r"<[^>]+>", " ", BLOCK_ENDS.sub("\n", NOT_OURS.sub(" ", main[0]))))
    parts = [part for line in plain.split("\n\n") for part in re.split(r"(?<=[.!?:;])\s|\n", line)]
    return [" ".join(part.split()) for part in parts if len(part.split()) >= 4]


def check_sentences(sentences: list[str]) -> None:
    lengths = [len(sentence.split()) for sentence in sentences]
    assert [sentence for sentence in sentences if len(sentence.split()) > 20] == []
    assert median(lengths) <= 12


@pytest.mark.parametrize("address", ["/", "/quick/", "/quick/?teams=6&deploy_waiting=always", "/sample/"])
def test_public_pages_speak_in_short_sentences(address: str) -> None:
    check_sentences(sentences_of_page(Client().get(address).text))


@pytest.mark.parametrize("name", ["assessments", "assessment", "assessment-review", "assessment-result", "waiting"])
def test_pages_of_a_team_speak_in_short_sentences(
    alice_client: Client, alice: User, made: Assessment, name: str
) -> None:
    if name == "assessment-result":
        made = submit_assessment(made, by=alice)
    arguments: list[Any] = [] if name in ("assessments", "waiting") else [made.pk]
    check_sentences(sentences_of_page(alice_client.get(reverse(name, args=arguments)).text))


@pytest.mark.parametrize("section", ["teams", "deploys", "scaling", "tracing"])
def test_question_pages_speak_in_short_sentences(alice_client: Client, made: Assessment, section: str) -> None:
    page = alice_client.get(reverse("assessment-section", args=[made.pk, section])).text
    check_sentences(sentences_of_page(page))
