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
from assess.money.facade import build_defaults, build_sums, read_inputs
from assess.questionnaire.schema import Answer
from assess.questionnaire_files import builtin_questionnaire
from assess.reports.content.data import PageOne, ReportData
from assess.reports.content.page_one import MAX_WORDS, count_words, fit_page_one, shorten
from assess.reports.content.people import Review, ReviewComment, SignedCondition
from assess.reports.content.planning import PlanningData
from assess.reports.document import plain_text
from assess.reports.loaders.review import describe_state
from assess.reports.renderings.html import render_report_html
from assess.reports.renderings.madr import render_madr
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
    """Every word that is on the first page of the paper, with its foot, as it is drawn."""
    html = render_report_html(made)
    first = html[html.index('<section class="one') : html.index('<section class="chapter ')]
    foot = re.search(r'<div class="foot">(.*?)</div>', html, re.DOTALL)
    assert foot is not None
    text = re.sub(r"<title>.*?</title>|<[^>]+>", " ", first + foot[1]) + " Page 1 of 9"
    return [word for word in text.split() if word not in ("·", ".", ",")]  # a mark behind a verdict's mark


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
    is_overruled = stands != result.verdict
    # the verdict that stands, how firm and why, what it rests on
    assert (page.verdict, page.verdict_words) == (stands, name_of(stands, result.form))
    firm_why = plain_text(page.firm_why)
    if not is_overruled:
        assert page.headline == result.headline
        assert page.firm_words == ("Firm" if result.firm else "Conditional")
        assert page.is_settled is result.firm
        others = [verdict for verdict in result.possible_verdicts if verdict != result.verdict]
        assert [run.state for run in page.firm_why if run.style == "verdict"] == others
        assert all(VERDICT_WORDS[other] in firm_why for other in others)
        assert page.model_said == ()
    else:
        assert page.headline.startswith("Every call between the shop")
        assert len(page.headline.split()) >= 18, "why it was overruled counts before the model's reasons"
        assert (page.firm_words, firm_why) == ("Overruled", "by Rita Vermeer, 21 November 2026")
        model = name_of(result.verdict, result.form)
        assert plain_text(page.model_said) == f"The model said {model}, {FORM_WORDS[result.form]}."
        assert [run.state for run in page.model_said if run.style == "verdict"] == [result.verdict]
    assert page.basis == made.basis_words
    # reasons: all three unless somebody's own words need the room; the strongest first, each with its figure
    assert [reason.figure for reason in page.reasons] == [reason.figure for reason in made.key_reasons][
        : len(page.reasons)
    ]
    for reason, whole in zip(page.reasons, made.key_reasons, strict=False):
        assert whole.sentence.startswith(reason.sentence)
        assert reason.sentence.endswith(".")
    # The model's own reasons are what gives way first where it was overruled.
    assert is_overruled or len(page.reasons) >= min(1, len(made.key_reasons))
    if signature is None:
        assert len(page.reasons) >= min(2, len(made.key_reasons))
    # what to settle or to do, by whom and by when; what it costs
    conditions = made.review.conditions if made.review and signature else ()
    if conditions:
        assert page.table_heads == ("Condition", "State", "Owner", "Due")
        assert all(row.cells[1:] == ("Open", "Ana Lindqvist", "31 January 2027") for row in page.table_rows)
        assert len(page.table_rows) >= 1
        more = len(conditions) - len(page.table_rows)
        assert (page.more_rows.endswith("listed at the end.")) is (more > 0)
    elif made.settle and not is_overruled:
        assert page.table_heads == ("Settle first", "The verdict holds if", "Owner", "Due")
        assert [row.cells for row in page.table_rows] == [
            (line.question, line.holds_if, "", "") for line in made.settle[: len(page.table_rows)]
        ]
    else:
        assert page.table_heads == ("Do first", "Done when", "Owner", "Due")
        assert [row.cells[0] for row in page.table_rows] == [step.title for step in made.first_steps][
            : len(page.table_rows)
        ]
        dues = (
            {"Day 30", "Day 60", "Day 90"}
            if not signature
            else {"21 December 2026", "20 January 2027", "19 February 2027"}
        )
        assert {row.cells[3] for row in page.table_rows} <= dues
    assert page.table_rows
    assert page.cost.startswith("No cost figures yet")
    # the decision, asked for or taken
    assert ("Decided by" in said) is (submitted and signature is None)
    assert ("Sum approved" in said) is (submitted and signature is None)
    if signature is None:
        assert (page.decision_title, page.decision) == ("The decision we ask for", made.decision)
        assert ("decide on a submitted version" in said) is not submitted
    else:
        asks = state == "challenged"
        assert page.decision_title == ("The decision we ask for" if asks else "The decision taken")
        assert page.decision.startswith(f"{signature.decision_words} by Rita Vermeer, 21 November 2026")
        assert ("challenged since: decide on the challenge" in page.decision) is asks
        assert page.signature_hash == "SHA-256 3fa93fa93fa93fa9"


@pytest.mark.parametrize("text", [LONG, "a " * 60, "x" * 2000], ids=["long", "many words", "one word"])
def test_whatever_was_written_page_one_stays_within_180_words(text: str) -> None:
    name = text[:120]
    found = review(conditions=12, text=text, by=name, **overruled("extract", text, text))
    made = report("ecommerce-35-developers", found, system=name, team=name, workspace=name)
    assert len(words_of_page_one(made)) <= MAX_WORDS


def test_short_conditions_are_in_full_with_owner_day_and_whether_met_or_overdue() -> None:
    found = Review(
        **describe_state("accepted_with_conditions"),
        signature=signed(),
        earlier_signatures=(),
        conditions=(
            SignedCondition(text="Trace every call", owner="Ana", due_on=date(2027, 1, 31), met_words="Met, says Ana"),
            SignedCondition(text="Name one owner", owner="Bo", due_on=date(2027, 2, 28), met_words=""),
            SignedCondition(text="Split the bill", owner="Cy", due_on=date(2026, 11, 1), met_words="", is_overdue=True),
        ),
        comments=(),
    )
    page = page_of(report("ecommerce-35-developers", found))
    assert [(row.mark, row.cells) for row in page.table_rows] == [
        ("passed", ("Trace every call", "Met", "Ana", "31 January 2027")),
        ("open", ("Name one owner", "Open", "Bo", "28 February 2027")),
        ("failed", ("Split the bill", "Overdue", "Cy", "1 November 2026")),
    ]


def test_one_sentence_conditions_are_in_full_before_further_reasons() -> None:
    text = "Trace every request of the checkout from the browser to the ledger"
    page = page_of(report("ecommerce-35-developers", review(conditions=2, text=text)))
    assert [row.cells[0] for row in page.table_rows] == [f"{number}. {text}" for number in (1, 2)]
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


def test_a_finished_challenge_period_is_told_in_the_past_tense() -> None:
    until = date(2026, 12, 5)
    sentences = [
        page_of(report("shob", review(challenge_until=until, challenge_is_over=is_over))).decision
        for is_over in (False, True)
    ]
    assert sentences[0].endswith("Open to challenge until 5 December 2026.")
    assert sentences[1].endswith("Could be challenged until 5 December 2026.")
    over = report("shob", review(challenge_until=until, challenge_is_over=True))
    for said in (render_report_html(over), render_madr(over)):
        assert "Could be challenged" in said
        assert "Open to challenge" not in said
        assert "May be challenged" not in said


def test_a_firm_verdict_on_guesses_alone_is_not_drawn_as_settled() -> None:
    guesses = {key: replace(answer, basis="guess") for key, answer in BY_FORM["consolidate"]().items()}
    page = page_of(made_report(guesses, submitted=True))
    assert (page.firm_words, page.is_settled) == ("If the guesses hold", False)
    assert "Every answer that decides is a guess." in plain_text(page.firm_why)


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
    assert not page.blanks
    assert page.table_heads == ("Answer first", "Who may know", "Owner", "Due")
    assert page.table_rows


def test_fullest_page_one_is_one_page_and_the_rest_is_in_the_appendix() -> None:
    long = "Wareneingangskontrollverwaltung " * 4
    about = {"system": long[:120], "team": long[:120], "workspace": long[:120]}
    found = review(conditions=12, **{**overruled("extract"), "by": "x" * 120})
    open_keys = ("boundaries", "tracing", "central_logging", "ci_cd", "platform_team")
    made = report("ecommerce-35-developers", found, open=open_keys, **about)
    pages = pages_text(kept_pdf(render_report_html(made)))
    assert pages[1].startswith(packed(made.pains.finding))
    appendix = "".join(pages)
    appendix = appendix[appendix.rindex("Appendix:identificationandsign-off") :]
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


#: What is typed beside an hour at $60–90, 35 people and a bill of $3,400, the verdict, and what page 1 says of it.
COSTS = {
    "either": ({}, "extract", "extracting services costs up to $", "more than staying, or saves up to $"),
    "dearer": ({"waiting_hours": ("0", "")}, "extract", "extracting services costs $", "more than staying."),
    "cheaper": (
        {"waiting_hours": ("20", "30"), "platform_people": ("0", "1"), "extra_running": ("0", "")},
        "extract", "extracting services saves $", "against staying.",
    ),
    "modular": ({}, "modular", "going modular costs up to $", "more than staying, or saves up to $"),
}  # fmt: skip


@pytest.mark.parametrize(("typed", "verdict", "begin", "end"), COSTS.values(), ids=COSTS)
def test_page_one_says_what_the_way_costs_as_a_range_and_never_one_figure(
    typed: dict[str, tuple[str, str]], verdict: str, begin: str, end: str
) -> None:
    needed = {"hourly_cost": ("60", "90"), "developers": ("35", ""), "running_today": ("3400", "")}
    figures = {name: {"low": ends[0], "high": ends[1]} for name, ends in (needed | typed).items()}
    inputs, issues = read_inputs({"figures": figures}, currency="USD", defaults=build_defaults({}))
    assert (issues, inputs is None) == ([], False)
    assert inputs is not None
    planning = PlanningData(money=build_sums(inputs, verdict))
    made = made_report(demo_answers("ecommerce-35-developers"), argued=True, submitted=True, planning=planning)
    page = page_of(made)
    assert page.cost.startswith(f"Over three years, {begin}")
    assert end in page.cost
    assert page.cost.count("$") == 2
    assert count_words(page) <= MAX_WORDS
