"""The addresses of money, plan, preparations, design decisions, pitfalls and outcomes."""

from django.urls import URLPattern, path

from assess.planning.design import views as design_views
from assess.planning.goals.views import goals
from assess.planning.merging.views import merging
from assess.planning.money.views import money
from assess.planning.outcomes.case_views import case
from assess.planning.outcomes.views import outcome
from assess.planning.pitfalls.views import pitfalls
from assess.planning.plan import views as plan
from assess.planning.preparation.views import preparation, waive_preparation

urlpatterns: list[URLPattern] = [
    path("<int:assessment_id>/money/", money, name="money"),
    path("<int:assessment_id>/goals/", goals, name="goals"),
    path("<int:assessment_id>/plan/", plan.plan, name="plan"),
    path("<int:assessment_id>/plan/add/", plan.step, name="plan-add"),
    path("<int:assessment_id>/plan/<int:step_id>/", plan.step, name="plan-step"),
    path("<int:assessment_id>/plan/<int:step_id>/change/", plan.change, name="plan-change"),
    path("<int:assessment_id>/preparation/", preparation, name="preparation"),
    path("<int:assessment_id>/preparation/waive/", waive_preparation, name="preparation-waive"),
    path("<int:assessment_id>/design/", design_views.design, name="design"),
    path("<int:assessment_id>/design/<slug:key>/", design_views.design_decision, name="design-decision"),
    path("<int:assessment_id>/pitfalls/", pitfalls, name="pitfalls"),
    path("<int:assessment_id>/merging/", merging, name="merging"),
    path("<int:assessment_id>/outcome/", outcome, name="outcome"),
    path("<int:assessment_id>/outcome/case/", case, name="outcome-case"),
]
