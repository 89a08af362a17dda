"""The pages for everybody. They work without JavaScript, cookies and database; htmx only saves a reload."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from assess.advice.facade import CONSEQUENCES
from assess.cases_file import published_cases
from assess.decision.facade import (
    ACUTE,
    CHECKLIST,
    GATE_SOURCES,
    GATE_WORDS,
    GATES,
    MODEL_VERSION,
    MOST_FURTHER,
    RULES,
    SOURCES,
    UNDECIDED_INSIDE,
    argue,
    format_value,
)
from assess.findings.facade import build_findings, build_hero
from assess.language import N_, Words, _, all_of
from assess.people.facade import open_to_all
from assess.public.cases import count_hits
from assess.public.page_cache import cached_for_visitors
from assess.public.questionnaire import build_sample, public_questionnaire
from assess.public.quick import ANSWER, SKIP, QuickCheck, guide_sentence, parse_quick_check
from assess.public.source_list import list_source_items
from assess.questionnaire.facade import AXES, Basis, Question, as_asked
from assess.web.facade import absolute_url, choice_links, is_partial, render_page_or_part

BASES: Final[Mapping[Basis | None, str]] = Words(
    {"measured": N_("measured"), "estimated": N_("estimated"), "guess": N_("guess"), None: N_("not stated")}
)
#: The front page shows so many of the sample's reasons.
SAMPLE_REASONS: Final = 3


@open_to_all(reason="the front page; a signed-in person is sent on to their assessments")
@require_safe
@cached_for_visitors
def landing(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("assessments")
    check = parse_quick_check(public_questionnaire(), {})
    hits, scored = count_hits()
    sample = build_sample()
    context = {
        "cards": question_cards(request, check, check.questionnaire.quick_questions),
        "questionnaire": check.questionnaire,
        "sample": sample,
        "sample_reasons": [reason for reason in sample.result.reasons if reason.kind != "rule"][:SAMPLE_REASONS],
        "hits": hits,
        "scored": scored,
    }
    return render(request, "public/landing.html", context)


def full_assessment_url(request: HttpRequest, start: str) -> str:
    """Where the full assessment starts; through sign-up for the signed-out, who keep their answers."""
    if request.user.is_authenticated:
        return start
    return f"{reverse('account_signup')}?{urlencode({'next': start})}"


@open_to_all(reason="the quick check needs no account and keeps nothing")
@require_safe
@cached_for_visitors
def quick(request: HttpRequest) -> HttpResponse:
    check = parse_quick_check(public_questionnaire(), dict(request.GET.lists()))
    questionnaire, result = check.questionnaire, check.result
    address = reverse("quick-check") + (f"?{check.query}" if check.query else "")
    start = reverse("assessment-new") + (f"?{check.answers_query}" if check.answers_query else "")
    # A pressed button brings the whole form again; an answer changed on the way leaves the field alone.
    is_submitted = request.headers.get("HX-Target") == "check"
    further, question = check.further_questions, check.next_question
    sentence = ""
    if result.state == "undecided":
        verdicts = [UNDECIDED_INSIDE[verdict] for verdict in result.possible_verdicts]
        sentence = _("Still possible: {verdicts}.").format(verdicts=all_of(verdicts))
    elif result.state == "conditional" and result.rule == "no-acute-pain":
        # "No pain is acute" would say too much while hardly a pain was asked about.
        sentence = _("Nothing answered so far hurts enough to split for, but not every pain has been asked about.")
    context = {
        "check": check,
        "result": result if check.has_started else None,
        "sentence": sentence,
        "guide_sentence": guide_sentence(result),
        "reasons": [reason for reason in result.reasons if reason.kind != "rule"][:5] if result.shown_verdict else [],
        "next_cards": question_cards(request, check, (question,) if question else (), numbered=False),
        "skip": SKIP,
        "answer": ANSWER,
        "number": len(further) + 1,
        "most": MOST_FURTHER,
        "cards": question_cards(request, check, questionnaire.quick_questions),
        "further_cards": question_cards(request, check, further, start=len(questionnaire.quick_questions) + 1),
        "problems": [
            (issue, as_asked(questionnaire.by_key[issue.key], check.answers), choice_links(request, issue))
            for issue in check.issues
        ],
        "link": absolute_url(address),
        "continue_at": full_assessment_url(request, start),
        "is_part": is_partial(request),
        "is_submitted": is_submitted,
    }
    # htmx shows only answers that succeeded; the part itself lists the problems.
    status = HTTPStatus.UNPROCESSABLE_ENTITY if check.issues and not is_partial(request) else HTTPStatus.OK
    part = "submitted" if is_submitted else "changed"
    response = render_page_or_part(request, "public/quick.html", part, context, status=status)
    patch_vary_headers(response, ["HX-Target"])
    # Back leads to the question before.
    response.headers["HX-Push-Url" if is_submitted else "HX-Replace-Url"] = address
    return response


@open_to_all(reason="a sample result of a published system")
@require_safe
@cached_for_visitors
def show_sample(request: HttpRequest) -> HttpResponse:
    sample = build_sample()
    result = sample.result
    argument = argue(sample.questionnaire, sample.answers, result, published_cases())
    findings = build_findings(sample.questionnaire, sample.answers, result, argument)
    sections = [
        (
            section,
            [
                (question, answer, format_value(question, answer.value), BASES[answer.basis])
                for question in section.questions
                if (answer := sample.answers.get(question.key)) is not None and answer.value is not None
            ],
        )
        for section in sample.questionnaire.sections
    ]
    context = {
        "sample": sample,
        "assessment": {"system": sample.system},  # what the answer card asks of one
        "result": result,
        "questionnaire": sample.questionnaire,
        "answers": sample.answers,
        "argument": argument,
        "findings": findings,
        "is_enough": True,
        "hero": build_hero(result, is_enough=True),
        "first_step": findings.roadmap.first,
        "tries": [{"tried": each} for each in findings.open_question.tried] if findings.open_question else [],
        "sections": sections,
        "answer_count": sum(len(lines) for _section, lines in sections),
    }
    return render(request, "public/sample.html", context)


@open_to_all(reason="how verdicts come about is public")
@require_safe
@cached_for_visitors
def how_it_decides(request: HttpRequest) -> HttpResponse:
    questionnaire = public_questionnaire()
    context = {
        "rules": RULES.values(),
        "gates": [(GATE_WORDS[gate], GATES[gate]["failed"], GATE_SOURCES[gate]) for gate in GATES],
        "checklist": [(sentence, questionnaire.by_key[key]) for key, sentence in CHECKLIST.items()],
        "axes": [
            (axis, [question for question in questionnaire.questions if question.reads and question.reads.axis == axis])
            for axis in AXES
        ],
        "acute": ACUTE,
        "model_version": MODEL_VERSION,
        "questionnaire": questionnaire,
    }
    return render(request, "public/how_it_decides.html", context)


@open_to_all(reason="names the documents that the questions and rules come from")
@require_safe
@cached_for_visitors
def sources(request: HttpRequest) -> HttpResponse:
    questionnaire = public_questionnaire()
    items = list_source_items(questionnaire)
    context = {
        "sources": [
            (source, sum(source.slug in question.sources for question in questionnaire.questions), items[source.slug])
            for source in SOURCES.values()
        ],
        "consequences": [[_(cell) for cell in row] for row in CONSEQUENCES],
        "questionnaire": questionnaire,
    }
    return render(request, "public/sources.html", context)


def question_cards(
    request: HttpRequest, check: QuickCheck, questions: tuple[Question, ...], *, numbered: bool = True, start: int = 1
) -> list[dict[str, object]]:
    """The context of a question card, for each question."""
    errors = {issue.key: {"value": issue.message} for issue in check.issues}
    choices = {issue.key: choice_links(request, issue) for issue in check.issues}
    return [
        {
            "question": as_asked(question, check.answers),
            "posted": {"value": check.entered[question.key]} if question.key in check.entered else None,
            "errors": errors.get(question.key, {}),
            "choices": choices.get(question.key, []),
            "number": number if numbered else None,
        }
        for number, question in enumerate(questions, start=start)
    ]
