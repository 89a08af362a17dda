"""Addresses of the reports room."""

from django.urls import path

from assess.reports import from_report, other_forms, views

urlpatterns = [
    path("assessments/from-report/", from_report.from_report, name="assessment-from-report"),
    path("assessments/<int:assessment_id>/report/", views.report, name="report"),
    path("assessments/<int:assessment_id>/report.pdf", views.report_pdf, name="report-pdf"),
    path("assessments/<int:assessment_id>/report/read/", other_forms.read, name="report-read"),
    path("assessments/<int:assessment_id>/report.docx", other_forms.as_docx, name="report-docx"),
    path("assessments/<int:assessment_id>/report.md", other_forms.as_record, name="report-record"),
    path("assessments/<int:assessment_id>/report.csv", other_forms.as_csv, name="report-csv"),
    path("assessments/<int:assessment_id>/report.json", other_forms.as_json, name="report-json"),
    path("reports/<int:report_id>/", views.own_report, name="own-report"),
    path("reports/<int:report_id>.pdf", views.own_report_pdf, name="own-report-pdf"),
]
