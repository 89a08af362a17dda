"""Design decisions by form: what is asked, deciding, changing, taking back and undoing, records, and the chapter."""

import io
import json
import re
import zipfile
from typing import Any

import pytest
import yaml
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from assess.advice.facade import DESIGN_QUESTIONS
from assess.assessments.actions import start_next_version, submit_assessment
from assess.assessments.evidence.actions import attach_evidence
from assess.assessments.models import Assessment, Event
from assess.demo.traces import build_traces
from assess.measurements.facade import Options, read_measurements, to_json
from assess.people.models import Team, User
from assess.planning.design.actions import decide_design, moment_of, take_back_design
from assess.planning.models import DesignDecision
from assess.questionnaire.facade import ValidationFailed
from assess.record.columns import SEALED
from assess.reports.chapters import build_document
from assess.reports.loaders.report import load_report
from tests.conftest import client_of
from tests.evidence_samples import shop_evidence
from tests.factories import AnswerFactory, AssessmentFactory
from tests.html import compact

pytestmark = pytest.mark.django_db


def page(client: Client, assessment: Assessment, key: str = "", query: str = "") -> str:
    name, args = ("design-decision", [assessment.pk, key]) if key else ("design", [assessment.pk])
    return compact(client.get(reverse(name, args=args) + query).content.decode())


def send(client: Client, assessment: Assessment, key: str, **fields: str) -> Any:
    return client.post(reverse("design-decision", args=[assessment.pk, key]), fields)


def folded(said: str) -> str:
    """What the list folds away."""
    return said.partition("<details")[2]


def test_an_extraction_asks_every_decision_and_one_that_stays_folds_them_away(
    assessment: Assessment, bob_client: Client, team: Team, alice: User
) -> None:
    said = page(bob_client, assessment)
    assert "Not needed for this verdict" not in said
    assert all(reverse("design-decision", args=[assessment.pk, slug]) in said for slug in DESIGN_QUESTIONS)
    staying: Assessment = AssessmentFactory(team=team, by=alice)
    said = page(bob_client, staying)
    assert "The verdict asks for none of them" in said
    assert f"Not needed for this verdict: {len(DESIGN_QUESTIONS)} decisions" in said
    assert "Synchronous or asynchronous" in folded(said)


def test_answers_and_the_scan_propose_and_the_page_says_why_and_by_whose_advice(
    assessment: Assessment, bob_client: Client, alice: User
) -> None:
    assert "From your answers: One part needs far more computing than the others." in page(bob_client, assessment)
    assert "From the scan" not in page(bob_client, assessment)
    attach_evidence(assessment, json.dumps(shop_evidence()).encode(), by=alice)
    said = page(bob_client, assessment, "tracing_tool")
    assert "Proposed: OpenTelemetry with Jaeger." in said
    assert "From the scan: In use already: opentelemetry." in said
    assert 'value="otel_jaeger" checked' in said


def test_measured_calls_propose_before_the_scan_and_answers_do(
    assessment: Assessment, bob_client: Client, bob: User
) -> None:
    reading = read_measurements(io.BytesIO(build_traces()), options=Options())
    assessment.measurements.create(
        kind=reading.kind, shape=reading.shape, sha256="1" * 64, content=to_json(reading), attached_by=bob
    )
    said = page(bob_client, assessment)
    assert "Events by default. Measured: The longest chain has" in said
    assert "use the same database" in said


def test_a_decision_page_shows_each_option_with_gain_price_moment_and_advice(
    assessment: Assessment, bob_client: Client
) -> None:
    said = page(bob_client, assessment, "timeouts")
    question = DESIGN_QUESTIONS["timeouts"]
    for option in question.options:
        for text in (option.title, option.gains, option.costs, option.choose, *option.says.values()):
            assert text in said
    assert "About 30 % of failures" in said
    assert f'href="{reverse("sources")}#S1"' in said


def test_a_decision_is_saved_changed_taken_back_and_undone_each_as_one_event(
    assessment: Assessment, bob_client: Client, bob: User
) -> None:
    response = send(bob_client, assessment, "data", option="database_each", reason="Two teams.\r\nTwo pagers.", seen="")
    assert response.status_code == 302
    row = DesignDecision.objects.get()
    assert (row.key, row.option, row.reason, row.decided_by) == (
        "data",
        "database_each",
        "Two teams.\nTwo pagers.",
        bob,
    )
    said = page(bob_client, assessment, "data")
    assert "Decided by Bob" in said
    assert "Two teams.<br>Two pagers." in said
    send(bob_client, assessment, "data", option="schema_each", reason="First step.", seen=moment_of(row))
    row.refresh_from_db()
    assert row.option == "schema_each"
    response = send(bob_client, assessment, "data", do="take_back", seen=moment_of(row))
    assert not DesignDecision.objects.exists()
    said = compact(bob_client.get(response.headers["Location"]).content.decode())
    assert "The decision is taken back." in said
    undo = dict(re.findall(r'<input type="hidden" name="(option|reason)" value="([^"]*)"', said))
    send(bob_client, assessment, "data", **undo)
    row = DesignDecision.objects.get()
    assert (row.option, row.reason) == ("schema_each", "First step.")
    events = Event.objects.filter(assessment=assessment, kind="design_decided").order_by("number")
    assert [event.payload["change"] for event in events] == ["decided", "decided", "taken_back", "decided"]
    [sealed] = events[0].payload["rows"]["DesignDecision"].values()
    assert set(sealed) == set(SEALED["DesignDecision"])
    assert "The decision is taken back." not in page(bob_client, assessment, "data", "?undo")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"option": "database_each", "reason": " "}, "Say why you chose it"),
        ({"option": "database_each", "reason": "\u200b \u3164"}, "Say why you chose it"),
        ({"option": "", "reason": "Because."}, "Choose an option"),
        ({"option": "kong", "reason": "Because."}, "Choose an option"),
        ({"option": "database_each", "reason": "x" * 2001}, "Shorten this to 2,000 characters"),
        ({"option": "database_each", "reason": "a\x00b"}, "Remove the control character U+0000"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_saved(
    assessment: Assessment, bob_client: Client, fields: dict[str, str], message: str
) -> None:
    response = send(bob_client, assessment, "data", **fields)
    assert response.status_code == 400
    said = compact(response.content.decode())
    assert said.count(message) == 2
    assert 'role="alert"' in said
    assert not DesignDecision.objects.exists()


def test_a_decision_made_meanwhile_is_not_replaced_unseen_and_a_double_click_counts_once(
    assessment: Assessment, bob_client: Client, alice: User, bob: User
) -> None:
    decide_design(assessment, "data", option="schema_each", reason="Alice's reason", by=alice)
    response = send(bob_client, assessment, "data", option="database_each", reason="Bob's reason", seen="")
    assert response.status_code == 400
    said = compact(response.content.decode())
    assert "Alice decided meanwhile" in said
    assert "Bob&#x27;s reason" in said
    assert DesignDecision.objects.get().option == "schema_each"
    seen = re.findall(r'name="seen" value="([^"]+)"', said)[-1]
    for _click in range(2):
        assert (
            send(bob_client, assessment, "data", option="database_each", reason="Bob's reason", seen=seen).status_code
            == 302
        )
    assert DesignDecision.objects.get().decided_by == bob
    assert Event.objects.filter(kind="design_decided").count() == 2
    with pytest.raises(ValidationFailed, match="decided meanwhile"):
        take_back_design(assessment, "data", seen=seen, by=alice)
    assert take_back_design(assessment, "calls", by=alice) is None


def test_decisions_may_change_after_the_signature_until_the_next_version_is_submitted(
    assessment: Assessment, alice: User, vera: User
) -> None:
    submitted = submit_assessment(assessment, by=alice)
    decide_design(submitted, "data", option="schema_each", reason="Later", by=alice)
    with pytest.raises(PermissionDenied):
        decide_design(submitted, "data", option="database_each", reason="Mine", by=vera)
    assert "Save the decision" not in page(client_of(vera), submitted, "data")
    following = start_next_version(submitted, by=alice)
    AnswerFactory(assessment=following, key="teams", value=5)
    submit_assessment(following, by=alice)
    with pytest.raises(ValidationFailed, match=f"Go on in version {following.version}"):
        decide_design(submitted, "data", option="database_each", reason="Too late", by=alice)


def test_an_unknown_question_is_not_found(assessment: Assessment, bob_client: Client) -> None:
    assert bob_client.get(reverse("design-decision", args=[assessment.pk, "nothing"])).status_code == 404


def test_records_read_back_as_madr_with_options_prices_and_what_was_typed_as_text(
    assessment: Assessment, bob_client: Client, bob: User
) -> None:
    decide_design(assessment, "data", option="database_on_one_server", reason="# Not a *heading*\n[x](y)", by=bob)
    decide_design(assessment, "api_versions", option="in_path", reason="Partners call us", by=bob)
    response = bob_client.get(reverse("design-record", args=[assessment.pk, "data"]))
    assert response.headers["Content-Type"] == "text/markdown; charset=utf-8"
    text = response.content.decode()
    _empty, front, body = text.split("---\n", 2)
    matter = yaml.safe_load(front)
    assert matter["status"] == "accepted"
    assert matter["decision-makers"] == ["Bob"]
    assert body.strip().startswith("# Where the data lives: A database each, on one server")
    assert re.findall(r"^## (.*)$", body, re.MULTILINE) == [
        "Context and Problem Statement", "Considered Options", "Decision Outcome", "Pros and Cons of the Options",
    ]  # fmt: skip
    assert 'Chosen option: "A database each, on one server", because: \\# Not a \\*heading\\*' in body
    for option in DESIGN_QUESTIONS["data"].options:
        assert f"### {option.title}" in body
        assert option.costs in body
    archive = bob_client.get(reverse("design-records", args=[assessment.pk]))
    with zipfile.ZipFile(io.BytesIO(archive.content)) as file:
        assert [name[5:] for name in file.namelist()] == ["data.md", "api-versions.md"]
        assert file.read(file.namelist()[0]).decode() == text
    assert archive.content == bob_client.get(reverse("design-records", args=[assessment.pk])).content


def test_the_report_prints_decisions_with_reason_person_and_time_and_what_is_open(
    assessment: Assessment, bob: User
) -> None:
    assert load_report(assessment).planning.design is None
    decide_design(assessment, "data", option="schema_each", reason="First step out", by=bob)
    report = load_report(assessment)
    chapter = next(each for each in build_document(report).chapters if each.slug == "design")
    assert chapter.title == f"1 decision is taken, {len(DESIGN_QUESTIONS) - 1} still open"
    said = str(chapter)
    for words in ("Where does the service keep its data?", "A schema each", "First step out", "Bob", "know who asks?"):
        assert words in said
    assert report.attachment is not None
    [kept] = json.loads(report.attachment.text)["report"]["design_decisions"]
    assert (kept["key"], kept["option"], kept["by"]) == ("data", "schema_each", "Bob")
