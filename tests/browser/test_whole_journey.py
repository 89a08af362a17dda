"""From the first invitation to two versions compared, with six people in six browsers: once by keyboard alone, read
by axe on every page, and once without JavaScript.

One story, told by `journey`; how somebody presses, fills and chooses is for their `Hands`.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Locator, Page, Response, expect

from assess.assessments.models import Assessment, Edition, State
from assess.decision.wording import VERDICT_WORDS
from assess.people.models import User
from assess.questionnaire_files import builtin_questionnaire
from assess.review.signed_content import content_hash
from tests.browser.conftest import OpenPage, violations
from tests.factories import PASSWORD, found_by_verifying

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PASSCODE = "harbour lights"
#: The menu's link, with how many are new; a contradiction may begin with the same word.
WAITING = re.compile(r"^Waiting(\s+\d+ new)?$")
BOBS_NOTE = "Since the Monday meeting nobody waits for anybody"
SAID = "Most weeks since May; Bob joined in June"

#: Where the focus is, seen from what is wanted. Of radio buttons the whole group is one stop.
WHERE = """(wanted) => {
  const now = document.activeElement;
  const grouped = now?.type === "radio" && now.name === wanted.name && now.form === wanted.form;
  if (now === wanted || grouped) return "here";
  if (!now || now === document.body) return "ahead";
  return now.compareDocumentPosition(wanted) & Node.DOCUMENT_POSITION_PRECEDING ? "behind" : "ahead";
}"""
#: What somebody misses who looks for the focus: its ring, or the thing itself behind an edge or under something else.
MISSED = """() => {
  const now = document.activeElement, label = now.closest("label"), missed = [];
  const ringed = [now, label, now.closest("li")].flatMap((one) => one ? getComputedStyle(one) : []);
  const isRing = ({ outlineStyle, outlineWidth }) => outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  if (!ringed.some(isRing)) missed.push("ring");
  const shows = (one) => [...one.getClientRects()].some((box) => [0.1, 0.5, 0.9].some((across) => [0.1, 0.5, 0.9].some(
    (down) => one.contains(document.elementFromPoint(box.left + box.width * across, box.top + box.height * down)))));
  if (![now, label].some((one) => one && shows(one))) missed.push("the thing itself");
  return missed;
}"""


@dataclass
class Hands:
    """Somebody at a browser, by mouse. `refused` are the answers of the site that were errors, with their path."""

    page: Page
    refused: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("response", self._note)
        self.page.set_default_timeout(15_000)

    def _note(self, response: Response) -> None:
        if response.status >= 400:
            self.refused.append((response.status, re.sub(r"^https?://[^/]+", "", response.url)))

    # --- what somebody looks at

    def sees(self, heading: str | re.Pattern[str], *texts: str) -> None:
        """The page of this heading, with these texts somewhere on it."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)

    def link(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("link", name=name, exact=True)

    def button(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    # --- what somebody does

    def go(self, address: str) -> None:
        """To an address that somebody knows, or that a mail or a person gave them."""
        self.page.goto(address)

    def press(self, thing: Locator) -> None:
        """A link or button that leads to another page."""
        with self.page.expect_navigation():
            self._press(thing)

    def open(self, summary: Locator) -> None:
        self._press(summary)
        expect(summary.locator("..")).to_have_attribute("open", "")

    def fill(self, box: Locator, text: str) -> None:
        box.fill(text)

    def fill_day(self, box: Locator, day: date) -> None:
        box.fill(day.isoformat())

    def choose(self, choice: Locator) -> None:
        """A radio button or a box to tick."""
        choice.check()

    def take_out(self, box: Locator) -> None:
        box.uncheck()

    def select(self, box: Locator, label: str) -> None:
        box.select_option(label=label)

    def _press(self, thing: Locator) -> None:
        thing.click()


class Keyboard(Hands):
    """Nothing but keys; on every page that they come to, axe minds nothing."""

    def sees(self, heading: str | re.Pattern[str], *texts: str) -> None:
        super().sees(heading, *texts)
        assert violations(self.page) == [], f"{heading}, {self.page.url}"

    def fill(self, box: Locator, text: str) -> None:
        self.reach(box)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        expect(box).to_have_value(text)

    def fill_day(self, box: Locator, day: date) -> None:
        self.reach(box)
        self.page.keyboard.type(day.strftime("%m%d%Y"))
        expect(box).to_have_value(day.isoformat())

    def choose(self, choice: Locator) -> None:
        self.reach(choice)
        for _ in range(12):
            if choice.evaluate("(wanted) => document.activeElement === wanted"):
                break
            self.page.keyboard.press("ArrowDown")
        if not choice.is_checked():
            self.page.keyboard.press("Space")
        expect(choice).to_be_checked()

    def take_out(self, box: Locator) -> None:
        self.reach(box)
        self.page.keyboard.press("Space")
        expect(box).not_to_be_checked()

    def select(self, box: Locator, label: str) -> None:
        self.reach(box)
        self.page.keyboard.press("Home")
        while box.evaluate("(one) => one.selectedOptions[0].label") != label:
            before = box.input_value()
            self.page.keyboard.press("ArrowDown")
            expect(box).not_to_have_value(before)

    def _press(self, thing: Locator) -> None:
        self.reach(thing)
        self.page.keyboard.press("Space" if thing.evaluate("(one) => one.tagName") == "BUTTON" else "Enter")

    def reach(self, thing: Locator, most: int = 200) -> None:
        """Tab, or Shift+Tab where it lies behind, until it has the focus; which then shows."""
        expect(thing).to_have_count(1)
        for _ in range(most):
            where = thing.evaluate(WHERE)
            if where == "here":
                missed = self.page.evaluate(MISSED)
                assert missed == [], f"{self.page.url}: {thing} has the focus, but not in sight: {missed}"
                return
            self.page.keyboard.press("Tab" if where == "ahead" else "Shift+Tab")
        raise AssertionError(f"{self.page.url}: {most} times Tab do not reach {thing}")


@dataclass
class Cast:
    alice: Hands  #: leads the team
    bob: Hands  #: a colleague, asked by name
    mia: Hands  #: asked by mail
    kim: Hands  #: comes by the guest link
    rita: Hands  #: the architect
    board: Hands  #: somebody without an account, who was sent a link

    def everybody(self) -> list[Hands]:
        return list(vars(self).values())


@pytest.fixture(params=[Keyboard, Hands], ids=["by keyboard", "without JavaScript"])
def cast(
    request: pytest.FixtureRequest, open_page: OpenPage, alice: User, bob: User, rita: User, edition: Edition
) -> Iterator[Cast]:
    """Each in a browser of their own. Alice and Bob are signed in; Rita signs in herself."""
    hands: Callable[[Page], Hands] = request.param
    javascript = request.param is Keyboard
    with ExitStack() as stack:

        def at_a_browser(user: User | None = None) -> Hands:
            return hands(stack.enter_context(open_page(javascript=javascript, user=user)))

        yield Cast(
            alice=at_a_browser(alice),
            bob=at_a_browser(bob),
            mia=at_a_browser(),
            kim=at_a_browser(),
            rita=at_a_browser(),
            board=at_a_browser(),
        )


# --- what several of them do


def choose_sections(who: Hands, form: Locator) -> None:
    who.open(form.locator("summary", has_text="Choose sections instead"))
    who.choose(form.get_by_label("Teams", exact=True))


def answer(who: Hands, *, collisions: str, ownership: str, note: str = "", answered: int = 0) -> None:
    """One's own sheet of the section on teams, from its overview and back. Before that, what others say shows for no
    question but those `answered` already."""
    who.sees("Your answers on Web shop")
    who.press(who.link(re.compile("^(Begin|Continue)$")))
    who.sees("Teams")
    expect(who.page.locator("[data-others]")).to_have_count(answered)
    assert BOBS_NOTE not in who.page.content()
    who.fill(who.page.locator("#q-developers-value"), "40")
    who.fill(who.page.locator("#q-teams-value"), "5")
    who.choose(who.page.locator(f'[name=team_collisions][value="{collisions}"]'))
    who.choose(who.page.locator(f'[name=ownership][value="{ownership}"]'))
    if note:
        card = who.page.locator("#q-ownership")
        who.open(card.locator("summary", has_text=re.compile("note", re.I)))
        who.fill(card.get_by_label("Note"), note)
    who.press(who.button("Save and continue"))
    who.sees("Your answers on Web shop", "4 of 4")
    who.press(who.button("I am done"))
    who.sees("Your answers on Web shop", "You said that you are done")


def sees_others_now(who: Hands, *lines: str) -> None:
    who.press(who.link("Teams"))
    who.sees("Teams")
    for line in lines:
        key, said = line.split(" / ")
        others = who.page.locator(f'[data-others="{key}"]')
        who.open(others.locator("summary"))
        expect(others.get_by_text(said)).to_be_visible()


#: The heading of a result is its verdict.
RESULT = re.compile(r"^\s*Web shop:\s+(No verdict yet|Stay|Modular|Extract|Keep)")


# --- the story


def start_and_ask(alice: Hands) -> str:
    """Alice begins on the common sheet, then asks Bob by name, Mia by mail and others by a link, which is returned."""
    alice.go("/assessments/")
    alice.fill(alice.page.get_by_label("Name the system"), "Web shop")
    alice.press(alice.button("Start the first assessment"))
    alice.sees("Web shop")
    alice.press(alice.link("Teams"))
    alice.sees("Teams")
    alice.fill(alice.page.locator("#q-developers-value"), "45")
    alice.fill(alice.page.locator("#q-teams-value"), "6")
    alice.press(alice.button("Save and exit"))
    alice.sees("Web shop", "2 of 4")
    alice.press(alice.link("Ask people to answer separately"))
    alice.sees("Web shop: people")
    asking = alice.page.locator("form", has=alice.page.get_by_role("button", name="Ask them"))
    alice.choose(asking.get_by_label("Bob"))
    choose_sections(alice, asking)
    alice.press(alice.button("Ask them"))
    alice.sees("Web shop: people", "2 people answer version 1 separately")
    alice.fill(asking.get_by_label("Others, by mail"), "mia@example.com")
    alice.select(asking.get_by_label("They see the system as"), "Manager")
    choose_sections(alice, asking)
    alice.press(alice.button("Ask them"))
    alice.sees("Web shop: people", "mia@example.com", "has not joined yet")
    link_form = alice.page.locator("form", has=alice.page.get_by_role("button", name="Make a guest link"))
    alice.select(link_form.get_by_label("They see the system as"), "Product")
    choose_sections(alice, link_form)
    alice.press(alice.button("Make a guest link"))
    alice.sees("Web shop: people", "It is not shown again")
    guest_link = alice.page.locator("code.copy").inner_text()
    expect(asking.get_by_label("They see the system as")).to_have_value("developer")
    # What Alice had begun is her own sheet now, of every section; she too answers only the one on teams.
    own = alice.page.locator("li[data-respondent]", has_text="(you)")
    alice.open(own.locator("summary"))
    for section in builtin_questionnaire().sections:
        if section.slug != "teams":
            alice.take_out(own.locator(f'[name=sections][value="{section.slug}"]'))
    alice.press(own.get_by_role("button", name="Change"))
    alice.sees("Web shop: people", "Alice is asked other sections now", "Answered 2 of 4")
    return guest_link


def answer_apart(cast: Cast, guest_link: str) -> None:
    bob, mia, kim, alice = cast.bob, cast.mia, cast.kim, cast.alice
    bob.go("/assessments/")
    bob.press(bob.link(WAITING))
    bob.sees("Waiting for you", "Alice asked you about Web shop: 0 of 4 answered")
    bob.press(bob.link(re.compile("^Answer ?: ")))
    version = re.search(r"/assessments/(\d+)/", bob.page.url)
    assert version is not None
    bob.go(f"/assessments/{version[1]}/result/")
    bob.sees("Your answers first")
    bob.go(f"/assessments/{version[1]}/consensus/")
    bob.sees("Web shop: separate answers", "Answer 4 questions first")
    assert "45" not in bob.page.locator("main").inner_text()  # as many developers as Alice says
    bob.go(f"/assessments/{version[1]}/mine/")
    answer(bob, collisions="never", ownership="partly", note=BOBS_NOTE)
    sees_others_now(bob, "developers / Alice: 45")

    invitation = next(letter for letter in mail.outbox if letter.to == ["mia@example.com"])
    address = re.search(r"http\S+/join/\S+", str(invitation.body))
    assert address is not None
    mia.go(address[0])
    mia.sees("Alice asks for your view", "4 questions in 1 section")
    mia.fill(mia.page.get_by_label("Your name"), "Mia")
    mia.press(mia.button("Begin"))
    answer(mia, collisions="monthly", ownership="teams")
    sees_others_now(mia, "team_collisions / Bob: ", f"ownership / {BOBS_NOTE}")

    kim.go(guest_link)
    kim.sees("Alice asks for your view")
    kim.fill(kim.page.get_by_label("Your name"), "Kim")
    kim.press(kim.button("Begin"))
    kim.sees("Welcome, Kim")
    way_back = kim.page.locator("code.copy").inner_text()
    kim.press(kim.link("Begin"))
    answer(kim, collisions="weekly", ownership="teams")
    kim.go(way_back)
    kim.sees("Your answers on Web shop")

    alice.go("/assessments/")
    alice.press(alice.link(WAITING))
    alice.sees("Waiting for you", "Bob has answered Web shop", "Mia joined to answer Web shop")
    alice.press(alice.link(re.compile("^Continue ?: ")))
    answer(alice, collisions="weekly", ownership="teams", answered=2)
    sees_others_now(alice, "team_collisions / Bob: ", "ownership / Kim (guest): ")


def agree_and_submit(alice: Hands) -> None:
    alice.press(alice.link("Web shop"))
    alice.press(alice.link("Web shop"))
    alice.sees("Web shop", "4 people answer separately", "4 have finished")
    alice.press(alice.link("What all have answered"))
    alice.sees("Web shop: separate answers", "1 open point", "1 difference of one step")
    point = alice.page.locator("#q-team_collisions")
    alice.open(point.locator("summary", has_text="The same as a table"))
    expect(point.get_by_text("Mia: ")).to_be_visible()
    alice.open(point.locator("summary", has_text="Agree on an answer"))
    alice.choose(point.locator("input[value=weekly]"))
    alice.fill(point.get_by_label("Note", exact=False), SAID)
    alice.press(point.get_by_role("button", name="Agree on this"))
    alice.sees("Web shop: separate answers", "No open point", "1 agreed")
    alice.press(alice.button("Agree where all say the same"))
    alice.sees("Web shop: separate answers", "Agreed on 2 questions")
    alice.press(alice.link("All answers"))
    alice.sees("Review the answers", SAID)
    alice.press(alice.button("Submit version 1"))
    alice.sees(RESULT, "Version 1, submitted")


def sign_in(who: Hands, email: str) -> None:
    """From wherever the site asked for it."""
    who.sees("Sign in")
    who.fill(who.page.get_by_label("E-mail address"), email)
    who.fill(who.page.get_by_label("Password"), PASSWORD)
    who.press(who.button("Sign in"))


def review(cast: Cast) -> None:
    """Rita takes it up and challenges an answer, Alice replies, Rita settles it and signs with a condition."""
    rita, alice = cast.rita, cast.alice
    rita.go("/waiting/")
    sign_in(rita, "rita@example.org")
    rita.sees("Waiting for you", "Submitted for review")
    rita.press(rita.link(re.compile("^Review it ?: ")))
    rita.sees("Web shop: decision", SAID, BOBS_NOTE)
    rita.press(rita.button("Take up the review"))
    rita.sees("Web shop: decision", "In review")
    line = rita.page.locator("#q-team_collisions")
    rita.open(rita.page.locator("#teams > summary"))
    rita.open(line.locator("summary", has_text="Comment or challenge"))
    rita.fill(line.get_by_label("Your comment"), "Which teams collide, and where?")
    rita.press(line.get_by_role("button", name="Challenge this answer"))
    rita.sees("Web shop: decision", "1 challenged answer is not settled yet.")

    alice.press(alice.link(WAITING))
    alice.sees("Waiting for you", "Rita challenges an answer")
    alice.press(alice.link(re.compile("^Answer it ?: ")))
    alice.sees("Web shop: decision")
    talk = alice.page.locator("#q-team_collisions [id^=comment-]")
    alice.open(talk.locator("summary", has_text="Reply"))
    alice.fill(talk.get_by_label("Your comment"), "Checkout and catalogue, in the price list")
    alice.press(talk.get_by_role("button", name="Reply", exact=True))
    alice.sees("Web shop: decision", "Checkout and catalogue")

    rita.go(rita.page.url.partition("#")[0])
    talk = rita.page.locator("#q-team_collisions [id^=comment-]")
    expect(talk).to_contain_text("Checkout and catalogue")
    rita.open(talk.locator("summary", has_text="Reply"))
    rita.fill(talk.get_by_label("Your comment"), "That is plain enough")
    rita.press(talk.get_by_role("button", name="Settle with this comment"))
    rita.sees("Web shop: decision", "Settled by Rita")
    sign = rita.page.locator("#sign")
    rita.choose(sign.get_by_label("Accept with conditions"))
    first = sign.get_by_role("group", name="Condition 1")
    rita.fill(first.locator("[name=condition-1-text]"), "The price list has one owner")
    rita.fill(first.locator("[name=condition-1-owner]"), "Bob")
    rita.fill_day(first.locator("[name=condition-1-due]"), timezone.localdate() + timedelta(days=60))
    rita.fill(sign.get_by_label("Your password, to sign"), PASSWORD)
    rita.press(sign.get_by_role("button", name="Sign"))
    rita.sees("Web shop: decision", "Signed by Rita", "The price list has one owner")


def challenge(cast: Cast) -> None:
    alice, rita = cast.alice, cast.rita
    alice.press(alice.link(WAITING))
    alice.press(alice.link(re.compile("^Rita .*Web shop")).first)
    alice.sees("Web shop: decision", "Accepted with conditions")
    alice.open(alice.page.locator("summary", has_text="Challenge this decision"))
    alice.fill(alice.page.get_by_label("What is wrong with the decision"), "Bob owns too much already")
    alice.press(alice.button("Challenge the decision"))
    alice.sees("Web shop: decision", "Challenged")

    rita.press(rita.link(WAITING))
    rita.sees("Waiting for you", "Decisions challenged")
    rita.press(rita.link(re.compile("^Answer the challenge ?: ")))
    rita.sees("Web shop: decision", "Bob owns too much already")
    rita.fill(rita.page.get_by_label("Your answer to the team"), "He may hand it on")
    rita.press(rita.button("Uphold the decision"))
    rita.sees("Web shop: decision", "Upheld", "He may hand it on")


def share(cast: Cast, version: Assessment) -> None:
    """Alice makes a link with a passcode; whoever has both reads the result and gets nowhere else."""
    alice, board = cast.alice, cast.board
    alice.go(f"/assessments/{version.pk}/result/")
    alice.sees(RESULT, "Accepted with conditions")
    alice.press(alice.link("Share by link"))
    alice.sees("Web shop: share links")
    alice.fill(alice.page.get_by_label("For whom"), "Board, December")
    alice.select(alice.page.get_by_label("What it shows"), "The result")
    alice.fill(alice.page.get_by_label("Passcode (optional)"), PASSCODE)
    alice.press(alice.button("Make the link"))
    alice.sees("Web shop: share links", "only once")

    board.go(alice.page.locator("code.copy").inner_text())
    board.sees("Enter the passcode")
    board.fill(board.page.get_by_label("Passcode"), "anything else")
    board.press(board.button("Open"))
    board.sees("Enter the passcode", "That is not the passcode")
    board.fill(board.page.get_by_label("Passcode"), PASSCODE)
    board.press(board.button("Open"))
    board.sees(RESULT, "Accepted with conditions", "The price list has one owner")
    expect(board.page.locator(".answer h1")).to_contain_text(VERDICT_WORDS[version.verdict])
    shared = board.page.url
    assert board.page.get_by_role("link", name="All answers").count() == 0
    board.go(f"{shared}answers/")
    board.sees("Page not found")
    board.go(f"{shared}report.pdf")
    board.sees("Page not found")
    board.go(f"/assessments/{version.pk}/decision/")
    board.sees("Sign in")


def go_on_and_compare(cast: Cast) -> None:
    """Alice confirms in version 2 what holds, changes one answer and submits; Rita sees that one between the two."""
    alice, rita = cast.alice, cast.rita
    alice.press(alice.link("Result"))
    alice.sees(RESULT)
    alice.press(alice.button("Start version 2"))
    alice.sees("Web shop", "3 answers of version 1 wait to be confirmed")
    alice.press(alice.link("Confirm what still holds"))
    alice.sees("Earlier answers", "40", "5")
    alice.press(alice.button("Confirm the ticked"))
    alice.sees("Web shop", "3 answers confirmed", "3 of 4")
    alice.press(alice.link("Teams"))
    alice.sees("Teams")
    alice.fill(alice.page.locator("#q-teams-value"), "9")
    alice.choose(alice.page.locator("[name=ownership][value=teams]"))
    alice.press(alice.button("Save and exit"))
    alice.sees("Web shop", "4 of 4")
    alice.press(alice.link("Review my answers"))
    alice.sees("Review my answers")
    alice.press(alice.button("Submit version 2"))
    alice.sees(RESULT, "Version 2, submitted")

    rita.press(rita.link(WAITING))
    rita.press(rita.link(re.compile("^Review it ?: ")))
    rita.sees("Web shop: decision", "version 2")
    rita.press(rita.link("Web shop"))
    rita.sees("Web shop")
    rita.press(rita.link("Compare with version 1"))
    rita.sees("Web shop: versions compared")
    expect(rita.page.locator("[data-differs=teams]")).to_contain_text("5 teams")
    expect(rita.page.locator("[data-differs=teams]")).to_contain_text("9 teams")
    # What was open between people and then answered differs as well; what was confirmed does not.
    assert {row.get_attribute("data-differs") for row in rita.page.locator("[data-differs]").all()} == {
        "teams",
        "ownership",
    }


def test_from_the_first_invitation_to_two_versions_compared(cast: Cast) -> None:
    guest_link = start_and_ask(cast.alice)
    answer_apart(cast, guest_link)
    agree_and_submit(cast.alice)
    review(cast)
    challenge(cast)
    first = Assessment.objects.get(version=1)
    share(cast, first)
    go_on_and_compare(cast)

    refused = [one for who in cast.everybody() for one in who.refused]
    first, second = Assessment.objects.order_by("version")
    link = first.share_links.get()
    assert [(status, re.sub("/s/.*", "/s/", path)) for status, path in refused] == [
        (403, f"/assessments/{first.pk}/result/"),
        (400, "/s/"),
        (404, f"/shared/{link.pk}/answers/"),
        (404, f"/shared/{link.pk}/report.pdf"),
    ]
    assert (first.state, second.state) == (State.ACCEPTED_WITH_CONDITIONS, State.SUBMITTED)
    people = {str(one): one for one in first.respondents.select_related("user")}
    assert set(people) == {"Alice", "Bob", "Mia", "Kim"}
    assert all(one.finished_at and one.responses.filter(answered=True).count() == 4 for one in people.values())
    assert {name: one.responses.get(key="team_collisions").value for name, one in people.items()} == {
        "Alice": "weekly",
        "Bob": "never",
        "Mia": "monthly",
        "Kim": "weekly",
    }
    assert set(first.agreements.values_list("key", "note")) == {
        ("team_collisions", SAID),
        ("developers", ""),
        ("teams", ""),
    }
    signed = first.sign_offs.get()
    assert signed.content_hash == content_hash(signed.content)
    assert signed.content["answers_hash"] == first.answers_hash
    assert [(one.text, one.owner) for one in signed.conditions.all()] == [("The price list has one owner", "Bob")]
    assert (link.times_opened, link.revoked_at) == (1, None)
    assert {key: one.value for key, one in second.current_answers().items()} == {
        "developers": 40,
        "teams": 9,
        "team_collisions": "weekly",
        "ownership": "teams",
    }
    assert found_by_verifying() == []
