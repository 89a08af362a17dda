"""Addresses of the sharing room. Only the address that was sent has the token; all others are clean."""

from django.urls import path

from assess.sharing.views import links, shared

urlpatterns = [
    path("assessments/<int:assessment_id>/links/", links.links, name="assessment-links"),
    path("assessments/<int:assessment_id>/links/<int:link_id>/revoke/", links.revoke, name="assessment-link-revoke"),
    path("s/<str:token>/", shared.open_link, name="share-open"),
    path("shared/<int:link_id>/", shared.show_result, name="shared"),
    path("shared/<int:link_id>/answers/", shared.show_answers, name="shared-answers"),
    path("shared/<int:link_id>/report.pdf", shared.show_pdf, name="shared-pdf"),
]
