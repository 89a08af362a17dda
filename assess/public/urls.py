"""Addresses that are open to everybody."""

from django.urls import path

from assess.public import views
from assess.public.cases import show_cases
from assess.public.scaling_sum import show_scaling_sum
from assess.public.scanner import download_scanner, download_schema, show_scanner

urlpatterns = [
    path("", views.landing, name="landing"),
    path("quick/", views.quick, name="quick-check"),
    path("sample/", views.show_sample, name="sample"),
    path("how-it-decides/", views.how_it_decides, name="how-it-decides"),
    path("sources/", views.sources, name="sources"),
    path("cases/", show_cases, name="cases"),
    path("scaling-sum/", show_scaling_sum, name="scaling-sum"),
    path("evidence/", show_scanner, name="scanner"),
    path("evidence/scan_repo.py", download_scanner, name="scanner-file"),
    path("evidence/1/schema.json", download_schema, name="evidence-schema"),
]
