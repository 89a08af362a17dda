"""One row of each model of `planning` and of measurements, with the event that records it."""

import io
from datetime import date, timedelta

from django.db.models import Model
from django.utils import timezone

from assess.assessments.event_kinds import EventKind
from assess.assessments.log import record_event
from assess.assessments.measurements.models import Measurement, MeasurementPreview
from assess.assessments.models import Assessment
from assess.measurements.facade import Options, read_measurements, to_json
from assess.people.models import User
from assess.planning.models import DesignDecision, Goal, GoalReading, MoneyInputs, Outcome, PlanStep, PreparationMark
from tests.measurement_samples import deploys_csv, sixty_runs


def add_planning_rows(assessment: Assessment, by: User) -> None:
    """Write the rows as the site would have; their texts are `mark_of` the field."""
    today = date.today()
    MeasurementPreview.objects.create(assessment=assessment, content={}, file_name="a", sha256="0" * 64, read_by=by)
    rows: list[tuple[EventKind, Model]] = [
        (
            EventKind.MEASUREMENT_ATTACHED,
            Measurement.objects.create(
                assessment=assessment, kind="deploys", shape="csv", file_name="deploys.csv", sha256="1" * 64,
                content=to_json(read_measurements(io.BytesIO(deploys_csv(sixty_runs())), options=Options())),
                attached_by=by,
            ),
        ),
        (
            EventKind.MONEY_CHANGED,
            MoneyInputs.objects.create(assessment=assessment, content={}, currency="USD", saved_by=by),
        ),
        (
            EventKind.STEPS_CHANGED,
            PlanStep.objects.create(
                assessment=assessment, stage="prepare", place=1, title=mark_of("planstep", "title"),
                done_when=mark_of("planstep", "done_when"), owner=mark_of("planstep", "owner"),
                note=mark_of("planstep", "note"), starts_on=today, due_on=today, state="done",
                done_at=timezone.now(), saved_by=by,
            ),
        ),
        (
            EventKind.GOAL_CHANGED,
            Goal.objects.create(
                assessment=assessment, figure="deploy_minutes", baseline=45, target=10, target_on=today,
                note=mark_of("goal", "note"), saved_by=by,
            ),
        ),
        (
            EventKind.GOAL_MEASURED,
            GoalReading.objects.create(
                assessment=assessment, figure="deploy_minutes", value=30, measured_on=today,
                note=mark_of("goalreading", "note"), saved_by=by,
            ),
        ),
        (
            EventKind.PREPARATION_WAIVED,
            PreparationMark.objects.create(
                assessment=assessment, item="service_mesh", kind="waived", text=mark_of("preparationmark", "text"),
                link=f"https://{mark_of('preparationmark', 'link')}.example/", marked_on=today,
                ends_on=today + timedelta(days=30), saved_by=by,
            ),
        ),
        (
            EventKind.DESIGN_DECIDED,
            DesignDecision.objects.create(
                assessment=assessment, key="data", option="database_each",
                reason=mark_of("designdecision", "reason"), decided_by=by,
            ),
        ),
        (
            EventKind.OUTCOME_RECORDED,
            Outcome.objects.create(
                assessment=assessment, months=6, followed="partly", was_right=True, text=mark_of("outcome", "text"),
                lesson=mark_of("outcome", "lesson"), saved_by=by,
            ),
        ),
    ]  # fmt: skip
    for kind, row in rows:
        record_event(Assessment.objects.get(pk=assessment.pk), kind, by=by, rows=[row])


def mark_of(model: str, field: str) -> str:
    """What is written into a field: found nowhere else."""
    return f"Zq{model}{field.replace('_', '')}x"
