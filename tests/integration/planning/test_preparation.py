"""The page of the preparation lists: ticking with a proof, waiving for a time, taking back, and what the paper says."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assess.assessments.actions import start_next_version, submit_assessment
from assess.assessments.models import Assessment, Event
from assess.language import day
from assess.people.models import User
from assess.planning.models import PreparationMark
from assess.planning.preparation.actions import restore_mark, tick_item, waive_item
from assess.reports.chapters import build_document
from assess.reports.document import Table, plain_text
from assess.reports.loaders.report import load_report
from assess.reports.service import find_valid_until
from tests.factories import AnswerFactory, found_by_verifying
from tests.html import compact

pytestmark = pytest.mark.django_db

PROOF = "Every interface is in the registry of schemas."


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def tick(client: Client, assessment: Assessment, item: str = "contracts", **fields: str) -> HttpResponse:
    sent = {"item": item, "text": PROOF, "link": "", "marked_on": in_days(-3).isoformat(), "seen": "", **fields}
    return client.post(reverse("preparation", args=[assessment.pk]), sent)


def waive(client: Client, assessment: Assessment, item: str = "tracing", **fields: str) -> HttpResponse:
    sent = {"item": item, "text": "One service first", "ends_on": in_days(30).isoformat(), "seen": "", **fields}
    return client.post(reverse("preparation-waive", args=[assessment.pk]), sent)


def page(client: Client, assessment: Assessment, query: str = "") -> str:
    return compact(client.get(reverse("preparation", args=[assessment.pk]) + query).content.decode())


def test_the_page_lists_every_item_with_what_ticks_it(alice_client: Client, assessment: Assessment) -> None:
    html = page(alice_client, assessment)
    assert "Ticked by your answer." in html
    assert "By your answer, it is not ready." in html
    assert html.count('name="item"') == html.count("It is ready"), "Alice ticks; she waives nothing"


def test_somebody_ticks_an_item_with_day_and_proof(bob_client: Client, bob: User, assessment: Assessment) -> None:
    assert tick(bob_client, assessment, link="https://wiki.example/contracts").status_code == 302
    row = PreparationMark.objects.get()
    assert (row.item, row.kind, row.text, row.marked_on, row.saved_by) == (
        *("contracts", "ticked", PROOF),
        *(in_days(-3), bob),
    )
    html = page(bob_client, assessment)
    assert f"Ticked on {day(in_days(-3))}." in html
    assert PROOF in html
    assert 'href="https://wiki.example/contracts"' in html


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("text", "", "Say what proves it"),
        ("text", " \n ", "Say what proves it"),
        ("text", "x" * 2001, "Shorten this"),
        ("marked_on", "", "Enter a day"),
        ("marked_on", "soon", "Enter a day"),
        ("marked_on", "2026-02-30", "Enter a day"),
        ("marked_on", "0001-01-01", "Enter a day up to today"),
        ("marked_on", in_days(2).isoformat(), "Enter a day up to today"),
        ("link", "javascript:alert(1)", "Enter a web address"),
        ("link", "https://" + "x" * 600 + ".example", "Shorten this"),
    ],
)
def test_a_wrong_field_of_a_tick_is_named_and_the_rest_is_still_there(
    alice_client: Client, assessment: Assessment, field: str, text: str, said: str
) -> None:
    answer = tick(alice_client, assessment, **{"text": "See the wiki", field: text})
    html = compact(answer.content.decode())
    assert answer.status_code == 400
    assert f'<a href="#tick-contracts-{field}">{said}' in html
    assert field == "text" or "See the wiki</textarea>" in html
    assert not PreparationMark.objects.exists()


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("text", "", "Say why it can wait"),
        ("ends_on", "", "Enter a day"),
        ("ends_on", in_days(-1).isoformat(), "Enter a day from today on, within a year"),
        ("ends_on", in_days(400).isoformat(), "Enter a day from today on, within a year"),
        ("ends_on", "9999-12-31", "Enter a day from today on, within a year"),
        ("text", "\u200b\n\u3164", "Say why it can wait"),
    ],
)
def test_a_waiver_needs_a_reason_and_an_end_within_a_year(
    rita_client: Client, assessment: Assessment, field: str, text: str, said: str
) -> None:
    answer = waive(rita_client, assessment, **{field: text})
    assert answer.status_code == 400
    assert f'<a href="#waive-tracing-{field}">{said}' in compact(answer.content.decode())
    assert not PreparationMark.objects.exists()


def test_an_item_that_is_not_on_the_lists_is_refused(alice_client: Client, assessment: Assessment) -> None:
    answer = tick(alice_client, assessment, item="<b>nothing")
    assert answer.status_code == 400
    assert "Choose an item of the lists" in answer.content.decode()


def test_only_an_architect_waives_and_only_the_team_ticks(
    alice: User, rita: User, alice_client: Client, rita_client: Client, assessment: Assessment
) -> None:
    assert waive(alice_client, assessment).status_code == 403
    assert tick(rita_client, assessment).status_code == 403
    assert not PreparationMark.objects.exists()
    assert waive(rita_client, assessment).status_code == 302
    (row,) = PreparationMark.objects.all()
    # Nor does the team end a waiver by the address for ticks.
    answer = alice_client.post(reverse("preparation", args=[assessment.pk]), {"do": "remove", "mark": row.pk})
    assert answer.status_code == 403
    with pytest.raises(PermissionDenied):
        tick_item(assessment, "why", text="x", link="", marked_on=in_days(0), seen="", by=rita)
    with pytest.raises(PermissionDenied):
        waive_item(assessment, "why", text="x", ends_on=in_days(0), seen="", by=alice)


def test_a_waiver_stands_on_page_result_and_paper_and_is_missing_again_when_it_ends(
    alice_client: Client, rita_client: Client, rita: User, assessment: Assessment
) -> None:
    waive(rita_client, assessment)
    sentence = f"An architect waived “Requests are traced” until {day(in_days(30))}."
    result = compact(alice_client.get(reverse("assessment-result", args=[assessment.pk])).content.decode())
    assert sentence in page(alice_client, assessment)
    assert sentence in result
    assert f"Waived until {day(in_days(30))}." in result
    chapters = {each.slug: each for each in build_document(load_report(assessment)).chapters}
    assert sentence in " ".join(plain_text(b.line) for b in chapters["gates"].blocks if hasattr(b, "line"))
    (_lists, details) = [block for block in chapters["preparation"].blocks if isinstance(block, Table)]
    (row,) = [row for row in details.rows if plain_text(row.cells[1]) == "Requests are traced"]
    said = plain_text(row.cells[2])
    assert said == (f"Waived until {day(in_days(30))}. {rita} waived it on {day(in_days(0))}: One service first")
    assert find_valid_until(load_report(assessment)).date() == in_days(31)
    history = compact(alice_client.get(reverse("assessment-decision", args=[assessment.pk])).content.decode())
    assert "Requests are traced" in history, "which item was waived"
    PreparationMark.objects.update(ends_on=in_days(-1))
    html = page(alice_client, assessment)
    assert sentence not in html
    assert f"Missing again: the waiver ended on {day(in_days(-1))}." in html


def test_a_tick_is_taken_back_and_undone_with_all_that_was_written(
    alice_client: Client, alice: User, assessment: Assessment
) -> None:
    tick(alice_client, assessment, link="https://wiki.example/")
    (row,) = PreparationMark.objects.all()
    address = reverse("preparation", args=[assessment.pk])
    answer = alice_client.post(address, {"do": "remove", "mark": row.pk})
    assert answer.headers["Location"] == f"{address}?undo={row.pk}"
    assert not PreparationMark.objects.exists()
    assert f'name="mark" value="{row.pk}"' in page(alice_client, assessment, f"?undo={row.pk}")
    alice_client.post(address, {"do": "restore", "mark": row.pk})
    (again,) = PreparationMark.objects.all()
    kept = ("item", "kind", "text", "link", "marked_on", "ends_on")
    assert [getattr(again, name) for name in kept] == [getattr(row, name) for name in kept]
    assert restore_mark(assessment, row.pk, by=alice) is None, "nothing is restored twice"
    did = [event.payload.get("change", "") for event in Event.objects.filter(kind="preparation_marked")]
    assert did == ["", "removed", ""]
    assert [each for each in found_by_verifying(assessment.pk) if "preparation" in each] == []


def test_what_somebody_saved_meanwhile_is_not_replaced_and_nothing_typed_is_lost(
    alice_client: Client, bob_client: Client, assessment: Assessment
) -> None:
    tick(alice_client, assessment)
    answer = tick(bob_client, assessment, text="Ours is better")
    html = answer.content.decode()
    assert answer.status_code == 400
    assert "Alice changed it meanwhile" in html
    assert "Ours is better</textarea>" in html
    assert PreparationMark.objects.get().text == PROOF
    assert tick(alice_client, assessment).status_code == 302, "a double click says the same again"
    assert Event.objects.filter(kind="preparation_marked").count() == 1


def test_what_is_ticked_is_not_waived(alice_client: Client, rita_client: Client, assessment: Assessment) -> None:
    tick(alice_client, assessment)
    (row,) = PreparationMark.objects.all()
    answer = waive(rita_client, assessment, item="contracts", seen=row.saved_at.isoformat())
    assert "Nothing to waive: it is ticked" in answer.content.decode()


def test_the_lists_go_on_after_the_signature_and_close_once_the_next_version_is_submitted(
    alice_client: Client, alice: User, assessment: Assessment
) -> None:
    submit_assessment(assessment, by=alice)
    assert tick(alice_client, assessment).status_code == 302
    following = start_next_version(assessment, by=alice)
    AnswerFactory(assessment=following, key="teams", value=5)
    assert tick(alice_client, assessment, item="why").status_code == 302
    submit_assessment(following, by=alice)
    answer = tick(alice_client, assessment, item="registry")
    assert answer.status_code == 400
    assert "Go on in version 2" in answer.content.decode()
