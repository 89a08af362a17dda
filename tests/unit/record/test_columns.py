"""Every column of the app is in one of the three lists, and the lists name nothing else."""

from collections import Counter

from django.apps import apps

from assess.record.columns import FREE, RECOMPUTED, SEALED


def listed() -> Counter[str]:
    names = [(model, name) for model, columns in SEALED.items() for name in columns]
    for by_reason in (RECOMPUTED, FREE):
        names += [(model, name) for model, lists in by_reason.items() for each in lists.values() for name in each]
    return Counter(f"{model}.{name}" for model, name in names)


def test_every_column_is_sealed_recomputed_or_listed_as_free_to_change() -> None:
    # A row's own number is what events and links know it by.
    columns = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("assess").get_models()
        for field in model._meta.local_fields
        if not field.primary_key or field.remote_field
    }
    assert columns - listed().keys() == set(), "a new column needs a line in record/columns.py"
    assert listed().keys() - columns == set(), "the lists name a column that no model has"


def test_no_column_is_in_two_lists() -> None:
    assert {name for name, times in listed().items() if times > 1} == set()


def test_every_list_says_why() -> None:
    reasons = [reason for lists in (*RECOMPUTED.values(), *FREE.values()) for reason in lists]
    assert all(reasons)
