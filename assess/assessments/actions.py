"""What people do with assessments beside answering: start, submit, go on, delete, restore.

Each is one transaction with its event inside, and raises: PermissionDenied for somebody who is not
allowed to, ValidationFailed with what to do instead when the assessment's state does not allow it.
"""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone, translation

from assess.assessments import policies
from assess.assessments.editions import newest_of_same, questionnaire_of
from assess.assessments.log import Entry, event_of, payload_of, record, result_hash, write
from assess.assessments.models import Answer, Assessment, Edition, EventKind, State, System
from assess.assessments.together import as_json, table_of
from assess.assessments.verdict_summary import refresh_summary
from assess.cases_file import published_cases
from assess.decision.facade import argue, decide, to_json
from assess.language import _
from assess.people.facade import Ability, Team, User, architects_of, check_can, notify
from assess.questionnaire.facade import Answer as AnswerValue
from assess.questionnaire.facade import Issue, ValidationFailed, answers_hash


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
    policies.check(policies.why_not_start_with(edition, team))
    name = " ".join(system_name.split())
    if not name:
        raise ValidationFailed([Issue(code="no_name", key="system", message=_("Enter the name of the system"))])
    now = timezone.now()
    System.objects.get_or_create(
        team=team, name=name, defaults={"workspace_id": team.workspace_id, "created_by": by, "created_at": now}
    )
    system = System.objects.select_for_update().get(team=team, name=name)
    if system.assessments.filter(deleted_at=None).exists():
        message = _("{system} has an assessment already: open it, or enter another name").format(system=name)
        raise ValidationFailed([Issue(code="has_assessment", key="system", message=message)])
    assessment = _new_version(system, edition, by=by, at=now)
    record(assessment, EventKind.STARTED, by=by, at=now, payload={"carried": len(carried or {})})
    _write_answers(assessment, carried or {}, by=by, at=now)
    return assessment


@transaction.atomic
def submit_assessment(assessment: Assessment, *, by: User) -> Assessment:
    """Close the version: keep the hash of its answers and the result, after which neither changes."""
    locked = _locked(assessment, Ability.SUBMIT, by=by)
    answers = locked.given_answers()
    policies.check(policies.why_not_submit(locked, sum(answer.is_known for answer in answers.values())))
    now = timezone.now()
    # What is kept is in the site's language, so that nothing depends on the language of whoever submits.
    with translation.override(settings.LANGUAGE_CODE):
        questionnaire = questionnaire_of(locked.edition)
        result = decide(questionnaire, answers)
        apart = as_json(table_of(locked)) if locked.independent else None
        kept = to_json(result, argue(questionnaire, answers, result, published_cases()), apart)
    locked.state = State.SUBMITTED
    locked.submitted_at, locked.submitted_by = now, by
    locked.updated_at, locked.updated_by = now, by
    locked.answers_hash = answers_hash(questionnaire, answers)
    locked.model_version = result.model_version
    locked.verdict, locked.form = result.verdict, result.form
    locked.result = kept
    locked.save()
    payload = {
        "answers_hash": locked.answers_hash,
        "verdict": locked.verdict,
        "form": locked.form,
        # Of what the database gives back, which may write a number otherwise than it was given.
        "result_hash": result_hash(Assessment.objects.values_list("result", flat=True).get(pk=locked.pk)),
    }
    record(locked, EventKind.SUBMITTED, by=by, at=now, payload=payload)
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
    locked = _locked(assessment, Ability.START, by=by)
    newest = locked.system.assessments.filter(deleted_at=None).aggregate(Max("version"))["version__max"]
    policies.check(policies.why_not_go_on(locked, newest))
    now = timezone.now()
    newer = newest_of_same(locked.edition)
    edition = newer if newer.version > locked.edition.version else locked.edition
    following = _new_version(locked.system, edition, by=by, at=now)
    record(following, EventKind.STARTED, by=by, at=now, payload={"from_version": locked.version})
    return following


@transaction.atomic
def delete_assessment(assessment: Assessment, *, by: User) -> Assessment:
    """Put the version out of sight. Nothing of it is removed, and `restore` brings it back."""
    locked = _locked(assessment, Ability.DELETE, by=by)
    policies.check(policies.why_not_delete(locked))
    now = timezone.now()
    locked.deleted_at, locked.deleted_by, locked.is_newest = now, by, False
    locked.save(update_fields=("deleted_at", "deleted_by", "is_newest"))
    record(locked, EventKind.DELETED, by=by, at=now)
    refresh_summary(locked.system)
    return locked


@transaction.atomic
def restore_assessment(assessment: Assessment, *, by: User) -> Assessment:
    """Bring a deleted version back as it was."""
    locked = _locked(assessment, Ability.DELETE, by=by)
    another = locked.system.assessments.filter(submitted_at=None, deleted_at=None).exclude(pk=locked.pk)
    policies.check(policies.why_not_restore(locked, another_is_open=another.exists()))
    locked.deleted_at, locked.deleted_by = None, None
    locked.save(update_fields=("deleted_at", "deleted_by"))
    record(locked, EventKind.RESTORED, by=by, at=timezone.now())
    refresh_summary(locked.system)
    return locked


def _locked(assessment: Assessment, ability: Ability, *, by: User) -> Assessment:
    """The assessment as it is now, held with its system against everybody else until the transaction ends."""
    check_can(by, ability, assessment.system.team)
    System.objects.select_for_update().get(pk=assessment.system_id)
    held = Assessment.objects.select_for_update().get(pk=assessment.pk)
    held.system = assessment.system
    return held


def _new_version(system: System, edition: Edition, *, by: User, at: datetime) -> Assessment:
    # Deleted versions keep their numbers, so that restoring one never meets another of the same number.
    newest = system.assessments.aggregate(Max("version"))["version__max"] or 0
    made = Assessment.objects.create(
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
    made.refresh_from_db()
    return made


def _write_answers(assessment: Assessment, answers: Mapping[str, AnswerValue], *, by: User, at: datetime) -> None:
    """The first answers of a new assessment, each with its event."""
    entries = [Entry(key=key, answered=True, answer=answer, version=1) for key, answer in answers.items()]
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
    write(assessment.pk, [event_of(entry, assessment_id=assessment.pk, by=by, at=at) for entry in entries])
