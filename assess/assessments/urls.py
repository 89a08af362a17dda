"""The addresses of assessments."""

from django.urls import path

from assess.assessments.evidence import boundaries, candidate_views, claims_page
from assess.assessments.evidence import views as evidence
from assess.assessments.evidence.map_view import evidence_map
from assess.assessments.measurements.page import measurements
from assess.assessments.views import (
    answering,
    consensus,
    join,
    lifecycle,
    lists,
    my_answers,
    people,
    starting,
    suggestions,
    what_if,
)

urlpatterns = [
    path("", lists.assessments, name="assessments"),
    path("new/", starting.new, name="assessment-new"),
    path("<int:assessment_id>/", answering.overview, name="assessment"),
    path("<int:assessment_id>/sections/<slug:slug>/", answering.section, name="assessment-section"),
    path("<int:assessment_id>/answers", answering.save, name="assessment-answers"),
    path("<int:assessment_id>/suggestions/", suggestions.suggestions, name="assessment-suggestions"),
    path("<int:assessment_id>/consensus/", consensus.consensus, name="assessment-consensus"),
    path("<int:assessment_id>/consensus/agree/", consensus.agree, name="assessment-agree"),
    path("<int:assessment_id>/consensus/accept/", consensus.accept_unanimous, name="assessment-accept-unanimous"),
    path("<int:assessment_id>/consensus/withdraw/", consensus.withdraw, name="assessment-withdraw-agreement"),
    path("<int:assessment_id>/review/", lifecycle.review, name="assessment-review"),
    path("<int:assessment_id>/result/", lifecycle.result, name="assessment-result"),
    path("<int:assessment_id>/what-if/", what_if.what_if, name="assessment-what-if"),
    path("<int:assessment_id>/planned-changes/", what_if.keep_planned_changes, name="assessment-planned-changes"),
    path(
        "<int:assessment_id>/planned-changes/drop/",
        what_if.drop_planned_changes,
        name="assessment-planned-changes-drop",
    ),
    path("<int:assessment_id>/basis/", lifecycle.state_bases, name="assessment-basis"),
    path("<int:assessment_id>/submit/", lifecycle.submit, name="assessment-submit"),
    path("<int:assessment_id>/next-version/", lifecycle.next_version, name="assessment-next-version"),
    path("<int:assessment_id>/delete/", lifecycle.delete, name="assessment-delete"),
    path("<int:assessment_id>/restore/", lifecycle.restore, name="assessment-restore"),
    path("<int:assessment_id>/people/", people.people, name="assessment-people"),
    path("<int:assessment_id>/people/ask/", people.ask, name="assessment-ask"),
    path("<int:assessment_id>/people/link/", people.guest_link, name="assessment-guest-link"),
    path("<int:assessment_id>/people/link/revoke/", people.revoke_link, name="assessment-guest-link-revoke"),
    path("<int:assessment_id>/people/remind/", people.remind, name="assessment-remind"),
    path("<int:assessment_id>/people/remove/", people.remove, name="assessment-remove"),
    path("<int:assessment_id>/people/sections/", people.change_sections, name="assessment-ask-sections"),
    path("<int:assessment_id>/people/names/", people.names, name="assessment-names"),
    path("<int:assessment_id>/people/share/", people.share_answers_again, name="assessment-share-answers"),
    path("<int:assessment_id>/people/join/", people.answer_separately, name="assessment-answer-myself"),
    path("<int:assessment_id>/evidence/", evidence.evidence, name="evidence"),
    path("<int:assessment_id>/evidence/measurements/", measurements, name="evidence-measurements"),
    path("<int:assessment_id>/evidence/map/", evidence_map, name="evidence-map"),
    path("<int:assessment_id>/evidence/boundaries/", boundaries.boundaries, name="evidence-boundaries"),
    path(
        "<int:assessment_id>/evidence/boundaries/<slug:name>.toml",
        boundaries.download_boundaries,
        name="evidence-boundaries-file",
    ),
    path("<int:assessment_id>/evidence/answers/", claims_page.claims, name="evidence-claims"),
    path("<int:assessment_id>/evidence/<int:evidence_id>/delete/", evidence.delete, name="evidence-delete"),
    path("<int:assessment_id>/evidence/<int:evidence_id>/restore/", evidence.restore, name="evidence-restore"),
    path("<int:assessment_id>/evidence/candidates/", candidate_views.candidates, name="evidence-candidates"),
    path("<int:assessment_id>/mine/", my_answers.my_answers, name="assessment-mine"),
    path("<int:assessment_id>/mine/sections/<slug:slug>/", my_answers.section, name="assessment-my-section"),
    path("<int:assessment_id>/mine/answers", my_answers.save, name="assessment-my-answers"),
    path("<int:assessment_id>/mine/finish/", my_answers.finish, name="assessment-finish"),
    path("<int:assessment_id>/mine/link/", my_answers.personal_link, name="assessment-personal-link"),
]

#: Addresses that name no assessment; the site has them at its top.
respondent_urlpatterns = [
    path("asked/", my_answers.asked_of_me, name="asked"),
    path("join/<str:token>/", join.join, name="join"),
]
