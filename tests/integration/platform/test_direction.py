"""Names and notes written from right to left show in their own direction, and turn nothing around them."""

from html.parser import HTMLParser

import pytest
from django.test import Client

from assess.assessments.actions import start_assessment, submit_assessment
from assess.models import Assessment
from assess.people.models import Role, Team, User
from assess.questionnaire.schema import Answer
from tests.conftest import client_of
from tests.factories import EditionFactory, MembershipFactory

pytestmark = pytest.mark.django_db

SYSTEM, NOTE, PERSON = "نظام الطلبات", "ملاحظة: 45 دقيقة", "مريم"
#: Elements whose text a browser lays out by itself, or shows nowhere on the page.
APART = {"title", "option", "script"}
VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
    "path",
    "circle",
}


class DirectionReader(HTMLParser):
    """Collects texts from right to left that stand in no element with a direction of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.astray: list[str] = []
        self.seen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append((tag, dict(attrs).get("dir") == "auto" or tag in APART))
        elif tag == "input" and is_from_right(dict(attrs).get("value") or "") and dict(attrs).get("type") != "hidden":
            self.note(dict(attrs).get("dir") == "auto", f"<input> {dict(attrs).get('name')}")

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        # A sentence of ours with a name in it keeps the page's direction.
        if is_from_right(data) and not any(letter.isascii() and letter.isalpha() for letter in data):
            where = " > ".join(tag for tag, _own in self.open[-4:])
            self.note(any(own for _tag, own in self.open), f"{where}: {' '.join(data.split())[:60]}")

    def note(self, is_right: bool, where: str) -> None:
        self.seen += 1
        if not is_right:
            self.astray.append(where)


def is_from_right(text: str) -> bool:
    return any("\u0590" <= letter <= "\u08ff" for letter in text)


def astray(client: Client, address: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200, address
    reader = DirectionReader()
    reader.feed(response.text)
    assert reader.seen, address
    return reader.astray


@pytest.fixture
def arabic(team: Team, alice: User) -> Assessment:
    User.objects.filter(pk=alice.pk).update(name=PERSON)
    alice.refresh_from_db()
    MembershipFactory(user=alice, workspace=team.workspace, team=None, role=Role.ARCHITECT)
    answers = {
        "deploy_minutes": Answer(value=45, note=NOTE),
        "team_collisions": Answer(value="weekly", note=NOTE),
        "tracing": Answer(not_applicable=NOTE),
        "teams": Answer(who_knows=PERSON),
    }
    return start_assessment(team=team, system_name=SYSTEM, edition=EditionFactory(), by=alice, carried=answers)


@pytest.mark.parametrize(
    "page",
    [
        "/assessments/",
        *("/assessments/{pk}/" + each for each in ("", "sections/deploys/", "review/", "result/", "what-if/")),
        "/assessments/{pk}/report/read/?for=full",
        "/account/you/",
        "/workspaces/{workspace}/people/",
    ],
)
def test_pages_of_an_open_version_give_each_text_its_own_direction(arabic: Assessment, alice: User, page: str) -> None:
    address = page.format(pk=arabic.pk, workspace=arabic.workspace_id)
    assert astray(client_of(alice), address) == []


@pytest.mark.parametrize(
    "page", ["/portfolio/", "/assessments/{pk}/decision/", "/systems/{system}/trend/", "/waiting/"]
)
def test_pages_of_a_submitted_version_give_each_text_its_own_direction(
    arabic: Assessment, alice: User, page: str
) -> None:
    submit_assessment(arabic, by=alice)
    assert astray(client_of(alice), page.format(pk=arabic.pk, system=arabic.system_id)) == []


def test_word_writes_a_paragraph_from_the_right_where_its_text_begins_there() -> None:
    from assess.reports.document import Run
    from assess.reports.renderings.docx import paragraph_xml

    from_right = paragraph_xml((Run(NOTE),), '<w:spacing w:after="0"/>')
    assert "<w:pPr><w:bidi/><w:spacing" in from_right
    assert "<w:r><w:rPr><w:rtl/></w:rPr><w:t" in from_right
    mixed = paragraph_xml((Run("By"), Run(PERSON, "strong")))
    assert "<w:bidi/>" not in mixed
    assert "<w:rPr><w:b/><w:rtl/></w:rPr>" in mixed
