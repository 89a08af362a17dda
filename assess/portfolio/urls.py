"""The addresses of pages over many systems."""

from django.urls import path

from assess.portfolio.views import compare, portfolio, waiting
from assess.web.facade import TABLE_FORMS

urlpatterns = [
    path("portfolio/", portfolio.portfolio, name="portfolio"),
    path("portfolio/conditions/", portfolio.conditions, name="portfolio-conditions"),
    *(
        path(f"portfolio/export.{form.slug}", portfolio.export_table, {"form": form}, name=f"portfolio-{form.slug}")
        for form in TABLE_FORMS
    ),
    path("portfolio/export.json", portfolio.export_json, name="portfolio-json"),
    path("portfolio/report/", portfolio.request_pdf, name="portfolio-report"),
    path("portfolio/views/", portfolio.save_view, name="portfolio-view-save"),
    path("portfolio/views/<int:view_id>/delete/", portfolio.delete_view, name="portfolio-view-delete"),
    path("compare/", compare.comparison, name="compare"),
    path("compare/report/", compare.request_pdf, name="compare-report"),
    path("waiting/", waiting.waiting, name="waiting"),
    path("waiting/read/", waiting.read, name="waiting-read"),
    path("systems/<int:system_id>/trend/", compare.trend, name="system-trend"),
]
