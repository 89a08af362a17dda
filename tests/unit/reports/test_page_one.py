"""The first page of a signed version: everything decided on it, on one page, in 180 words."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from assess.decision import decide
from assess.decision.result import Verdict
from assess.decision.wording import FORM_WORDS, VERDICT_WORDS
from assess.questionnaire.schema import Answer
from assess.questionnaire_files import builtin_questionnaire
from assess.reports.content.data import PageOne, ReportData
from assess.reports.content.page_one import MAX_WORDS, count_words, fit_page_one, shorten
from assess.reports.content.people import Review, ReviewComment, SignedCondition
from assess.reports.loaders.review import describe_state
from assess.reports.renderings.html import render_report_html
from tests.rendering import kept_pdf
from tests.unit.reports.golden_reports import signature as signed
from tests.unit.reports.report_factory import BY_FORM, demo_answers, made_report, packed, pages_text

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
LONG = (
    "Every call between the shop and the till is traced from end to end, with a dashboard that the team looks at " * 6
)


def condition(number: int, text: str = LONG, met: str = "") -> SignedCondition:
    return SignedCondition(text=f"{number}. {text}", owner="Ana Lindqvist", due_on=date(2027, 1, 31), met_words=met)


def report(name: str, review: Review, **about: Any) -> ReportData:
    answers = dict(demo_answers(name))
    for key in about.pop("open", ()):
        answers[key] = Answer()
    return made_report(answers, submitted=True, review=review, **about)


def review(*, state: str = "accepted", conditions: int = 0, text: str = LONG, **fields: Any) -> Review:
    return Review(
        **describe_state(state),
        signature=signed(**fields),
        earlier_signatures=(),
        conditions=tuple(condition(number, text) for number in range(1, conditions + 1)),
        comments=(),
    )


def challenged() -> Review:
    """Challenged twice: the first challenge is settled, the second is not."""
    given = {"about": "The whole version", "kind_words": "Challenge", "is_challenge": True}
    return replace(
        review(state="challenged", conditions=2),
        is_challenged=True,
        comments=(
            ReviewComment(by="Ana Lindqvist", at=AT, text="Settled long ago.", settled_words="Settled", **given),
            ReviewComment(by="Bob Sato", at=AT, text=LONG, settled_words="Not settled", is_open=True, **given),
        ),
    )


def page_of(made: ReportData) -> PageOne:
    assert made.page_one is not None
    return made.page_one


def words_of_page_one(made: ReportData) -> list[str]:
    html = render_report_html(made)
    first = html[html.index('<section class="first') : html.index('<section class="chapter ')]
    return re.sub(r"<title>.*?</title>|<[^>]+>", " ", first).split()


def other_than(verdict: str) -> Verdict:
    return "stay" if verdict != "stay" else "extract"


def name_of(verdict: str, form: str) -> str:
    """What the outcome is called: services that stay are kept, not extracted."""
    return "Keep your services" if (verdict, form) == ("extract", "keep") else VERDICT_WORDS[verdict]


def overruled(verdict: str, reason: str = LONG, remark: str = LONG) -> dict[str, Any]:
    other = other_than(verdict)
    return {"overruled_words": VERDICT_WORDS[other], "overruled_to": other, "reason": reason, "remark": remark}


#: How a version may stand: submitted or not, and what its review says, by the model's verdict.
STATES: dict[str, tuple[bool, Callable[[str], Review | None]]] = {
    "draft": (False, lambda _verdict: None),
    "submitted": (True, lambda _verdict: None),
    "signed": (True, lambda _verdict: review(decision_words="Accepted", challenge_until=None)),
    "signed with conditions": (True, lambda _verdict: review(conditions=3)),
    "signed with a dozen conditions": (True, lambda _verdict: review(conditions=12, remark=LONG)),
    "overruled": (True, lambda verdict: review(**overruled(verdict))),
    "overruled with conditions": (True, lambda verdict: review(conditions=3, **overruled(verdict))),
    "sent back": (
        True,
        lambda _verdict: review(state="sent_back", decision_words="Sent back", remark=LONG, challenge_until=None),
    ),
    "challenged": (True, lambda _verdict: challenged()),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("form", BY_FORM)
def test_page_one_has_all_facts_for_a_decision_in_180_words(form: str, state: str) -> None:
    answers = BY_FORM[form]()
    result = decide(builtin_questionnaire(), answers)
    assert result.form == form
    submitted, review_for = STATES[state]
    made = made_report(answers, submitted=submitted, review=review_for(result.verdict))
    page, signature = page_of(made), made.review.signature if made.review else None
    words = words_of_page_one(made)
    said = " ".join(words)
    assert len(words) == count_words(page) <= MAX_WORDS
    stands = signature.overruled_to if signature and signature.overruled_to else result.verdict
    # the verdict that stands, how firm and why, what it rests on
    assert (page.verdict, page.verdict_words) == (stands, name_of(stands, result.form))
    if stands == result.verdict:
        assert page.headline == result.headline
        assert page.firm_words == ("Firm" if result.firm else "Conditional")
        others = [verdict for verdict in result.possible_verdicts if verdict != result.verdict]
        assert all(f"“{VERDICT_WORDS[other]}”" in page.firm_why for other in others)
        assert page.model_verdict == ""
    else:
        assert page.headline.startswith("Overruled by Rita Vermeer: Every call between the shop")
        assert len(page.headline.split()) >= 4 + 18, "why it was overruled counts before the model's reasons"
        assert (
            page.model_verdict == f"The model says: {name_of(result.verdict, result.form)}, {FORM_WORDS[result.form]}."
        )
        assert page.firm_words == "Overruled"
    assert page.basis == made.basis_words
    # reasons: all three unless a signature needs the room, and the rule always
    assert page.why == result.rule_sentence
    strongest = [reason.sentence for reason in result.strongest(for_verdict=True)]
    assert list(page.reasons) == strongest[: len(page.reasons)]
    # The model's own reasons are what gives way first where it was overruled.
    assert page.model_verdict or len(page.reasons) >= min(1, len(strongest))
    if len(page.reasons) < len(strongest):
        assert signature is not None or len(strongest[len(page.reasons)].split()) > MAX_WORDS - len(words)
    # what has to hold, what it costs
    not_passed = [gate.gate for gate in result.gates if gate.state != "passed"]
    is_overruled = stands != result.verdict
    if (is_overruled and stands == "extract") or (not is_overruled and made.conditions):
        failed = [gate.name for gate in made.gates if gate.state == "failed"]
        assert [gate.name for gate in page.gates if gate.state == "failed"] == failed
        open_gates = len(not_passed) - len(failed)
        number = {3: "Three", 4: "Four", 5: "Five"}.get(open_gates)
        counted = f"{number} {'others' if failed else 'gates'}" if number else None
        assert sum(gate.state == "open" for gate in page.gates) == (1 if counted else open_gates)
        assert counted is None or f"{counted}: open." in said
    else:
        assert page.no_gates.startswith("None")
    assert page.cost.startswith("No cost figures yet")
    # the decision, asked for or taken
    if signature is None:
        assert (page.decision_title, page.decision) == ("The decision asked for", made.decision)
        assert ("decide on a submitted version" in said) is not submitted
        assert ("Decided by" in said) is submitted
    else:
        asks = state == "challenged"
        assert page.decision_title == ("The decision asked for" if asks else "The decision taken")
        assert page.decision.startswith(f"{signature.decision_words} by Rita Vermeer, 21 November 2026")
        assert ("challenged since: decide on the challenge" in page.decision) is (state == "challenged")
        assert page.signature_hash == "SHA-256 3fa93fa93fa93fa9"
        total = len(made.review.conditions) if made.review else 0
        named = said.count("(Ana Lindqvist, by 31 January 2027)")
        assert named == len(page.conditions) >= min(1, total)
        assert (f"And {total - named} more in appendix C." in said) is (named < total)


@pytest.mark.parametrize("text", [LONG, "a " * 60, "x" * 2000], ids=["long", "many words", "one word"])
def test_whatever_was_written_page_one_stays_within_180_words(text: str) -> None:
    name = text[:120]
    found = review(conditions=12, text=text, by=name, **overruled("extract", text, text))
    made = report("ecommerce-35-developers", found, system=name, team=name, workspace=name)
    assert len(words_of_page_one(made)) <= MAX_WORDS


def test_short_conditions_are_in_full_with_owner_day_and_whether_met() -> None:
    found = Review(
        **describe_state("accepted_with_conditions"),
        signature=signed(),
        earlier_signatures=(),
        conditions=(
            SignedCondition(text="Trace every call", owner="Ana", due_on=date(2027, 1, 31), met_words="Met, says Ana"),
            SignedCondition(text="Name one owner", owner="Bo", due_on=date(2027, 2, 28), met_words=""),
        ),
        comments=(),
    )
    assert page_of(report("ecommerce-35-developers", found)).conditions == (
        "Trace every call (Ana, by 31 January 2027). Met.",
        "Name one owner (Bo, by 28 February 2027).",
    )


def test_one_sentence_conditions_are_in_full_before_further_reasons() -> None:
    text = "Trace every request of the checkout from the browser to the ledger"
    page = page_of(report("ecommerce-35-developers", review(conditions=2, text=text)))
    assert [said.startswith(f"{number}. {text} (") for number, said in enumerate(page.conditions, 1)] == [True] * 2
    assert page.reasons


def test_page_one_says_what_a_signature_is_challenged_with() -> None:
    page = page_of(report("ecommerce-35-developers", challenged()))
    assert page.challenge.startswith("Challenge by Bob Sato: Every call between the shop and the till")
    settled = replace(challenged(), is_challenged=False)
    assert page_of(report("ecommerce-35-developers", settled)).challenge == ""


def test_page_one_of_a_sent_back_version_says_nothing_is_decided() -> None:
    sent_back = review(
        state="sent_back", decision="sent_back", decision_words="Sent back", remark=LONG, challenge_until=None
    )
    assert page_of(report("shob", sent_back)).note == "Nothing is decided yet: the team answers again."


def test_page_one_quotes_cost_answers_with_their_basis_and_no_sum() -> None:
    answers = dict(demo_answers("ecommerce-35-developers"))
    answers["infra_cost"] = Answer(value="painful", basis="measured")
    answers["budget"] = Answer()
    assert page_of(made_report(answers)).cost == ("No cost figures yet. Running cost: “Painful” (measured).")


def test_too_little_for_a_verdict_says_so_and_asks_for_no_decision() -> None:
    page = page_of(made_report({"teams": Answer(value=3)}))
    assert (page.verdict, page.verdict_words, page.form_words) == ("unknown", "No verdict yet", "")
    assert page.decision == "None yet: answer more first."
    assert not page.reasons


def test_fullest_page_one_is_one_page_and_the_rest_is_in_the_appendix() -> None:
    long = "Wareneingangskontrollverwaltung " * 4
    about = {"system": long[:120], "team": long[:120], "workspace": long[:120]}
    found = review(conditions=12, **{**overruled("extract"), "by": "x" * 120})
    open_keys = ("boundaries", "tracing", "central_logging", "ci_cd", "platform_team")
    made = report("ecommerce-35-developers", found, open=open_keys, **about)
    pages = pages_text(kept_pdf(render_report_html(made)))
    assert pages[1].startswith("Whathurts,andwhatisready")
    appendix = "".join(pages)
    appendix = appendix[appendix.rindex("AppendixC:identificationandsign-off") :]
    for number in range(1, 13):
        assert packed(f"{number}. {LONG}").strip() in appendix
    assert "3fa9" * 16 in appendix
    assert all("·Signed" in page for page in pages)


def test_comments_are_in_the_report_escaped_with_author_and_time() -> None:
    said = ReviewComment(
        about="How many teams?",
        kind_words="Challenge",
        by="Bo <b>",
        at=AT,
        text="<script>alert(1)</script>",
        settled_words="Settled by Ana, 22 November 2026: five.",
    )
    found = Review(
        state_words="In review", signature=None, earlier_signatures=(signed(),), conditions=(), comments=(said,)
    )
    made = report("ecommerce-35-developers", found)
    html = render_report_html(made)
    assert "<script>alert" not in html
    for text in ("&lt;script&gt;", "Bo &lt;b&gt;", "Settled by Ana", "Earlier signatures", "In review"):
        assert text in html
    assert "Decided by" in html[: html.index('<section class="chapter ')]


def test_report_without_review_has_no_sign_off_text() -> None:
    made = made_report(demo_answers("ecommerce-35-developers"), submitted=True)
    assert fit_page_one(made) == made
    assert "Nobody has decided" not in render_report_html(made)


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [("", 5, ""), ("one two", 2, "one two"), ("one\ntwo  three", 2, "one two…"), ("x" * 500, 3, f"{'x' * 180}…")],
)
def test_shortened_keeps_the_first_words(text: str, most: int, short: str) -> None:
    assert shorten(text, most) == short
