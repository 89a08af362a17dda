"""Addresses of the reports room."""

from django.urls import path

from assess.reports import from_report, views

urlpatterns = [
    path("assessments/from-report/", from_report.from_report, name="assessment-from-report"),
    path("assessments/<int:assessment_id>/report/", views.report, name="report"),
    path("assessments/<int:assessment_id>/report.pdf", views.report_pdf, name="report-pdf"),
]
