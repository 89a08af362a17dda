"""Importing a questionnaire: tried first, refused with every mistake by line, kept as a draft byte for byte."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from assess.assessments.models import Edition
from assess.editions.views import edition_import
from assess.people.models import User, Workspace
from assess.questionnaire_files import builtin_questionnaire
from tests.conftest import client_of
from tests.integration.editions.conftest import REVERSED, own, token_in
from tests.suites import slow_except
from tests.unit.questionnaire.hostile import HARMLESS, REFUSED

pytestmark = [pytest.mark.django_db]


@pytest.mark.slow
def test_hostile_files_are_refused_with_reason_and_line_and_nothing_is_written(
    ada_client: Client, edition: Edition, try_file: Callable[..., Any]
) -> None:
    let_in = []
    for hostile in REFUSED:
        page = try_file(ada_client, hostile.content)
        if page.status_code == 413:
            # The largest ones never get as far as the form.
            continue
        told = [(issue.code, issue.line) for issue in page.context.get("problems", ())]
        if page.status_code != 400 or (hostile.code, hostile.line) not in told or b"Keep as" in page.content:
            let_in.append(hostile.name)
    assert let_in == []
    assert list(Edition.objects.all()) == [edition]


def test_the_refusal_shows_every_mistake_with_line_place_and_what_to_do(
    ada_client: Client, try_file: Callable[..., Any]
) -> None:
    content = own(("language: en", "language: English"), ("mixed: 50, easy", "mixed: 500, easy"))
    html = try_file(ada_client, content).content.decode()
    assert "own.yaml was not imported" in html
    assert "Correct 2 mistakes" in html
    lines = content.decode().splitlines()
    for at, text, words in (
        ("language: English", "language", "Write a language code such as en or pt-BR"),
        ("mixed: 500", "hiring.reads.levels.mixed", "Write 100 or less"),
    ):
        line = next(n for n, each in enumerate(lines, 1) if at in each)
        row = f'data-label="Line" class="num">{line}</td>'
        assert row in html
        assert text in html
        assert words in html


def test_a_dry_run_says_what_the_file_is_and_what_would_change_and_keeps_nothing(
    ada_client: Client, edition: Edition, try_file: Callable[..., Any]
) -> None:
    content = own(
        ("title: Split checklist", "title: Our checklist"),
        ("reads: {axis: people, weight: 40,", "reads: {axis: people, weight: 45,"),
        ("label: The whole system", "label: All of it"),
    )
    page = try_file(ada_client, content)
    html = page.content.decode()
    assert page.status_code == 200
    assert f"{len(builtin_questionnaire().questions)} questions in 10 sections. Nothing is saved yet." in html
    assert "Every verdict, form and rule can be reached" in html
    assert f"What differs from Split checklist, version {edition.version}" in html
    assert "Title: “Split checklist” becomes “Our checklist”" in html
    assert "Weight: “40” becomes “45”" in html
    assert "Label of the option whole_system: “The whole system” becomes “All of it”" in html
    assert [change.question.key for change in page.context["diff"].changed] == ["scope", "hiring"]
    assert list(Edition.objects.all()) == [edition]


def test_new_and_removed_questions_are_told(ada_client: Client, edition: Edition, try_file: Callable[..., Any]) -> None:
    text = own().decode()
    start, end = text.index("      - key: gateway\n"), text.index("      - key: on_call\n")
    renamed = text[:start] + text[start:end].replace("key: gateway", "key: front_door") + text[end:]
    diff = try_file(ada_client, renamed.encode()).context["diff"]
    assert [question.key for question in diff.added] == ["front_door"]
    assert [question.key for question in diff.removed] == ["gateway"]


def test_confirming_keeps_the_file_as_a_draft_byte_for_byte(
    ada: User, ada_client: Client, workspace: Workspace, edition: Edition, import_file: Callable[..., Any]
) -> None:
    content = own().replace(b"\n", b"\r\n")
    response = import_file(ada_client, content)
    draft = Edition.objects.get(slug="our-checklist")
    assert response.status_code == 302
    assert response.headers["Location"] == reverse("edition", args=[draft.pk])
    assert (draft.state, draft.workspace, draft.imported_by, draft.published_at) == ("draft", workspace, ada, None)
    exported = ada_client.get(reverse("edition-export", args=[draft.pk]))
    assert exported.content == content
    assert exported.headers["Content-Disposition"] == 'attachment; filename="our-checklist-1.yaml"'


@pytest.mark.parametrize(
    "name",
    slow_except(
        [name for name, (content, _) in HARMLESS.items() if len(content) in range(1, 200_000)],
        "Windows line ends",
        "markup, which pages show as text",
        "template syntax, which nothing evaluates",
    ),
)
def test_what_is_harmless_comes_out_as_it_is(
    name: str, ada_client: Client, edition: Edition, import_file: Callable[..., Any]
) -> None:
    content, title = HARMLESS[name]
    content = content.replace(b"questionnaire: split-checklist", b"questionnaire: our-checklist", 1)
    import_file(ada_client, content)
    draft = Edition.objects.get(slug="our-checklist")
    assert ada_client.get(reverse("edition-export", args=[draft.pk])).content == content
    for address in ("edition", "edition-preview"):
        html = ada_client.get(reverse(address, args=[draft.pk])).content.decode()
        assert "<script>alert" not in html
        assert title.replace("<", "&lt;").replace(">", "&gt;") in html


def test_a_file_that_is_not_sound_may_be_a_draft_and_says_what_to_mend(
    ada_client: Client, edition: Edition, try_file: Callable[..., Any], import_file: Callable[..., Any]
) -> None:
    html = try_file(ada_client, own(REVERSED)).content.decode()
    assert "Not ready to publish" in html
    assert "Turn the levels round: from `hard` to `easy` they must rise" in html
    import_file(ada_client, own(REVERSED))
    draft = Edition.objects.get(slug="our-checklist")
    assert "Correct this before you publish" in ada_client.get(reverse("edition", args=[draft.pk])).content.decode()


def test_a_draft_is_replaced_by_another_file_of_its_version(
    ada_client: Client, edition: Edition, try_file: Callable[..., Any], import_file: Callable[..., Any]
) -> None:
    import_file(ada_client, own(REVERSED))
    assert "Replace the draft of version 1" in try_file(ada_client, own()).content.decode()
    import_file(ada_client, own())
    (draft,) = Edition.objects.filter(slug="our-checklist")
    assert bytes(draft.content) == own()
    assert draft.is_draft


def test_the_name_of_a_shipped_questionnaire_is_taken(
    ada_client: Client, edition: Edition, try_file: Callable[..., Any]
) -> None:
    page = try_file(ada_client, own(slug="split-checklist", version=2))
    assert page.status_code == 400
    assert "Give it a name of your own; `split-checklist` comes with Splitcheck" in page.content.decode()
    lines = own(slug="split-checklist", version=2).decode().splitlines()
    (issue,) = page.context["problems"]
    assert lines[issue.line - 1] == "questionnaire: split-checklist"


def test_two_workspaces_may_use_the_same_name(
    ada_client: Client, yves: User, other_workspace: Workspace, edition: Edition, import_file: Callable[..., Any]
) -> None:
    import_file(ada_client, own())
    import_file(client_of(yves), own(), to=other_workspace)
    assert Edition.objects.filter(slug="our-checklist", version=1).count() == 2


def test_what_was_reviewed_for_one_workspace_cannot_be_confirmed_for_another_nor_changed_on_the_way(
    ada_client: Client,
    yves: User,
    workspace: Workspace,
    other_workspace: Workspace,
    edition: Edition,
    try_file: Callable[..., Any],
) -> None:
    token = token_in(try_file(ada_client, own()))
    elsewhere = client_of(yves).post(reverse("edition-confirm", args=[other_workspace.pk]), {"file": token})
    changed = ada_client.post(reverse("edition-confirm", args=[workspace.pk]), {"file": token[:-2] + "xx"})
    nothing = ada_client.post(reverse("edition-confirm", args=[workspace.pk]))
    for response in (elsewhere, changed, nothing):
        assert response.status_code == 400
        assert "Choose the file again" in response.content.decode()
    assert list(Edition.objects.all()) == [edition]


def test_what_is_confirmed_is_checked_again(
    ada: User, ada_client: Client, workspace: Workspace, edition: Edition
) -> None:
    token = signing.dumps(["own.yaml", "questionnaire: [\n"], salt=edition_import(workspace, ada).salt, compress=True)
    response = ada_client.post(reverse("edition-confirm", args=[workspace.pk]), {"file": token})
    assert response.status_code == 400
    assert list(Edition.objects.all()) == [edition]


def test_without_a_file_the_form_says_which_to_choose(ada_client: Client, workspace: Workspace) -> None:
    response = ada_client.post(reverse("edition-import", args=[workspace.pk]))
    assert response.status_code == 400
    assert "Choose a YAML file of at most 256 KB" in response.content.decode()


def test_a_hostile_file_name_comes_out_literal(ada_client: Client, try_file: Callable[..., Any]) -> None:
    html = try_file(ada_client, b"[", name="<img src=x onerror=alert(1)>.yaml").content.decode()
    assert "<img src=x" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;.yaml was not imported" in html
