"""Addresses that are open to everybody."""

from django.urls import path

from assess.public import views
from assess.public.cases import cases
from assess.public.scaling_sum import scaling_sum

urlpatterns = [
    path("", views.landing, name="landing"),
    path("quick/", views.quick, name="quick-check"),
    path("sample/", views.sample, name="sample"),
    path("how-it-decides/", views.how_it_decides, name="how-it-decides"),
    path("sources/", views.sources, name="sources"),
    path("cases/", cases, name="cases"),
    path("scaling-sum/", scaling_sum, name="scaling-sum"),
]
