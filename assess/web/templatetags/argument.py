"""Template tags for the argument of a verdict: flips, robustness, contradictions, playbooks, cases.

Decides how it looks and how much shows at once; never what it means.
"""

from collections.abc import Mapping
from typing import Any

from django import template

from assess.decision.facade import (
    FORM_WORDS,
    Argument,
    Contradiction,
    Flip,
    Kind,
    Likeness,
    Result,
    describe_flip,
    format_value,
)
from assess.language import N_, Words, _, in_a_row
from assess.questionnaire.facade import Answers, Questionnaire, is_asked

register = template.Library()

#: How flips are sorted for a reader: what a team can bring about first.
KINDS: Mapping[Kind, str] = Words(
    {
        "work": N_("What you can work on"),
        "happen": N_("If this happens"),
        "learn": N_("If you find out that"),
    }
)
#: Flips of each kind shown at once; the others are folded.
MAX_SHOWN = 4


@register.inclusion_tag("parts/argument/flips.html")
def flips(argument: Argument, questionnaire: Questionnaire, link: str = "", is_drawn: bool = False) -> dict[str, Any]:
    """Flips by kind, and how many one-step changes the verdict survives, unless a chart beside it `is_drawn`. `link`
    leads to the questions."""
    groups = []
    for kind, title in KINDS.items():
        lines = [flip_line(questionnaire, flip) for flip in argument.flips if flip.kind == kind]
        groups.append({"title": title, "lines": lines[:MAX_SHOWN], "more": lines[MAX_SHOWN:]})
    forms = [{**flip_line(questionnaire, flip), "form": FORM_WORDS[flip.form]} for flip in argument.form_flips]
    title = _("The verdict stays, its form changes")
    groups.append({"title": title, "lines": forms[:MAX_SHOWN], "more": forms[MAX_SHOWN:]})
    breaks = [flip_line(questionnaire, flip) for flip in argument.robustness.breaks_on]
    return {
        "groups": [group for group in groups if group["lines"]],
        "changes_verdict": bool(argument.flips),
        "robustness": argument.robustness,
        "breaks": in_a_row("".join(change["words"] for change in line["changes"]) for line in breaks),
        "link": link,
        "is_drawn": is_drawn,
        "pairs_tried": argument.pairs_tried,
    }


def flip_line(questionnaire: Questionnaire, flip: Flip) -> dict[str, Any]:
    """One flip: its changes in words, and the verdict they lead to."""
    changes = [{"key": change.key, "words": describe_flip(questionnaire, change)} for change in flip.changes]
    return {"changes": changes, "verdict": flip.verdict}


@register.inclusion_tag("parts/argument/beside_the_verdict.html")
def beside_the_verdict(
    questionnaire: Questionnaire, result: Result, answers: Answers, link: str = ""
) -> dict[str, Any]:
    """The questionnaire's own axes with what each is made of, and the answers to its questions that nothing reads.

    `link` leads to the questions; without one the reader may see scores only, and no answer.
    """
    means = {axis.slug: axis.means for axis in questionnaire.own_axes}
    scores = [
        {
            "score": score,
            "means": means[score.axis],
            "parts": [(questionnaire.by_key[part.key], part) for part in score.contributions] if link else [],
        }
        for score in result.own_scores
    ]
    unscored = [
        (question, format_value(question, answer.value))
        for question in questionnaire.questions
        if link and question.unscored and is_asked(question, answers)
        if (answer := answers.get(question.key)) and answer.value is not None
    ]
    return {"scores": scores, "unscored": unscored, "link": link}


@register.inclusion_tag("parts/argument/contradictions.html")
def contradictions(items: tuple[Contradiction, ...], questionnaire: Questionnaire, link: str = "") -> dict[str, Any]:
    """Answers that contradict each other, each with its questions linked."""
    lines = [{"sentence": one.sentence, "questions": [questionnaire.by_key[key] for key in one.keys]} for one in items]
    return {"lines": lines, "link": link}


@register.inclusion_tag("parts/argument/playbooks.html")
def playbooks(argument: Argument, questionnaire: Questionnaire) -> dict[str, Any]:
    """The verdict of each of the five sources, and where they differ."""
    rows = [
        {
            "playbook": one,
            "missing": [questionnaire.by_key[key].wording for key in one.missing if key in questionnaire.by_key],
        }
        for one in argument.playbooks
    ]
    return {"rows": rows, "part": argument.playbooks_part}


@register.inclusion_tag("parts/argument/cases.html")
def similar_cases(similar: tuple[Likeness, ...], questionnaire: Questionnaire) -> dict[str, Any]:
    """The published cases most like the answers, with what they chose and how it went."""
    return {
        "rows": [
            {
                "likeness": one,
                "case": one.case,
                "agreed": [questionnaire.by_key[key].wording for key in one.agreed],
                "differing": [questionnaire.by_key[key].wording for key in one.differing],
            }
            for one in similar
        ]
    }
