"""Files of deploys, load, cost and calls: read into a preview, attached, deleted, compared with the answers."""

import csv
import gzip
import io
import json
from datetime import timedelta
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from assess.assessments.actions import start_assessment, submit_assessment
from assess.assessments.evidence.actions import attach_evidence
from assess.assessments.evidence.claims import load_sources
from assess.assessments.evidence.models import CandidateChoices, ProposalDecision
from assess.assessments.measurements.actions import (
    attach_file,
    attach_preview,
    delete_measurement,
    preview_file,
    read_file,
    reading_of,
)
from assess.assessments.measurements.models import Measurement, MeasurementPreview
from assess.assessments.models import Answer, Assessment, Edition, Event, Respondent
from assess.measurements.facade import Cost, Load
from assess.people.api_tokens import create_api_token
from assess.people.models import Team, User
from assess.questionnaire.facade import Answer as AnswerValue
from assess.questionnaire.facade import ValidationFailed
from assess.review.signed_content import signed_proposals
from assess.web.uploads import LARGE
from tests.conftest import client_of
from tests.evidence_samples import shop_evidence
from tests.factories import AnswerFactory, AssessmentFactory
from tests.html import compact
from tests.measurement_samples import PERSONAL, deploys_csv, github_cli, kubectl, sixty_runs, workload

pytestmark = pytest.mark.django_db

DEPLOYS = deploys_csv(sixty_runs())
PROMETHEUS = json.dumps(
    {
        "status": "success",
        "data": {
            "resultType": "vector",
            "result": [
                {"metric": {"view": name}, "value": [1764000000, value]}
                for name, value in (
                    ("orders.views.checkout", "600"),
                    ("catalog.views.search", "300"),
                    ("ghosts", "100"),
                )
            ],
        },
    }
).encode()
STACKS = b"".join(
    f"serve (gunicorn/run.py:1);view (shop/{app}/views.py:{n}) {10 + n}\n".encode()
    for app in ("orders", "catalog")
    for n in range(30)
)
ACCESS_LOG = "".join(
    f'203.0.113.{n} - olga [01/Nov/2025:10:00:{n:02d} +0000] "GET /{part}/{n}?q=olga HTTP/1.1" 200 12 0.{n + 100}\n'
    for part in ("orders", "search")
    for n in range(40)
).encode()
KINDS = {
    "deploys": (DEPLOYS, "Deploys", "Deploys a week"),
    "gzip": (gzip.compress(DEPLOYS), "Deploys", "Failed runs"),
    "prometheus": (PROMETHEUS, "Load", "orders.views.checkout"),
    "stacks": (STACKS, "Load", "Parts"),
    "log": (ACCESS_LOG, "Load", "/orders"),
    "cluster": (kubectl(workload()), "Cost", "Cores asked for"),
}


def address_of(assessment: Assessment) -> str:
    return reverse("evidence-measurements", args=[assessment.pk])


def send(client: Client, assessment: Assessment, content: bytes, name: str = "file.bin", **typed: str) -> Any:
    posted = {"do": "read", "file": SimpleUploadedFile(name, content), **typed}
    return client.post(address_of(assessment), posted)


def press(client: Client, assessment: Assessment, do: str, **fields: Any) -> str:
    response = client.post(address_of(assessment), {"do": do, **fields}, follow=True)
    assert response.status_code == 200
    return compact(response.content.decode())


def page_of(client: Client, assessment: Assessment) -> str:
    return compact(client.get(address_of(assessment)).content.decode())


def attach(assessment: Assessment, content: bytes, by: User, name: str = "deploys.csv") -> Measurement:
    return attach_file(assessment, read_file(io.BytesIO(content), name=name, assessment=assessment), by=by)


# --- preview, attach, discard


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_shown_before_it_counts_and_attached_by_one_event(
    kind: str, assessment: Assessment, bob: User, bob_client: Client
) -> None:
    content, words, figure = KINDS[kind]
    assert send(bob_client, assessment, content).status_code == 302
    said = page_of(bob_client, assessment)
    for each in (f"Preview of file.bin: {words}", figure, "Where each field comes from", "Rows read:"):
        assert each in said
    assert not Measurement.objects.exists()
    preview = MeasurementPreview.objects.get()
    assert "is attached" in press(bob_client, assessment, "attach", seen=preview.sha256)
    row = Measurement.objects.get()
    assert (row.file_name, row.sha256, row.attached_by) == ("file.bin", preview.sha256, bob)
    assert not MeasurementPreview.objects.exists()
    assert Event.objects.get(kind="measurement_attached").payload["sha256"] == row.sha256
    said = page_of(bob_client, assessment)
    assert figure in said
    assert "Preview of" not in said
    call_command("verify_log")


def test_the_page_without_a_file_says_how_to_get_one_after_its_limits(assessment: Assessment, vera: User) -> None:
    said = page_of(client_of(vera), assessment)
    assert said.index("What files don’t say") < said.index("Nothing attached yet")
    for command in ("gh run list --workflow deploy.yml", "py-spy record -f raw", "kubectl get deploy -o json"):
        assert command in said
    assert 'type="file"' not in said


def test_every_dropped_row_is_counted_and_the_first_are_listed(assessment: Assessment, bob_client: Client) -> None:
    rows = "".join(f"2025-03-{1 + n % 28:02d}T10:00:00Z,nonsense,success,prod\n" for n in range(250))
    content = f"created,finished,status,environment\n{rows}2025-03-03T10:00:00Z,2025-03-03T10:20:00Z,success,prod\n"
    assert send(bob_client, assessment, content.encode()).status_code == 302
    said = page_of(bob_client, assessment)
    assert "250 rows left out, and why" in said
    assert "50 more rows are counted above and not listed" in said
    assert said.count('data-label="Why, and what to do"') == 200
    press(bob_client, assessment, "attach", seen=MeasurementPreview.objects.get().sha256)
    reading = reading_of(Measurement.objects.get())
    assert (sum(reading.dropped_by_reason.values()), reading.dropped) == (250, ())


def test_a_second_file_takes_the_place_of_the_preview_and_discarding_keeps_nothing(
    assessment: Assessment, alice_client: Client, bob_client: Client
) -> None:
    send(bob_client, assessment, DEPLOYS, "first.csv")
    send(alice_client, assessment, PROMETHEUS, "hers.json")
    send(bob_client, assessment, github_cli(sixty_runs()), "second.json")
    said = page_of(bob_client, assessment)
    assert "Preview of second.json: Deploys" in said
    assert "first.csv" not in said
    assert "hers.json" not in said
    assert "Nothing of the file was kept" in press(bob_client, assessment, "discard")
    assert [each.file_name for each in MeasurementPreview.objects.all()] == ["hers.json"]
    assert not Event.objects.filter(kind__startswith="measurement").exists()


def test_previews_that_nobody_attached_are_gone_after_a_week(
    assessment: Assessment, team: Team, bob: User, alice: User, bob_client: Client
) -> None:
    for days, person in ((8, alice), (6, bob)):
        MeasurementPreview.objects.create(
            assessment=AssessmentFactory(team=team, by=alice), content={}, file_name="a", sha256="0" * 64,
            read_at=timezone.now() - timedelta(days=days), read_by=person,
        )  # fmt: skip
    send(bob_client, assessment, DEPLOYS)
    assert [each.read_by for each in MeasurementPreview.objects.order_by("pk")] == [bob, bob]


def test_nobody_attaches_a_preview_that_they_did_not_see(assessment: Assessment, bob: User, bob_client: Client) -> None:
    send(bob_client, assessment, DEPLOYS)
    seen = MeasurementPreview.objects.get().sha256
    send(bob_client, assessment, PROMETHEUS)
    assert "Look at the file again before you attach it" in press(bob_client, assessment, "attach", seen=seen)
    assert not Measurement.objects.exists()
    assert MeasurementPreview.objects.count() == 1
    press(bob_client, assessment, "discard")
    with pytest.raises(ValidationFailed, match="its preview is gone"):
        attach_preview(assessment, seen=seen, by=bob)


def test_a_double_click_attaches_once(assessment: Assessment, bob: User, bob_client: Client) -> None:
    send(bob_client, assessment, DEPLOYS)
    seen = MeasurementPreview.objects.get().sha256
    assert attach_preview(assessment, seen=seen, by=bob) == attach_preview(assessment, seen=seen, by=bob)
    assert Event.objects.filter(kind="measurement_attached").count() == 1


def test_nothing_of_people_gets_into_rows_events_and_pages(assessment: Assessment, bob_client: Client) -> None:
    for content in (DEPLOYS, github_cli(sixty_runs()), ACCESS_LOG, kubectl(workload())):
        send(bob_client, assessment, content)
        preview = MeasurementPreview.objects.get()
        shown = page_of(bob_client, assessment) + json.dumps(preview.content)
        press(bob_client, assessment, "attach", seen=preview.sha256)
        for secret in (*PERSONAL, "olga", "203.0.113."):
            assert secret not in shown
    kept = json.dumps([[each.content for each in Measurement.objects.all()], list(Event.objects.values("payload"))])
    assert not any(secret in kept for secret in (*PERSONAL, "olga", "203.0.113."))


# --- what is refused


@pytest.mark.parametrize(
    "content",
    [
        b"", b"   \n", b"hello", b"{}", b"[]", b"null", b'{"a": 1', b"\x89PNG\r\n\x1a\n\x00\x00", b"PK\x03\x04 zip",
        gzip.compress(DEPLOYS)[:-20], b"\x1f\x8b", b"\xff\xfe\x00", b'{"a": 1, "a": 2}', b"[" * 200_000,
        b'{"workflow_runs": []}', b'{"kind": "List", "apiVersion": "v1", "items": []}', b"created,finished\n",
        b'{"status": "error", "errorType": "bad_data"}', json.dumps(shop_evidence()).encode(),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_writes_nothing(content: bytes, assessment: Assessment, bob_client: Client) -> None:
    response = send(bob_client, assessment, content)
    assert response.status_code == 400
    said = compact(response.content.decode())
    assert "Nothing was read" in said
    assert 'data-code="' in said
    assert not MeasurementPreview.objects.exists()
    assert not Event.objects.filter(kind__startswith="measurement").exists()


def test_an_earlier_preview_stays_when_the_next_file_cannot_be_read(assessment: Assessment, bob_client: Client) -> None:
    send(bob_client, assessment, DEPLOYS, "first.csv")
    send(bob_client, assessment, b"{}")
    assert "Preview of first.csv" in page_of(bob_client, assessment)


def test_a_scan_is_sent_to_the_page_of_scans(assessment: Assessment, bob_client: Client) -> None:
    said = compact(send(bob_client, assessment, json.dumps(shop_evidence()).encode()).content.decode())
    assert "This is a scan. Attach it on the page of scans" in said


def test_the_form_says_which_price_is_wrong_and_keeps_what_was_typed(
    assessment: Assessment, bob_client: Client
) -> None:
    typed = {"core": "twenty <b>", "gib": "-3", "currency": "XXX"}
    response = send(bob_client, assessment, kubectl(workload()), **typed)
    assert response.status_code == 400
    said = compact(response.content.decode())
    for words in (
        "in digits such as 12",
        "Enter a price from 0 to",
        "its three letters",
        'value="twenty &lt;b&gt;"',
        'value="-3"',
    ):
        assert words in said
    assert all(f'id="{name}-error"' in said for name in typed)
    said = compact(send(bob_client, assessment, kubectl(workload()), core="20").content.decode())
    assert "Enter the other price too" in said
    assert 'value="20"' in said
    said = compact(bob_client.post(address_of(assessment), {"do": "read", "core": "x"}).content.decode())
    assert "Choose a file" in said
    assert 'id="core-error"' in said
    assert not MeasurementPreview.objects.exists()


def test_prices_make_a_sum_in_the_currency_that_was_typed(assessment: Assessment, bob_client: Client) -> None:
    send(bob_client, assessment, kubectl(workload(replicas=4)), core="20,50", gib="€ 4", currency="eur")
    content = reading_of(MeasurementPreview.objects.get()).content
    assert isinstance(content, Cost)
    assert (content.currency, str(content.workloads[0].monthly)) == ("EUR", "28.50")  # 1 core, 2 GiB
    assert "Cost a month, EUR" in page_of(bob_client, assessment)
    send(bob_client, assessment, kubectl(workload("other")), core="20", gib="4")
    content = reading_of(MeasurementPreview.objects.get()).content
    assert isinstance(content, Cost)
    assert content.currency == assessment.workspace.currency


def test_a_file_over_the_limit_is_refused_wherever_it_is_found_out(
    assessment: Assessment, bob_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.LIMITS["measurement_upload"] == 100 * 1024**2
    assert send(bob_client, assessment, ACCESS_LOG * 100).status_code == 302  # more than other forms may have
    monkeypatch.setitem(settings.LIMITS, "measurement_upload", 1024**2)
    response = send(bob_client, assessment, ACCESS_LOG * 400)
    assert response.status_code == 400
    assert "Send at most 1 MB" in response.content.decode()
    address = next(each for each in settings.BODY_LIMITS if "/evidence/measurements" in each)
    monkeypatch.setitem(settings.BODY_LIMITS, address, 1024**2)
    assert send(bob_client, assessment, ACCESS_LOG * 400).status_code == 413
    assert bob_client.post(reverse("evidence-claims", args=[assessment.pk]), {"a": "x" * 300_000}).status_code == 413


def test_large_files_of_the_signed_out_are_not_kept_on_disk(alice: User) -> None:
    for user, kept in ((AnonymousUser(), []), (alice, ["file"])):
        file = SimpleUploadedFile("access.log", b"x" * (LARGE + 1))
        request = RequestFactory().post("/", {"file": file})
        request.user = user
        assert list(request.FILES) == kept
        request.close()


def test_the_same_file_is_attached_once_and_again_after_it_was_deleted(
    assessment: Assessment, bob: User, bob_client: Client
) -> None:
    row = attach(assessment, DEPLOYS, bob)
    response = send(bob_client, assessment, DEPLOYS, "other-name.csv")
    assert response.status_code == 400
    assert "this file is attached already" in response.content.decode()
    delete_measurement(row, by=bob)
    assert attach(assessment, DEPLOYS, bob).pk != row.pk
    assert "this file is attached already" in press(bob_client, assessment, "restore", measurement=row.pk)


def test_a_version_submitted_meanwhile_takes_no_file(assessment: Assessment, bob: User, bob_client: Client) -> None:
    row = attach(assessment, DEPLOYS, bob)
    send(bob_client, assessment, PROMETHEUS)
    seen = MeasurementPreview.objects.get().sha256
    AnswerFactory(assessment=assessment, key="teams", value=5, answered_by=bob)
    submit_assessment(assessment, by=bob)
    assert "Start the next version to attach a measurement" in press(bob_client, assessment, "attach", seen=seen)
    assert "Start the next version" in send(bob_client, assessment, STACKS).content.decode()
    assert "Start the next version" in press(bob_client, assessment, "delete", measurement=row.pk)
    said = page_of(bob_client, assessment)
    assert "its measurements stay as they are" in said
    assert "Preview of" not in said
    assert Measurement.objects.get().deleted_at is None


def test_only_those_who_answer_read_attach_and_delete(
    assessment: Assessment, bob: User, vera: User, rita: User
) -> None:
    row = attach(assessment, DEPLOYS, bob)
    file = read_file(io.BytesIO(PROMETHEUS), name="a", assessment=assessment)
    for person in (vera, rita):
        for refused in (
            lambda person=person: preview_file(assessment, file, by=person),
            lambda person=person: attach_file(assessment, file, by=person),
            lambda person=person: delete_measurement(row, by=person),
        ):
            with pytest.raises(PermissionDenied):
                refused()
        for do in ("read", "attach", "discard", "delete", "restore"):
            assert client_of(person).post(address_of(assessment), {"do": do}).status_code == 403


def test_a_measurement_of_another_assessment_is_not_there(
    assessment: Assessment, bob: User, bob_client: Client
) -> None:
    row = attach(assessment, DEPLOYS, bob)
    other = AssessmentFactory(team=assessment.team, by=bob)
    for do in ("delete", "restore"):
        response = bob_client.post(address_of(other), {"do": do, "measurement": row.pk})
        assert response.status_code == 404
    assert Measurement.objects.get().deleted_at is None


def test_deleting_is_an_event_and_can_be_undone(assessment: Assessment, bob: User, bob_client: Client) -> None:
    row = attach(assessment, DEPLOYS, bob)
    said = press(bob_client, assessment, "delete", measurement=row.pk)
    assert "deploys.csv: deleted" in said
    assert "Nothing attached yet" in said
    press(bob_client, assessment, "delete", measurement=row.pk)
    assert "is back" in press(bob_client, assessment, "restore", measurement=row.pk)
    kinds = Event.objects.filter(kind__startswith="measurement").order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["measurement_attached", "measurement_deleted", "measurement_restored"]
    call_command("verify_log")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("..\\..\\boot.ini", "boot.ini"),
        ("a\u202ecod.exe", "acod.exe"),
        ("<script>alert(1)<\\script>.csv", "script>.csv"),
        ("=HYPERLINK(1).csv", "=HYPERLINK(1).csv"),
        ("\n\t", "a file without a name"),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_file_name_is_shown_as_text_without_folders(
    name: str, kept: str, assessment: Assessment, bob: User, bob_client: Client
) -> None:
    row = attach(assessment, DEPLOYS, bob, name)
    assert row.file_name == kept
    for address in (address_of(assessment), reverse("evidence-claims", args=[assessment.pk])):
        assert "<script>alert" not in bob_client.get(address).content.decode()


def test_names_in_a_file_are_shown_as_text(assessment: Assessment, bob: User, bob_client: Client) -> None:
    evil = "<script>alert(1)</script>{{ 7 }}"
    attach(assessment, kubectl(workload(evil)), bob, "cost.json")
    loads = json.loads(PROMETHEUS)
    loads["data"]["result"][0]["metric"]["view"] = evil
    send(bob_client, assessment, json.dumps(loads).encode(), f"{evil}.json")
    press(bob_client, assessment, "attach", seen=MeasurementPreview.objects.get().sha256)
    for name in ("evidence-measurements", "evidence-claims", "evidence-candidates", "report-read"):
        said = bob_client.get(reverse(name, args=[assessment.pk])).content.decode()
        assert "<script>alert" not in said
    assert "&lt;script&gt;" in page_of(bob_client, assessment)


# --- what they propose


@pytest.fixture
def answered(team: Team, edition: Edition, alice: User) -> Assessment:
    carried = {"scope": AnswerValue(value="whole_system"), "deploys_per_week": AnswerValue(value=50)}
    return start_assessment(team=team, system_name="Shop", edition=edition, by=alice, carried=carried)


def decide(client: Client, assessment: Assessment, do: str, key: str, **fields: Any) -> str:
    row = Answer.objects.filter(assessment=assessment, key=key).first()
    posted = {"do": do, "key": key, f"version-{key}": row.version if row else 0, **fields}
    posted.setdefault("seen", load_sources(assessment).seen)
    response = client.post(reverse("evidence-claims", args=[assessment.pk]), posted, follow=True)
    return compact(response.content.decode())


def test_a_measured_proposal_is_accepted_without_any_scan(
    answered: Assessment, alice: User, alice_client: Client
) -> None:
    row = attach(answered, DEPLOYS, alice)
    said = compact(alice_client.get(reverse("evidence-claims", args=[answered.pk])).content.decode())
    assert "Measurements propose and never decide" in said
    assert "Deploys from deploys.csv" in said
    assert "1 answer now is the measured one" in decide(alice_client, answered, "accept", "deploys_per_week")
    answer = answered.answers.get(key="deploys_per_week")
    assert answer.basis == "measured"
    assert answer.value != 50
    decision = ProposalDecision.objects.get()
    assert (decision.measurement, decision.evidence) == (row, None)
    assert Event.objects.get(kind="proposal_accepted").payload["measurement"] == row.sha256
    call_command("verify_log")
    decide(alice_client, answered, "undo", "deploys_per_week")
    assert answered.answers.get(key="deploys_per_week").value == 50


def test_nobody_decides_on_a_measurement_that_the_page_did_not_show(
    answered: Assessment, alice: User, alice_client: Client
) -> None:
    attach(answered, DEPLOYS, alice)
    seen = load_sources(answered).seen
    attach(answered, PROMETHEUS, alice, "load.json")
    said = decide(alice_client, answered, "accept", "deploys_per_week", seen=seen)
    assert "Look at the newest figures" in said
    assert not ProposalDecision.objects.exists()


def test_a_measurement_goes_before_a_scan_whose_figure_stands_below_it(
    answered: Assessment, alice: User, alice_client: Client
) -> None:
    attach_evidence(answered, json.dumps(shop_evidence()).encode(), by=alice)
    before = {claim.key for claim, _source in find(answered)}
    attach(answered, DEPLOYS, alice)
    sources = {proposal.key: (type(source).__name__, proposal) for proposal, source in find(answered)}
    assert before <= set(sources)
    kind, proposal = sources["deploys_per_week"]
    assert kind == "Measurement"
    if "deploys_per_week" in before:
        assert any("Scan of" in limit for limit in proposal.limits)
    assert sources["models"][0] == "Evidence"
    said = compact(alice_client.get(reverse("evidence-claims", args=[answered.pk])).content.decode())
    assert "Deploys from deploys.csv" in said
    assert "9 models in 6 apps" in said


def find(assessment: Assessment) -> Any:
    from assess.assessments.editions import questionnaire_of
    from assess.assessments.evidence.claims import find_proposals

    return find_proposals(load_sources(assessment), questionnaire_of(assessment.edition), assessment.current_answers())


def test_nobody_sees_what_a_file_says_of_a_question_before_answering_it(
    answered: Assessment, alice: User, bob: User, alice_client: Client, bob_client: Client
) -> None:
    attach(answered, DEPLOYS, bob)
    loads = attach(answered, PROMETHEUS, bob, "week.json")
    Assessment.objects.filter(pk=answered.pk).update(answers_separately=True)
    answered.answers.all().delete()
    Respondent.objects.create(assessment=answered, user=alice, asked_by=alice, perspective="developer")
    said = compact(alice_client.get(reverse("evidence-claims", args=[answered.pk])).content.decode())
    assert "once you have answered it yourself" in said
    assert 'id="q-deploys_per_week"' not in said
    assert "Nothing to accept" in decide(alice_client, answered, "accept", "deploys_per_week")
    said = page_of(alice_client, answered)
    assert "once you have answered it yourself" in said
    assert "Minutes to production" not in said
    assert "Minutes to production" in page_of(bob_client, answered)
    url = reverse("evidence-candidates", args=[answered.pk])
    assert f"loads={loads.pk}" not in alice_client.get(url, {"loads": loads.pk}).content.decode()
    token = create_api_token(alice, name="Tests", days=1)[1]
    listed = Client().get(reverse("api-measurements", args=[answered.pk]), headers={"authorization": f"Bearer {token}"})
    assert [item["figures"] for item in listed.json()["items"]] == [[], []]


# --- loads of candidates


def test_loads_of_a_file_fill_the_form_of_candidates_and_count_once_saved(
    assessment: Assessment, bob: User, bob_client: Client
) -> None:
    attach_evidence(assessment, json.dumps(shop_evidence()).encode(), by=bob)
    row = attach(assessment, PROMETHEUS, bob, "week.json")
    address = reverse("evidence-candidates", args=[assessment.pk])
    assert "Use the loads of week.json" in compact(bob_client.get(address).content.decode())
    response = bob_client.get(address, {"loads": row.pk})
    said = compact(response.content.decode())
    assert "for 2 of the modules below" in said
    assert "ghosts (10 %)" in said
    assert not CandidateChoices.objects.exists()
    form = response.context["form"]
    posted = {"by": "scan", "seen": "", "count": str(len(form.rows)), "load_from": form.general["load_from"].value()}
    posted |= {f"{each.prefix}-{field.name}": field.value() or "" for each in form.rows for field in each}
    assert bob_client.post(address, posted).status_code == 302
    content = CandidateChoices.objects.get().content
    loads = {each["name"]: each["load"] for each in content["rows"] if each.get("load")}
    assert loads == {"orders": "60", "catalog": "30"}
    assert content["load_from"].startswith("week.json, Prometheus")


def test_who_only_reads_is_offered_no_loads(assessment: Assessment, bob: User, vera: User) -> None:
    attach(assessment, PROMETHEUS, bob, "week.json")
    address = reverse("evidence-candidates", args=[assessment.pk])
    assert "Use the loads" not in client_of(vera).get(address, {"loads": "1"}).content.decode()


# --- the command


def run(*arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command("attach_evidence", *arguments, stdout=out, **options)
    return out.getvalue()


def test_the_command_previews_and_attaches_a_file_that_it_recognises(
    assessment: Assessment, bob: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "deploys.csv"
    path.write_bytes(DEPLOYS)
    tried = run(str(assessment.pk), str(path), person=bob.email, dry_run=True)
    for words in ("Deploys: ", "Deploys a week: ", "Rows read: 60. Left out: 2.", "Nothing was attached"):
        assert words in tried
    assert not Measurement.objects.exists()
    assert "Attached to Web shop" in run(str(assessment.pk), str(path), person=bob.email)
    assert Measurement.objects.get().file_name == "deploys.csv"
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(kubectl(workload(replicas=4)))))
    said = json.loads(run(str(assessment.pk), "-", "--prices", "20", "4", "EUR", "--json", person=bob.email))
    assert (said["kind"], said["is_attached"], said["figures"]["Cost a month, EUR"]) == ("cost", True, "28")
    assert reading_of(Measurement.objects.get(sha256=said["sha256"])).kind == "cost"


def test_the_command_attaches_a_scan_as_before(assessment: Assessment, bob: User, tmp_path: Path) -> None:
    path = tmp_path / "anything.txt"
    path.write_bytes(json.dumps(shop_evidence()).encode())
    assert json.loads(run(str(assessment.pk), str(path), "--json", person=bob.email))["kind"] == "scan"
    assert assessment.evidence.count() == 1


@pytest.mark.parametrize(
    ("content", "prices", "reason"),
    [
        (b"", (), "The file is empty"),
        (b"hello", (), "Export one of these formats"),
        (kubectl(workload()), ("20",), "--prices takes a core, a GiB"),
        (kubectl(workload()), ("20", "four"), "gib: Enter a price"),
        (kubectl(workload()), ("20", "4", "EURO"), "currency: Write the currency as its three letters"),
    ],
)
def test_the_command_ends_with_status_2_and_writes_nothing(
    content: bytes, prices: tuple[str, ...], reason: str, assessment: Assessment, bob: User, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(CommandError) as caught:
        run(str(assessment.pk), str(path), person=bob.email, prices=list(prices))
    assert caught.value.returncode == 2
    assert reason in str(caught.value)
    assert not Measurement.objects.exists()


# --- reports


def test_a_report_lists_each_file_with_figures_warnings_and_who_attached_it(
    answered: Assessment, alice: User, alice_client: Client
) -> None:
    row = attach(answered, DEPLOYS, alice)
    attach(answered, kubectl(workload()), alice, "cost.json")
    decide(alice_client, answered, "accept", "deploys_per_week")
    read = compact(alice_client.get(reverse("report-read", args=[answered.pk])).content.decode())
    for words in ("Measurements from files", "deploys.csv", "Deploys a week", "No prices were given", row.sha256):
        assert words in read
    document = json.loads(alice_client.get(reverse("report-json", args=[answered.pk])).content)["report"]["evidence"]
    assert [each["file_name"] for each in document["measurements"]] == ["cost.json", "deploys.csv"]
    assert document["scan"] is None
    assert document["answers"]["deploys_per_week"]["measurement"] == "Deploys from deploys.csv"
    markdown = alice_client.get(reverse("report-md", args=[answered.pk])).content.decode()
    assert row.sha256 in markdown
    rows = list(
        csv.DictReader(
            io.StringIO(alice_client.get(reverse("report-csv", args=[answered.pk])).content.decode("utf-8-sig"))
        )
    )
    line = next(each for each in rows if each["key"] == "deploys_per_week")
    assert (line["proposal_decision"], "deploys in" in line["measured"]) == ("accepted", True)


def test_what_was_signed_names_the_file_of_each_decision(
    answered: Assessment, alice: User, alice_client: Client
) -> None:
    row = attach(answered, DEPLOYS, alice)
    decide(alice_client, answered, "override", "deploys_per_week", reason="Two other pipelines")
    (signed,) = signed_proposals(answered)
    assert (signed["measurement"], signed["scan"], signed["reason"]) == (row.sha256, None, "Two other pipelines")


def test_stacks_belong_to_the_apps_of_the_newest_scan_by_their_paths(assessment: Assessment, bob: User) -> None:
    attach_evidence(assessment, json.dumps(shop_evidence()).encode(), by=bob)
    app = next(each for each in shop_evidence()["apps"] if each["id"] == "orders")
    stacks = "".join(f"main (manage.py:1);place (/srv/{app['path']}/views.py:{n}) 5\n" for n in range(30))
    reading = read_file(BytesIO(stacks.encode()), name="stacks.txt", assessment=assessment).reading
    assert isinstance(reading.content, Load)
    assert [each.part for each in reading.content.parts] == ["orders"]
