"""The addresses of assessments."""

from django.urls import path

from assess.assessments.views import (
    answering,
    asking,
    closing,
    joining,
    lists,
    mine,
    starting,
    suggestions,
    together,
    what_if,
)

urlpatterns = [
    path("", lists.assessments, name="assessments"),
    path("new/", starting.new, name="assessment-new"),
    path("<int:assessment_id>/", answering.overview, name="assessment"),
    path("<int:assessment_id>/sections/<slug:slug>/", answering.section, name="assessment-section"),
    path("<int:assessment_id>/answers", answering.save, name="assessment-answers"),
    path("<int:assessment_id>/suggestions/", suggestions.suggestions, name="assessment-suggestions"),
    path("<int:assessment_id>/together/", together.overview, name="assessment-together"),
    path("<int:assessment_id>/together/agree/", together.agree, name="assessment-agree"),
    path("<int:assessment_id>/together/take/", together.take, name="assessment-take-unanimous"),
    path("<int:assessment_id>/together/take-back/", together.take_back, name="assessment-agree-take-back"),
    path("<int:assessment_id>/review/", closing.review, name="assessment-review"),
    path("<int:assessment_id>/result/", closing.result, name="assessment-result"),
    path("<int:assessment_id>/what-if/", what_if.what_if, name="assessment-what-if"),
    path("<int:assessment_id>/plan/", what_if.keep_plan, name="assessment-plan"),
    path("<int:assessment_id>/plan/drop/", what_if.drop_plan, name="assessment-plan-drop"),
    path("<int:assessment_id>/submit/", closing.submit, name="assessment-submit"),
    path("<int:assessment_id>/next-version/", closing.next_version, name="assessment-next-version"),
    path("<int:assessment_id>/delete/", closing.delete, name="assessment-delete"),
    path("<int:assessment_id>/restore/", closing.restore, name="assessment-restore"),
    path("<int:assessment_id>/people/", asking.people, name="assessment-people"),
    path("<int:assessment_id>/people/ask/", asking.ask, name="assessment-ask"),
    path("<int:assessment_id>/people/link/", asking.guest_link, name="assessment-guest-link"),
    path("<int:assessment_id>/people/link/revoke/", asking.revoke_link, name="assessment-guest-link-revoke"),
    path("<int:assessment_id>/people/remind/", asking.remind, name="assessment-remind"),
    path("<int:assessment_id>/people/remove/", asking.remove, name="assessment-remove"),
    path("<int:assessment_id>/people/sections/", asking.change_sections, name="assessment-ask-sections"),
    path("<int:assessment_id>/people/names/", asking.names, name="assessment-names"),
    path("<int:assessment_id>/people/together/", asking.together_again, name="assessment-together-again"),
    path("<int:assessment_id>/people/join/", asking.join, name="assessment-answer-myself"),
    path("<int:assessment_id>/mine/", mine.mine, name="assessment-mine"),
    path("<int:assessment_id>/mine/sections/<slug:slug>/", mine.section, name="assessment-my-section"),
    path("<int:assessment_id>/mine/answers", mine.save, name="assessment-my-answers"),
    path("<int:assessment_id>/mine/finish/", mine.finish, name="assessment-finish"),
    path("<int:assessment_id>/mine/way-back/", mine.way_back, name="assessment-way-back"),
]

#: Addresses that name no assessment: they stand at the top of the site.
of_the_asked = [
    path("asked/", mine.asked, name="asked"),
    path("join/<str:token>/", joining.join, name="join"),
]
