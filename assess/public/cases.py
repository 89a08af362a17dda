"""The page of published cases: what others decided, how it went, and what the model says to the same answers.

Decides: which cases a search shows. Does not decide: what is a hit (`decision.cases`). Reads no database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from assess.cases_file import published_cases
from assess.decision.facade import VERDICTS, Evidence, Trial, decide, try_cases, words
from assess.language import N_, Words
from assess.people.facade import open_to_all
from assess.public.asked import asked
from assess.questionnaire.facade import Question

MODEL_WORDS: Final = Words({"hit": N_("Hits"), "miss": N_("Misses"), "unscored": N_("Not scored")})
OUTCOMES: Final[Mapping[bool | None, str]] = {True: "hit", False: "miss", None: "unscored"}
OUTCOME_WORDS: Final = Words({"hit": N_("Hit"), "miss": N_("Miss"), "unscored": N_("Not scored")})
MAX_SEARCH: Final = 120


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerLine:
    """One answer of a case in words, with what its sources say of it."""

    question: Question
    text: str
    evidence: Evidence | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A case as the page shows it. `outcome` is hit, miss or unscored; `text` is what a search looks through."""

    trial: Trial
    outcome: str
    outcome_words: str
    answers: tuple[AnswerLine, ...]
    remarks: tuple[Evidence, ...]
    shape: str
    text: str


def lines() -> tuple[Line, ...]:
    """Every published case with the present model's verdict, in the file's order. Judged once in each language."""
    return _lines_in(get_language() or settings.LANGUAGE_CODE)


@cache
def _lines_in(language: str) -> tuple[Line, ...]:
    """Those of the language that is active, which `language` only names; one of `LANGUAGES`, so they are few."""
    questionnaire = asked()
    return tuple(_line(trial) for trial in try_cases(questionnaire, published_cases(), decide))


def _line(trial: Trial) -> Line:
    case = trial.case
    told = {evidence.key: evidence for evidence in case.evidence}
    answers = tuple(
        AnswerLine(question=question, text=words(question, answer.value), evidence=told.get(question.key))
        for question in asked().questions
        if (answer := case.answers.get(question.key)) is not None and answer.value is not None
    )
    shape = case.answers.get("current_shape")
    looked_through = [case.system, str(case.year), case.stack, case.outcome, case.lesson]
    looked_through += [evidence.says for evidence in case.evidence]
    outcome = OUTCOMES[trial.hit]
    return Line(
        trial=trial,
        outcome=outcome,
        outcome_words=OUTCOME_WORDS[outcome],
        answers=answers,
        remarks=tuple(evidence for evidence in case.evidence if evidence.key not in case.answers),
        shape=str(shape.value) if shape and shape.value else "",
        text=" ".join(looked_through).casefold(),
    )


@open_to_all(reason="what others published, hits and misses alike, is for everybody")
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    shapes = asked().by_key["current_shape"].options
    allowed = {
        "hindsight": VERDICTS,
        "decision": VERDICTS,
        "model": tuple(MODEL_WORDS),
        "shape": tuple(option.value for option in shapes),
    }
    # A choice that does not exist is no choice, as in an address that somebody mistyped.
    chosen = {name: value for name, values in allowed.items() if (value := request.GET.get(name, "")) in values}
    search = request.GET.get("q", "")[:MAX_SEARCH].replace("\x00", "").strip()
    every = lines()
    shown = [line for line in every if _fits(line, chosen, search)]
    context = {
        "lines": shown,
        "total": len(every),
        "scored": sum(line.outcome != "unscored" for line in every),
        "hits": sum(line.outcome == "hit" for line in every),
        "chosen": chosen | {"q": search},
        "is_filtered": bool(chosen or search),
        "verdicts": VERDICTS,
        "model_words": MODEL_WORDS,
        "shapes": shapes,
        "max_search": MAX_SEARCH,
    }
    return render(request, "public/cases.html", context)


def _fits(line: Line, chosen: Mapping[str, str], search: str) -> bool:
    """Whether the case is one of those chosen and holds every word of the search, in capitals or not."""
    has = {
        "hindsight": line.trial.case.verdict_in_hindsight,
        "decision": line.trial.case.decision_taken,
        "model": line.outcome,
        "shape": line.shape,
    }
    return all(has[name] == value for name, value in chosen.items()) and all(
        word in line.text for word in search.casefold().split()
    )
