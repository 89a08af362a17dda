"""The page of the plan, and the page of one step. All of it works without a script."""

from http import HTTPStatus
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from assess.advice.facade import CASE_ORDER, CASE_REACHED, STAGE_WORDS, Timeline
from assess.assessments.facade import Assessment
from assess.language import N_, _, ngettext
from assess.people.facade import Ability, signed_in
from assess.planning.fields import add_issues, list_problems
from assess.planning.models import PlanStep
from assess.planning.pages import PlanningPage, open_planning
from assess.planning.plan import actions
from assess.planning.plan.form import BeginForm, StepForm
from assess.planning.plan.steps import advise_plan, load_timeline, unfinished_steps_before
from assess.planning.policies import why_not_change_plan
from assess.planning.rows import moment_of, today_of
from assess.questionnaire.facade import ValidationFailed
from assess.web.facade import add_error_messages, parse_number

#: Files of the plan: the end of the address, and the words of the link.
FILES: Final = (
    ("plan.md", N_("Markdown")),
    ("plan-adr.md", N_("Decision record")),
    ("plan.ics", N_("Calendar")),
    ("plan-jira.csv", N_("Jira")),
    ("plan-github.csv", N_("GitHub")),
    ("plan-linear.csv", N_("Linear")),
    ("plan.csv", N_("CSV")),
)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def plan(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    """The page; POST begins the plan, from the steps that the verdict calls for or from the version before."""
    if request.method != "POST":
        page = open_plan(request, assessment_id)
        today = today_of(page.assessment)
        return render_plan(request, page, BeginForm(initial={"starts_on": today}, auto_id="f-%s"))
    page = open_plan(request, assessment_id, Ability.ANSWER)
    form = BeginForm(request.POST, auto_id="f-%s")
    try:
        if "take_over" in request.POST:
            steps = actions.take_over_steps(page.assessment, by=page.user)
        elif form.is_valid():
            steps = actions.begin_plan(page.assessment, starts_on=form.cleaned_data["starts_on"], by=page.user)
        else:
            return render_plan(request, page, form)
    except ValidationFailed as failed:
        add_error_messages(request, failed)
        return redirect("plan", page.assessment.pk)
    words = ngettext("The plan has {count} new step.", "The plan has {count} new steps.", len(steps))
    messages.success(request, words.format(count=len(steps)))
    return redirect("plan", page.assessment.pk)


def open_plan(request: HttpRequest, assessment_id: int, ability: Ability | None = None) -> PlanningPage:
    return open_planning(request, assessment_id, why_not=why_not_change_plan, ability=ability)


def render_plan(request: HttpRequest, page: PlanningPage, form: BeginForm) -> HttpResponse:
    timeline = load_timeline(page.assessment)
    advised = () if timeline.lines else advise_plan(page.assessment)
    undo = parse_number(request.GET.get("undo", "")) if page.may_change else None
    earlier = unfinished_steps_before(page.assessment) if page.may_change else []
    present = {(line.code, line.stage, line.title) for line in timeline.lines}
    context = page.context(
        "plan",
        timeline=timeline,
        dropped=[line for line in timeline.lines if line.state == "dropped"],
        advised=advised,
        stages=list(dict.fromkeys(STAGE_WORDS[step.stage] for step in advised)),
        earlier=[step for step in earlier if (step.code, step.stage, step.title) not in present],
        undo=next((line for line in timeline.lines if line.pk == undo and line.state == "dropped"), None),
        form=form,
        files=[(reverse("plan-file", args=[page.assessment.pk, name]), _(words)) for name, words in FILES],
        why_not=why_not_change_plan(page.assessment),
        case_order=[(_(name), _(why)) for name, why in CASE_ORDER] if is_extraction(timeline) else [],
        case_reached=[tuple(map(_, row)) for row in CASE_REACHED],
    )
    return render(request, "planning/plan.html", context, status=HTTPStatus.BAD_REQUEST if form.errors else None)


def is_extraction(timeline: Timeline) -> bool:
    """Whether the plan takes parts out of a monolith, as S3's case does."""
    return any(line.code.startswith("extract.") for line in timeline.lines)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def step(request: HttpRequest, assessment_id: int, step_id: int | None = None) -> HttpResponseBase:
    """The form of a step; without `step_id` of a new one. POST saves it."""
    page = open_plan(request, assessment_id, Ability.ANSWER)
    row = None if step_id is None else get_step(page.assessment, step_id)
    stages = stages_of(page.assessment, row)
    form = StepForm(request.POST if request.method == "POST" else None, stages=stages, step=row)
    if form.is_bound and form.is_valid():
        try:
            if row is None:
                row = actions.add_step(page.assessment, form.content(), by=page.user)
            else:
                row = actions.change_step(row, form.content(), seen=request.POST.get("seen", ""), by=page.user)
        except ValidationFailed as failed:
            add_issues(form, failed.issues)
        else:
            messages.success(request, _("“{title}” is saved.").format(title=row.title))
            return redirect(f"{reverse('plan', args=[page.assessment.pk])}#step-{row.pk}")
    context = page.context(
        "plan", form=form, step=row, seen=moment_of(row), problems=list_problems(form, with_labels=True)
    )
    return render(request, "planning/plan_step.html", context, status=HTTPStatus.BAD_REQUEST if form.errors else None)


def stages_of(assessment: Assessment, row: PlanStep | None) -> list[tuple[str, str]]:
    """The stages that a step may belong to: those of the plan, or preparation where it has none yet."""
    slugs = [*dict.fromkeys(assessment.plan_steps.values_list("stage", flat=True)), *([row.stage] if row else [])]
    return [(slug, STAGE_WORDS.get(slug, slug)) for slug in dict.fromkeys(slugs or ["prepare"])]


def get_step(assessment: Assessment, step_id: int) -> PlanStep:
    row: PlanStep = get_object_or_404(assessment.plan_steps, pk=step_id)
    row.assessment = assessment
    return row


@require_POST
@signed_in
def change(request: HttpRequest, assessment_id: int, step_id: int) -> HttpResponseBase:
    """One press of a button beside a step: `do` says which."""
    page = open_plan(request, assessment_id, Ability.ANSWER)
    row = get_step(page.assessment, step_id)
    do, anchor = request.POST.get("do", ""), f"#step-{row.pk}"
    try:
        match do:
            case "up" | "down":
                actions.move_step(row, do, by=page.user)
            case "done":
                actions.set_state(row, PlanStep.State.DONE, by=page.user)
            case "open":
                actions.set_state(row, PlanStep.State.TO_DO, by=page.user)
            case "drop":
                actions.set_state(row, PlanStep.State.DROPPED, by=page.user)
                anchor = f"?undo={row.pk}"
            case _other:
                raise Http404
    except ValidationFailed as failed:
        add_error_messages(request, failed)
    return redirect(f"{reverse('plan', args=[page.assessment.pk])}{anchor}")
