"""Addresses of the reports room; one for each export format."""

from django.urls import path

from assess.reports import design_views, download_views, import_view, views
from assess.reports.renderings import EXPORT_FORMATS

urlpatterns = [
    path("assessments/from-report/", import_view.start_from_report, name="assessment-from-report"),
    path("assessments/<int:assessment_id>/report/", views.report, name="report"),
    path("assessments/<int:assessment_id>/report.pdf", views.report_pdf, name="report-pdf"),
    path("assessments/<int:assessment_id>/report/read/", download_views.read_report, name="report-read"),
    path("assessments/<int:assessment_id>/design.zip", design_views.design_records, name="design-records"),
    path("assessments/<int:assessment_id>/design/<slug:key>.md", design_views.design_records, name="design-record"),
    path("assessments/<int:assessment_id>/plan/files/<str:name>", download_views.download_plan, name="plan-file"),
    path("reports/<int:report_id>/", views.personal_report, name="personal-report"),
    path("reports/<int:report_id>.pdf", views.personal_report_pdf, name="personal-report-pdf"),
    *(
        path(
            f"assessments/<int:assessment_id>/report.{export.slug}",
            download_views.download_export,
            {"export": export},
            name=f"report-{export.slug}",
        )
        for export in EXPORT_FORMATS
    ),
]
