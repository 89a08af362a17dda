"""An edition's texts in other languages: imported by steps, shown to whoever reads them, no verdict changed."""

import io
import json
import string
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from assess.assessments.actions import start_assessment, submit_assessment
from assess.assessments.editions import (
    clear_translation_cache,
    questionnaire_by_hash,
    questionnaire_in,
    questionnaire_of,
)
from assess.assessments.models import Edition, EditionTranslation
from assess.decision import decide
from assess.decision.contract import to_json
from assess.editions import actions, translations
from assess.people.models import Team, User, Workspace
from assess.questionnaire.answers import answers_hash
from assess.questionnaire.schema import Answer
from assess.questionnaire.translation import load_translation, texts_of
from assess.questionnaire.validation import ValidationFailed
from assess.questionnaire_files import (
    BUILTIN_FILE,
    NEWEST,
    builtin_questionnaire,
    builtin_questionnaire_in,
    translation_schema,
)
from tests.conftest import client_of
from tests.integration.assessments.conftest import queries_of
from tests.integration.editions.conftest import own, token_in

pytestmark = [pytest.mark.django_db]

HEAD = "translates: our-checklist\nversion: 1\nlanguage: {}\n"
#: Texts of two questions in Dutch.
DUTCH = HEAD.format("nl") + (
    "title: Onze lijst\n"
    "questions:\n"
    "  scope: {wording: 'Waar gaat het over?', options: {one_part: {label: Eén deel ervan}}}\n"
    "  deploy_minutes: {unit: minuten, unit_one: minuut}\n"
)


@pytest.fixture(autouse=True)
def nothing_remembered() -> Any:
    clear_translation_cache()
    yield
    clear_translation_cache()


@pytest.fixture
def published(ada: User, workspace: Workspace) -> Edition:
    return actions.publish_edition(actions.import_edition(workspace=workspace, content=own(), by=ada), by=ada)


@pytest.fixture
def dutch(ada: User, published: Edition) -> EditionTranslation:
    return translations.import_translation(published, content=DUTCH.encode(), by=ada)


def try_texts(client: Client, edition: Edition, content: str | bytes, name: str = "nl.yaml") -> Any:
    file = SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
    return client.post(reverse("translation-import", args=[edition.pk]), {"file": file})


def confirm(client: Client, edition: Edition, token: str) -> Any:
    return client.post(reverse("translation-confirm", args=[edition.pk]), {"file": token}, follow=True)


# --- importing


def test_a_file_is_tried_first_and_kept_only_when_confirmed(ada_client: Client, published: Edition) -> None:
    page = try_texts(ada_client, published, DUTCH)
    html = page.content.decode()
    assert page.status_code == 200
    assert f"nl.yaml is well formed: 4 of {len(texts_of(questionnaire_of(published)))} texts translated." in " ".join(
        html.split()
    )
    assert "Import Nederlands (nl)" in " ".join(html.split())
    assert not EditionTranslation.objects.exists()
    confirm(ada_client, published, token_in(page))
    kept = EditionTranslation.objects.get()
    assert (kept.edition_id, kept.language, bytes(kept.content)) == (published.pk, "nl", DUTCH.encode())
    page = ada_client.get(reverse("edition", args=[published.pk]))
    shown = " ".join(page.content.decode().split())
    assert "Nederlands (nl)" in shown
    assert f"4 of {page.context['translations'][0].coverage.of} texts translated." in shown
    assert f"by {kept.imported_by}." in shown


def test_the_edition_itself_never_changes(ada: User, published: Edition, dutch: EditionTranslation) -> None:
    before = Edition.objects.filter(pk=published.pk).values().get()
    translations.import_translation(published, content=DUTCH.replace("Onze", "Jouw").encode(), by=ada)
    translations.remove_translation(EditionTranslation.objects.get(), by=ada)
    assert Edition.objects.filter(pk=published.pk).values().get() == before


def test_the_newest_import_of_a_language_takes_the_place_of_the_one_before(
    ada: User, ada_client: Client, published: Edition, dutch: EditionTranslation
) -> None:
    page = try_texts(ada_client, published, DUTCH.replace("Onze lijst", "Jouw lijst"))
    assert "Replace Nederlands (nl)" in " ".join(page.content.decode().split())
    confirm(ada_client, published, token_in(page))
    kept = EditionTranslation.objects.get()
    assert questionnaire_in(published, "nl").title == "Jouw lijst"
    assert kept.sha256 != dutch.sha256


def test_every_mistake_is_told_by_line_and_nothing_is_kept(ada_client: Client, published: Edition) -> None:
    page = try_texts(ada_client, published, DUTCH + "  nobody: {hint: Wie}\nversions: 2\n", name="<b>nl.yaml")
    html = page.content.decode()
    assert page.status_code == 400
    assert "&lt;b&gt;nl.yaml was not imported" in " ".join(html.split())
    assert [(each.line, each.key) for each in page.context["problems"]] == [(8, "questions.nobody"), (9, "versions")]
    assert "Import Nederlands" not in html
    assert not EditionTranslation.objects.exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (DUTCH.replace("title: Onze lijst", "title: &a Lijst\nsummary: *a"), "alias"),
        (HEAD.format("nl") + "title: " + "[" * 200 * 1024, "too_deep"),
        (DUTCH + "title: Nog een\n", "duplicate_key"),
        (DUTCH.replace("version: 1", "version: 2"), "other_version"),
        (DUTCH.replace("language: nl", "language: en"), "same_language"),
        (DUTCH.replace("language: nl", "language: en-US"), "site_language"),
        ("", "empty"),
    ],
    ids=["alias", "brackets", "duplicate", "version", "edition", "site", "empty"],
)
def test_a_file_that_cannot_be_used_is_refused(ada_client: Client, published: Edition, content: str, code: str) -> None:
    page = try_texts(ada_client, published, content)
    assert page.status_code == 400
    assert code in [each.code for each in page.context["problems"]]
    assert not EditionTranslation.objects.exists()


def test_what_was_reviewed_for_another_edition_or_changed_on_the_way_is_refused(
    ada: User, ada_client: Client, published: Edition, workspace: Workspace
) -> None:
    content = own(version=2)
    other = actions.publish_edition(actions.import_edition(workspace=workspace, content=content, by=ada), by=ada)
    token = token_in(try_texts(ada_client, published, DUTCH))
    for edition, sent in ((other, token), (published, token[:-1] + "x"), (published, "")):
        page = ada_client.post(reverse("translation-confirm", args=[edition.pk]), {"file": sent})
        assert page.status_code == 400
        assert "too old or was changed" in page.content.decode()
    assert not EditionTranslation.objects.exists()


def test_a_draft_and_what_came_with_the_site_are_not_translated_here(
    ada: User, ada_client: Client, workspace: Workspace, edition: Edition
) -> None:
    draft = actions.import_edition(workspace=workspace, content=own(), by=ada)
    for which, words in ((draft, "the texts of a draft still change"), (edition, "its translations come with it")):
        for page in (
            ada_client.get(reverse("translation-import", args=[which.pk])),
            try_texts(ada_client, which, DUTCH),
        ):
            assert words in page.content.decode()
            assert 'type="file"' not in page.content.decode()
        with pytest.raises(ValidationFailed):
            translations.import_translation(which, content=DUTCH.encode(), by=ada)
    assert not EditionTranslation.objects.exists()


def test_markup_in_texts_is_shown_as_letters(ada: User, ada_client: Client, published: Edition) -> None:
    content = HEAD.format("nl") + "questions: {scope: {wording: '<script>alert(1)</script>', hint: '{{ 7 }} {x} %s'}}"
    translations.import_translation(published, content=content.encode(), by=ada)
    html = ada_client.get(reverse("edition-preview", args=[published.pk]) + "?language=nl").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>alert(1)" not in html
    assert "{{ 7 }} {x} %s" in html


# --- the list, files, removing


def test_the_file_comes_out_byte_for_byte(ada_client: Client, published: Edition, dutch: EditionTranslation) -> None:
    response = ada_client.get(reverse("translation-export", args=[published.pk, "nl"]))
    assert response.content == DUTCH.encode()
    assert 'filename="our-checklist-1.nl.yaml"' in response.headers["Content-Disposition"]


def test_the_texts_to_translate_are_all_there_and_taken_back_once_the_language_is_named(
    ada_client: Client, published: Edition
) -> None:
    content = ada_client.get(reverse("edition-texts", args=[published.pk])).content
    found = load_translation(
        content.replace(b"language: ''", b"language: fr", 1),
        file="fr.yaml",
        schema=translation_schema(),
        questionnaire=questionnaire_of(published),
    )
    assert found.texts == texts_of(questionnaire_of(published))


def test_removing_asks_first_and_then_everybody_reads_the_edition_as_it_is_written(
    ada_client: Client, published: Edition, dutch: EditionTranslation
) -> None:
    address = reverse("translation-remove", args=[published.pk, "nl"])
    assert "This deletes the translation." in ada_client.get(address).content.decode()
    assert EditionTranslation.objects.exists()
    assert questionnaire_in(published, "nl").title == "Onze lijst"
    page = ada_client.post(address, follow=True)
    assert "Removed Nederlands (nl)." in page.content.decode()
    assert not EditionTranslation.objects.exists()
    assert questionnaire_in(published, "nl").title == "Split checklist"
    assert ada_client.post(address).status_code == 404


def test_people_without_the_role_change_nothing(
    alice: User, yves: User, charlie: User, published: Edition, dutch: EditionTranslation
) -> None:
    for person, status in ((alice, 403), (yves, 404), (charlie, 404)):
        client = client_of(person)
        for name in ("translation-export", "translation-remove"):
            assert client.get(reverse(name, args=[published.pk, "nl"])).status_code == status
        assert client.post(reverse("translation-remove", args=[published.pk, "nl"])).status_code == status
        assert try_texts(client, published, DUTCH).status_code == status
    assert EditionTranslation.objects.get() == dutch


# --- who reads what


def test_whoever_reads_in_another_language_gets_its_texts_and_everybody_else_the_editions_own(
    published: Edition, dutch: EditionTranslation
) -> None:
    own_text = questionnaire_by_hash(published.sha256)
    for language in ("nl", "nl-be"):
        with translation.override(language):
            found = questionnaire_of(published)
            assert (found.title, found.language) == ("Onze lijst", "nl")
            assert found.by_key["scope"].wording == "Waar gaat het over?"
            # What is missing stays in the edition's language.
            assert found.by_key["scope"].hint == own_text.by_key["scope"].hint
    for language in (settings.LANGUAGE_CODE, "en", "en-us", "de", None):
        with translation.override(language):
            assert questionnaire_of(published) is own_text


def test_a_region_of_its_own_goes_before_the_language(ada: User, published: Edition) -> None:
    for language, title in (("pt", "Lista"), ("pt-BR", "Checklist")):
        content = HEAD.format(language) + f"title: {title}\n"
        translations.import_translation(published, content=content.encode(), by=ada)
    assert [questionnaire_in(published, tag).title for tag in ("pt", "pt-pt", "pt-br")] == [
        "Lista",
        "Lista",
        "Checklist",
    ]


def test_the_site_language_asks_the_database_nothing_and_another_one_once(
    published: Edition, dutch: EditionTranslation
) -> None:
    questionnaire_in(published, "nl")  # read once in a process
    with CaptureQueriesContext(connection) as captured, translation.override("nl"):
        clear_translation_cache()
        for _time in range(3):
            questionnaire_of(published)
    # Twice only where the moment passes in between.
    assert len(captured) in (1, 2)
    with CaptureQueriesContext(connection) as captured, translation.override(settings.LANGUAGE_CODE):
        questionnaire_of(published)
    assert len(captured) == 0


def test_one_workspaces_texts_are_not_shown_to_another_with_the_same_file(
    ada: User, yves: User, published: Edition, dutch: EditionTranslation
) -> None:
    theirs = actions.import_edition(workspace=Workspace.objects.get(memberships__user=yves), content=own(), by=yves)
    theirs = actions.publish_edition(theirs, by=yves)
    assert theirs.sha256 == published.sha256
    assert questionnaire_in(theirs, "nl").title == "Split checklist"


def test_answers_keep_their_hash_in_every_language(published: Edition, dutch: EditionTranslation) -> None:
    answers = {"teams": Answer(value=3), "scope": Answer(value="one_part", note="Eén deel")}
    assert answers_hash(questionnaire_in(published, "nl"), answers) == answers_hash(
        questionnaire_by_hash(published.sha256), answers
    )


def test_a_row_changed_in_the_database_is_passed_over(
    ada_client: Client, published: Edition, dutch: EditionTranslation
) -> None:
    EditionTranslation.objects.update(content=b"reads: {axis: devops}", sha256="0" * 64)
    clear_translation_cache()
    assert questionnaire_in(published, "nl").title == "Split checklist"
    page = ada_client.get(reverse("edition", args=[published.pk])).content.decode()
    assert "It no longer fits this edition, so nobody sees it." in page


# --- what comes with the site


#: The same of the newest edition that comes with the site.
SHIPPED_DUTCH = DUTCH.replace("our-checklist", "split-checklist").replace("version: 1\n", f"version: {NEWEST}\n", 1)


def shipped_in(folder: Path, content: str) -> Callable[[], None]:
    (folder / BUILTIN_FILE.name).write_bytes(BUILTIN_FILE.read_bytes())
    (folder / "translations").mkdir()
    (folder / "translations" / f"split-checklist-{NEWEST}.nl.yaml").write_text(content)
    return lambda: call_command("load_fixtures", "--from", str(folder), stdout=io.StringIO())


def test_translations_beside_the_shipped_questionnaires_are_loaded_and_cannot_be_changed_here(
    ada_client: Client, edition: Edition, tmp_path: Path
) -> None:
    load = shipped_in(tmp_path, SHIPPED_DUTCH)
    load()
    load()
    row = EditionTranslation.objects.get()
    assert (row.edition, row.imported_by) == (edition, None)
    assert questionnaire_in(edition, "nl").title == "Onze lijst"
    page = ada_client.get(reverse("edition", args=[edition.pk])).content.decode()
    assert "Comes with Splitcheck." in page
    address = reverse("translation-remove", args=[edition.pk, "nl"])
    assert address not in page
    assert ada_client.post(address).status_code == 400
    assert EditionTranslation.objects.exists()


def test_a_shipped_translation_of_nothing_is_refused(edition: Edition, tmp_path: Path) -> None:
    with pytest.raises(
        CommandError, match=rf"split-checklist-{NEWEST}\.nl\.yaml: translates: Name a questionnaire that comes"
    ):
        shipped_in(tmp_path, DUTCH)()


# --- a team that reads in another language


@pytest.fixture
def in_dutch(settings: Any, alice_client: Client) -> Client:
    """Alice's browser, which asks for Dutch."""
    settings.LANGUAGES = [*settings.LANGUAGES, ("nl", "Nederlands")]
    alice_client.defaults["HTTP_ACCEPT_LANGUAGE"] = "nl"
    return alice_client


def test_a_team_answers_in_its_language_and_what_is_kept_is_in_the_sites(
    in_dutch: Client, alice: User, team: Team, published: Edition, dutch: EditionTranslation
) -> None:
    made = start_assessment(team=team, system_name="Webwinkel", edition=published, by=alice)
    page = in_dutch.get(reverse("assessment-section", args=[made.pk, "scope"])).content.decode()
    assert "Waar gaat het over?" in page
    assert "What is this assessment about?" not in page
    address = reverse("assessment-answers", args=[made.pk])

    def save(key: str, value: object) -> None:
        data = {"question": key, "value": value, "base_version": 0, "mutation_id": str(uuid.uuid4())}
        assert in_dutch.post(address, json.dumps(data), content_type="application/json").status_code == 200

    save("scope", "one_part")
    assert len(queries_of(lambda: save("deploy_minutes", 45))) <= 5
    # A whole decision is in the questionnaire's words: what was said of deploys stands in the contributions.
    with translation.override("nl"):
        found = decide(questionnaire_of(published), made.current_answers())
    assert "45 minuten" in json.dumps(to_json(found))
    kept = json.dumps(submit_assessment(made, by=alice).result)
    assert "45 minutes" in kept
    assert "minuten" not in kept


def test_the_quick_check_reads_a_translation_that_comes_with_the_site(
    settings: Any, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LANGUAGES = [*settings.LANGUAGES, ("nl", "Nederlands")]
    text = SHIPPED_DUTCH.replace("{unit: minuten", "{wording: 'Hoe lang duurt het?', unit: minuten")
    (tmp_path / f"split-checklist-{NEWEST}.nl.yaml").write_text(text)
    monkeypatch.setattr("assess.questionnaire_files.TRANSLATIONS", tmp_path)
    builtin_questionnaire_in.cache_clear()
    try:
        pages = {
            tag: client.get(reverse("quick-check") + "?deploy_minutes=45", headers={"accept-language": tag})
            for tag in ("nl", "en")
        }
    finally:
        builtin_questionnaire_in.cache_clear()
    own = builtin_questionnaire().by_key["deploy_minutes"].wording
    assert "Hoe lang duurt het?" in pages["nl"].content.decode()
    assert own in pages["en"].content.decode()
    assert own not in pages["nl"].content.decode()


def test_an_edition_has_so_many_translations_at_most_and_one_of_them_can_still_be_replaced(
    ada: User, ada_client: Client, published: Edition, dutch: EditionTranslation
) -> None:
    for letter in string.ascii_lowercase[: translations.MAX_TRANSLATIONS - 1]:
        translations.import_translation(published, content=DUTCH.replace(": nl", f": q{letter}").encode(), by=ada)
    for letter in string.ascii_lowercase[: translations.MAX_TRANSLATIONS - 1 - 26]:
        translations.import_translation(published, content=DUTCH.replace(": nl", f": x{letter}").encode(), by=ada)
    more = DUTCH.replace(": nl", ": fr")
    assert b"at most 40" in try_texts(ada_client, published, more).content
    with pytest.raises(ValidationFailed, match="at most 40"):
        translations.import_translation(published, content=more.encode(), by=ada)
    assert published.translations.count() == translations.MAX_TRANSLATIONS
    page = try_texts(ada_client, published, DUTCH.replace("Onze lijst", "Jouw lijst"))
    assert page.status_code == 200
    confirm(ada_client, published, token_in(page))
    assert published.translations.count() == translations.MAX_TRANSLATIONS
    assert ada_client.get(reverse("edition", args=[published.pk])).status_code == 200
