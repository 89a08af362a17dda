"""Template tags shared by all pages: icons, question cards, verdicts, axes, sources.

Decides how such a thing looks; never what it means. Registered as `look` in the settings; docs/look.md is the guide.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.conf import settings
from django.utils import translation
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from assess.decision.facade import (
    AXIS_WORDS,
    GATE_WORDS,
    SOURCES,
    VERDICTS,
    Gate,
    Reason,
    Result,
    Score,
    Step,
    name_of_axis,
    title_of,
    words_of_form,
    words_of_verdict,
)
from assess.language import N_, Words, _
from assess.questionnaire.facade import BASES, BASIS_CHIPS, NONE_OF_THESE, Answer, Question
from assess.web import localization
from assess.web.form_values import NOT_APPLICABLE, NOT_SURE, to_form_texts, to_script
from assess.web.icons import ICONS

register = template.Library()

CHECKLIST_ICONS = {"yes": "tick", "no": "cross", "unknown": "open"}
CHECKLIST_WORDS = Words({"yes": N_("yes"), "no": N_("no"), "unknown": N_("not known")})
GATE_ICONS = {"passed": "tick", "failed": "cross", "open": "open"}
GATE_STATES = Words({"passed": N_("Passed"), "failed": N_("Failed"), "open": N_("Open")})
#: A source's short name, as the text beside a statement; its whole title is on the page of sources.
SOURCE_NAMES = Words({source.slug: source.name for source in SOURCES.values()} | {"ours": N_("Our judgement")})
WEIGHS_WORDS = Words(
    {
        "stay": N_("Speaks for staying"),
        "modular": N_("Speaks for boundaries inside"),
        "extract": N_("Speaks for extracting"),
    }
)
ICON_SVG = '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>'


# --- the language of a page


@register.simple_tag
def page_language() -> str:
    """The page's language for the `lang` attribute: "en-GB"."""
    return translation.to_locale(translation.get_language() or settings.LANGUAGE_CODE).replace("_", "-")


@register.simple_tag
def page_direction() -> SafeString:
    """The `dir` attribute for a language written from right to left, else nothing."""
    return mark_safe(' dir="rtl"' if translation.get_language_bidi() else "")  # noqa: S308  a constant


@register.filter
def datetime_with_zone(at: datetime) -> str:
    """Day and time with the zone: "20 November 2026, 14:02 UTC"."""
    return localization.format_datetime_with_zone(at)


#: Letters of scripts that are written from right to left.
FROM_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")


@register.filter
def own_direction(text: object) -> SafeString:
    """What somebody typed, in an element with a direction of its own where it is written from right to left, so that it
    neither turns the words around it nor is turned by them; otherwise the text alone."""
    if FROM_RIGHT.search(str(text)):
        return format_html('<bdi dir="auto">{}</bdi>', text)
    return conditional_escape(str(text))


# --- icons and words


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """A decorative icon, hidden from screen readers: the words beside it carry the meaning."""
    return format_html(ICON_SVG, f"icon {extra}".strip(), ICONS[name])


@register.filter
def verdict_name(verdict: str) -> str:
    """A verdict's name: "Stay monolithic"; for anything else "No verdict yet"."""
    return words_of_verdict(verdict) or _("No verdict yet")


@register.filter
def form_name(form: str) -> str:
    """The name of a form of the verdict, "" for an unknown one."""
    return words_of_form(form)


@register.filter
def axis_name(axis: str) -> str:
    """An axis's name; the slug itself for an unknown one."""
    return AXIS_WORDS.get(axis, axis)


@register.inclusion_tag("parts/verdict_word.html")
def verdict_word(verdict: str, form: str = "") -> dict[str, Any]:
    """A verdict in a line of text or a table: icon, words and colour together. Its `form` says what to call it."""
    known = verdict in VERDICTS
    return {"verdict": verdict if known else "unknown", "name": title_of(verdict, form) or _("No verdict yet")}


# --- the question card


@register.inclusion_tag("parts/question.html")
def question_card(
    question: Question,
    answer: Answer | None = None,
    version: int = 0,
    errors: Mapping[str, str] | None = None,
    posted: Mapping[str, Any] | None = None,
    number: int | None = None,
    quick: bool = False,
    readonly: bool = False,
    whole: Question | None = None,
    asks_basis: bool = False,
    effect: str = "",
    decides: bool = False,
    choices: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    """One question as a card with all its controls.

    `answer` and `version` are what is saved (None and 0: never answered). `errors` has a message by field: value, note,
    link, basis, who_knows, reason. `posted` is what was sent and refused, shown instead of the answer so that nothing
    typed is lost: `value` as the list of texts under the question's key, the other fields as texts. `number` is the
    question's place on the page. With `quick`, only the value: no notes, no "does not apply". `whole` is the
    question with all its options, those included that other answers have to call for: they are there, hidden, for the
    page's script. `asks_basis` asks how one knows it, beside the note. `effect` names the line that says what the
    answer did, empty until it is saved. `decides` marks a question that can change the verdict. `choices`
    are what a number with two meanings may mean: words, and the text to post or with `quick` the address to open.
    docs/look.md lists the names that the form posts.
    """
    texts = form_texts(question, answer, posted)
    side = {name: side_field_text(name, answer, posted) for name in ("note", "basis", "link", "who_knows", "reason")}
    errors = errors or {}
    described = [f"q-{question.key}-hint"] if question.hint else []
    if "value" in errors:
        described.append(f"q-{question.key}-error")
    if question.kind == "number":
        described.append(f"q-{question.key}-slot")
    return {
        "question": question,
        "choices": choices,
        "key": "" if quick else question.key,
        "id": f"q-{question.key}",
        "number": number,
        "version": version,
        "errors": errors,
        "quick": quick,
        "readonly": readonly,
        "heading": "h3" if quick else "h2",
        "described_by": " ".join(described),
        "options": [
            {
                "option": option,
                "checked": option.value in texts,
                "when": to_script(option.shown_when) if whole else "",
                "hidden": option not in question.options and option.value not in texts,
            }
            for option in (whole or question).options
        ],
        "typed": next((text for text in texts if not text.startswith("-")), "")
        if question.kind in ("number", "text")
        else "",
        "none_of_these": NONE_OF_THESE,
        "none_checked": NONE_OF_THESE in texts,
        "not_sure": NOT_SURE,
        "not_sure_checked": NOT_SURE in texts,
        "not_applicable": NOT_APPLICABLE,
        "not_applicable_checked": NOT_APPLICABLE in texts,
        "offers_not_applicable": not question.always_applies or NOT_APPLICABLE in texts,
        "asks_basis": asks_basis,
        "effect": effect,
        "decides": decides,
        "side": side,
        "bases": [{"value": basis, "label": BASIS_CHIPS[basis], "checked": basis == side["basis"]} for basis in BASES],
        "more_open": any(side[name] or name in errors for name in ("note", "basis", "link")),
    }


@register.inclusion_tag("parts/question.html")
def section_question(form: Any, asks_basis: object = None) -> dict[str, Any]:
    """The question card of one of a section's forms (`assessments.section_form.QuestionForm`)."""
    return question_card(
        form.put,
        answer=form.answer,
        version=form.posted_version,
        errors=form.errors,
        posted=form.field_values,
        whole=form.question,
        asks_basis=bool(asks_basis),
        effect=form.effect,
        decides=form.decides,
        choices=form.choices,
    )


def form_texts(question: Question, answer: Answer | None, posted: Mapping[str, Any] | None) -> Sequence[str]:
    """The texts that the form posts, or posted, under the question's key."""
    if posted is not None:
        return [str(text) for text in posted.get("value", [])]
    if answer is None:
        return []
    if answer.not_applicable:
        return [NOT_APPLICABLE]
    if answer.value is None:
        return [NOT_SURE]
    return to_form_texts(answer.value)


def side_field_text(name: str, answer: Answer | None, posted: Mapping[str, Any] | None) -> str:
    """The text of one of the fields besides the value, as saved or as posted and refused."""
    if posted is not None:
        return str(posted.get(name) or "")
    if answer is None:
        return ""
    return str(getattr(answer, "not_applicable" if name == "reason" else name) or "")


# --- the parts of a result


@register.inclusion_tag("parts/verdict_banner.html")
def verdict_banner(result: Result, heading: str = "h2", sentence: str = "", so_far: bool = True) -> dict[str, Any]:
    """The verdict: icon, word, one sentence (the result's own unless another is given), and how firm it is.

    While undecided it says so, and what decides.

    `so_far` says so before a verdict that is not firm; without it for a version whose answers no longer change.
    """
    return {
        "result": result,
        "is_undecided": not result.shown_verdict,
        "verdict": result.shown_verdict or "unknown",
        "name": title_of(result.verdict, result.form) if result.shown_verdict else _("No verdict yet"),
        "so_far": so_far and result.state == "conditional",
        "others": [verdict for verdict in result.possible_verdicts if verdict != result.verdict],
        "heading": heading,
        "sentence": sentence or result.headline,
    }


@register.inclusion_tag("parts/axis.html")
def axis(score: Score, note: str = "") -> dict[str, Any]:
    """One axis from 0 to 100: what is known as a bar, what is open as a light band, the threshold as a line."""
    name = name_of_axis(score)
    is_known = bool(score.contributions) or score.high == score.points
    value = f"{score.points}"
    if score.high != score.points:
        value = _("{low} to {high}").format(low=score.points, high=score.high)
    if score.threshold is None:
        text = _("{value} of 100") if is_known else _("not known yet")
    else:
        text = _("{value} of 100; acute from {threshold}") if is_known else _("not known yet; acute from {threshold}")
    text = text.format(value=value, threshold=score.threshold)
    return {
        "score": score,
        "name": name,
        "value": value,
        "is_known": is_known,
        "text": text,
        "open_width": score.high - score.points,
        "id": f"axis-{score.axis}",
        "note": note,
    }


@register.inclusion_tag("parts/reasons.html")
def reasons(lines: Iterable[Reason], limit: int = 0, link: str = "", says_weight: bool = True) -> dict[str, Any]:
    """Reasons as a list, at most `limit` of them. `link` is the address to which "#q-key" leads, "" for no links.

    `says_weight` where it is not said beside the list for which verdict they speak.
    """
    rows = list(lines)
    return {"reasons": rows[:limit] if limit else rows, "link": link, "says_weight": says_weight}


@register.filter
def source_name(slug: str) -> str:
    """A source's short name: "Readiness guide"."""
    return SOURCE_NAMES.get(slug, slug)


@register.filter
def weighs_words(verdict: str) -> str:
    """What a reason speaks for, in words; "" for a reason that speaks for none."""
    return WEIGHS_WORDS.get(verdict, "")


@register.inclusion_tag("parts/gates.html")
def gate_list(gates: Iterable[Gate]) -> dict[str, Any]:
    """The gates, each with its state in words and as an icon."""
    return {
        "gates": [
            {
                "gate": gate,
                "icon": GATE_ICONS[gate.state],
                "state": GATE_STATES[gate.state],
                "name": GATE_WORDS.get(gate.gate, gate.gate.capitalize()),
            }
            for gate in gates
        ]
    }


@register.inclusion_tag("parts/checklist.html")
def checklist(result: Result, items: bool = True) -> dict[str, Any]:
    """The seven of the readiness checklist: a strip, a count, and with `items` each question with its state."""
    return {
        "counts": result.checklist_counts,
        "strip": [item.state for item in result.checklist],
        "items": [
            {"item": item, "icon": CHECKLIST_ICONS[item.state], "state": CHECKLIST_WORDS[item.state]}
            for item in result.checklist
        ]
        if items
        else [],
    }


@register.inclusion_tag("parts/steps.html")
def step_list(steps: Iterable[Step]) -> dict[str, Any]:
    """Next steps, by the days in which each can be done."""
    by_days: dict[int, list[Step]] = {}
    for step in steps:
        by_days.setdefault(step.days, []).append(step)
    return {"groups": sorted(by_days.items())}


# --- sources


@register.inclusion_tag("parts/source_badge.html")
def source_badge(source: str) -> dict[str, Any]:
    """Where a statement comes from. `source` is a slug (S0…S4), several with commas, "ours" or ""."""
    slugs = [slug.strip() for slug in source.split(",") if slug.strip()]
    return {
        "badges": [{"slug": slug, "name": SOURCE_NAMES.get(slug, slug), "source": SOURCES.get(slug)} for slug in slugs]
    }
