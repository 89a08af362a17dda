"""What a workspace sets for itself: who may, what will do, what is said, and what follows from it."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from assess.people.models import Logo, Workspace
from tests.conftest import client_of

pytestmark = pytest.mark.django_db

GIVEN = {
    "name": "Harbour Group",
    "confidentiality": "Confidential: for the board only",
    "paper": "Letter",
    "language": "en-us",
    "time_zone": "Pacific/Auckland",
    "currency": "NZD",
}
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>alert(1)</script></svg>'


def page(workspace: Workspace) -> str:
    return reverse("workspace-settings", args=[workspace.pk])


def send(client: Client, workspace: Workspace, content: bytes, name: str = "logo.png") -> Any:
    file = SimpleUploadedFile(name, content, content_type="image/png")
    return client.post(reverse("workspace-logo-set", args=[workspace.pk]), {"logo": file}, follow=True)


def picture(colour: str = "navy", file_format: str = "PNG") -> bytes:
    out = BytesIO()
    Image.new("RGB", (30, 20), colour).save(out, file_format)
    return out.getvalue()


def test_administrator_changes_all_settings(ada_client: Client, workspace: Workspace) -> None:
    response = ada_client.post(page(workspace), GIVEN, follow=True)
    assert response.status_code == 200
    assert "Settings saved" in response.content.decode()
    workspace.refresh_from_db()
    assert {name: getattr(workspace, name) for name in GIVEN} == GIVEN
    assert "Settings of Harbour Group" in response.content.decode()


def test_settings_change_is_logged_with_its_author(
    ada_client: Client, ada: Any, workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    given = {**GIVEN, "name": workspace.name, "paper": workspace.paper, "confidentiality": "", "currency": "USD"}
    with caplog.at_level("INFO", "assess"):
        ada_client.post(page(workspace), given)
    (said,) = [record.getMessage() for record in caplog.records if record.name == "assess.people.branding"]
    assert said == f"Workspace {workspace.pk}: language, time_zone changed by person {ada.pk}"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "  ", "Enter a name for the workspace"),
        ("name", "x" * 121, "120"),
        ("name", "Har\u202ebour", ""),
        ("confidentiality", "x" * 121, "120"),
        ("paper", "A3", "Choose one of the papers in the list"),
        ("language", "xx", "Choose one of the languages in the list"),
        ("time_zone", "Mars/Olympus", "Choose one of the time zones in the list"),
        ("time_zone", "../../etc/passwd", "Choose one of the time zones in the list"),
        ("time_zone", "", "Choose a time zone"),
        ("currency", "XBT", "Choose one of the currencies in the list"),
        ("currency", "usd", "Choose one of the currencies in the list"),
        ("currency", "", "Choose a currency"),
    ],
)
def test_invalid_setting_is_named_at_its_field_and_typed_values_stay(
    ada_client: Client, workspace: Workspace, field: str, value: str, sentence: str
) -> None:
    response = ada_client.post(page(workspace), {**GIVEN, field: value})
    html = response.content.decode()
    assert response.status_code == 400
    assert f'id="id_{field}_error"' in html
    assert sentence in html
    kept = [GIVEN[name] for name in ("name", "confidentiality") if name != field]
    assert all(f'value="{words}"' in html for words in kept)
    if field != "time_zone":
        assert '<option value="Pacific/Auckland" selected>' in html
    workspace.refresh_from_db()
    assert (workspace.name, workspace.time_zone) == ("Harbour", "UTC")


def test_time_zone_with_an_older_name_stays_selected(ada_client: Client, workspace: Workspace) -> None:
    Workspace.objects.filter(pk=workspace.pk).update(time_zone="Singapore")
    assert '<option value="Singapore" selected>' in ada_client.get(page(workspace)).content.decode()


def test_leads_change_settings_where_there_is_no_administrator(alice: Any, workspace: Workspace) -> None:
    assert client_of(alice).get(page(workspace)).status_code == 200


def test_lead_cannot_change_settings_where_there_is_an_administrator(
    alice: Any, ada: Any, workspace: Workspace
) -> None:
    assert client_of(alice).get(page(workspace)).status_code == 403
    assert client_of(alice).post(page(workspace), GIVEN).status_code == 403
    assert "Settings" not in client_of(alice).get(reverse("people", args=[workspace.pk])).content.decode()


def test_the_page_of_people_leads_there(ada_client: Client, workspace: Workspace) -> None:
    assert page(workspace) in ada_client.get(reverse("people", args=[workspace.pk])).content.decode()


# --- the logo


def test_logo_is_encoded_anew_shown_replaced_and_removed(ada_client: Client, workspace: Workspace) -> None:
    html = send(ada_client, workspace, picture()).content.decode()
    assert "Logo saved" in html
    address = reverse("workspace-logo", args=[workspace.pk])
    assert f'src="{address}?v=' in html
    assert 'alt="Logo of Harbour"' in html
    first = bytes(Logo.objects.get().content)
    send(ada_client, workspace, picture("green", "WEBP"), "logo.webp")
    assert Image.open(BytesIO(bytes(Logo.objects.get().content))).format == "PNG"
    assert bytes(Logo.objects.get().content) != first
    html = ada_client.post(reverse("workspace-logo-remove", args=[workspace.pk]), follow=True).content.decode()
    assert "Logo removed" in html
    assert not Logo.objects.exists()
    assert ada_client.get(address).status_code == 404


def test_logo_is_served_with_a_policy_that_runs_nothing(ada_client: Client, alice: Any, workspace: Workspace) -> None:
    send(ada_client, workspace, picture())
    response = client_of(alice).get(reverse("workspace-logo", args=[workspace.pk]))
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["Cache-Control"].startswith("private")


def test_logo_is_404_for_strangers(ada_client: Client, charlie: Any, workspace: Workspace) -> None:
    send(ada_client, workspace, picture())
    assert client_of(charlie).get(reverse("workspace-logo", args=[workspace.pk])).status_code == 404


@pytest.mark.parametrize("content", [b"GIF89a" + b"\0" * 50, DRAWING])
def test_a_file_that_is_no_picture_is_refused_and_the_earlier_logo_stays(
    ada_client: Client, workspace: Workspace, content: bytes
) -> None:
    send(ada_client, workspace, picture())
    before = bytes(Logo.objects.get().content)
    response = send(ada_client, workspace, content)
    assert response.status_code == 400
    assert (
        "Choose a PNG, JPEG or WebP file. Of an SVG drawing, export a PNG 800 pixels wide." in response.content.decode()
    )
    assert bytes(Logo.objects.get().content) == before
    assert ada_client.post(reverse("workspace-logo-set", args=[workspace.pk])).status_code == 400


def test_logo_over_the_body_limit_is_refused_with_advice(ada_client: Client, workspace: Workspace) -> None:
    response = send(ada_client, workspace, b"x" * 300_000)
    assert response.status_code == 413
    assert "Choose a smaller file" in response.content.decode()


def test_pages_do_not_read_logo_bytes(ada_client: Client, alice: Any, workspace: Workspace) -> None:

    send(ada_client, workspace, picture())
    with CaptureQueriesContext(connection) as captured:
        for name in ("assessments", "waiting", "people-mine"):
            client_of(alice).get(reverse(name), follow=True)
        ada_client.get(page(workspace))
    read = [
        query["sql"] for query in captured.captured_queries if '"content"' in query["sql"] and "logo" in query["sql"]
    ]
    assert read == []
