"""Everything that anybody can write is in the full report, on paper and in its chapters, with who wrote it and when."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import CharField, EmailField, Field, Model, TextField
from django.utils import timezone

from assess.assessments.evidence.models import Evidence, ProposalDecision
from assess.assessments.models import Agreement, Answer, Assessment, PlannedChange, Response
from assess.people.models import User
from assess.reports.chapters import Choice, build_document
from assess.reports.document import Columns, Document, Drawing, Figure, Items, Paragraph, Part, Table, plain_text
from assess.reports.loaders.report import load_report, with_report_relations
from assess.review.models import Comment, CommentKind, Condition, Decision, SignOff
from tests.evidence_samples import shop_evidence
from tests.factories import AssessmentFactory, MembershipFactory, UserFactory
from tests.planning_rows import add_planning_rows
from tests.rendering import pdf_of
from tests.unit.reports.report_factory import demo_answers, packed

pytestmark = pytest.mark.django_db

#: What no person writes for a report, by model: codes, hashes, addresses, names of other things.
ELSEWHERE: dict[str, str] = {
    "assess.Edition": "the questionnaire, whose title and wording the report prints",
    "assess.Event": "the log: its words are code, its payload repeats the rows",
    "assess.RecordLink": "the record: its words are code and seals",
    "assess.EditionTranslation": "the questionnaire in another language",
    "assess.Evidence": "a scan: what a program wrote; its hash and commit are codes",
    "assess.Measurement": "counts from a file; the appendix names the file and says what it proposes",
    "assess.MeasurementPreview": "a file that somebody still looks at",
    "assess.MoneyInputs": "a form's texts as JSON; the chapter on money says them",
    "assess.CandidateChoices": "a form's texts as JSON; the chapter on candidates says them",
    "assess.Report": "this very report's place in the queue",
    "assess.Logo": "a picture",
    "assess.Membership": "roles",
    "assess.Invitation": "mail and token of an invitation",
    "assess.ApiToken": "somebody's own tokens",
    "assess.Token": "somebody's own tokens",
    "assess.Notice": "what one person was told",
    "assess.LintRun": "the check of an uploaded questionnaire",
    "assess.OutgoingMail": "mail on its way to one person",
    "assess.WorkerHeartbeat": "says that a process is alive",
    "assess.SavedFilter": "somebody's own list",
    "assess.SavedView": "somebody's own list",
    "assess.ShareLink": "for whom a link was made: whoever opens it need not know for whom others are",
    "assess.GuestLink": "token of a link",
    "assess.Respondent": "mail and token of whoever was asked; their name is their account's",
}
#: Fields of the models that a report is about which hold codes, not words: what they mean is said in words.
CODES = {
    *("key", "kind", "state", "decision", "model_verdict", "overruled_to", "content_hash", "basis", "answers_hash"),
    *("verdict", "form", "system_name", "current_verdict", "current_verdict_form", "email", "password", "slug"),
    *("paper", "language", "time_zone", "name_key", "figure"),
    *("currency", "code", "stage", "item", "option", "followed"),
}


def written_by_people() -> Iterator[tuple[type[Model], Field[Any, Any]]]:
    """Every field of ours that holds words."""
    for model in apps.get_app_config("assess").get_models():
        if model._meta.label in ELSEWHERE:
            continue
        for field in model._meta.get_fields():
            is_text = isinstance(field, (CharField, TextField)) and not isinstance(field, EmailField)
            if is_text and field.name not in CODES:
                yield model, field


def mark(model: str, field: str, more: str = "") -> str:
    """What is written into a field: found nowhere else."""
    return f"Zq{model.lower()}{field.replace('_', '')}{more}x"


@pytest.fixture
def everything() -> Assessment:
    """A version that people answered apart, agreed on, submitted, discussed, signed with conditions and overruled after
    an earlier signature; every field has its mark."""
    ana = UserFactory(name=mark("user", "name", "ana"))
    made: Assessment = AssessmentFactory(answers_separately=True, created_by=ana, submitted_by=None)
    workspace, team, system = made.workspace, made.team, made.system
    MembershipFactory(user=ana, team=team)
    for row, field in ((workspace, "name"), (workspace, "confidentiality"), (team, "name"), (system, "name")):
        setattr(row, field, mark(type(row).__name__, field))
        row.save()
    rita = UserFactory(name=mark("user", "name", "rita"))
    asked = made.respondents.create(user=ana, asked_by=ana, perspective="developer")
    other = made.respondents.create(user=rita, asked_by=ana, perspective="manager")
    keys = list(demo_answers("ecommerce-35-developers"))
    fields = {"note": mark("response", "note"), "link": f"https://{mark('response', 'link')}.example/"}
    Response.objects.create(assessment=made, respondent=asked, key="teams", value=3, **fields)
    Response.objects.create(
        assessment=made, respondent=other, key="hiring", value=None, not_applicable=mark("response", "not_applicable")
    )
    Response.objects.create(assessment=made, respondent=other, key="models", who_knows=mark("response", "who_knows"))
    for key in keys:
        if key not in ("teams", "hiring", "models", "tests"):
            answer = demo_answers("ecommerce-35-developers")[key]
            value: Any = list(answer.value) if isinstance(answer.value, tuple) else answer.value
            Response.objects.create(assessment=made, respondent=asked, key=key, value=value)
    # What was agreed on is the common answer.
    Answer.objects.create(
        assessment=made, key="budget", value="discussed", answered_by=ana, note=mark("answer", "note"),
        link=f"https://{mark('answer', 'link')}.example/",
    )  # fmt: skip
    Answer.objects.create(
        assessment=made, key="on_call", not_applicable=mark("answer", "not_applicable"), answered_by=ana
    )
    Answer.objects.create(assessment=made, key="tests", who_knows=mark("answer", "who_knows"), answered_by=ana)
    Agreement.objects.create(assessment=made, key="budget", note=mark("agreement", "note"), agreed_by=ana)
    scan = Evidence.objects.create(
        assessment=made, content=json.dumps(shop_evidence()).encode(), sha256="5c" * 32, commit_hash="a" * 40,
        tool_version="1.0", scanned_at=timezone.now(), attached_by=ana,
    )  # fmt: skip
    ProposalDecision.objects.create(
        assessment=made, evidence=scan, key="budget", is_override=True, figure="models", decided_by=ana,
        found=mark("proposaldecision", "found"), reason=mark("proposaldecision", "reason"),
    )  # fmt: skip
    PlannedChange.objects.create(assessment=made, key="tracing", before="none", after="every_request", kept_by=rita)
    now = timezone.now()
    Assessment.objects.filter(pk=made.pk).update(
        submitted_at=now, submitted_by=ana, state="accepted_with_conditions", answers_hash="3f" * 32,
        verdict="extract", form="organisation", model_version=1,
    )  # fmt: skip
    common = {"content": {}, "content_hash": "ab" * 32, "model_verdict": "extract", "signed_by": rita}
    SignOff.objects.create(
        assessment=made, decision=Decision.SENT_BACK, remark=mark("signoff", "remark", "earlier"),
        overruled_to="modular", reason=mark("signoff", "reason", "earlier"), **common,
    )  # fmt: skip
    stands = SignOff.objects.create(
        assessment=made, decision=Decision.ACCEPTED_WITH_CONDITIONS, remark=mark("signoff", "remark"),
        overruled_to="stay", reason=mark("signoff", "reason"), challenge_until=date(2030, 1, 1), **common,
    )  # fmt: skip
    Condition.objects.create(
        assessment=made, sign_off=stands, text=mark("condition", "text"), owner=mark("condition", "owner"),
        due_on=date.today() + timedelta(days=30), met_at=now, met_by=ana, met_how=mark("condition", "met_how"),
    )  # fmt: skip
    challenge = Comment.objects.create(
        assessment=made, key="teams", kind=CommentKind.CHALLENGE, text=mark("comment", "text", "challenge"),
        written_by=rita, settled_at=now, settled_by=ana, settlement=mark("comment", "settlement"),
    )  # fmt: skip
    Comment.objects.create(assessment=made, parent=challenge, text=mark("comment", "text", "reply"), written_by=ana)
    Comment.objects.create(assessment=made, text=mark("comment", "text"), written_by=ana)
    add_planning_rows(made, ana)
    return with_report_relations(Assessment.objects.all()).get(pk=made.pk)


def expected() -> list[str]:
    marks = [mark(model.__name__, field.name) for model, field in written_by_people() if model is not User]
    more = [
        *(mark("comment", "text", more) for more in ("challenge", "reply")),
        *(mark("signoff", field, "earlier") for field in ("remark", "reason")),
        *(mark("user", "name", name) for name in ("ana", "rita")),
    ]
    return [*marks, *more]


def texts_of(document: Document) -> Iterator[str]:
    yield document.title
    yield document.footer
    for chapter in document.chapters:
        for block in chapter.all_blocks():
            if isinstance(block, Paragraph):
                yield plain_text(block.line)
            elif isinstance(block, Items):
                yield from (plain_text(line) for line in block.lines)
            elif isinstance(block, Table):
                for row in block.rows:
                    yield from (plain_text(line) for line in (*row.cells, *row.notes))
            elif isinstance(block, (Part, Figure)):
                yield block.title
            else:
                assert isinstance(block, Columns | Drawing)


def test_every_text_field_of_the_models_is_covered_here() -> None:
    """A new model or field fails here until the report prints it, or until it is said why it does not."""
    labels = {model._meta.label for model, _field in written_by_people()}
    about = {
        "assess.Workspace", "assess.Team", "assess.User", "assess.System", "assess.Assessment", "assess.Answer",
        "assess.Response", "assess.Agreement", "assess.PlannedChange", "assess.Comment", "assess.SignOff",
        "assess.Condition", "assess.ProposalDecision", "assess.PlanStep", "assess.Goal", "assess.GoalReading",
        "assess.PreparationMark", "assess.DesignDecision", "assess.Outcome",
    }  # fmt: skip
    assert labels <= about
    assert len(expected()) >= 22


@pytest.mark.whole_pdf
def test_full_report_and_pdf_contain_everything_people_wrote(everything: Assessment, tmp_path: Path) -> None:
    report = load_report(everything)
    said = packed(" ".join(texts_of(build_document(report))))
    # Team and workspace stand on page 1, which every form has.
    assert report.page_one is not None
    said += packed(report.page_one.owner)
    assert [text for text in expected() if text not in said] == []
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not here")
    paper = tmp_path / "report.pdf"
    paper.write_bytes(pdf_of(report))
    read = subprocess.run(["pdftotext", "-raw", paper, "-"], capture_output=True, check=True, text=True).stdout
    assert [text for text in expected() if text not in packed(read)] == []


def test_texts_are_shown_with_author_and_time(everything: Assessment) -> None:
    document = build_document(load_report(everything))
    by_slug = {chapter.slug: chapter for chapter in document.chapters}
    rows = {
        slug: [
            " ".join(plain_text(line) for line in (*row.cells, *row.notes))
            for block in by_slug[slug].all_blocks()
            if isinstance(block, Table)
            for row in block.rows
        ]
        for slug in ("answers", "challenges", "comments", "plan", "evidence", "signoff")
    }
    today = packed(f"{timezone.localdate():%-d %B %Y}")
    ana, rita = mark("user", "name", "ana"), mark("user", "name", "rita")
    for slug, text, who in (
        ("answers", mark("answer", "note"), ana),
        ("answers", mark("response", "note"), ana),
        ("answers", mark("response", "who_knows"), rita),
        ("challenges", mark("comment", "text", "challenge"), rita),
        ("challenges", mark("comment", "settlement"), ana),
        ("challenges", mark("comment", "text", "reply"), ana),
        ("comments", mark("comment", "text"), ana),
        ("plan", "tracing", rita),
        ("evidence", mark("proposaldecision", "reason"), ana),
        ("signoff", mark("condition", "met_how"), ana),
        ("signoff", mark("signoff", "reason", "earlier"), rita),
    ):
        row = next(row for row in rows[slug] if text.casefold() in row.casefold())
        assert who in row
        assert today in packed(row)


def test_planned_changes_say_which_verdict_they_would_lead_to(everything: Assessment) -> None:
    planned = load_report(everything).planned_changes
    assert planned is not None
    assert planned.finding.startswith("With the planned changes made, the verdict ")
    assert [line.reached for line in planned.lines] == [False]


def test_hidden_names_leave_no_line_for_each_person(everything: Assessment) -> None:
    Assessment.objects.filter(pk=everything.pk).update(names_shown=False)
    report = load_report(with_report_relations(Assessment.objects.all()).get(pk=everything.pk))
    own = [own for section in report.sections for line in section.lines for own in line.individual]
    assert own == []


def test_leadership_reads_conditions_dissent_and_sign_off(everything: Assessment) -> None:
    document = build_document(load_report(everything), Choice.parse("leadership"))
    said = " ".join(texts_of(document))
    for text in (mark("condition", "text"), mark("signoff", "reason"), mark("comment", "text", "challenge")):
        assert text in said
