"""When a verdict is due: its date has passed, or a later answer meets one of its triggers.

Triggers are kept in the result of the submitted version: single changes that would have to happen to the system
(`decision.argue`). Answers that people give separately are left out until the version is submitted: not everybody may
see them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, cast

from django.db.models.fields.json import KeyTransform

from assess.assessments.answers import current_answers
from assess.assessments.editions import questionnaire_of
from assess.assessments.formatting import format_short_date
from assess.assessments.models import Assessment
from assess.assessments.planned_changes import from_stored
from assess.decision.facade import FRAME, MOST_CONDITIONS, VERDICTS_INSIDE, Verdict, format_value, inside, subject
from assess.language import N_, Words, _
from assess.questionnaire.facade import Answers, Question, Questionnaire, Value
from assess.web.facade import localdate_in

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
class DueReason:
    """One reason to ask for a system's verdict again, as a sentence without its full stop."""

    kind: Literal["date", "answer"]
    sentence: str
    key: str = ""  #: of the answer that met a trigger
    since: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Trigger:
    """A change of one answer that would change the verdict; met by `after` and by what lies beyond it."""

    key: str
    before: Value
    after: Value
    verdict: Verdict


def due_reasons(assessment: Assessment, now: datetime) -> list[DueReason]:
    """Why the verdict of this version's system is to be asked again; for its newest version, and for the version that
    its verdict comes from. Empty for any other. At most four queries."""
    if assessment.is_newest:
        return due_reasons_of([assessment], now).get(assessment.pk, [])
    versions = Assessment.objects.filter(system=assessment.system_id, is_newest=True, deleted_at=None)
    newest = versions.select_related("edition", "workspace").defer("result", "edition__content").first()
    if newest is None or newest.current_verdict_at != assessment.submitted_at:
        return []
    return due_reasons_of([newest], now).get(newest.pk, [])


def due_reasons_of(
    newest_versions: Sequence[Assessment], now: datetime, answers: Mapping[int, Answers] | None = None
) -> dict[int, list[DueReason]]:
    """As `due_reasons`, by id of these newest versions of their systems; those without a reason are left out.

    A date has passed by the day of the version's workspace. Two queries for the open ones among them, however many
    there are; one where their `answers` are given. Their editions and workspaces must be joined.
    """
    reasons: dict[int, list[DueReason]] = {}
    for version in newest_versions:
        since, today = version.ask_again_on, localdate_in(version.workspace, now)
        if since is not None and since <= today and version.deleted_at is None:
            sentence = _("Ask again: due since {day}").format(day=format_short_date(since, today))
            reasons.setdefault(version.pk, []).append(DueReason(kind="date", sentence=sentence, since=since))
    open_versions = [
        version
        for version in newest_versions
        if version.is_open and version.current_verdict_at is not None and not version.answers_separately
    ]
    if not open_versions:
        return reasons
    if answers is None:
        answers = current_answers(open_versions)
    flips = load_flips(open_versions)
    for version in open_versions:
        questionnaire = questionnaire_of(version.edition)
        for trigger in find_triggers(questionnaire, flips.get(version.system_id, ())):
            answer = answers.get(version.pk, {}).get(trigger.key)
            question = questionnaire.by_key[trigger.key]
            if answer is not None and answer.value is not None and is_trigger_met(question, trigger, answer.value):
                sentence = describe_met_trigger(questionnaire, trigger, answer.value)
                reasons.setdefault(version.pk, []).append(DueReason(kind="answer", sentence=sentence, key=trigger.key))
    return reasons


def find_triggers(questionnaire: Questionnaire, flips: Sequence[Mapping[str, Any]]) -> Iterator[Trigger]:
    """The flips of a kept result that would have to happen to the system: the nearest of each question, as its
    `revisit_when` names them. Questions that this edition does not have are left out."""
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
            yield Trigger(key=key, before=from_stored(change["from"]), after=from_stored(change["to"]), verdict=verdict)


def is_trigger_met(question: Question, trigger: Trigger, answer: Value) -> bool:
    """Whether the answer is what the trigger names, or beyond it in the same direction.

    >>> is_trigger_met(teams, Trigger(key="teams", before=2, after=3, verdict="extract"), 5)
    True
    """
    before, after = trigger.before, trigger.after
    if isinstance(before, tuple) and isinstance(after, tuple) and isinstance(answer, tuple):
        joined, left = set(after) - set(before), set(before) - set(after)
        return joined <= set(answer) and not left & set(answer)
    positions = [position_on_scale(question, value) for value in (before, after, answer)]
    if None in positions:
        return False
    start, end, present = cast(list[float], positions)
    return present >= end if end > start else present <= end


def position_on_scale(question: Question, value: Value) -> float | None:
    """Where a value lies on the question's scale; None for anything that is not on it."""
    if isinstance(value, str):
        slugs = [option.value for option in question.options]
        return slugs.index(value) if value in slugs else None
    return value if isinstance(value, int | float) else None


def describe_met_trigger(questionnaire: Questionnaire, trigger: Trigger, now: Value) -> str:
    """What happened: "A third team joined: ask again"."""
    question = questionnaire.by_key[trigger.key]
    if trigger.key == "teams" and isinstance(now, int) and trigger.before == now - 1 and now in TEAM_JOINED:
        return TEAM_JOINED[now]
    return _("{subject}: now {answer}, which may mean “{verdict}”: ask again").format(
        subject=subject(question),
        answer=inside(questionnaire, format_value(question, now)),
        verdict=VERDICTS_INSIDE[trigger.verdict],
    )


def load_flips(open_versions: Sequence[Assessment]) -> dict[int, Sequence[Mapping[str, Any]]]:
    """The flips in the newest submitted result of each version's system, by system. One query."""
    submitted_at = {version.system_id: version.current_verdict_at for version in open_versions}
    submitted = Assessment.objects.filter(
        system__in=list(submitted_at), submitted_at__in=list(submitted_at.values()), deleted_at=None
    )
    values = submitted.values_list("system_id", "submitted_at", KeyTransform("flips", "result"))
    return {system: flips or () for system, at, flips in values if submitted_at[system] == at}
