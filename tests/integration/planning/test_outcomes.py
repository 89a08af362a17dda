"""What became of a signed decision: when it is asked, recording and correcting it, where it shows, and its case."""

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assess.assessments.actions import start_assessment, start_next_version, submit_assessment
from assess.assessments.event_kinds import EventKind
from assess.assessments.evidence.models import Evidence
from assess.assessments.log import record_event
from assess.assessments.models import Assessment, Edition
from assess.people.models import Team, User, Workspace
from assess.planning.models import Outcome
from assess.planning.outcomes.actions import OutcomeFields, record_outcome
from assess.planning.outcomes.due import find_due_outcomes, signed_on
from assess.planning.rows import moment_of
from assess.portfolio.reminders import remind_all
from assess.portfolio.waiting import waiting_for
from assess.questionnaire.facade import Answer, ValidationFailed
from assess.reports.chapters import build_document
from assess.reports.document import Table, plain_text
from assess.reports.loaders.report import load_report
from assess.review.actions import sign
from assess.review.models import Decision
from assess.sharing.actions import make_link
from tests.conftest import client_of
from tests.evidence_samples import shop_evidence
from tests.factories import UserFactory, found_by_verifying
from tests.html import compact
from tests.unit.reports.report_factory import demo_answers

pytestmark = pytest.mark.django_db

#: Late in the evening of 31 August in New York; in UTC it is September already.
SIGNED = datetime(2027, 9, 1, 2, 30, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_to(SIGNED)
    return set_to


@pytest.fixture
def signed(team: Team, alice: User, rita: User, edition: Edition, clock: Any) -> Assessment:
    Workspace.objects.update(time_zone="America/New_York")
    return sign_new(team, alice, rita, edition, "Web shop")


def sign_new(team: Team, alice: User, rita: User, edition: Edition, name: str) -> Assessment:
    carried = demo_answers("ecommerce-35-developers")
    made = start_assessment(team=team, system_name=name, edition=edition, by=alice, carried=carried)
    return sign_it(made, alice, rita)


def sign_it(assessment: Assessment, alice: User, rita: User) -> Assessment:
    submit_assessment(assessment, by=alice)
    sign(load(assessment.pk), by=rita, decision=Decision.ACCEPTED)
    return load(assessment.pk)


def load(pk: int) -> Assessment:
    return Assessment.objects.select_related("system__team", "workspace", "edition", "submitted_by").get(pk=pk)


def due(now: datetime) -> list[tuple[int, date]]:
    return [
        (each.months, each.due_on) for each in find_due_outcomes(Assessment.objects.select_related("workspace"), now)
    ]


def fields(**changes: Any) -> OutcomeFields:
    values = {"followed": "partly", "was_right": None, "text": "Search runs apart.", "lesson": "", "figures": {}}
    return OutcomeFields(**{**values, **changes})


def record(assessment: Assessment, by: User, months: int = 6, **changes: Any) -> Outcome:
    seen = moment_of(Outcome.objects.filter(assessment=assessment, months=months).first())
    return record_outcome(assessment, months, fields(**changes), seen=seen, by=by)


def post(client: Client, assessment: Assessment, months: int = 6, seen: str = "", **sent: str) -> Any:
    data = {"followed": "as_decided", "was_right": "yes", "text": "Done.", "lesson": "", **sent}
    named = {f"after-{months}-{name}": text for name, text in data.items()}
    return client.post(reverse("outcome", args=[assessment.pk]), {"months": months, "seen": seen, **named})


LATER = datetime(2028, 3, 15, 12, tzinfo=UTC)
A_YEAR_LATER = datetime(2028, 9, 2, 12, tzinfo=UTC)


# --- when it is asked


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        # The last day of a leap year's February: 31 August has no such day in it. New York is five hours behind UTC.
        (datetime(2028, 2, 29, 4, 59, tzinfo=UTC), []),
        (datetime(2028, 2, 29, 5, 0, tzinfo=UTC), [(6, date(2028, 2, 29))]),
        (datetime(2028, 8, 31, 3, 59, tzinfo=UTC), [(6, date(2028, 2, 29))]),
        (datetime(2028, 8, 31, 4, 0, tzinfo=UTC), [(12, date(2028, 8, 31))]),
    ],
)
def test_due_by_the_day_of_the_workspace(signed: Assessment, now: datetime, expected: list[Any]) -> None:
    assert signed_on(signed) == date(2027, 8, 31)
    assert due(now) == expected


def test_recorded_outcome_is_asked_no_more_until_the_next(signed: Assessment, alice: User, clock: Any) -> None:
    clock(LATER)
    assert due(LATER)
    record(signed, alice)
    assert due(LATER) == []
    assert due(A_YEAR_LATER) == [(12, date(2028, 8, 31))]
    clock(A_YEAR_LATER)
    record(signed, alice, 12)
    assert due(A_YEAR_LATER) == []


def test_only_the_newest_signed_version_is_asked_about(signed: Assessment, alice: User, rita: User, clock: Any) -> None:
    second = start_next_version(signed, by=alice)
    for key, value in {"teams": 5, "deploy_minutes": 45, "deploy_waiting": "never"}.items():
        second.answers.create(key=key, value=value, answered_by=alice)
    assert due(LATER), "a version that is only open changes nothing"
    clock(LATER)
    sign_it(second, alice, rita)
    assert due(LATER) == []


def test_deleted_unsigned_and_withdrawn_versions_are_not_asked_about(
    signed: Assessment, team: Team, alice: User, edition: Edition
) -> None:
    start_assessment(team=team, system_name="Other", edition=edition, by=alice)
    Assessment.objects.filter(pk=signed.pk).update(deleted_at=LATER, deleted_by=alice)
    assert due(LATER) == []


# --- recording


def test_recording_and_correcting_each_leave_an_event(signed: Assessment, alice: User, rita: User, clock: Any) -> None:
    clock(LATER)
    record(signed, alice)
    record(signed, rita, text="Search and mail run apart.", was_right=True)
    record(signed, rita, text="Search and mail run apart.", was_right=True)  # says the same
    (row,) = signed.outcomes.all()
    assert (row.text, row.was_right, row.saved_by) == ("Search and mail run apart.", True, rita)
    events = signed.events.filter(kind=EventKind.OUTCOME_RECORDED).order_by("number")
    assert [event.payload["text"] for event in events] == ["Search runs apart.", "Search and mail run apart."]
    assert found_by_verifying(signed.pk) == []


def test_an_outcome_changed_behind_our_back_is_found(signed: Assessment, alice: User, clock: Any) -> None:
    clock(LATER)
    record(signed, alice)
    signed.outcomes.update(was_right=True)
    assert any("outcome" in problem.casefold() for problem in found_by_verifying(signed.pk))


@pytest.mark.parametrize(
    ("months", "changes", "codes"),
    [
        (12, {}, {("too_early", "")}),
        (7, {}, {("unknown_months", "")}),
        (6, {"text": " "}, {("missing", "text")}),
        (6, {"text": "x" * 2001}, {("too_long", "text")}),
        (6, {"lesson": "a\x00b"}, {("control_character", "lesson")}),
        (6, {"followed": "gladly"}, {("missing", "followed")}),
    ],
)
def test_what_cannot_be_recorded_is_named_by_field(
    signed: Assessment, alice: User, clock: Any, months: int, changes: dict[str, Any], codes: set[Any]
) -> None:
    clock(LATER)
    with pytest.raises(ValidationFailed) as refused:
        record(signed, alice, months, **changes)
    assert {(issue.code, issue.key) for issue in refused.value.issues} == codes
    assert not Outcome.objects.exists()


def test_unsigned_version_takes_no_outcome(team: Team, alice: User, edition: Edition) -> None:
    made = start_assessment(team=team, system_name="Other", edition=edition, by=alice)
    with pytest.raises(ValidationFailed, match="Sign the decision first"):
        record(made, alice)


def test_viewers_may_not_record(signed: Assessment, vera: User, clock: Any) -> None:
    clock(LATER)
    with pytest.raises(PermissionDenied):
        record(signed, vera)


def test_correction_of_what_somebody_else_changed_is_refused(signed: Assessment, alice: User, clock: Any) -> None:
    clock(LATER)
    record(signed, alice)
    with pytest.raises(ValidationFailed, match="Alice changed it meanwhile"):
        record_outcome(signed, 6, fields(text="Mine."), seen="", by=alice)


# --- the page


def test_page_says_when_it_will_be_asked_and_has_no_form_before(signed: Assessment, vera: User, alice: User) -> None:
    for person in (vera, alice):
        page = compact(client_of(person).get(reverse("outcome", args=[signed.pk])).content.decode())
        assert "We ask on 29 February 2028." in page
        assert "We ask on 31 August 2028." in page
        assert 'name="after-6-text"' not in page


def test_form_begins_with_the_figures_of_the_answers(signed: Assessment, bob: User, clock: Any) -> None:
    clock(LATER)
    page = compact(client_of(bob).get(reverse("outcome", args=[signed.pk])).content.decode())
    minutes = demo_answers("ecommerce-35-developers")["deploy_minutes"].value
    assert f'name="after-6-deploy_minutes-before" value="{minutes}"' in page
    assert 'name="after-12-text"' not in page


def test_form_for_six_months_is_folded_once_twelve_have_passed(signed: Assessment, bob: User, clock: Any) -> None:
    clock(LATER)
    assert "Record it too" not in compact(client_of(bob).get(reverse("outcome", args=[signed.pk])).content.decode())
    clock(A_YEAR_LATER)
    page = compact(client_of(bob).get(reverse("outcome", args=[signed.pk])).content.decode())
    _before, _summary, rest = page.partition("Record it too")
    assert 'name="after-6-text"' in rest.partition("</details>")[0]
    assert 'name="after-12-text"' in rest.partition("</details>")[2]


def test_posting_saves_and_the_page_shows_it(signed: Assessment, bob: User, clock: Any) -> None:
    clock(LATER)
    sent = {"deploy_minutes-before": "45 min", "deploy_minutes-after": "8", "lesson": "<b>Trace</b> first"}
    response = post(client_of(bob), signed, **sent)
    assert response.status_code == 302
    assert signed.outcomes.get().figures == {"deploy_minutes": {"before": 45, "after": 8}}
    page = compact(client_of(bob).get(reverse("outcome", args=[signed.pk])).content.decode())
    assert "After 6 months: done as decided" in page
    assert "&lt;b&gt;Trace&lt;/b&gt; first" in page
    assert "<b>Trace" not in page


def test_bad_figures_show_beside_their_fields_and_keep_what_was_typed(
    signed: Assessment, bob: User, clock: Any
) -> None:
    clock(LATER)
    response = post(client_of(bob), signed, **{"monthly_cost-after": "much", "deploys_per_week-after": "-1"})
    page = compact(response.content.decode())
    assert response.status_code == 400
    assert 'value="much"' in page
    for field in ("monthly_cost-after", "deploys_per_week-after"):
        assert f'id="id_after-6-{field}_error"' in page
    assert not Outcome.objects.exists()


# --- the case


LINES = {
    "stack": "Django",
    "outcome": "One part runs apart since then.",
    "lesson": "Trace first.",
    "hindsight": "extract",
}


def offer(assessment: Assessment, by: User, clock: Any) -> Assessment:
    """The version with an outcome, in a workspace that offers cases."""
    clock(LATER)
    Workspace.objects.filter(pk=assessment.workspace_id).update(offers_cases=True)
    record(assessment, by, was_right=True)
    return load(assessment.pk)


def test_case_is_refused_until_the_workspace_offers_it(signed: Assessment, alice: User, clock: Any) -> None:
    clock(LATER)
    record(signed, alice)
    url = reverse("outcome-case", args=[signed.pk])
    assert "allow cases in the workspace" in client_of(alice).get(url).content.decode()
    assert client_of(alice).post(url, {**LINES, "do": "download"}).status_code == 400


def test_preview_shows_exactly_the_file_that_check_case_accepts(
    signed: Assessment, alice: User, clock: Any, tmp_path: Path
) -> None:
    offered = offer(signed, alice, clock)
    url = reverse("outcome-case", args=[offered.pk])
    lines = {**LINES, "hindsight": offered.verdict}
    preview = client_of(alice).post(url, {**lines, "do": "preview"})
    file = client_of(alice).post(url, {**lines, "do": "download"})
    text = file.content.decode()
    assert file["Content-Disposition"] == 'attachment; filename="case.json"'
    assert f'<pre dir="auto">{text}'.rstrip() in preview.content.decode().replace("&quot;", '"').replace("&#x27;", "'")
    path = tmp_path / "case.json"
    path.write_bytes(file.content)
    out = io.StringIO()
    call_command("check_case", path, stdout=out)
    assert "no problems, 1 case" in out.getvalue()


def test_nothing_that_tells_who_it_was_is_in_the_file(signed: Assessment, alice: User, clock: Any) -> None:
    secret = "Zephyr"
    row = signed.answers.first()
    assert row is not None
    signed.answers.filter(pk=row.pk).update(note=secret, link="https://zephyr.example/", who_knows=secret)
    offered = offer(signed, alice, clock)
    record(offered, alice, was_right=True, text=secret, lesson=secret, figures={"monthly_cost": {"before": 98765}})
    lines = {**LINES, "hindsight": offered.verdict, "do": "download"}
    text = client_of(alice).post(reverse("outcome-case", args=[offered.pk]), lines).content.decode()
    for told in (secret, "zephyr", "98765", "Web shop", "Alice", "Rita", offered.workspace.name, "2027-", "example"):
        assert told not in text
    (case,) = json.loads(text)["cases"]
    assert case["year"] == 2027


@pytest.mark.parametrize("line", ["Bob did it.", "The Web shop runs.", "Rita's rule", "As bob said", "Ask Olga"])
def test_known_names_are_pointed_out_and_refused(
    signed: Assessment, alice: User, bob: User, olga: User, clock: Any, line: str
) -> None:
    offered = offer(signed, alice, clock)
    lines = {**LINES, "hindsight": offered.verdict, "lesson": line, "do": "download"}
    response = client_of(alice).post(reverse("outcome-case", args=[offered.pk]), lines)
    assert response.status_code == 400
    assert "somebody may recognise you by it" in response.content.decode()


@pytest.mark.parametrize("line", ["Gone did it.", "Ask Invited", "The Zephyrcorp way", "Monorepo was split", "BobPay"])
def test_people_who_left_or_never_came_domains_and_repositories_are_known_names(
    signed: Assessment, alice: User, bob: User, clock: Any, line: str
) -> None:
    gone = UserFactory(name="Gone Forever", email="gf@mail.zephyrcorp.co.uk")
    record_event(signed, EventKind.STEPS_CHANGED, by=gone, rows=[])
    signed.respondents.create(email="invited@x.example", asked_by=alice)
    scan = shop_evidence()
    scan["repository"]["name"] = "monorepo"
    content = json.dumps(scan).encode()
    Evidence.objects.create(assessment=signed, content=content, scanned_at=timezone.now(), attached_by=alice)
    offered = offer(signed, alice, clock)
    lines = {**LINES, "hindsight": offered.verdict, "lesson": line, "do": "download"}
    response = client_of(alice).post(reverse("outcome-case", args=[offered.pk]), lines)
    assert response.status_code == 400
    assert "somebody may recognise you by it" in response.content.decode()


def test_hindsight_has_to_fit_what_the_outcome_says(signed: Assessment, alice: User, clock: Any) -> None:
    offered = offer(signed, alice, clock)
    other = next(verdict for verdict in ("stay", "modular") if verdict != offered.verdict)
    response = client_of(alice).post(reverse("outcome-case", args=[offered.pk]), {**LINES, "hindsight": other})
    assert response.status_code == 400
    assert "says that the decision was right" in response.content.decode()


def test_administrators_switch_cases_on_and_off(workspace: Workspace, ada: User, alice: User) -> None:
    url = reverse("workspace-cases", args=[workspace.pk])
    assert client_of(ada).post(url, {"offers_cases": "on"}).status_code == 302
    workspace.refresh_from_db()
    assert workspace.offers_cases
    assert client_of(alice).post(url).status_code == 403
    client_of(ada).post(url)
    workspace.refresh_from_db()
    assert not workspace.offers_cases


def test_answer_typed_as_text_is_a_known_name(signed: Assessment, alice: User, clock: Any) -> None:
    offered = offer(signed, alice, clock)
    offered.answers.update_or_create(key="part_name", defaults={"value": "Zephyr", "answered_by": alice})
    assert Answer(value="Zephyr") == offered.current_answers()["part_name"]
    lines = {**LINES, "hindsight": offered.verdict, "outcome": "Zephyr runs apart."}
    response = client_of(alice).post(reverse("outcome-case", args=[offered.pk]), lines)
    assert response.status_code == 400


# --- where it is asked for and shown


def waiting(user: User) -> list[str]:
    groups = {group.title: group for group in waiting_for(user)}
    return [line.sentence for line in groups["What became of it"].lines] if "What became of it" in groups else []


def test_due_outcome_waits_for_those_who_answer_and_architects(
    signed: Assessment, alice: User, bob: User, rita: User, vera: User, olga: User, zoe: User, clock: Any
) -> None:
    assert not waiting(alice)
    clock(LATER)
    sentence = "Web shop, version 1: signed 6 months ago. What became of the decision?"
    assert [waiting(user) for user in (alice, bob, rita)] == [[sentence]] * 3
    assert [waiting(user) for user in (vera, olga, zoe)] == [[]] * 3
    record(signed, bob)
    assert [waiting(user) for user in (alice, bob, rita)] == [[]] * 3


def test_leads_are_reminded_once_for_6_months_and_once_for_12(signed: Assessment, alice: User, clock: Any) -> None:
    texts = []
    for moment in (LATER, LATER, A_YEAR_LATER):
        clock(moment)
        remind_all(moment)
        texts.append([text for text in alice.notices.values_list("text", flat=True) if "became of" in text])
    assert [len(each) for each in texts] == [1, 1, 2]
    assert "Web shop: say what became of the decision, signed 6 months ago" in texts[0]


def test_portfolio_marks_the_system_and_counts(signed: Assessment, alice: User, rita: User, clock: Any) -> None:
    clock(LATER)
    record(signed, alice)
    page = compact(client_of(rita).get(reverse("portfolio")).content.decode())
    assert '<span class="fine">After 6 months: partly done</span>' in page
    assert "After 6 months: 1 partly done." in page


def test_result_page_asks_when_due_and_shows_what_was_recorded(
    signed: Assessment, alice: User, vera: User, clock: Any
) -> None:
    url = reverse("assessment-result", args=[signed.pk])
    outcome_url = f'<a href="{reverse("outcome", args=[signed.pk])}">'
    assert outcome_url not in compact(client_of(alice).get(url).content.decode())
    clock(LATER)
    assert "Say what became of it" in client_of(alice).get(url).content.decode()
    assert "Say what became of it" not in client_of(vera).get(url).content.decode()
    record(signed, alice, was_right=True, lesson="Trace <first>.")
    page = compact(client_of(vera).get(url).content.decode())
    assert "After 6 months: partly done" in page
    assert "The decision was right." in page
    assert outcome_url in page


@pytest.mark.parametrize(("scope", "shows_words"), [("result", False), ("answers", True)])
def test_shared_result_shows_words_of_people_only_with_answers_and_never_names(
    signed: Assessment, alice: User, clock: Any, scope: str, shows_words: bool
) -> None:
    clock(LATER)
    record(signed, alice, text="Search runs apart.", lesson="Trace first.")
    visitor = Client()
    link, token = make_link(signed, by=alice, name="The board", scope=scope, days=7)
    visitor.get(reverse("share-open", args=[token]))
    page = compact(visitor.get(reverse("shared", args=[link.pk])).content.decode())
    assert "After 6 months: partly done" in page
    assert ("Search runs apart." in page) is shows_words
    assert "Recorded by" not in page


def test_chapter_has_what_was_done_the_lesson_figures_and_by_whom(signed: Assessment, alice: User, clock: Any) -> None:
    clock(LATER)
    record(signed, alice, lesson="Trace first.", figures={"deploy_minutes": {"before": 45, "after": 8}})
    document = build_document(load_report(load(signed.pk)))
    (chapter,) = (chapter for chapter in document.chapters if chapter.slug == "outcome")
    rows = [row for block in chapter.all_blocks() if isinstance(block, Table) for row in block.rows]
    told = " ".join(plain_text(each) for row in rows for each in (*row.cells, *row.notes))
    for text in ("Search runs apart.", "Trace first.", "45", "8", "Alice", "15 March 2028"):
        assert text in told
    assert chapter.title == "After 6 months: partly done"
