"""What people do with assessments beside answering: start, submit, start the next version, delete, restore.

Each is one transaction with its event inside, and raises: PermissionDenied for somebody who is not
allowed to, ValidationFailed with what to do instead when the assessment's state does not allow it.
"""

import unicodedata
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone, translation

from assess.advice.facade import preparations_to_json
from assess.assessments import policies
from assess.assessments.consensus import build_consensus, disagreements_to_json
from assess.assessments.editions import newest_edition_like, questionnaire_of
from assess.assessments.event_kinds import EventKind
from assess.assessments.log import SavedAnswer, answer_event, payload_of, record_event, result_hash, write_events
from assess.assessments.models import Answer, Assessment, Edition, State, System
from assess.assessments.verdict_summary import refresh_summary
from assess.cases_file import published_cases
from assess.decision.facade import argue, decide, to_json
from assess.language import _
from assess.people.facade import Ability, Team, User, architects_of, check_can, notify
from assess.questionnaire.facade import Answer as AnswerValue
from assess.questionnaire.facade import Issue, ValidationFailed, answers_hash, name_key


@transaction.atomic
def start_assessment(
    *,
    team: Team,
    system_name: str,
    edition: Edition,
    by: User,
    carried: Mapping[str, AnswerValue] | None = None,
) -> Assessment:
    """The first version for a system of the team, made if need be; `carried` are earlier answers (the quick check).

    ValidationFailed when the system has a version already: that one goes on.
    """
    check_can(by, Ability.START, team)
    policies.raise_if_issue(policies.why_not_start_with(edition, team))
    name = unicodedata.normalize("NFC", " ".join(system_name.split()))
    if not name:
        raise ValidationFailed([Issue(code="no_name", key="system", message=_("Enter the name of the system"))])
    now = timezone.now()
    defaults = {"name": name, "workspace_id": team.workspace_id, "created_by": by, "created_at": now}
    System.objects.get_or_create(team=team, name_key=name_key(name), defaults=defaults)
    system = System.objects.select_for_update().get(team=team, name_key=name_key(name))
    if system.assessments.filter(deleted_at=None).exists():
        message = _("{system} has an assessment already: open it, or enter another name").format(system=system)
        raise ValidationFailed([Issue(code="has_assessment", key="system", message=message)])
    assessment = create_version(system, edition, by=by, at=now)
    payload = {"carried": len(carried or {})}
    record_event(assessment, EventKind.STARTED, by=by, at=now, payload=payload, rows=[assessment])
    write_first_answers(assessment, carried or {}, by=by, at=now)
    return assessment


@transaction.atomic
def submit_assessment(assessment: Assessment, *, by: User) -> Assessment:
    """Close the version: keep the hash of its answers and the result, after which neither changes.

    Its link in the record costs two queries, three on PostgreSQL.
    """
    check_can(by, Ability.SUBMIT, assessment.system.team)
    locked = Assessment.objects.locked(assessment.pk)
    answers = locked.current_answers()
    policies.raise_if_issue(policies.why_not_submit(locked, sum(answer.is_known for answer in answers.values())))
    now = timezone.now()
    # What is kept is in the site's language, so that nothing depends on the language of the person who submits.
    with translation.override(settings.LANGUAGE_CODE):
        questionnaire = questionnaire_of(locked.edition)
        result = decide(questionnaire, answers)
        disagreements = disagreements_to_json(build_consensus(locked)) if locked.answers_separately else None
        argument = argue(questionnaire, answers, result, published_cases())
        prepared = preparations_to_json(questionnaire, answers, result)
    locked.state = State.SUBMITTED
    locked.submitted_at, locked.submitted_by = now, by
    locked.updated_at, locked.updated_by = now, by
    locked.answers_hash = answers_hash(questionnaire, answers)
    locked.model_version = result.model_version
    locked.verdict = result.shown_verdict
    locked.form = result.form if result.shown_verdict else ""
    locked.result = to_json(result, argument, disagreements, prepared)
    locked.save()
    payload = {
        "answers_hash": locked.answers_hash,
        "verdict": locked.verdict,
        "form": locked.form,
        # Of what the database gives back, which may write a number otherwise than it was given.
        "result_hash": result_hash(Assessment.objects.values_list("result", flat=True).get(pk=locked.pk)),
    }
    record_event(locked, EventKind.SUBMITTED, by=by, at=now, payload=payload, rows=[locked])
    refresh_summary(locked.system)
    text = _("{system}, version {version} of {team} was submitted by {person} and waits for a review.").format(
        system=locked.system, version=locked.version, team=locked.system.team, person=by
    )
    reviewers = [person for person in architects_of(locked.workspace_id) if person.pk != by.pk]
    notify(reviewers, text, reverse("assessment-decision", args=[locked.pk]))
    return locked


@transaction.atomic
def start_next_version(assessment: Assessment, *, by: User) -> Assessment:
    """A new open version, without answers: this one's are suggested there until they are confirmed (`suggestions`).

    It is asked by the newest edition of the same questionnaire; by this one's, even a retired one, where none is newer.
    """
    check_can(by, Ability.START, assessment.system.team)
    locked = Assessment.objects.locked(assessment.pk)
    newest = locked.system.assessments.filter(deleted_at=None).aggregate(Max("version"))["version__max"]
    policies.raise_if_issue(policies.why_not_start_next_version(locked, newest))
    now = timezone.now()
    newer = newest_edition_like(locked.edition)
    edition = newer if newer.version > locked.edition.version else locked.edition
    following = create_version(locked.system, edition, by=by, at=now)
    payload = {"from_version": locked.version}
    record_event(following, EventKind.STARTED, by=by, at=now, payload=payload, rows=[following])
    return following


@transaction.atomic
def delete_assessment(assessment: Assessment, *, by: User) -> Assessment:
    """Put a draft out of sight. Nothing of it is removed, and `restore` brings it back.

    What was submitted is never deleted: the team withdraws it (`review.actions.withdraw`).
    """
    check_can(by, Ability.DELETE, assessment.system.team)
    locked = Assessment.objects.locked(assessment.pk)
    policies.raise_if_issue(policies.why_not_delete(locked))
    now = timezone.now()
    locked.deleted_at, locked.deleted_by, locked.is_newest = now, by, False
    locked.save(update_fields=("deleted_at", "deleted_by", "is_newest"))
    record_event(locked, EventKind.DELETED, by=by, at=now, rows=[locked])
    refresh_summary(locked.system)
    return locked


@transaction.atomic
def restore_assessment(assessment: Assessment, *, by: User) -> Assessment:
    """Bring a deleted version back as it was."""
    check_can(by, Ability.DELETE, assessment.system.team)
    locked = Assessment.objects.locked(assessment.pk)
    another = locked.system.assessments.filter(submitted_at=None, deleted_at=None).exclude(pk=locked.pk)
    policies.raise_if_issue(policies.why_not_restore(locked, another_is_open=another.exists()))
    locked.deleted_at, locked.deleted_by = None, None
    locked.save(update_fields=("deleted_at", "deleted_by"))
    record_event(locked, EventKind.RESTORED, by=by, at=timezone.now(), rows=[locked])
    refresh_summary(locked.system)
    return locked


def create_version(system: System, edition: Edition, *, by: User, at: datetime) -> Assessment:
    """An open version without answers, one higher than any version of the system."""
    # Deleted versions keep their numbers, so that restoring one never meets another of the same number.
    newest = system.assessments.aggregate(Max("version"))["version__max"] or 0
    assessment = Assessment.objects.create(
        system=system,
        workspace_id=system.workspace_id,
        team_id=system.team_id,
        is_newest=False,
        version=newest + 1,
        edition=edition,
        created_at=at,
        created_by=by,
        updated_at=at,
        updated_by=by,
    )
    refresh_summary(system)
    assessment.refresh_from_db()
    return assessment


def write_first_answers(assessment: Assessment, answers: Mapping[str, AnswerValue], *, by: User, at: datetime) -> None:
    """The first answers of a new assessment, each with its event."""
    entries = [SavedAnswer(key=key, answered=True, answer=answer, version=1) for key, answer in answers.items()]
    Answer.objects.bulk_create(
        Answer(
            assessment=assessment,
            key=entry.key,
            answered=True,
            version=1,
            answered_at=at,
            answered_by=by,
            **payload_of(entry.answer),
        )
        for entry in entries
    )
    write_events(assessment.pk, [answer_event(entry, assessment_id=assessment.pk, by=by, at=at) for entry in entries])
