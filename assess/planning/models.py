"""What a version's team plans after the verdict: money, steps, goals, preparations, design decisions, outcomes.

All rows belong to one version and are sealed by its events. None of them changes an answer or the verdict.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from assess.assessments.facade import Assessment
from assess.people.facade import User

MAX_NOTE: int = settings.LIMITS["note"]


class MoneyInputs(models.Model):
    """The figures behind a version's sums: one row. `content` is what `money.read_inputs` reads: the form's texts."""

    assessment = models.OneToOneField(Assessment, on_delete=models.CASCADE, related_name="money_inputs")
    content = models.JSONField()
    currency = models.CharField(max_length=3)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"money of {self.assessment_id}"


class PlanStep(models.Model):
    """One step of the plan. `code` is the step of `advice` that it began as, "" for one that somebody added.

    `text` columns are as somebody left them, in the language in which the plan was begun.
    """

    class State(models.TextChoices):
        TO_DO = "to_do"
        DOING = "doing"
        DONE = "done"
        DROPPED = "dropped"

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="plan_steps")
    code = models.CharField(max_length=80, blank=True)
    stage = models.CharField(max_length=40)
    place = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    done_when = models.CharField(max_length=500)
    owner = models.CharField(max_length=120, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.TO_DO)
    note = models.TextField(blank=True, max_length=MAX_NOTE)
    done_at = models.DateTimeField(null=True, blank=True)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("place", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) | (~Q(state="done") & Q(done_at=None)),
                name="plan_step_done_at",
            ),
        )
        indexes = (models.Index(fields=("due_on",), condition=Q(state__in=("to_do", "doing")), name="plan_step_due"),)

    def __str__(self) -> str:
        return self.title


class Goal(models.Model):
    """What one figure is today and has to become: the plan is measured by it. Figures are `advice.GOAL_FIGURES`."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="goals")
    figure = models.CharField(max_length=40)
    baseline = models.FloatField()
    target = models.FloatField()
    target_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True, max_length=MAX_NOTE)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("assessment", "figure"), name="one_goal_a_figure"),)

    def __str__(self) -> str:
        return f"goal {self.figure} of {self.assessment_id}"


class GoalReading(models.Model):
    """One figure as it was measured on a day, to draw before and after."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="goal_readings")
    figure = models.CharField(max_length=40)
    value = models.FloatField()
    measured_on = models.DateField()
    note = models.TextField(blank=True, max_length=MAX_NOTE)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("assessment", "figure", "measured_on"), name="one_goal_reading_a_figure_and_day"
            ),
        )

    def __str__(self) -> str:
        return f"{self.figure} on {self.measured_on} of {self.assessment_id}"


class PreparationMark(models.Model):
    """An item of the four lists that a person ticked, with the day and the proof, or that an architect waived, with
    the reason and an end. `text` is the proof or the reason."""

    class Kind(models.TextChoices):
        TICKED = "ticked"
        WAIVED = "waived"

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="preparation_marks")
    item = models.CharField(max_length=40)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    text = models.TextField(max_length=MAX_NOTE)
    link = models.URLField(blank=True, max_length=2000)
    ends_on = models.DateField(null=True, blank=True)
    marked_on = models.DateField()
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("assessment", "item"), name="one_preparation_mark_an_item"),
            models.CheckConstraint(
                condition=(Q(kind="waived", ends_on__isnull=False) | Q(kind="ticked", ends_on=None)) & ~Q(text=""),
                name="preparation_waiver_ends",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.item} of {self.assessment_id}"


class DesignDecision(models.Model):
    """What the team decided about one of `advice.DESIGN_QUESTIONS`: the option and why."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="design_decisions")
    key = models.CharField(max_length=40)
    option = models.CharField(max_length=40)
    reason = models.TextField(max_length=MAX_NOTE)
    decided_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("assessment", "key"), name="one_design_decision_a_question"),)

    def __str__(self) -> str:
        return f"{self.key} of {self.assessment_id}"


class Outcome(models.Model):
    """What became of a signed decision after 6 or 12 months. `figures` are numbers by `advice.OUTCOME_FIGURES`."""

    class Followed(models.TextChoices):
        AS_DECIDED = "as_decided"
        PARTLY = "partly"
        OTHERWISE = "otherwise"
        NOT_BEGUN = "not_begun"

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="outcomes")
    months = models.PositiveSmallIntegerField()
    followed = models.CharField(max_length=20, choices=Followed.choices)
    was_right = models.BooleanField(null=True)
    text = models.TextField(max_length=MAX_NOTE)
    lesson = models.TextField(blank=True, max_length=MAX_NOTE)
    figures = models.JSONField(default=dict)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("assessment", "months"), name="one_outcome_after_so_many_months"),
            models.CheckConstraint(condition=Q(months__in=(6, 12)), name="outcome_after_6_or_12_months"),
        )

    def __str__(self) -> str:
        return f"outcome after {self.months} months of {self.assessment_id}"
