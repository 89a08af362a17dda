"""The addresses of money, plan, preparations, design decisions, pitfalls and outcomes."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = [
    # money
    # goals
    # plan
    # preparation
    # design
    # pitfalls
    # merging
    # outcome
]
