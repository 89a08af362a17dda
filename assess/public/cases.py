"""The page of published cases: what others decided, how it went, the model's verdict on the same answers, and why.

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
from assess.decision.facade import VERDICTS, Evidence, Trial, decide, format_value, try_cases
from assess.language import N_, Words
from assess.people.facade import open_to_all
from assess.public.page_cache import cached_for_visitors
from assess.public.questionnaire import public_questionnaire
from assess.questionnaire.facade import Question

MODEL_WORDS: Final = Words({"hit": N_("Hits"), "miss": N_("Misses"), "unscored": N_("Not scored")})
OUTCOMES: Final[Mapping[bool | None, str]] = {True: "hit", False: "miss", None: "unscored"}
OUTCOME_WORDS: Final = Words({"hit": N_("Hit"), "miss": N_("Miss"), "unscored": N_("Not scored")})
WHY_WORDS: Final = Words(
    {"hit": N_("Why it hits"), "miss": N_("Why it misses"), "unscored": N_("Why the model says so")}
)
MAX_SEARCH: Final = 120
#: So many open questions are named; the rest would change less.
MOST_OPEN: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerLine:
    """One answer of a case in words, with what its sources say about it."""

    question: Question
    text: str
    evidence: Evidence | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseLine:
    """A case as the page shows it. `outcome` is hit, miss or unscored; `text` is what a search covers.

    `deciding` are the answers that the rule which fired rests on; `open_wordings` the questions without an answer that
    could change the verdict first.
    """

    trial: Trial
    outcome: str
    outcome_words: str
    why_words: str
    answers: tuple[AnswerLine, ...]
    deciding: tuple[AnswerLine, ...]
    open_wordings: tuple[str, ...]
    remarks: tuple[Evidence, ...]
    shape: str
    text: str


def judged_cases() -> tuple[CaseLine, ...]:
    """Every published case with the verdict of the present model, in the file's order. Computed once a language."""
    return judged_cases_in(get_language() or settings.LANGUAGE_CODE)


def count_hits() -> tuple[int, int]:
    """How many cases the model's verdict agrees with hindsight in, and how many there are to agree with."""
    outcomes = [line.outcome for line in judged_cases()]
    return outcomes.count("hit"), len(outcomes) - outcomes.count("unscored")


@cache
def judged_cases_in(language: str) -> tuple[CaseLine, ...]:
    """`language` is the active one; it only names the cache entry. There are as many as `LANGUAGES`."""
    questionnaire = public_questionnaire()
    return tuple(build_case_line(trial) for trial in try_cases(questionnaire, published_cases(), decide))


def build_case_line(trial: Trial) -> CaseLine:
    """The case with every word that the page says of it, in the active language."""
    case, result = trial.case, trial.result
    by_key = public_questionnaire().by_key
    evidence_by_key = {evidence.key: evidence for evidence in case.evidence}
    answers = tuple(
        AnswerLine(
            question=question, text=format_value(question, answer.value), evidence=evidence_by_key.get(question.key)
        )
        for question in public_questionnaire().questions
        if (answer := case.answers.get(question.key)) is not None and answer.value is not None
    )
    shape = case.answers.get("current_shape")
    searchable = [case.system, str(case.year), case.stack, case.outcome, case.lesson, case.not_weighed]
    searchable += [evidence.says for evidence in case.evidence]
    outcome = OUTCOMES[trial.hit]
    return CaseLine(
        trial=trial,
        outcome=outcome,
        outcome_words=OUTCOME_WORDS[outcome],
        why_words=WHY_WORDS[outcome],
        answers=answers,
        deciding=tuple(line for line in answers if line.question.key in result.deciding_keys),
        open_wordings=tuple(by_key[key].wording for key in result.decisive_open_keys[:MOST_OPEN]),
        remarks=tuple(evidence for evidence in case.evidence if evidence.key not in case.answers),
        shape=str(shape.value) if shape and shape.value else "",
        text=" ".join(searchable).casefold(),
    )


@open_to_all(reason="what others published, hits and misses alike, is for everybody")
@require_safe
@cached_for_visitors
def show_cases(request: HttpRequest) -> HttpResponse:
    """The page of all cases that match the choices and the search in the address. No query."""
    shapes = public_questionnaire().by_key["current_shape"].options
    allowed = {
        "hindsight": VERDICTS,
        "decision": VERDICTS,
        "model": tuple(MODEL_WORDS),
        "shape": tuple(option.value for option in shapes),
    }
    # A mistyped choice in the address counts as none.
    chosen = {name: value for name, values in allowed.items() if (value := request.GET.get(name, "")) in values}
    search = request.GET.get("q", "")[:MAX_SEARCH].replace("\x00", "").strip()
    cases = judged_cases()
    hits, scored = count_hits()
    matching = [line for line in cases if matches_search(line, chosen, search)]
    context = {
        "lines": matching,
        "total": len(cases),
        "scored": scored,
        "hits": hits,
        "chosen": chosen | {"q": search},
        "is_filtered": bool(chosen or search),
        "verdicts": VERDICTS,
        "model_words": MODEL_WORDS,
        "shapes": shapes,
        "max_search": MAX_SEARCH,
    }
    return render(request, "public/cases.html", context)


def matches_search(line: CaseLine, chosen: Mapping[str, str], search: str) -> bool:
    """Whether the case has the chosen values and contains every word of the search, whatever the case of letters."""
    has = {
        "hindsight": line.trial.case.verdict_in_hindsight,
        "decision": line.trial.case.decision_taken,
        "model": line.outcome,
        "shape": line.shape,
    }
    return all(has[name] == value for name, value in chosen.items()) and all(
        word in line.text for word in search.casefold().split()
    )
