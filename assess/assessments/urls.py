"""The addresses of assessments."""

from django.urls import path

from assess.assessments.views import answering, closing, lists, starting, suggestions, what_if

urlpatterns = [
    path("", lists.assessments, name="assessments"),
    path("new/", starting.new, name="assessment-new"),
    path("<int:assessment_id>/", answering.overview, name="assessment"),
    path("<int:assessment_id>/sections/<slug:slug>/", answering.section, name="assessment-section"),
    path("<int:assessment_id>/answers", answering.save, name="assessment-answers"),
    path("<int:assessment_id>/suggestions/", suggestions.suggestions, name="assessment-suggestions"),
    path("<int:assessment_id>/review/", closing.review, name="assessment-review"),
    path("<int:assessment_id>/result/", closing.result, name="assessment-result"),
    path("<int:assessment_id>/what-if/", what_if.what_if, name="assessment-what-if"),
    path("<int:assessment_id>/plan/", what_if.keep_plan, name="assessment-plan"),
    path("<int:assessment_id>/plan/drop/", what_if.drop_plan, name="assessment-plan-drop"),
    path("<int:assessment_id>/submit/", closing.submit, name="assessment-submit"),
    path("<int:assessment_id>/next-version/", closing.next_version, name="assessment-next-version"),
    path("<int:assessment_id>/delete/", closing.delete, name="assessment-delete"),
    path("<int:assessment_id>/restore/", closing.restore, name="assessment-restore"),
]
