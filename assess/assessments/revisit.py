"""When a verdict is to be asked again: its day has come, or a later answer meets what it said would change it.

Decides: what is due. The triggers are those that the standing version keeps in its result: single changes that would
have to happen to the system (`decision.argue`). Answers of a version that people answer apart are left out until it is
submitted: what came out there is not for all to see.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, cast

from django.db.models.fields.json import KeyTransform
from django.utils import timezone

from assess.assessments.combined import given_answers
from assess.assessments.editions import questionnaire_of
from assess.assessments.models import Assessment
from assess.assessments.words import short_day
from assess.decision.facade import FRAME, MOST_CONDITIONS, VERDICTS_INSIDE, Verdict, inside, subject, words
from assess.language import N_, Words, _
from assess.questionnaire.facade import Answers, Question, Questionnaire, Value

#: What happened when a team joins and there are now so many.
TEAM_JOINED = Words(
    {
        1: N_("A first team joined: ask again"),
        2: N_("A second team joined: ask again"),
        3: N_("A third team joined: ask again"),
        4: N_("A fourth team joined: ask again"),
        5: N_("A fifth team joined: ask again"),
        6: N_("A sixth team joined: ask again"),
        7: N_("A seventh team joined: ask again"),
        8: N_("An eighth team joined: ask again"),
        9: N_("A ninth team joined: ask again"),
        10: N_("A tenth team joined: ask again"),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """One thing for which a system's verdict is to be asked again, as a sentence without its last point."""

    kind: Literal["date", "answer"]
    sentence: str
    key: str = ""  #: of the answer that met a trigger
    since: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Trigger:
    """From which answer to which a verdict would be another; met by `after` and by what lies beyond it."""

    key: str
    before: Value
    after: Value
    verdict: Verdict


def due(assessment: Assessment, today: date | None = None) -> list[Due]:
    """What is due for this version's system: of the version that its verdict stands on, seen from the newest.

    Empty for a version that is neither: what it said is replaced. At most four queries.
    """
    newest = assessment
    if not assessment.is_newest:
        found = Assessment.objects.filter(system=assessment.system_id, is_newest=True, deleted_at=None)
        newest_found = found.select_related("edition").defer("result", "edition__content").first()
        if newest_found is None or newest_found.current_verdict_at != assessment.submitted_at:
            return []
        newest = newest_found
    return due_of([newest], today).get(newest.pk, [])


def due_of(
    rows: Sequence[Assessment], today: date | None = None, answers: Mapping[int, Answers] | None = None
) -> dict[int, list[Due]]:
    """What is due by row, for the newest versions of their systems as a list shows them; rows without are left out.

    Two queries for the open ones among them, however many rows; one where their `answers` are given. The rows'
    editions must be joined.
    """
    today = today or timezone.localdate()
    found: dict[int, list[Due]] = {}
    for row in rows:
        if row.ask_again_on is not None and row.ask_again_on <= today and row.deleted_at is None:
            sentence = _("Ask again: due since {day}").format(day=short_day(row.ask_again_on, today))
            found.setdefault(row.pk, []).append(Due(kind="date", sentence=sentence, since=row.ask_again_on))
    going_on = [row for row in rows if row.is_open and row.current_verdict_at is not None and not row.independent]
    if going_on:
        given = given_answers(going_on) if answers is None else answers
        told = _flips(going_on)
        for row in going_on:
            questionnaire = questionnaire_of(row.edition)
            for trigger in triggers(questionnaire, told.get(row.system_id, ())):
                answer = given.get(row.pk, {}).get(trigger.key)
                question = questionnaire.by_key[trigger.key]
                if answer is not None and answer.value is not None and is_met(question, trigger, answer.value):
                    sentence = _sentence(questionnaire, trigger, answer.value)
                    found.setdefault(row.pk, []).append(Due(kind="answer", sentence=sentence, key=trigger.key))
    return found


def triggers(questionnaire: Questionnaire, flips: Sequence[Mapping[str, Any]]) -> Iterator[Trigger]:
    """Of a kept result's flips what would have to happen, the nearest of each question; the same ones that its
    `revisit_when` names. Questions that this edition does not have are left out."""
    seen: set[str] = set()
    for flip in flips:
        change = flip["changes"][0]
        key = change["key"]
        if len(flip["changes"]) > 1 or change["kind"] != "happen" or key in FRAME or key in seen:
            continue
        seen.add(key)
        if len(seen) > MOST_CONDITIONS:
            return
        if key in questionnaire.by_key and change["from"] is not None:
            verdict = cast(Verdict, flip["verdict"])
            yield Trigger(key=key, before=_value(change["from"]), after=_value(change["to"]), verdict=verdict)


def is_met(question: Question, trigger: Trigger, now: Value) -> bool:
    """Whether the answer is what the trigger names, or beyond it in the same direction.

    >>> is_met(teams, Trigger(key="teams", before=2, after=3, verdict="extract"), 5)
    True
    """
    before, after = trigger.before, trigger.after
    if isinstance(before, tuple) and isinstance(after, tuple) and isinstance(now, tuple):
        joined, left = set(after) - set(before), set(before) - set(after)
        return joined <= set(now) and not left & set(now)
    places = [_place(question, value) for value in (before, after, now)]
    if None in places:
        return False
    was, wanted, is_now = cast(list[float], places)
    return is_now >= wanted if wanted > was else is_now <= wanted


def _place(question: Question, value: Value) -> float | None:
    """Where a value lies in the question's order; None for what is none of its values."""
    if isinstance(value, str):
        slugs = [option.value for option in question.options]
        return slugs.index(value) if value in slugs else None
    return value if isinstance(value, int | float) else None


def _sentence(questionnaire: Questionnaire, trigger: Trigger, now: Value) -> str:
    """What happened: "A third team joined: ask again"."""
    question = questionnaire.by_key[trigger.key]
    if trigger.key == "teams" and isinstance(now, int) and trigger.before == now - 1 and now in TEAM_JOINED:
        return TEAM_JOINED[now]
    return _("{subject}: now {answer}, which may mean “{verdict}”: ask again").format(
        subject=subject(question),
        answer=inside(questionnaire, words(question, now)),
        verdict=VERDICTS_INSIDE[trigger.verdict],
    )


def _flips(rows: Sequence[Assessment]) -> dict[int, Sequence[Mapping[str, Any]]]:
    """The flips kept by the standing version of each of these rows, by system. One query."""
    at = {row.system_id: row.current_verdict_at for row in rows}
    kept = Assessment.objects.filter(system__in=list(at), submitted_at__in=list(at.values()), deleted_at=None)
    values = kept.values_list("system_id", "submitted_at", KeyTransform("flips", "result"))
    return {system: flips or () for system, submitted_at, flips in values if at[system] == submitted_at}


def _value(stored: Any) -> Value:
    return tuple(stored) if isinstance(stored, list) else cast(Value, stored)
