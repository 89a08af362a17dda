"""The OpenAPI document is true: Schemathesis asks every operation what the document allows and what it does not, and
compares each answer with it.

One test for each operation, and one that goes from operation to operation, as a team's lead in a database with an
assessment of every kind. All of Schemathesis's checks are on:

- not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
  response_headers_conformance, allow_header_conformance: every answer is one that the document names, in its form;
- negative_data_rejection, missing_required_header, unsupported_method: what the document does not allow is refused;
- positive_data_acceptance: what it allows is taken. Of saving an answer a refusal (400) is accepted as well: which
  values a question takes is the questionnaire's business and differs from assessment to assessment. So it is of
  attaching a scan or a measurement, whose file has a schema of its own;
- ignored_auth: without the token, or with another, there is nothing;
- use_after_free, ensure_resource_availability: deleted things are gone, made things are there.

`object_level_authorization` and `max_response_time` need what only other tests have: a second person (the access
table) and a quiet machine (benchmarks).
"""

import io
import json
import zlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation

from assess.assessments import actions
from assess.assessments.evidence.actions import attach_evidence
from assess.assessments.measurements.actions import attach_file, read_file
from assess.assessments.models import Assessment, Respondent, System
from assess.people.models import Team, User
from assess.reports import queue
from assess.reports.models import Report
from assess.review.models import Comment, Condition, SignOff
from tests.evidence_samples import shop_evidence
from tests.factories import AnswerFactory, AssessmentFactory
from tests.integration.api.conftest import Api
from tests.measurement_samples import kubectl, workload

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ALSO_REFUSED = ["2xx", "3xx", "400", "401", "403", "404", "409", "429", "5xx"]
CONFIG = SchemathesisConfig.from_dict(
    {
        "generation": {"max-examples": 25, "deterministic": True},
        # From operation to operation only by the document's own links; guessed ones mostly list things.
        "phases": {"stateful": {"inference": {"algorithms": []}, "link-calibration": False}},
        "operations": [
            {"include-operation-id": each, "checks": {"positive_data_acceptance": {"expected-statuses": ALSO_REFUSED}}}
            for each in ("saveAnswer", "saveMyAnswer", "attachEvidence", "attachMeasurement")
        ],
    }
)
SCHEMA = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application(), config=CONFIG)
NO_HEALTH_CHECKS = list(HealthCheck)
WALKS = settings(
    max_examples=60, stateful_step_count=20, derandomize=True, deadline=None, suppress_health_check=NO_HEALTH_CHECKS
)


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    """As Django's own test client does: a request must not close the connection whose transaction is undone.

    The limit of requests has tests of its own. Nobody waits so long here that a process would be started.
    """
    settings.LIMITS = {**settings.LIMITS, "api_per_minute": 1_000_000}
    monkeypatch.setattr(queue, "PATIENCE", timedelta(hours=1))
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def known(assessment: Assessment, team: Team, alice: User, bob: User, edition: Any) -> dict[str, list[Any]]:
    """What Alice may use, by the name of the parameter or field."""
    for key, value in {"teams": 5, "deploy_minutes": 45, "motives": ["team_autonomy"], "budget": None}.items():
        AnswerFactory(assessment=assessment, key=key, value=value, note="Counted", answered_by=bob)
    signed = AssessmentFactory(team=team, by=alice, answers={"teams": 9, "deploy_minutes": 5})
    signed = actions.submit_assessment(signed, by=alice)
    sign_off = SignOff.objects.create(
        assessment=signed, decision="accepted_with_conditions", model_verdict=signed.verdict, overruled_to="stay",
        reason="Too few people", content={}, content_hash="0" * 64, signed_by=bob, challenge_until=timezone.localdate(),
    )  # fmt: skip
    Condition.objects.create(
        assessment=signed, sign_off=sign_off, text="Trace requests", owner="Bob", due_on=timezone.localdate()
    )
    challenge = Comment.objects.create(assessment=signed, key="teams", kind="challenge", text="Nine?", written_by=bob)
    Comment.objects.create(assessment=signed, parent=challenge, text="Nine.", written_by=alice)
    Report.objects.create(assessment=signed, key="1" * 64, state="ready", is_final=True, pdf=b"%PDF-1.7")
    apart = AssessmentFactory(team=team, by=alice, answers_separately=True)
    Respondent.objects.create(assessment=apart, user=alice, asked_by=bob, perspective="manager")
    deleted = AssessmentFactory(team=team, by=alice)
    actions.delete_assessment(deleted, by=alice)
    every = [assessment, signed, apart, deleted]
    scan = json.dumps(shop_evidence(scanned_at="2026-10-01T09:00:00Z")).encode()
    attached = attach_evidence(assessment, scan, by=alice)
    file = read_file(io.BytesIO(kubectl(workload("known"))), name="known.json", assessment=assessment)
    measured = attach_file(assessment, file, by=alice)
    systems = System.objects.filter(assessments__in=every)
    return {
        # Operations that only one of them allows.
        "restoreAssessment": [deleted.pk],
        "saveMyAnswer": [apart.pk],
        "listMyAnswers": [apart.pk],
        "readReportPdf": [signed.pk],
        "startNextVersion": [signed.pk],
        "submitAssessment": [assessment.pk],
        "attachEvidence": [assessment.pk],
        "readEvidence": [assessment.pk],
        "evidence_id": [attached.pk],
        "attachMeasurement": [assessment.pk],
        "deleteMeasurement": [assessment.pk],
        "measurement_id": [measured.pk],
        "assessment_id": [each.pk for each in every],
        "system_id": list(systems.values_list("pk", flat=True)),
        "questionnaire_id": [edition.pk],
        "question": ["developers"],
        "value": [4],
        "not_sure": [None],
        "not_applicable": [None],
        "base_version": [0],
        "link": [None],
        "note": ["Counted"],
        "reason": ["It has none"],
        "who_knows": [None],
        "basis": ["guess"],
        "team": [team.pk],
        "edition": [edition.pk],
    }


@pytest.fixture
def statuses() -> Iterator[set[int]]:
    """What one operation answered; that it never got as far as a success would make the test worthless."""
    seen: set[int] = set()
    yield seen
    assert seen & {200, 201, 202, 204}, f"no request of Schemathesis's succeeded: {seen}"


def is_allowed(case: Any, location: ParameterLocation) -> bool:
    """Whether this part of the request is one that the document allows."""
    part = case.meta.components.get(location) if case.meta else None
    return part is not None and part.mode.is_positive


def operation_of(case: Any) -> str:
    return str(case.operation.definition.raw["operationId"])


def with_known_things(case: Any, known: dict[str, list[Any]], *, of_three: int, path: bool = True) -> None:
    """Nearly every number is nobody's and every word no question: in so many of three requests that the document allows
    they become something that is there."""
    number = zlib.crc32(repr((case.path_parameters, case.body)).encode("utf-8", "replace"))
    if number % 3 >= of_three:
        return
    parts = [case.path_parameters] if path and is_allowed(case, ParameterLocation.PATH) else []
    parts += [case.body] if isinstance(case.body, dict) and is_allowed(case, ParameterLocation.BODY) else []
    if operation_of(case) == "attachEvidence" and is_allowed(case, ParameterLocation.BODY):
        case.body = shop_evidence()
    if operation_of(case) == "attachMeasurement" and is_allowed(case, ParameterLocation.BODY):
        case.media_type, case.body = "application/json", json.loads(kubectl(workload(f"shop-{number}")))
    for part in parts:
        for name in set(part) & set(known):
            choices = known.get(operation_of(case), known[name]) if name == "assessment_id" else known[name]
            part[name] = choices[number // 3 % len(choices)]


def headers_of(case: Any, token: str) -> dict[str, str]:
    """The token, unless Schemathesis left it out on purpose; and nothing packed, which it would take for the answer."""
    headers = {"Accept-Encoding": "identity"}
    if (
        case.meta is None
        or ParameterLocation.HEADER not in case.meta.components
        or is_allowed(case, ParameterLocation.HEADER)
    ):
        headers["Authorization"] = f"Bearer {token}"
    return headers


@SCHEMA.parametrize()
@settings(max_examples=25, suppress_health_check=NO_HEALTH_CHECKS)  # as in CONFIG, whatever the profile says
def test_every_operation_does_what_the_document_says(
    case: Any, known: dict[str, list[Any]], statuses: set[int], ask: Api, alice: User
) -> None:
    with_known_things(case, known, of_three=2)
    response = case.call_and_validate(headers=headers_of(case, ask.token_of(alice)))
    statuses.add(response.status_code)


def test_going_from_one_operation_to_the_next(known: dict[str, list[Any]], ask: Api, alice: User) -> None:
    """What one operation made is found, changed and deleted by the others, in sequences that Schemathesis makes up."""
    token = ask.token_of(alice)
    succeeded: set[str] = set()

    class Walk(SCHEMA.as_state_machine()):  # type: ignore[misc]
        """Each begins with the same database; otherwise a failure could not be repeated."""

        def setup(self) -> None:
            self.start = transaction.savepoint()
            self.restored = False

        def teardown(self) -> None:
            transaction.savepoint_rollback(self.start)

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": headers_of(case, token)}

        def before_call(self, case: Any) -> None:
            # A version that a walk itself submitted is rare; the one that was there before is as good to go on from.
            with_known_things(case, known, of_three=3, path=operation_of(case) == "startNextVersion")

        def after_call(self, response: Any, case: Any) -> None:
            super().after_call(response, case)
            name = operation_of(case)
            if 200 <= response.status_code < 300:
                succeeded.add(name)
                self.restored |= name == "restoreAssessment"

        def validate_response(self, response: Any, case: Any, additional_checks: Any = None, **kwargs: Any) -> None:
            # What was brought back is there again, which this check does not know of.
            case.validate_response(
                response,
                headers=kwargs["headers"],
                excluded_checks=[CHECKS.get_one("use_after_free")] if self.restored else [],
                transport_kwargs=kwargs,
                recorder=self.recorder,
            )

    Walk.run(settings=WALKS)
    wanted = {
        "startSystem",
        "saveAnswer",
        "submitAssessment",
        "startNextVersion",
        "deleteAssessment",
        "restoreAssessment",
    }
    assert wanted - succeeded == set(), "these walks are too short to prove anything"
