"""The page of money: the figures, what follows from them, and a form that shows its sums before anything is saved."""

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from assess.assessments.facade import Assessment, judge, questionnaire_of
from assess.language import _, capitalised, day
from assess.money.facade import (
    EXAMPLES,
    FIGURE_BY_NAME,
    MONTHS,
    NEEDED,
    WAY_WORDS,
    WAYS,
    Range,
    Sums,
    amount_range_words,
    amount_words,
    break_even_words,
    build_payback,
    build_tornado,
    describe_break_even,
    describe_difference,
    describe_pain,
    describe_simplifications,
    describe_start_up_loss,
    texts_of,
)
from assess.people.facade import Ability, signed_in
from assess.planning.money.actions import (
    VersionMoney,
    build_money,
    figures_to_begin_with,
    save_money,
    undo_money,
)
from assess.planning.money.form import build_groups, problems_of_figures, read_content
from assess.planning.pages import PlanningPage, open_planning
from assess.planning.policies import why_not_change_money
from assess.planning.rows import moment_of
from assess.questionnaire.facade import Answers, Issue, ValidationFailed
from assess.web.facade import localdate_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def money(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    """The page. POST shows the sums of what was typed (`do=preview`), saves it (`do=save`) or takes the last change
    back (`do=undo`)."""
    ability = Ability.ANSWER if request.method == "POST" else None
    page = open_planning(request, assessment_id, why_not=why_not_change_money, ability=ability)
    answers = page.assessment.current_answers()
    verdict = verdict_of(page.assessment, answers)
    if request.method != "POST":
        figures = build_money(page.assessment, answers, verdict)
        earlier = figures_to_begin_with(page.assessment) if figures.row is None and page.may_change else None
        if earlier is not None:
            # What is still missing the page says; nobody has made a mistake yet.
            figures = replace(build_money(page.assessment, answers, verdict, earlier), issues=())
        return render_money(request, page, figures, is_of_earlier_version=earlier is not None)
    seen, do = request.POST.get("seen", ""), request.POST.get("do", "preview")
    if do not in ("preview", "save", "undo"):
        raise Http404
    typed = None if do == "undo" else read_content(request.POST)
    figures = build_money(page.assessment, answers, verdict, typed)
    try:
        if do == "undo":
            undo_money(page.assessment, seen=seen, by=page.user)
            messages.success(request, _("Undone. These are the figures from before."))
        elif do == "save":
            save_money(figures, page.assessment, seen=seen, by=page.user)
            messages.success(request, _("Saved. The report has these figures now."))
        else:
            return render_money(request, page, figures, figures.issues, is_preview=True)
    except ValidationFailed as failed:
        return render_money(request, page, figures, failed.issues)
    return redirect("money", page.assessment.pk)


def verdict_of(assessment: Assessment, answers: Answers) -> str:
    """The decision that stands, or the verdict that the answers lead to now."""
    if assessment.is_submitted:
        return assessment.overruled_to or assessment.verdict
    return judge(assessment, questionnaire_of(assessment.edition), answers).result.shown_verdict


def render_money(
    request: HttpRequest,
    page: PlanningPage,
    figures: VersionMoney,
    issues: "list[Issue] | tuple[Issue, ...]" = (),
    *,
    is_preview: bool = False,
    is_of_earlier_version: bool = False,
) -> HttpResponse:
    row = figures.row
    context = page.context(
        "money",
        money=figures,
        groups=build_groups(figures),
        problems=problems_of_figures(issues),
        is_preview=is_preview and not issues,
        is_of_earlier_version=is_of_earlier_version,
        is_saved=row is not None and bool(row.content.get("figures")),
        seen=moment_of(row),
        saved_by=_("{name}, {day}").format(
            name=row.saved_by, day=day(localdate_in(page.assessment.workspace, row.saved_at))
        )
        if row
        else "",
        workspace_currency=page.assessment.workspace.currency,
        missing=[
            _(FIGURE_BY_NAME[name].label)
            for name in NEEDED
            if name not in figures.defaults and not any(texts_of(figures.content, name))
        ],
        examples=EXAMPLES,
        loss=describe_start_up_loss(),
        **(describe_sums(figures.sums) if figures.sums else {}),
    )
    status = HTTPStatus.BAD_REQUEST if issues else HTTPStatus.OK
    return render(request, "planning/money.html", context, status=status)


def describe_sums(sums: Sums) -> dict[str, Any]:
    """What the page shows of the sums, in words."""
    differences = sums.differences

    def words(amounts: Range) -> str:
        return amount_range_words(amounts, sums.currency)

    def ends(amounts: Range) -> tuple[str, str]:
        return amount_words(amounts.low, sums.currency), amount_words(amounts.high, sums.currency)

    return {
        "sums": sums,
        "finding": describe_difference(sums).rstrip("."),
        "break_even": describe_break_even(sums.difference).rstrip("."),
        "pain": describe_pain(sums),
        "ways": [
            {
                "words": WAY_WORDS[way],
                "total": words(sums.ways[way].total),
                "against": words(differences[way].total) if way in differences else "",
                "break_even": capitalised(break_even_words(differences[way])) if way in differences else "",
            }
            for way in WAYS
        ],
        "tables": [
            {
                "title": title,
                "lines": [(line.words, line.working, *ends(line.range)) for line in each.lines if not line.is_nothing],
                "total": ends(each.total),
            }
            for title, each in (
                (_("What hurts, a month"), sums.pain),
                *((_("{way}: three years").format(way=WAY_WORDS[way]), sums.ways[way]) for way in WAYS),
            )
        ],
        "months": [
            (month, [words(difference.months[month]) for difference in differences.values()])
            for month in range(1, MONTHS + 1)
        ],
        "month_heads": [WAY_WORDS[way] for way in differences],
        "payback": build_payback(sums),
        "tornado": build_tornado(sums),
        "simplifications": describe_simplifications(),
    }
